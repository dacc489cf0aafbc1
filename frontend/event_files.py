"""Tables of an event as files: people to write to, workshops, organisations to create."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.inviting import Line
from events.models import Event
from formats.writing import Column, Kind, Notice, Table, opendocument, spreadsheet
from formats.writing.cards import Card, cards
from formats.writing.delimited import delimited, french

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-fr": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": opendocument.TYPE,
    "vcf": "text/vcard; charset=utf-8",
}


def mail_merge(event: Event, lines: Sequence[Line], form: str) -> HttpResponse:
    """The people of a mail merge; as cards, each with her organisation."""
    if form == "vcf":
        return answer(b"".join(cards(map(card, lines))), "vcf", f"invitations-{event.slug}")
    columns = (
        Column("name", _("Nom"), width=28),
        Column("role", _("Fonction"), width=24),
        Column("email", _("Courriel"), width=30),
        Column("initiative", _("Initiative"), width=32),
        Column("street", _("Rue"), width=28),
        Column("postcode", _("Code postal"), Kind.CODE, width=10),
        Column("commune", _("Commune"), width=22),
        Column("status", _("État"), width=12),
        Column("link", _("Lien pour répondre"), width=40),
    )
    notice = Notice(
        event.title,
        _("À savoir"),
        [
            (_("Personnes"), len(lines)),
            (_("Accord"), _("toutes ont accepté d’être invitées à des rencontres")),
            (_("À respecter"), _("n’employer que pour cet évènement, puis effacer le fichier")),
        ],
    )
    table = Table(_("Invitations"), columns, (line.cells() for line in lines), notice)
    return answer(written(table, form), form, f"invitations-{event.slug}")


def card(line: Line) -> Card:
    contact, at = line.contact, line.contact.initiative
    given, _blank, family = contact.name.rpartition(" ")
    return Card(
        uid=f"maillage-contact-{contact.pk}",
        name=contact.name,
        organisation=at.name,
        family=family,
        given=given,
        role=contact.role,
        email=contact.email,
        street=at.street,
        postcode=at.postcode,
        town=at.commune.name if at.commune else at.locality,
    )


def sheet(
    event: Event, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """A plain list, as French spreadsheets open it."""
    table = Table(name, columns, rows)  # type: ignore[arg-type]
    return answer(written(table, "csv-fr"), "csv-fr", f"{name}-{event.slug}")


def written(table: Table, form: str) -> bytes:
    if form in ("csv", "csv-fr"):
        return b"".join((french if form == "csv-fr" else delimited)(table))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{form}"
        (spreadsheet if form == "xlsx" else opendocument).write(path, table)
        return path.read_bytes()


def answer(body: bytes, form: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=TYPES[form])
    ending = form.partition("-")[0]
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{ending}"'
    return response
