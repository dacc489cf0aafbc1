"""What is printed of an event, out of its rows: badges, sign-in sheets, programme, closing note…"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import closing
from events.models import Event, Public, Registration, RegistrationState, Seat, Session, SessionKind
from events.moments import CHOSEN, half_days
from events.said import day, hour, hours, when, where
from printing import badges as badges_of
from printing import participants as participants_of
from printing import programme as programme_of
from printing import signing, synthesis
from printing.badges import Badge, Sheet
from printing.participants import Gathering, Participant
from printing.programme import Programme, Slot, Testimony
from printing.signing import Person, SignIn
from printing.synthesis import Figure, Passage, Synthesis, Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLE = "#"

# What a badge says of each public: one word, of the group, for « Élu » would not do for everybody.
SAID: dict[str, StrOrPromise] = {
    Public.INITIATIVE: gettext_lazy("Initiative"),
    Public.ELECTED: gettext_lazy("Élus"),
    Public.OFFICER: gettext_lazy("Collectivité"),
    Public.INSTITUTION: gettext_lazy("Institution"),
    Public.NETWORK: gettext_lazy("Réseau"),
    Public.CITIZEN: gettext_lazy("Habitants"),
    Public.PRESS: gettext_lazy("Presse"),
    Public.TEAM: gettext_lazy("Organisation"),
}


def own_label(public: str) -> str:
    return str(SAID.get(public, ""))


def people(event: Event) -> list[Registration]:
    """Who comes, with what their papers say."""
    rows = event.registrations.filter(state=RegistrationState.COMING).select_related("commune")
    return list(rows.defer("commune__geometry").order_by("name", "pk"))


def town(row: Registration) -> str:
    return row.commune.name if row.commune else row.town


def letters(event: Event) -> dict[int, tuple[str, ...]]:
    """The letters of the workshops where each person sits, in the order of the day."""
    seats = Seat.objects.filter(session__event=event, waiting=False).order_by("session__start", "session")
    found: dict[int, list[str]] = defaultdict(list)
    for person, letter in seats.values_list("registration", "session__letter"):
        if letter:
            found[person].append(letter)
    return {person: tuple(each) for person, each in found.items()}


def badges(event: Event) -> bytes:
    of = letters(event)
    made = [
        Badge(row.name, row.structure, town(row), of.get(row.pk, ()), row.public, own_label(row.public))
        for row in people(event)
    ]
    return badges_of.badges(made, Sheet(event.title, day(event.start), where(event)))


def sign_in(event: Event) -> bytes:
    """A sheet for each session but the breaks: plenaries hold everybody, workshops who sits there."""
    everybody = people(event)
    seated: dict[int, set[int]] = defaultdict(set)
    seats = Seat.objects.filter(session__event=event, waiting=False)
    for number, person in seats.values_list("session", "registration"):
        seated[number].add(person)
    sheets = []
    for session in event.sessions.exclude(kind=SessionKind.BREAK):
        inside = seated[session.pk] if session.kind in CHOSEN else None
        sheets.append(_sheet(event, session, [r for r in everybody if inside is None or r.pk in inside]))
    return signing.sheets(sheets or [_whole_day(event, everybody)])


def sign_in_by_half_day(event: Event) -> bytes:
    """A sheet for each morning and each afternoon, which hold everybody."""
    everybody = _persons(people(event))
    return signing.sheets(
        [
            SignIn(
                event.title,
                _("Après-midi") if each.afternoon else _("Matin"),
                day(each.start),
                where(event),
                everybody,
            )
            for each in half_days(event)
        ]
    )


def _sheet(event: Event, session: Session, rows: Iterable[Registration]) -> SignIn:
    said = f"{day(session.start)}, {hours(session.start, session.end)}"
    return SignIn(
        event.title, session.title, said, session.room or where(event), _persons(rows), session.letter
    )


def _whole_day(event: Event, rows: Iterable[Registration]) -> SignIn:
    """Of an event without sessions."""
    return SignIn(
        event.title, _("Toute la rencontre"), when(event.start, event.end), where(event), _persons(rows)
    )


def _persons(rows: Iterable[Registration]) -> tuple[Person, ...]:
    return tuple(Person(row.name, row.structure, town(row)) for row in rows)


def participants(event: Event) -> bytes:
    """Those who agreed to be told to the others."""
    rows, of = people(event), letters(event)
    listed = tuple(
        Participant(
            row.name,
            row.structure,
            town(row),
            row.role,
            row.public,
            own_label(row.public),
            of.get(row.pk, ()),
        )
        for row in rows
        if row.listed
    )
    notice = _(
        "Remis aux participants, avec l’accord de chaque personne qui y figure. À ne pas rediffuser ni"
        " employer à d’autres fins."
    )
    return participants_of.directory(
        Gathering(
            event.title, when(event.start, event.end), where(event), listed, len(rows) - len(listed), notice,
            address(event),
        )
    )  # fmt: skip


def programme(event: Event) -> bytes:
    several = day(event.start) != day(event.end)
    slots = tuple(
        Slot(
            each.title,
            hour(each.start),
            hour(each.end),
            day(each.start) if several else "",
            each.letter,
            str(each.get_kind_display()),
            ", ".join(str(Public(code).label) for code in each.publics),
            each.room,
            each.capacity,
            tuple(_testimonies(each)),
        )
        for each in event.sessions.prefetch_related("testimonies__initiative", "testimonies__commune")
    )
    return programme_of.programme(
        Programme(
            event.title,
            when(event.start, event.end),
            where(event),
            slots,
            event.summary,
            event.description,
            organisers(event),
            address(event),
            cancelled=event.status == "cancelled",
            example=event.origin == "example",
        )
    )


def _testimonies(session: Session) -> Iterable[Testimony]:
    for each in session.testimonies.all():
        at = each.initiative
        link = f"{settings.SITE_URL}{reverse('frontend:initiative', args=[at.slug])}" if at else ""
        commune = each.commune.name if each.commune else ""
        yield Testimony(each.name, commune, each.minutes, each.equipment, each.said, link)


def organisers(event: Event) -> tuple[str, ...]:
    rows = event.organisers.select_related("grouping", "territory", "initiative")
    return tuple(str(each) for each in rows)


def address(event: Event) -> str:
    return f"{settings.SITE_URL}{reverse('frontend:event', args=[event.slug])}"


# -- The closing note -----------------------------------------------------------------------------------


def closing_note(event: Event) -> bytes:
    found = closing.figures(event)
    kept = closing.kept_of(event)
    tables = [
        Table(_("Par public"), (_("Public"), _("Personnes")), tuple(closing.by_public(found))),
        Table(_("Par secteur"), (_("Secteur"), _("Personnes")), tuple(closing.by_sector(found))),
        Table(_("Par commune"), (_("Commune"), _("Personnes")), tuple(closing.by_commune(found))),
    ]
    if unknown := closing.to_create(event):
        rows = tuple((each.name, each.town, each.people) for each in unknown)
        tables.append(
            Table(_("Initiatives à créer dans l’annuaire"), (_("Nom"), _("Commune"), _("Personnes")), rows)
        )
    return synthesis.synthesis(
        Synthesis(
            event.title,
            when(event.start, event.end),
            where(event),
            tuple(Figure(label, value, note) for label, value, note in figures_said(found)),
            tuple(passages(kept.note if kept else "")),
            tuple(table for table in tables if table.rows),
            organisers(event),
            address(event),
            _("Maillage, le {day}").format(day=date_format(timezone.localdate())),
        )
    )


def figures_said(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(label, value, note) of each figure, as page and paper show them."""
    known = found["presences_known"]
    invited = sum(found["invitations"].values())
    answered = found["invitations"]["coming"] + found["invitations"]["declined"]
    rows = [
        (
            _("Personnes présentes") if known else _("Personnes attendues"),
            str(found["people"]),
            "" if known else _("les présences ne sont pas encore connues"),
        ),
        (
            _("Inscriptions"),
            str(found["registered"]),
            ngettext("%(n)s annulée", "%(n)s annulées", found["cancelled"]) % {"n": found["cancelled"]},
        ),
        (_("Initiatives représentées"), str(found["initiatives"]), _("connues de l’annuaire")),
        (_("Communes"), str(len([1 for pk, _n in found["by_commune"] if pk])), ""),
        (_("Nouveaux liens"), str(found["new_links"]), _("déclarés depuis entre initiatives présentes")),
        (_("Initiatives à créer"), str(found["to_create"]), _("présentes, inconnues de l’annuaire")),
    ]
    if known:
        rows.insert(1, (_("Venues sans inscription"), str(found["walk_ins"]), ""))
        rows.insert(2, (_("Inscrites et absentes"), str(found["absent"]), ""))
    if invited:
        rows.append((_("Invitations"), str(invited), _("{n} réponses").format(n=answered)))
    return rows


def passages(note: str) -> Iterable[Passage]:
    """The chapters of a note: a line that begins with « # » is a title."""
    title, lines = _("Synthèse"), list[str]()
    for line in [*note.replace("\r\n", "\n").split("\n"), TITLE]:
        if not line.startswith(TITLE):
            lines.append(line)
            continue
        if any(each.strip() for each in lines):
            yield Passage(title, "\n".join(lines).strip())
        title, lines = line.lstrip("# ").strip() or title, []


# What can be printed, by the name in its address.
PAPERS: dict[str, Callable[[Event], bytes]] = {
    "badges": badges,
    "emargement": sign_in,
    "emargement-demi-journees": sign_in_by_half_day,
    "programme": programme,
    "participants": participants,
}
