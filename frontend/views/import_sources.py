"""« Sources »: listings that are read again where they are published."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory.permissions import Action, require
from exchange import harvesting, profiles, tasks
from exchange.models import Harvest
from frontend.source_forms import SourceForm
from frontend.views.roles import person_of

SOON = gettext_lazy("« {name} » sera lue dans les minutes qui viennent.")


@never_cache
@require_safe
@login_required
def sources(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = Harvest.objects.filter(profile__in=profiles.profiles_of(person))
    found = [
        {"row": row, "why": harvesting.said(row.error) if row.failures else ""}
        for row in rows.select_related("profile__grouping", "last", "to_review")
    ]
    context = {"sources": found, "brings": profiles.brings_listings(person)}
    return render(request, "frontend/account/imports/sources.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class NewSource(View):
    """An address, what is there, how often; it is read in the minutes that follow."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, SourceForm(person=person_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        form = SourceForm(request.POST, person=person)
        if not form.is_valid():
            return self.page(request, form)
        given = form.cleaned_data
        with transaction.atomic():
            profile = form.chosen
            if profile is None:
                profile = profiles.create(person, given["name"], given["grouping"])
                profiles.keep(profile, person, publish=given["publish"])
            made = harvesting.subscribe(profile, given["address"], given["rhythm"], person, form.kind)
            tasks.ask_to_harvest(made)
        messages.success(request, str(SOON).format(name=profile))
        return redirect("people:import_sources")

    def page(self, request: HttpRequest, form: SourceForm) -> HttpResponse:
        person = person_of(request)
        if not profiles.brings_listings(person):
            require(person, Action.IMPORT_LISTINGS)
        return render(request, "frontend/account/imports/source.html", {"form": form})


@never_cache
@require_POST
@login_required
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Read it now, stop reading it, or begin again."""
    row = Harvest.objects.filter(profile__slug=slug).select_related("profile__grouping").first()
    if row is None:
        raise Http404
    what, person = request.POST.get("do", ""), person_of(request)
    if what == "stop":
        harvesting.set_active(row, False, person)
        messages.success(request, _("« {name} » n’est plus relue.").format(name=row))
    elif what in ("now", "resume"):
        harvesting.set_active(row, True, person)
        tasks.ask_to_harvest(row)
        messages.success(request, str(SOON).format(name=row))
    return redirect("people:import_sources")
