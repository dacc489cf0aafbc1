"""The day of an event and after: its papers, who came, what it came to. For who holds it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import attendance, closing
from events.errors import RegistrationRefused
from events.models import Event, Registration, RegistrationState
from events.moments import half_days
from exchange.wording import refusal
from formats.reading import Unreadable
from formats.writing import Column, Kind
from frontend import event_files
from frontend.attending_forms import KeepForm, NoteForm, PresencesForm
from frontend.diagnosis.heavy import TooBusy, turn
from frontend.event_paper import PAPERS, closing_note, figures_said
from frontend.guarded import later
from frontend.views.event_desk import desk, said, shown
from frontend.views.imports import on_disk
from frontend.views.roles import person_of

SALT = "frontend.presences"
AN_HOUR = 3_600


@never_cache
@require_safe
@login_required
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    event = desk(request, slug)
    rows = event.registrations.filter(state=RegistrationState.COMING)
    context = {
        "people": rows.count(),
        "listed": rows.filter(listed=True).count(),
        "halves": len(half_days(event)),
    }
    return shown(request, event, "papers", context)


@never_cache
@require_safe
@login_required
def paper(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """One of them, as a PDF."""
    event = desk(request, slug)
    make = PAPERS.get(what)
    if make is None:
        raise Http404
    return printed(request, event, what, lambda: make(event))


def printed(request: HttpRequest, event: Event, what: str, make: Any) -> HttpResponse:
    """The file, or a page that says to ask again while others' are being made."""
    try:
        with turn():
            body = make()
    except TooBusy:
        response = render(request, "frontend/account/event_day/busy.html", {"event": event}, status=503)
        return later(response)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{what}-{event.slug}.pdf"'
    response["X-Robots-Tag"] = "noindex"
    return response


# -- Presences ----------------------------------------------------------------------------------------


@method_decorator([never_cache, login_required], name="dispatch")
class Presences(View):
    """Ticked on the page."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.page(request, desk(request, slug), PresencesForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        there = {int(each) for each in request.POST.getlist("came") if each.isdecimal() and len(each) < 19}
        on_page = {int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < 19}
        try:
            attendance.tick(event, person_of(request), there & on_page, on_page - there)
        except RegistrationRefused as error:
            said(request, error)
        else:
            messages.success(request, _("Les présences sont enregistrées."))
        return redirect("people:event_presences", event.slug)

    def page(self, request: HttpRequest, event: Event, form: PresencesForm, **options: Any) -> HttpResponse:
        rows = event.registrations.exclude(state=RegistrationState.CANCELLED).order_by("name", "pk")
        begun = not attendance.too_soon(event)
        context = {"form": form, "rows": rows, "begun": begun, "came": rows.filter(came=True).count()}
        return shown(request, event, "presences", context)


@method_decorator([never_cache, login_required], name="dispatch")
class PresencesFile(Presences):
    """Brought back in a file: read and shown, then written when it was seen. What was read travels signed in
    the page: nothing is kept of it meanwhile."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return redirect("people:event_presences", desk(request, slug).slug)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        if "lines" in request.POST:
            return self.write(request, event)
        form = PresencesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, event, form)
        sent = form.cleaned_data["file"]
        try:
            with on_disk(sent) as path:
                lines = attendance.read(event, path, sent.name)
        except RegistrationRefused as error:
            form.add_error("file", str(error))
            return self.page(request, event, form)
        except Unreadable as error:
            form.add_error("file", unreadable(error))
            return self.page(request, event, form)
        return self.seen(request, event, lines)

    def seen(self, request: HttpRequest, event: Event, lines: list[attendance.Line]) -> HttpResponse:
        names = dict(Registration.objects.filter(event=event).values_list("pk", "name"))
        context = {
            "lines": [(line, names.get(line.registration or 0, "")) for line in lines],
            "came": sum(line.came is True and line.registration is not None for line in lines),
            "absent": sum(line.came is False for line in lines),
            "walk_ins": sum(line.came is True and line.registration is None for line in lines),
            "doubtful": sum(line.came is None for line in lines),
            "signed": signing.dumps([event.pk, [line.as_json() for line in lines]], salt=SALT, compress=True),
        }
        return shown(request, event, "presences_read", context)

    def write(self, request: HttpRequest, event: Event) -> HttpResponse:
        try:
            pk, lines = signing.loads(request.POST["lines"], salt=SALT, max_age=AN_HOUR)
            if pk != event.pk:
                raise signing.BadSignature
            done = attendance.write(event, person_of(request), lines)
        except signing.BadSignature:
            said(
                request,
                RegistrationRefused(_("Cette page est trop vieille : apportez de nouveau le fichier.")),
            )
        except RegistrationRefused as error:
            said(request, error)
        else:
            told = _(
                "C’est enregistré. Présentes : {came} ; absentes : {absent} ; venues sans inscription :"
                " {walk_ins} ; laissées de côté : {left_out}."
            )
            messages.success(
                request,
                told.format(
                    came=done.came, absent=done.absent, walk_ins=done.walk_ins, left_out=done.left_out
                ),
            )
        return redirect("people:event_presences", event.slug)


