"""« Écrire un message » : to an initiative without seeing its address, and the link by which it stops."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.visitor import address_of
from directory import relay
from directory.errors import TooMany, Unreachable
from directory.models import Initiative
from frontend.guarded import later, without_account, written_about
from frontend.relaying import RelayForm


@without_account
def write(request: HttpRequest, slug: str) -> HttpResponse:
    found = written_about(slug)
    if request.method != "POST":
        if found.slug != slug:
            return HttpResponsePermanentRedirect(reverse("frontend:write", args=[found.slug]))
        return page(request, found, RelayForm(slug=found.slug))
    form = RelayForm(request.POST, slug=found.slug)
    if not form.is_valid():
        return page(request, found, form)
    told = {name: form.cleaned_data[name] for name in ("name", "email", "message")}
    visitor = salted_hmac("frontend.views.relay", address_of(request)).hexdigest()
    try:
        relay.pass_on(found, **told, visitor=visitor)
    except Unreachable:  # since the form was opened
        return page(request, found, form)
    except TooMany:
        form.add_error(None, _("Trop de messages sont partis depuis une heure. Envoyez celui-ci plus tard."))
        return later(page(request, found, form, status=429))
    return HttpResponse(status=303, headers={"Location": reverse("frontend:written", args=[found.slug])})


@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "frontend/written.html", {"initiative": written_about(slug)})


def page(request: HttpRequest, found: Initiative, form: RelayForm, **options: Any) -> HttpResponse:
    reached = relay.recipient(found)
    context = {"initiative": found, "form": form, "reached": reached is not None,
               "person": reached.contact.name if reached and reached.contact else ""}  # fmt: skip
    return render(request, "frontend/write.html", context, **options)


@without_account  # whoever has the link may stop the messages
def stop(request: HttpRequest, token: str) -> HttpResponse:
    initiative, contact = relay.by_stop_token(token)
    if request.method == "POST":
        relay.stop(initiative, contact)
    stopped = initiative.relay_stops.filter(contact=contact).exists()
    context = {"initiative": initiative, "stopped": stopped}
    return render(request, "frontend/account/relay_stop.html", context)
