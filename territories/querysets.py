"""Verbs over territories. A list never loads a polygon: ask for it with ``with_geometry()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon

if TYPE_CHECKING:
    from territories.models import Territory


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def of_kind(self, *kinds: str) -> TerritoryQuerySet:
        return self.filter(kind__in=kinds)

    def with_geometry(self) -> TerritoryQuerySet:
        return self.defer(None)

    def without_geometry(self) -> TerritoryQuerySet:
        return self.filter(geometry=None)

    def meeting(self, box: Polygon) -> TerritoryQuerySet:
        return self.filter(geometry__intersects=box)

    def within(self, territory: Territory) -> TerritoryQuerySet:
        """The territories made of communes of this one; an EPCI counts where it has a commune."""
        raise NotImplementedError


class TerritoryManager(models.Manager["Territory"]):
    def get_queryset(self) -> TerritoryQuerySet:
        return TerritoryQuerySet(self.model, using=self._db).defer("geometry")


