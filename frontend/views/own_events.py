"""One's events: announcing one, saying who holds it, its programme, its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from directory.models import Grouping, Initiative, RoleKind
from directory.permissions import Action, require
from events import holding
from events.errors import EventRefused
from events.holders import FIELDS, Holder, acts_for, holds_events, own_events, own_holders, require_holds
from events.models import Event
from events.past import revisions
from frontend import role_targets
from frontend.event_forms import EventForm, NameForm
from frontend.events_shown import card, days
from frontend.role_targets import GIVEN
from frontend.views.roles import person_of

PER_PAGE = 30
LONGEST_QUERY = 100
# What each kind of organiser is called in an address, and how it is read there.
READERS: dict[str, Callable[[str], Holder]] = {
    "reseau": GIVEN[RoleKind.COORDINATOR],
    "territoire": GIVEN[RoleKind.OFFICER],
    "initiative": GIVEN[RoleKind.OWNER],
}
KINDS = {"grouping": "reseau", "territory": "territoire", "initiative": "initiative"}
DONE = {
    "publish": gettext_lazy("L’évènement est publié."),
    "cancel": gettext_lazy(
        "L’évènement est annulé ; sa page et les calendriers le disent. Qui y était inscrit ou invité est"
        " prévenu par courriel."
    ),
    "discard": gettext_lazy("Le brouillon est effacé."),
}


def event_of(request: HttpRequest, slug: str) -> Event:
    """An event that this person runs; 404, or NotAllowed where it is another's."""
    if "\x00" in slug:
        raise Http404
    rows = Event.objects.select_related("commune", "commune__departement")
    found = get_object_or_404(rows.defer("commune__geometry", "commune__departement__geometry"), slug=slug)
    require_holds(person_of(request), found)
    return found


def tried(form: Any, verb: Callable[[], Any]) -> Any:
    """What the verb gives; None where it refuses, which the form then says."""
    try:
        return verb()
    except EventRefused as refusal:
        form.refuse(refusal)
        return None


