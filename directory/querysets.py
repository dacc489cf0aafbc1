"""Verbs over initiatives. Distances are metres on the ellipsoid; positions are lon, lat in WGS 84."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point as GeosPoint
from django.contrib.gis.geos import Polygon
from django.contrib.gis.measure import D
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Case, F, FloatField, Func, Q, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Range

from territories.geometry import BBox, Point

if TYPE_CHECKING:
    from directory.models import Initiative  # noqa: F401  (named in the base class below)


class TsQuery(SearchQuery):
    """A full-text query already written in PostgreSQL's own syntax: nothing is parsed again."""

    def __init__(self, tsquery: str) -> None:
        super().__init__(Value(tsquery))
        self.tsquery = tsquery

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return "%s::tsquery", [self.tsquery]  # a list: lookups add their own to it


class Rank(Func):
    """Relevance of a row for a full-text query, as a double so that a cursor holds it exactly."""

    template = "ts_rank(%(expressions)s)::double precision"
    output_field = FloatField()


def geography() -> Cast:
    """The point as a geography, whose distances are metres on the ellipsoid."""
    return Cast("location", models.PointField(srid=4326, geography=True))


LON = Func(F("location"), function="ST_X", output_field=FloatField())
LAT = Func(F("location"), function="ST_Y", output_field=FloatField())


def frame_of(part: tuple[float, float, float, float]) -> Polygon:
    frame = Polygon.from_bbox(part)
    frame.srid = 4326
    return frame


def in_box_q(box: BBox) -> Q:
    """Points in the box, its edges included; the box may be a line or a point.

    The index compares boxes in single precision, a metre too wide: the coordinates decide. The planner
    knows how many rows the index gives; of coordinates alone it would believe that none is left, and sort
    what it should hash.
    """
    condition = Q()
    for west, south, east, north in box.parts():
        frame = frame_of((west, south, east, north))
        inside = Q(Range(LON, (west, east))) & Q(Range(LAT, (south, north)))
        decided = Case(When(inside, then=True), default=False, output_field=BooleanField())
        condition |= Q(location__bboverlaps=frame) & Q(decided)
    return condition


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def published(self) -> InitiativeQuerySet:
        """What everyone may read, closed ones included."""
        return self.filter(publication="published")

    def withdrawn(self, slug: str) -> InitiativeQuerySet:
        """What had this name, of its own or before a merge, and is no more to be read."""
        named = Q(slug=slug) | Q(merged__slug=slug)
        return self.filter(named, publication__in=["hidden", "archived"])

    def visible(self) -> InitiativeQuerySet:
        """What lists and figures count: published and open."""
        return self.filter(publication="published", activity_state="open")

    def in_box(self, box: BBox) -> InitiativeQuerySet:
        return self.filter(in_box_q(box))

    def framed(self, box: BBox) -> InitiativeQuerySet:
        """In the box or up to a metre around it: what the index alone can tell."""
        condition = Q()
        for part in box.parts():
            condition |= Q(location__bboverlaps=frame_of(part))
        return self.filter(condition)

    def within(self, point: Point, metres: float) -> InitiativeQuerySet:
        """The exact set within so many metres; a box on the geometry index goes first."""
        centre = GeosPoint(point.lon, point.lat, srid=4326)
        return (
            self.in_box(BBox.around(point, metres))
            .alias(geography=geography())
            .filter(geography__dwithin=(centre, D(m=metres)))
        )

    def with_distance(self, point: Point) -> InitiativeQuerySet:
        """Each with ``distance``: metres to the point, None without a place."""
        centre = GeosPoint(point.lon, point.lat, srid=4326)
        return self.annotate(distance=Distance(geography(), centre))

    def in_sectors(self, mask: int) -> InitiativeQuerySet:
        """In one of the sectors of the mask."""
        return self.alias(shared=F("sector_mask").bitand(mask)).filter(~Q(shared=0))

    def in_activities(self, ids: Iterable[int]) -> InitiativeQuerySet:
        return self.filter(activities__overlap=list(ids))

    def matching(self, tsquery: str) -> InitiativeQuerySet:
        return self.filter(search=TsQuery(tsquery))

    def with_rank(self, tsquery: str) -> InitiativeQuerySet:
        return self.annotate(rank=Rank(F("search"), TsQuery(tsquery)))
