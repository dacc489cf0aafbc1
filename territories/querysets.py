"""Verbs over territories. A list never loads a polygon: ask for it with ``with_geometry()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point as GeosPoint
from django.contrib.gis.geos import Polygon
from django.db.models import Q

from territories.folding import PlaceFold
from territories.geometry import BBox, Point

if TYPE_CHECKING:
    from territories.models import Territory

# From the largest kind to the smallest; a custom territory gives way to an official one.
SIZES = ("country", "region", "departement", "epci", "commune", "arrondissement", "custom")
PARENTS = ("country", "region", "departement", "epci", "commune")


def commune_q(territory: Territory, prefix: str = "") -> Q:
    """The communes of a territory, as a condition on a commune.

    ``prefix`` reaches the commune from another model: ``commune_q(t, "commune__")``. An
    arrondissement has none: the condition is then the commune that it is a part of.
    """
    if territory.kind == "commune":
        return Q(**{f"{prefix}id": territory.pk})
    if territory.kind == "arrondissement":
        return Q(**{f"{prefix}id": territory.commune_id})
    if territory.kind == "custom":
        return Q(**{f"{prefix}in_customs__territory": territory.pk})
    return Q(**{f"{prefix}{territory.kind}": territory.pk})


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def of_kind(self, *kinds: str) -> TerritoryQuerySet:
        return self.filter(kind__in=kinds)

    def listed(self) -> TerritoryQuerySet:
        """Those that lists and search show: all but the custom ones that nobody made public."""
        return self.filter(listed=True)

    def with_geometry(self) -> TerritoryQuerySet:
        return self.defer(None)

    def without_geometry(self) -> TerritoryQuerySet:
        return self.filter(geometry=None)

    def containing(self, point: Point) -> TerritoryQuerySet:
        """Whose full outline covers the point, border included."""
        return self.filter(geometry__intersects=GeosPoint(point.lon, point.lat, srid=4326))

    def meeting(self, box: BBox) -> TerritoryQuerySet:
        """Whose outline shares a point with the box, which may cross the antimeridian."""
        condition = Q()
        for part in box.parts():
            frame = Polygon.from_bbox(part)
            frame.srid = 4326
            condition |= Q(geometry__intersects=frame)
        return self.filter(condition)

    def communes_of(self, territory: Territory) -> TerritoryQuerySet:
        """The communes that make up a territory of any kind, custom ones included."""
        return self.of_kind("commune").filter(commune_q(territory))

    def within(self, territory: Territory) -> TerritoryQuerySet:
        """The territories made of communes of this one, itself left out.

        An EPCI, a custom territory, or whatever else crosses its border, counts where it has a
        commune inside.
        """
        if territory.kind == "arrondissement":
            return self.none()
        model: Any = self.model
        communes = model.objects.communes_of(territory)
        ids = communes.order_by().values("pk")
        condition = Q(kind="commune", pk__in=ids) | Q(kind="arrondissement", commune__in=ids)
        if territory.kind != "commune":
            condition |= Q(kind="epci", pk__in=communes.order_by().values("epci"))
            condition |= Q(kind="custom", custom_communes__commune__in=ids)
        if territory.kind not in ("commune", "epci", "departement"):
            condition |= Q(kind="departement", pk__in=communes.order_by().values("departement"))
        if territory.kind in ("country", "custom"):
            condition |= Q(kind="region", pk__in=communes.order_by().values("region"))
        inside = model.objects.filter(condition).order_by().values("pk")
        return self.filter(pk__in=inside).exclude(pk=territory.pk)

    def enclosing(self, territory: Territory) -> TerritoryQuerySet:
        """The territories that contain this one: its parents, and the custom territories of a commune."""
        parents = [parent for parent in (getattr(territory, f"{name}_id") for name in PARENTS) if parent]
        commune = territory.commune_id if territory.kind == "arrondissement" else territory.pk
        model: Any = self.model
        customs = model.objects.filter(custom_communes__commune=commune).order_by().values("pk")
        return self.filter(Q(pk__in=parents) | Q(pk__in=customs)).exclude(pk=territory.pk)

    def covers(self, outer: Territory, inner: Territory) -> bool:
        """Whether each commune of ``inner`` is one of ``outer``; a territory covers itself, and an
        arrondissement nothing else. Of two that have the same communes (Paris, commune and département),
        the one of the larger kind covers the other."""
        if outer.pk == inner.pk:
            return True
        if outer.kind == "arrondissement":
            return False
        model: Any = self.model
        within, around = (model.objects.communes_of(each).order_by() for each in (inner, outer))
        if not within.exists() or within.exclude(pk__in=around.values("pk")).exists():
            return False
        same = not around.exclude(pk__in=within.values("pk")).exists()
        return not same or SIZES.index(outer.kind) < SIZES.index(inner.kind)

    def named(self, text: str) -> TerritoryQuerySet:
        """Which bear this name or nearly: accents, case, hyphens, « St » and typing errors set aside."""
        from territories.models import PlaceName

        typed = PlaceFold(models.Value(text.replace("\x00", " ")[:100], output_field=models.TextField()))
        names = (
            PlaceName.objects.alias(typed=typed)
            .exclude(nature="postcode")
            .exclude(typed="")
            .filter(Q(folded__contains=typed) | Q(folded__trigram_word_similar=typed))
        )
        return self.filter(pk__in=names.values("territory"))


class TerritoryManager(models.Manager["Territory"]):
    def get_queryset(self) -> TerritoryQuerySet:
        return TerritoryQuerySet(self.model, using=self._db).defer("geometry")
