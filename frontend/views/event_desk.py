"""Running an event, before the day: who is invited, who comes, who sits where. For who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory.errors import ContactRefused
from events import inviting, registering, workshops
from events.errors import RegistrationRefused
from events.holders import require_holds
from events.models import Event, InvitationStatus, Registration, RegistrationState, Seat, Session
from events.moments import Moment, moments, most_people, places_of
from events.said import hours, when, where
from formats.writing import Column, Kind
from frontend import event_files
from frontend.attending_forms import EnteredRegistration, MailMergeForm
from frontend.event_paper import town
from frontend.views.roles import person_of

PER_PAGE = 100


def desk(request: HttpRequest, slug: str) -> Event:
    """The event of this name, that this person holds. 404, or NotAllowed."""
    if "\x00" in slug:
        raise Http404
    rows = Event.objects.select_related("commune", "listing").defer("commune__geometry")
    found = get_object_or_404(rows, slug=slug)
    require_holds(person_of(request), found)
    return found


def shown(request: HttpRequest, event: Event, name: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the desk: its tabs are the same everywhere."""
    about = {"event": event, "when": when(event.start, event.end), "where": where(event), "tab": name}
    return render(request, f"frontend/account/event_day/{name}.html", about | context)


def said(request: HttpRequest, error: Exception) -> None:
    messages.error(request, str(error))


# -- Invitations --------------------------------------------------------------------------------------


@never_cache
@require_safe
@login_required
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    event = desk(request, slug)
    counts = inviting.counts(event)
    page = Paginator(inviting.invitations(event), PER_PAGE).get_page(request.GET.get("page"))
    all_of_them = inviting.candidates(event)
    candidates = list(all_of_them[: inviting.AT_ONCE])
    context = {
        "counts": [(str(InvitationStatus(status).label), n) for status, n in counts.items()],
        "page": page,
        "candidates": candidates,
        "more": all_of_them.count() - len(candidates),
        "withdrawn": inviting.withdrawn(event),
        "to_remind": inviting.invitations(event, [InvitationStatus.INVITED])
        .filter(by_mail=True)
        .exclude(contact__email="")
        .count(),
        "statuses": InvitationStatus.choices,
        "takes_files": inviting.takes_files(person_of(request), event),
        "most": inviting.MOST,
    }
    return shown(request, event, "invitations", context)


@never_cache
@require_POST
@login_required
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite those who were ticked, by letter or by noting that they were told otherwise."""
    event = desk(request, slug)
    ticked = [int(each) for each in request.POST.getlist("contact") if each.isdecimal() and len(each) < 19]
    by_mail = request.POST.get("how") != "hand"
    try:
        count = inviting.invite(event, person_of(request), ticked, by_mail=by_mail)
    except RegistrationRefused as error:
        said(request, error)
    else:
        sent = (
            ngettext("%(n)s invitation part.", "%(n)s invitations partent.", count)
            if by_mail
            else ngettext("%(n)s personne est notée invitée.", "%(n)s personnes sont notées invitées.", count)
        )
        messages.success(request, sent % {"n": count} if count else _("Personne n’était coché."))
    return redirect("people:event_invitations", event.slug)


@never_cache
@require_POST
@login_required
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    event = desk(request, slug)
    try:
        count = inviting.remind(event, person_of(request))
    except RegistrationRefused as error:
        said(request, error)
    else:
        told = ngettext("%(n)s relance part.", "%(n)s relances partent.", count)
        messages.success(request, told % {"n": count})
    return redirect("people:event_invitations", event.slug)


@never_cache
@require_POST
@login_required
def mark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = desk(request, slug)
    found = get_object_or_404(inviting.invitations(event), pk=pk)
    status = request.POST.get("status", "")
    if status not in InvitationStatus.values:
        said(request, RegistrationRefused(_("Choisissez un état dans la liste.")))
    else:
        done = inviting.mark(found, status, person_of(request))
        label = done.get_status_display()
        messages.success(request, _("{name} : {status}.").format(name=found.contact.name, status=label))
    return redirect("people:event_invitations", event.slug)


@method_decorator([never_cache, login_required], name="dispatch")
class MailMerge(View):
    """How many there are and why they are wanted, then the file, which the log knows of."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        purpose = _("Invitation à « {title} »").format(title=event.title)[:500]
        return self.page(request, event, MailMergeForm(initial={"purpose": purpose}))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        form = MailMergeForm(request.POST)
        if not form.is_valid():
            return self.page(request, event, form)
        given = form.cleaned_data
        try:
            _made, lines = inviting.mail_merge(
                event, person_of(request), form.statuses(), given["purpose"], invited=given["invited"]
            )
        except (ContactRefused, RegistrationRefused) as error:
            form.add_error(None, str(error))
            return self.page(request, event, form)
        return event_files.mail_merge(event, lines, given["form"])

    def page(self, request: HttpRequest, event: Event, form: MailMergeForm) -> HttpResponse:
        context = {"form": form, "takes_files": inviting.takes_files(person_of(request), event)}
        return shown(request, event, "mail_merge", context)


# -- Registrations ------------------------------------------------------------------------------------


@never_cache
@require_safe
@login_required
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    event = desk(request, slug)
    rows = event.registrations.select_related("commune", "initiative", "sector")
    rows = rows.defer("commune__geometry", "initiative__search").order_by("name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    states = [
        (str(state.label), event.registrations.filter(state=state.value).count())
        for state in RegistrationState
    ]
    context = {
        "page": page,
        "states": states,
        "most": most_people(event),
        "closed": registering.why_closed(event),
    }
    return shown(request, event, "registrations", context)