@never_cache
@require_safe
@login_required
def events(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    page = Paginator(own_events(person), PER_PAGE).get_page(request.GET.get("page"))
    rows = [card(each) for each in page]
    return render(
        request,
        "frontend/account/events/list.html",
        {"page": page, "rows": rows, "holds": holds_events(person)},
    )


@never_cache
@require_safe
@login_required
def where(request: HttpRequest) -> HttpResponse:
    """In whose name: one's own are on offer, others for whom one acts are found by name."""
    person = person_of(request)
    if not holds_events(person):
        require(person, Action.HOLD_EVENT)
    own = [(each, KINDS[FIELDS[type(each)]], key_of(each)) for each in own_holders(person)]
    context = {"own": own, **named(request, person)}
    return render(request, "frontend/account/events/where.html", context)


def named(request: HttpRequest, person: User | None = None) -> dict[str, Any]:
    """Organisers by the name typed (``q``): all of them, or those for whom a person acts."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    found: list[tuple[str, Any]] = []
    for kind, finder in (
        ("reseau", role_targets.groupings),
        ("territoire", role_targets.territories),
        ("initiative", role_targets.initiatives),
    ):
        for each in finder(text) if text else []:
            if person is None or acts_for(person, READERS[kind](each.key)):
                found.append((kind, each))
    return {"text": text, "found": found}


def key_of(holder: Holder) -> str:
    """How it is named in an address; READERS read it again."""
    if isinstance(holder, Grouping):
        return str(holder.uuid)
    return holder.slug if isinstance(holder, Initiative) else str(holder.pk)


def holder_called(kind: str, key: str) -> Holder:
    if kind not in READERS:
        raise Http404
    return READERS[kind](key)


@method_decorator([never_cache, login_required], name="dispatch")
class AddEvent(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        return self.page(request, self.holder(request, kind, key), EventForm())

    def post(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        holder, form = self.holder(request, kind, key), EventForm(request.POST)
        person = person_of(request)
        if form.is_valid() and (
            made := tried(form, lambda: holding.create(person, holder, form.cleaned_data))
        ):
            messages.success(
                request, _("Le brouillon est enregistré : seuls le voient vous et qui l’organise.")
            )
            return redirect("people:event", made.slug)
        return self.page(request, holder, form)

    def holder(self, request: HttpRequest, kind: str, key: str) -> Holder:
        found = holder_called(kind, key)
        if not acts_for(person_of(request), found):
            require(person_of(request), Action.HOLD_EVENT)
        return found

    def page(self, request: HttpRequest, holder: Holder, form: BaseForm) -> HttpResponse:
        return render(request, "frontend/account/events/form.html", {"holder": holder, "form": form})


@never_cache
@require_safe
@login_required
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """All of an event, and what may be done with it."""
    found = event_of(request, slug)
    context = {"event": found, "card": card(found), "days": days(found), "past": revisions(found)}
    return render(request, "frontend/account/events/event.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class EditEvent(View):
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = event_of(request, slug)
        return self.page(request, found, EventForm(event=found))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = event_of(request, slug)
        form, person = EventForm(request.POST, event=found), person_of(request)
        if form.is_valid() and tried(form, lambda: holding.edit(found, person, form.cleaned_data)):
            messages.success(request, _("C’est enregistré."))
            return redirect("people:event", slug)
        return self.page(request, found, form)

    def page(self, request: HttpRequest, found: Event, form: BaseForm) -> HttpResponse:
        return render(request, "frontend/account/events/form.html", {"event": found, "form": form})


@method_decorator([never_cache, login_required], name="dispatch")
class ChangeState(View):
    """Publish, cancel or delete: a page that asks, then does."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, do: str) -> HttpResponse:
        return self.page(request, event_of(request, slug), do)

    def post(self, request: HttpRequest, slug: str, do: str) -> HttpResponse:
        found = event_of(request, slug)
        try:
            getattr(holding, self.verb(do))(found, person_of(request))
        except EventRefused as refusal:
            return self.page(request, found, do, str(refusal), status=409)
        messages.success(request, DONE[do])
        return redirect("people:events") if do == "discard" else redirect("people:event", slug)

    def verb(self, do: str) -> str:
        if do not in DONE:
            raise Http404
        return do

    def page(
        self, request: HttpRequest, found: Event, do: str, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {"event": found, "do": self.verb(do), "problem": problem}
        return render(request, "frontend/account/events/state.html", context, status=status)


@method_decorator([never_cache, login_required], name="dispatch")
class Organisers(View):
    """Who holds it: those that are there, one more by its name in Maillage, or a name only."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.page(request, event_of(request, slug), NameForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found, person = event_of(request, slug), person_of(request)
        if "remove" in request.POST:
            return self.remove(request, found, person)
        if "kind" in request.POST:
            form = NameForm()
            holder = holder_called(request.POST["kind"], request.POST.get("key", ""))
            done = tried(Said(request), lambda: holding.add_organiser(found, person, holder))
        else:
            form = NameForm(request.POST)
            done = form.is_valid() and tried(
                form, lambda: holding.add_organiser(found, person, None, form.cleaned_data["name"])
            )
        if done:
            messages.success(request, _("L’organisateur est ajouté."))
            return redirect("people:event_organisers", slug)
        return self.page(request, found, form)

    def remove(self, request: HttpRequest, found: Event, person: User) -> HttpResponse:
        key = request.POST["remove"]
        row = get_object_or_404(
            found.organisers.all(), pk=int(key) if key.isdecimal() and len(key) < 18 else 0
        )
        try:
            holding.remove_organiser(row, person)
        except EventRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("L’organisateur est retiré."))
        return redirect("people:event_organisers", found.slug)

    def page(self, request: HttpRequest, found: Event, form: BaseForm) -> HttpResponse:
        context = {
            "event": found,
            "organisers": found.organisers.select_related("grouping", "territory", "initiative"),
            "form": form,
            **named(request),
        }
        return render(request, "frontend/account/events/organisers.html", context)


class Said:
    """Where a refusal of what has no form is told: above the page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def refuse(self, refusal: EventRefused) -> None:
        messages.error(self.request, str(refusal))
