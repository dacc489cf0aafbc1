"""Initiatives as the pages list them: one query for a page of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.models import Activity, Initiative, Sector
from directory.paging import Row
from frontend.quantities import length
from frontend.sectors import Taxonomy, icon_of
from verification.confirming import to_confirm

READ = (
    "slug", "name", "language", "summary", "activities", "origin", "precision", "location", "locality",
    "verified_at", "vouched_at", "activity_state", "commune__name", "departement__name", "departement__code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """``distance`` is in words, empty where none was asked for."""

    initiative: Initiative
    sector: Sector
    sectors: list[Sector]
    activities: list[Activity]
    icon: str
    distance: str
    to_confirm: bool


def cards(rows: Iterable[Row], taxonomy: Taxonomy) -> list[Card]:
    rows = list(rows)
    found = (
        Initiative.objects.filter(pk__in=[row.pk for row in rows])
        .select_related("commune", "departement")
        .only(*READ)
        .in_bulk()
    )
    made = []
    for row in rows:
        if initiative := found.get(row.pk):  # unless it was withdrawn since the page was counted
            sector = taxonomy.main_sector(initiative.activities)
            made.append(
                Card(
                    initiative,
                    sector,
                    taxonomy.sectors_of(initiative.activities),
                    taxonomy.activities_of(initiative.activities),
                    icon_of(sector.slug),
                    "" if row.distance is None else length(row.distance),
                    to_confirm(initiative),
                )
            )
    return made