@method_decorator([never_cache, login_required], name="dispatch")
class EditRegistration(View):
    """Enter somebody, or change what is known of her."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
        event, row = self.both(request, slug, pk)
        return self.page(request, event, row, EnteredRegistration(event=event, registration=row))

    def post(self, request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
        event, row = self.both(request, slug, pk)
        form = EnteredRegistration(request.POST, event=event, registration=row)
        if not form.is_valid():
            return self.page(request, event, row, form)
        try:
            if row is None:
                registering.enter(event, person_of(request), form.told(), form.wishes())
            else:
                registering.correct(row, form.told(), form.wishes(), by=person_of(request))
        except RegistrationRefused as error:
            form.add_error(None, str(error))
            return self.page(request, event, row, form)
        messages.success(request, _("C’est enregistré."))
        return redirect("people:event_registrations", event.slug)

    def both(self, request: HttpRequest, slug: str, pk: int | None) -> tuple[Event, Registration | None]:
        event = desk(request, slug)
        return event, get_object_or_404(event.registrations.all(), pk=pk) if pk else None

    def page(
        self, request: HttpRequest, event: Event, row: Registration | None, form: EnteredRegistration
    ) -> HttpResponse:
        return shown(request, event, "registration", {"registration": row, "form": form})


@never_cache
@require_POST
@login_required
def change_state(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cancel a registration, or take somebody from the waiting list."""
    event = desk(request, slug)
    row = get_object_or_404(event.registrations.all(), pk=pk)
    if request.POST.get("what") == "cancel":
        registering.cancel(row, by=person_of(request))
        messages.success(request, _("L’inscription est annulée, la personne prévenue, ses places rendues."))
    else:
        registering.let_in(row, person_of(request))
        messages.success(request, _("La personne a une place ; elle est prévenue."))
    return redirect("people:event_registrations", event.slug)


# -- Workshops ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A workshop and who is in it."""

    session: Session
    places: int | None
    seated: list[Seat]
    waiting: list[Seat]
    first_choices: int


@dataclass(frozen=True, slots=True)
class Part:
    when: str
    filled: list[Filled]
    unplaced: list[Registration]
    sessions: tuple[Session, ...]


def part(event: Event, moment: Moment, people: list[Registration]) -> Part:
    seats = Seat.objects.filter(session__in=moment.sessions).select_related("registration")
    rows = list(seats.order_by("registration__name", "pk"))
    wanted = [workshops.wish_of(row, moment).first for row in people]
    filled = [
        Filled(
            session,
            places_of(session),
            [seat for seat in rows if seat.session_id == session.pk and not seat.waiting],
            [seat for seat in rows if seat.session_id == session.pk and seat.waiting],
            wanted.count(session.pk),
        )
        for session in moment.sessions
    ]
    placed = {seat.registration_id for seat in rows}
    left = [row for row in people if row.pk not in placed and not workshops.is_absent(row, moment)]
    return Part(hours(moment.start, moment.end), filled, left, moment.sessions)


@method_decorator([never_cache, login_required], name="dispatch")
class Workshops(View):
    """Who sits where; a POST makes it up, anew or for those who have no place."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        people = workshops.coming(event)
        context = {"parts": [part(event, moment, people) for moment in moments(event)], "people": len(people)}
        return shown(request, event, "workshops", context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        done = workshops.make_up(event, person_of(request), anew=request.POST.get("what") != "missing")
        told = _(
            "C’est fait. Premiers choix : {first} ; seconds choix : {second} ; sans préférence : {anywhere} ;"
            " placées à la main : {by_hand} ; en attente : {waiting}."
        ).format(
            first=done.first, second=done.second, anywhere=done.anywhere, by_hand=done.by_hand,
            waiting=done.waiting,
        )  # fmt: skip
        messages.success(request, told)
        return redirect("people:event_workshops", event.slug)


@never_cache
@require_POST
@login_required
def place(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Seat somebody by hand, or take her out."""
    event = desk(request, slug)
    row = get_object_or_404(event.registrations.all(), pk=pk)
    number = request.POST.get("session", "")
    day = moments(event)
    number_ok = number.isdecimal() and len(number) < 19
    here = next((each for each in day if number_ok and each.session(int(number))), None)
    try:
        if here is None:
            raise RegistrationRefused(_("Choisissez un atelier dans la liste."))
        session = here.session(int(number))
        assert session is not None  # it is what ``here`` was found by
        if request.POST.get("what") == "free":
            workshops.free(row, here, person_of(request))
            told = _("{name} n’a plus de place à ce moment-là.").format(name=row.name)
        else:
            workshops.place(row, session, person_of(request))
            told = _("{name} : {workshop}.").format(name=row.name, workshop=session)
    except RegistrationRefused as error:
        said(request, error)
    else:
        messages.success(request, told)
    return redirect("people:event_workshops", event.slug)


@never_cache
@require_safe
@login_required
def workshops_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Who sits where, as a table: for who holds the event, with names and without addresses."""
    event = desk(request, slug)
    seats = Seat.objects.filter(session__event=event).select_related("session", "registration__commune")
    seats = seats.order_by("session__start", "session__position", "session", "waiting", "registration__name")
    columns = (
        Column("start", _("Heure"), Kind.TEXT),
        Column("letter", _("Lettre"), Kind.TEXT),
        Column("session", _("Atelier"), Kind.TEXT),
        Column("name", _("Nom"), Kind.TEXT),
        Column("structure", _("Structure"), Kind.TEXT),
        Column("town", _("Commune"), Kind.TEXT),
        Column("waiting", _("En attente"), Kind.FLAG),
    )
    rows = (
        (
            hours(each.session.start, each.session.end), each.session.letter, each.session.title,
            each.registration.name, each.registration.structure, town(each.registration), each.waiting,
        )
        for each in seats.defer("registration__commune__geometry")
    )  # fmt: skip
    return event_files.sheet(event, "ateliers", columns, rows)
