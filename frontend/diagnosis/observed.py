"""What the observatory shows of an indicator: its map and, beside it, the table by name."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.observatory import Observed, Seen
from diagnosis.wording import decimals_of, number, written
from directory.models import Sector
from frontend.diagnosis.classes import Classes, around
from frontend.diagnosis.drawn import MapDrawing, Part, Plate, Row, Subject, drawn, radii, shaded, sizes_of
from frontend.diagnosis.maps import DISTANCES, as_the_crow_flies, beside_reference, people
from frontend.quantities import length

PERCENT = Classes((20, 40, 60, 80))
INDEXES = {
    "S2": Classes((0.1, 0.2, 0.3, 0.4), decimals=2),
    "S3": Classes((1.0, 1.5, 2.0, 2.4), decimals=2),
    "S3E": Classes((0.5, 0.7, 0.8, 0.9), decimals=2),
}
# Read beside what the country has.
BESIDE = ("D1", "D2")


def map_of(observed: Observed, sector: Sector | None) -> MapDrawing | None:
    """Circles for a number, shades for a ratio; None where there is no territory."""
    if not observed.rows:
        return None
    plate = Plate.of(observed.country.zone.id, [row.zone for row in observed.rows])
    code, indicator = observed.indicator.code, observed.indicator
    label = (sector.slug, sector.label) if sector and observed.sector else None
    rows = {seen.zone.id: seen for seen in observed.rows}
    heads = [
        _("Habitants"),
        *([] if code == "N" else [_("Initiatives")]),
        indicator.name,
        *interval_heads(code),
    ]
    if code == "N":
        summary = _("L’aire de chaque cercle dit le nombre d’initiatives de la commune ou du territoire.")
        return circles(plate, Subject(code, indicator.name, summary, heads, sector=label), rows)
    ramp = "cool" if code == "A2" else "warm"
    classes = classes_of(observed)
    return shaded(
        plate, Subject(code, indicator.name, summary_of(observed, classes), heads, ramp, label),
        {id: seen.value for id, seen in rows.items()}, classes,
        lambda value: printed(observed, value),
        lambda part, said: row_of(part, rows[part.id], observed, said),
    )  # fmt: skip


def interval_heads(code: str) -> list[str]:
    return [_("Intervalle à 95 %")] if code == "D1" else []


def circles(plate: Plate, subject: Subject, rows: dict[str, Seen]) -> MapDrawing:
    held = {id: int(seen.value or 0) for id, seen in rows.items()}
    radius = radii(held.values(), plate)
    made = [
        Row(
            part.id, part.name, [people(part), number(held[part.id])],
            size=round(radius(held[part.id]), 1), href=diagnosis_of(part.id),
        )
        for part in plate.cells
    ]  # fmt: skip
    notes = [] if any(held.values()) else [_("Aucune initiative connue ici.")]
    return drawn(plate, subject, made, notes, sizes=sizes_of(max(held.values()), radius))


def classes_of(observed: Observed) -> Classes:
    """The shades of an indicator."""
    code, unit, country = observed.indicator.code, observed.indicator.unit, observed.country.value
    if code == "A2":
        return DISTANCES
    if code in INDEXES:
        return INDEXES[code]
    if unit == "percent" and not (code.startswith("E") and country):
        return PERCENT
    return around(country) if country and code != "S1" else around(1.0)


def summary_of(observed: Observed, classes: Classes) -> str:
    code, country = observed.indicator.code, observed.country
    if code == "A2":
        return as_the_crow_flies(observed.kind)
    if code == "S1":
        return _("La teinte du milieu entoure 1 : la même part qu’en France.")
    if (code in BESIDE or code.startswith("E")) and country.value:
        return beside_reference(country.zone.name, number(country.value, classes.decimals))
    said = written(country.value, observed.indicator.unit, decimals_of(code))
    return _("%(place)s : %(value)s.") % {"place": country.zone.name, "value": said} if said else ""


def decimals_in(observed: Observed) -> int:
    """As many as the classes need: a density of one sector, or of few initiatives, is small."""
    own = decimals_of(observed.indicator.code)
    return own if observed.indicator.unit == "count" else max(classes_of(observed).decimals, own)


def printed(observed: Observed, value: float) -> str:
    unit = observed.indicator.unit
    if unit == "metres":
        return length(value)
    return written(value, unit, decimals_in(observed))


def row_of(part: Part, seen: Seen, observed: Observed, said: str) -> Row:
    values = [people(part), number(part.holds(observed.sector)), said if seen.value is not None else seen.why]
    if observed.indicator.code == "D1":
        values.append(interval(seen, observed))
    return Row(part.id, part.name, values, href=diagnosis_of(part.id))


def interval(seen: Seen, observed: Observed) -> str:
    if seen.low is None or seen.high is None:
        return ""
    decimals = decimals_in(observed)
    return _("de %(low)s à %(high)s") % {
        "low": number(seen.low, decimals), "high": number(seen.high, decimals),
    }  # fmt: skip


def diagnosis_of(id: str) -> str:
    return reverse("frontend:diagnosis", args=[id])
