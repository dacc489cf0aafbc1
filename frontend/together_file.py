"""The figures of a session as a file: one line for each, without anybody's answers."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.translation import gettext as _

from formats.writing import Column, Kind, Table
from frontend.event_files import answer, written
from frontend.profiles_shown import Dimension, group
from questionnaires.aggregating import Aggregate
from questionnaires.models import GroupSession

Line = tuple[str, str, str, str, float | int | None]


def csv_of(session: GroupSession, found: Aggregate) -> HttpResponse:
    """As French spreadsheets open it."""
    columns = (
        Column("group", _("Groupe"), width=24),
        Column("dimension", _("Dimension"), width=24),
        Column("question", _("Question"), width=60),
        Column("what", _("Chiffre"), width=32),
        Column("value", _("Valeur"), Kind.NUMBER, width=10),
    )
    table = Table(_("Séance"), columns, lines(session, found))
    return answer(written(table, "csv-fr"), "csv-fr", f"seance-{session.code.lower()}")


def lines(session: GroupSession, found: Aggregate) -> Iterator[Line]:
    shown = group(session.version.parsed, found, session.circles)
    everybody = _("Tout le groupe")
    yield everybody, "", "", _("réponses terminées"), shown.count
    yield from of_dimensions(everybody, shown.dimensions)
    for name, dimensions in shown.parts:
        yield from of_dimensions(name, dimensions)
    for label, questions in shown.questions:
        for each in questions:
            text = f"{each.id} · {each.text}"
            yield everybody, label, text, _("réponses"), each.count
            yield everybody, label, text, _("moyenne sur 4"), each.mean
            for words, n in each.answers:
                yield everybody, label, text, words, n


def of_dimensions(name: str, dimensions: list[Dimension]) -> Iterator[Line]:
    for each in dimensions:
        yield name, each.label, "", _("scores"), each.count
        if each.mean is not None:
            yield name, each.label, "", _("moyenne sur 100"), each.mean
        for word, n in each.bands:
            yield name, each.label, "", word, n
