"""The initiatives that a diagnosis counts, named: the list at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diagnosis.report import criteria_of
from directory.facets import count
from directory.models import LegalForm, Origin, Precision, Sector
from territories.models import Territory

# Where there are more, the list is the download of the API.
MOST = 10_000
# An activity is numbered within its sector.
OF_SECTOR = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One initiative. Codes are those of the models; ``sectors`` are slugs, the main one first."""

    slug: str
    name: str
    commune: str
    commune_code: str
    sectors: tuple[str, ...]
    legal_form: str
    founded: date | None
    precision: str
    verified: date | None
    updated: date
    origin: str

    @property
    def legal_form_label(self) -> str:
        return str(LegalForm(self.legal_form).label)

    @property
    def precision_label(self) -> str:
        return str(Precision(self.precision).label) if self.precision else ""

    @property
    def origin_label(self) -> str:
        return "" if self.origin == Origin.REAL else str(Origin(self.origin).label)


@dataclass(frozen=True, slots=True)
class Annex:
    """``initiatives`` by commune then name, none where they are too many; ``total`` all there are."""

    initiatives: list[Listed]
    total: int

    @property
    def left_out(self) -> bool:
        return len(self.initiatives) < self.total


def annex(territory: Territory, most: int = MOST) -> Annex:
    """The initiatives that the diagnosis of a territory counts, as they are now, ``most`` of them at most."""
    criteria = criteria_of(territory)
    total = count(criteria)
    if total > most:
        return Annex([], total)
    slugs = dict(Sector.objects.values_list("pk", "slug"))
    columns = (
        "slug", "name", "commune__name", "commune__code", "activities", "legal_form", "founded", "precision",
        "verified_at", "updated_at", "origin",
    )  # fmt: skip
    rows = criteria.initiatives().order_by("commune__name", "name_sort", "pk").values_list(*columns)
    listed = [
        Listed(
            slug, name, commune or "", code or "",
            tuple(dict.fromkeys(slugs[each // OF_SECTOR] for each in activities)), form, founded, precision,
            verified.date() if verified else None, updated.date(), origin,
        )
        for slug, name, commune, code, activities, form, founded, precision, verified, updated, origin in rows
    ]  # fmt: skip
    return Annex(listed, len(listed))
