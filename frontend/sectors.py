"""Sectors and activities as pages need them; how they look is in printing/sectors.py, for paper too."""

from __future__ import annotations

from directory.models import ACTIVITIES_PER_SECTOR, Activity, Sector
from printing.sectors import ICONS, OTHER, icon_of

__all__ = ["ICONS", "OTHER", "Taxonomy", "icon_of"]


class Taxonomy:
    """Sectors and activities, read once for a page."""

    def __init__(self) -> None:
        self.sectors = {sector.pk: sector for sector in Sector.objects.all()}
        self.activities = {activity.pk: activity for activity in Activity.objects.all()}
        self.labels = {term.slug: term.label for term in [*self.sectors.values(), *self.activities.values()]}

    def main_sector(self, activities: list[int]) -> Sector:
        return self.sectors[activities[0] // ACTIVITIES_PER_SECTOR]

    def sectors_of(self, activities: list[int]) -> list[Sector]:
        """The sectors of these activities, the main one first."""
        ids = dict.fromkeys(activity // ACTIVITIES_PER_SECTOR for activity in activities)
        return [self.sectors[pk] for pk in ids]

    def activities_of(self, activities: list[int]) -> list[Activity]:
        return [self.activities[pk] for pk in activities if pk in self.activities]
