"""Two territories side by side: which, and what is written of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.figures import FEW
from diagnosis.model import Figure, Report
from diagnosis.wording import interval_of, name_of, number, unit_of, value_of
from frontend.diagnosis import charts
from frontend.diagnosis.asking import Asked, Choice, places_called, typed_in
from frontend.diagnosis.asking import context_of as around_of
from frontend.diagnosis.charts import Row
from frontend.diagnosis.tables import Table, TableRow
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Territory

COMPARED = (
    "N", "N-active", "D1", "D2", "S4", "A1-5", "A1-10", "A1-20", "A2", "S3E", "R1-degree", "R2",
    "K1-verified", "K1-address", "K1-fresh",
)  # fmt: skip


SIDES = (("a", "first"), ("b", "second"))


@dataclass(frozen=True, slots=True)
class Pair:
    """The two territories, where they are known; what the names that were typed gave, where they may mean
    several. ``redirect`` is the address to go to where they were understood."""

    first: Territory | None
    second: Territory | None
    asked: list[Asked]
    refused: list[str]
    redirect: str = ""


def address(ids: dict[str, str]) -> str:
    query = urlencode({name: id for name, id in ids.items() if id})
    return reverse("frontend:diagnosis_comparison") + (f"?{query}" if query else "")


def pair_asked(request: HttpRequest) -> Pair:
    """Read ``a`` and ``b`` (ids), and ``first`` and ``second`` (names), which come before them."""
    sides: dict[str, Territory | None] = {}
    unsure: dict[str, tuple[str, list[Territory]]] = {}
    refused: list[str] = []
    for name, words in SIDES:
        sides[name], said = side_of(typed_in(request.GET.get(name, "")))
        refused += said
        if typed := typed_in(request.GET.get(words, "")):
            found, sure = places_called(typed)
            if sure:
                sides[name] = found[0]
            else:
                unsure[name] = typed, found
    ids = {name: place.pk if place else "" for name, place in sides.items()}
    asked = [
        Asked(typed, [Choice(each, around_of(each), address(ids | {name: each.pk})) for each in found], False)
        for name, (typed, found) in unsure.items()
    ]
    typed_any = any(request.GET.get(words, "").strip() for _name, words in SIDES)
    return Pair(sides["a"], sides["b"], asked, refused, address(ids) if typed_any and not asked else "")


def side_of(id: str) -> tuple[Territory | None, list[str]]:
    """The territory of an id, or what to say of it."""
    if not id:
        return None, []
    try:
        return resolve(id), []
    except UnknownTerritory:
        return None, [_("Aucun territoire n’a l’identifiant « {id} ».").format(id=id[:50])]


def context_of(first: Report, second: Report) -> dict[str, Any]:
    pair = (first, second)
    return {
        "reports": pair,
        "chart": charts.bars(
            "c-densite", _("Initiatives pour 10 000 habitants."), [density(each) for each in pair]
        ),
        "verdict": verdict(first.figure("D1"), second.figure("D1")),
        "few": [each.zone.name for each in pair if each.zone.count < FEW],
        "table": indicators(first, second),
        "sectors": sectors(first, second),
        "only": [
            (mine.zone.name, other.zone.name, lacking(mine, other)) for mine, other in (pair, pair[::-1])
        ],
    }


def density(report: Report) -> Row:
    figure = report.figure("D1")
    return Row(report.zone.name, figure.value, value_of(figure), "around", figure.low, figure.high)


def verdict(first: Figure, second: Figure) -> str:
    """Whether two densities differ more than chance explains."""
    ends = (first.low, first.high, second.low, second.high)
    if None in ends:
        return ""
    low, high, other_low, other_high = (end or 0.0 for end in ends)
    if low > other_high or other_low > high:
        return _("Les deux intervalles ne se touchent pas : dans ce qui est saisi, les densités diffèrent.")
    return _("Les deux intervalles se recouvrent : on ne peut pas dire que les densités diffèrent.")


def indicators(first: Report, second: Report) -> Table:
    rows = []
    for code in COMPARED:
        cells = []
        for report in (first, second):
            figure = report.figure(code)
            interval = interval_of(figure)
            cells.append(
                f"{value_of(figure)} ({interval})" if interval and value_of(figure) else value_of(figure)
            )
        unit = unit_of(code)
        rows.append(
            TableRow(name_of(code) if not unit or code in ("D1", "D2") else f"{name_of(code)}, {unit}", cells)
        )
    people = [
        _("inconnue") if each.zone.population is None else number(each.zone.population)
        for each in (first, second)
    ]
    areas = [
        "" if each.zone.area is None else f"{number(each.zone.area)}\u00a0km²" for each in (first, second)
    ]
    rows = [TableRow(_("Habitants"), people), TableRow(_("Superficie"), areas), *rows]
    return Table(
        "t-face",
        _("Les indicateurs, face à face"),
        _("Indicateur"),
        [first.zone.name, second.zone.name],
        rows,
    )


def sectors(first: Report, second: Report) -> Table:
    rows = []
    for sector in first.sectors:
        cells = [
            value_of(report.figure(code, sector.slug)) for report in (first, second) for code in ("N", "D1")
        ]
        rows.append(TableRow(sector.label, cells))
    columns = [
        text.format(place=report.zone.name)
        for report in (first, second)
        for text in (_("Initiatives : {place}"), _("Densité : {place}"))
    ]
    caption = _("Initiatives par secteur, et leur densité pour 10 000 habitants")
    return Table("t-face-secteurs", caption, _("Secteur"), columns, rows)


def lacking(mine: Report, other: Report) -> list[str]:
    """The sectors that one has and the other has not."""
    return [
        sector.label
        for sector in mine.sectors
        if mine.zone.holds(sector.number) and not other.zone.holds(sector.number)
    ]
