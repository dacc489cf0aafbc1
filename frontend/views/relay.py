"""« Écrire un message » : to an initiative without seeing its address, and the link by which it stops."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from directory import relay
from directory.errors import BadLink, TooMany, Unreachable
from directory.models import Initiative, Merge
from frontend.pace import WINDOW, address_of
from frontend.relaying import RelayForm


# No cookie is given for this: the form does nothing in the name of an account, and carries a
# signed time of its own.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    found = written_to(slug)
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
        response = page(request, found, form, status=429)
        response["Retry-After"] = str(WINDOW)
        return response
    response = HttpResponse(status=303)
    response["Location"] = reverse("frontend:written", args=[found.slug])
    return response


@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "frontend/written.html", {"initiative": written_to(slug)})


def written_to(slug: str) -> Initiative:
    """The published initiative of this name, or the one that it was merged into; 404."""
    if "\x00" in slug:
        raise Http404
    published = Initiative.objects.published().defer("search")
    merged = Merge.objects.filter(slug=slug).values("target")
    found = published.filter(slug=slug).first() or published.filter(pk__in=merged).first()
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, found: Initiative, form: RelayForm, **options: Any) -> HttpResponse:
    reached = relay.recipient(found)
    context = {"initiative": found, "form": form, "reached": reached is not None,
               "person": reached.contact.name if reached and reached.contact else ""}  # fmt: skip
    return render(request, "frontend/write.html", context, **options)


# Whoever has the link may stop the messages: no account, no cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    try:
        initiative, contact = relay.by_stop_token(token)
    except BadLink:
        return render(request, "frontend/account/bad_link.html", status=404)
    if request.method == "POST":
        relay.stop(initiative, contact)
    stopped = initiative.relay_stops.filter(contact=contact).exists()
    context = {"initiative": initiative, "stopped": stopped}
    return render(request, "frontend/account/relay_stop.html", context)