def unreadable(error: Unreadable) -> str:
    """Why a file cannot be read, as imports say it."""
    return refusal(error.code, error.said, error.line, error.column)


# -- What it came to ------------------------------------------------------------------------------------


@method_decorator([never_cache, login_required], name="dispatch")
class Closing(View):
    """Figures, and the note that is written under them."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        kept = closing.kept_of(event)
        return self.page(request, event, NoteForm(initial={"note": kept.note if kept else ""}), None)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = desk(request, slug)
        if "note" in request.POST:
            form, keep = NoteForm(request.POST), None
        else:
            form, keep = NoteForm(), KeepForm(request.POST)
        sent: Any = keep or form
        if sent.is_valid():
            try:
                if keep:
                    given = keep.cleaned_data
                    closing.keep_longer(event, person_of(request), given["until"], given["reason"])
                else:
                    closing.write_note(event, person_of(request), form.cleaned_data["note"])
            except RegistrationRefused as error:
                sent.add_error(None, str(error))
            else:
                messages.success(request, _("C’est enregistré."))
                return redirect("people:event_closing", event.slug)
        return self.page(request, event, form, keep)

    def page(self, request: HttpRequest, event: Event, form: NoteForm, keep: KeepForm | None) -> HttpResponse:
        found, kept = closing.figures(event), closing.kept_of(event)
        before = {"until": kept.kept_until, "reason": kept.kept_reason} if kept else {}
        context = {
            "figures": figures_said(found),
            "known": found["presences_known"],
            "by_public": closing.by_public(found),
            "by_sector": closing.by_sector(found),
            "by_commune": closing.by_commune(found),
            "to_create": closing.to_create(event),
            "form": form,
            "keep": keep or KeepForm(initial=before),
            "kept": kept,
            "erased_on": kept.kept_until if kept and kept.kept_until else closing.deadline(event),
        }
        return shown(request, event, "closing", context)


@never_cache
@require_safe
@login_required
def closing_paper(request: HttpRequest, slug: str) -> HttpResponse:
    event = desk(request, slug)
    return printed(request, event, "bilan", lambda: closing_note(event))


@never_cache
@require_safe
@login_required
def to_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Organisations that the directory does not know, as a table that an import reads."""
    event = desk(request, slug)
    columns = (
        Column("name", _("Nom"), Kind.TEXT),
        Column("commune", _("Commune"), Kind.TEXT),
        Column("commune_code", _("Code INSEE"), Kind.CODE),
        Column("sectors", _("Secteur"), Kind.TEXT),
        Column("people", _("Personnes présentes"), Kind.WHOLE),
    )
    rows = (
        (each.name, each.town, each.commune, each.sector, each.people) for each in closing.to_create(event)
    )
    return event_files.sheet(event, "a-creer", columns, rows)
