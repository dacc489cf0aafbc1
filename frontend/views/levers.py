"""The catalogue of levers: for everybody to read, for officers and administrators to keep."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diagnosis import catalogue
from diagnosis.lever import MEANINGS, Lever, LeverKind
from directory.permissions import Action, require
from frontend.lever_forms import LeverForm
from frontend.own_places import offered
from frontend.role_targets import territory
from frontend.views.roles import person_of
from territories.models import Territory

PER_PAGE = 30
FARTHEST = 2**63 - 1  # numbers of rows end there


@require_safe
def levers(request: HttpRequest) -> HttpResponse:
    """The whole catalogue, what is over left out; ``?kind=`` shows one kind."""
    rows = Lever.objects.exclude(ends__lt=timezone.localdate())
    counts = dict(rows.order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n"))
    chosen = request.GET.get("kind", "")
    kind = LeverKind(chosen) if chosen in LeverKind.values else None
    shown = rows.filter(kind=kind) if kind else rows
    shown = shown.select_related("territory").defer("territory__geometry")
    page = Paginator(shown.order_by("territory__name", "name", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "levers": catalogue.described(page.object_list),
        "kinds": [(each, MEANINGS[each], counts.get(each, 0)) for each in LeverKind],
        "kind": kind,
        "query": f"kind={kind}&" if kind else "",
        "keeps": catalogue.keeps_levers(request.user),
    }
    return render(request, "frontend/levers.html", context)


@never_cache
@require_safe
@login_required
def kept(request: HttpRequest) -> HttpResponse:
    """Those that one keeps, the past ones too."""
    person = person_of(request)
    page = Paginator(catalogue.kept_by(person), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, catalogue.state(each.starts, each.ends)) for each in page]
    context = {"page": page, "rows": rows, "keeps": catalogue.keeps_levers(person)}
    return render(request, "frontend/account/levers.html", context)


@never_cache
@require_safe
@login_required
def where(request: HttpRequest) -> HttpResponse:
    """For which territory: one's own are on offer, those within are found by name."""
    person = person_of(request)
    if not catalogue.keeps_levers(person):
        require(person, Action.KEEP_LEVERS)
    context = offered(person, request.GET.get("q", ""), Action.KEEP_LEVERS)
    return render(request, "frontend/account/lever_where.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class AddLever(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.page(request, self.place(request, id), LeverForm())

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        place, form = self.place(request, id), LeverForm(request.POST)
        if not form.is_valid():
            return self.page(request, place, form)
        catalogue.create(person_of(request), form.cleaned_data | {"territory": place})
        messages.success(request, _("Le levier est inscrit au catalogue."))
        return redirect("people:levers")

    def place(self, request: HttpRequest, id: str) -> Territory:
        found = territory(id)
        require(person_of(request), Action.KEEP_LEVERS, found)
        return found

    def page(self, request: HttpRequest, place: Territory, form: LeverForm) -> HttpResponse:
        return render(request, "frontend/account/lever.html", {"territory": place, "form": form})


@method_decorator([never_cache, login_required], name="dispatch")
class ChangeLever(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = lever_of(request, pk)
        return self.page(request, found, LeverForm(lever=found))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = lever_of(request, pk)
        form = LeverForm(request.POST, lever=found)
        if not form.is_valid():
            return self.page(request, found, form)
        catalogue.change(found, person_of(request), form.cleaned_data)
        messages.success(request, _("C’est enregistré."))
        return redirect("people:levers")

    def page(self, request: HttpRequest, found: Lever, form: Any) -> HttpResponse:
        past = catalogue.history(found)
        context = {"lever": found, "territory": found.territory, "form": form, "past": past}
        return render(request, "frontend/account/lever.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class RemoveLever(View):
    """A page that asks, then does."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "frontend/account/lever_remove.html", {"lever": lever_of(request, pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        catalogue.remove(lever_of(request, pk), person_of(request))
        messages.success(request, _("Le levier est retiré du catalogue."))
        return redirect("people:levers")


def lever_of(request: HttpRequest, pk: int) -> Lever:
    """404, or NotAllowed where another keeps it."""
    found = get_object_or_404(Lever.objects.select_related("territory"), Q(pk=min(pk, FARTHEST)))
    require(person_of(request), Action.KEEP_LEVERS, found.territory)
    return found
