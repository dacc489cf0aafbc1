"""Verbs over initiatives. Distances are metres on the ellipsoid; positions are lon, lat in WGS 84."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point as GeosPoint
from django.contrib.gis.geos import Polygon
from django.contrib.gis.measure import D
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Case, F, FloatField, Func, Q, SmallIntegerField, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import Range

from directory.grid import surely_within
from territories.geometry import BBox, Point

if TYPE_CHECKING:
    from directory.models import Initiative


class TsQuery(SearchQuery):
    """A full-text query already written in PostgreSQL's own syntax: nothing is parsed again."""

    def __init__(self, tsquery: str) -> None:
        super().__init__(Value(tsquery))
        self.tsquery = tsquery

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return "%s::tsquery", [self.tsquery]  # a list: lookups add their own to it


# Below every relevance.
UNRANKED = -1.0


class Rank(Func):
    """Relevance of a row for a full-text query, as a double so that a cursor holds it exactly."""

    template = "ts_rank(%(expressions)s)::double precision"
    output_field = FloatField()


def geography() -> Cast:
    """The point as a geography, whose distances are metres on the ellipsoid."""
    return Cast("location", models.PointField(srid=4326, geography=True))


ACTIVITIES = ArrayField(SmallIntegerField())
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
    for part in box.parts():
        condition |= Q(location__bboverlaps=frame_of(part)) & between_q(part)
    return condition


def coordinates_q(box: BBox) -> Q:
    """The same told by the cells and the coordinates of a row, where an index that holds them finds it.

    Whole numbers are quicker to compare; only near an edge do the coordinates decide.
    """
    condition = Q()
    for part in box.parts():
        first, last, top, bottom = surely_within(part)
        condition |= between_q(
            part, When(tile_x__range=(first, last), tile_y__range=(top, bottom), then=True)
        )
    return condition


def between_q(part: tuple[float, float, float, float], *before: When) -> Q:
    west, south, east, north = part
    inside = Q(Range(LON, (west, east))) & Q(Range(LAT, (south, north)))
    return Q(Case(*before, When(inside, then=True), default=False, output_field=BooleanField()))


# A metre on the sphere is between 0.9944 and 1.0045 metres on the ellipsoid, whatever the place and the
# direction: so is any distance, which is a sum of them.
RADIUS = 6_371_008.8
SURELY_WITHIN, SURELY_BEYOND = 0.995, 1.006


def haversine(point: Point) -> Func:
    """Half the versine of the angle to the point, on the sphere; grows with the distance."""
    return Func(
        F("location"),
        template=f"(sin((ST_Y(%(expressions)s) - ({point.lat!r})) * {math.radians(0.5)!r}) ^ 2"
        f" + {math.cos(math.radians(point.lat))!r} * cos(ST_Y(%(expressions)s) * {math.radians(1)!r})"
        f" * sin((ST_X(%(expressions)s) - ({point.lon!r})) * {math.radians(0.5)!r}) ^ 2)",
        output_field=FloatField(),
    )


def haversine_of(metres: float) -> float:
    return math.sin(metres / RADIUS / 2) ** 2


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def published(self) -> InitiativeQuerySet:
        """What everyone may read, closed ones included."""
        return self.filter(publication="published")

    def called(self, slug: str) -> Initiative | None:
        """The one of this name, or else the one that it was merged into."""
        if "\x00" in slug:
            return None
        return self.filter(slug=slug).first() or self.filter(merged__slug=slug).first()

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
        return self.framed(BBox.around(point, metres)).in_circle(point, metres)

    def in_circle(self, point: Point, metres: float) -> InitiativeQuerySet:
        """The exact set within so many metres, where another index finds the rows.

        The ellipsoid decides for those near the circle's line; for the others the sphere does, in a
        tenth of the time.
        """
        centre = GeosPoint(point.lon, point.lat, srid=4326)
        decided = Case(
            When(sphere__lte=haversine_of(metres * SURELY_WITHIN), then=True),
            When(sphere__gt=haversine_of(metres * SURELY_BEYOND), then=False),
            When(geography__dwithin=(centre, D(m=metres)), then=True),
            default=False,
            output_field=BooleanField(),
        )
        return self.alias(geography=geography(), sphere=haversine(point)).filter(Q(decided))

    def with_distance(self, point: Point) -> InitiativeQuerySet:
        """Each with ``distance``: metres to the point, None without a place."""
        centre = GeosPoint(point.lon, point.lat, srid=4326)
        return self.annotate(distance=Distance(geography(), centre))

    def in_sectors(self, mask: int) -> InitiativeQuerySet:
        """In one of the sectors of the mask."""
        return self.alias(shared=F("sector_mask").bitand(mask)).filter(~Q(shared=0))

    def in_activities(self, ids: Iterable[int]) -> InitiativeQuerySet:
        # One array rather than a value for each of a hundred, which took longer to write than all the rest.
        return self.filter(activities__overlap=Value(list(ids), output_field=ACTIVITIES))

    def matching(self, tsquery: str) -> InitiativeQuerySet:
        return self.filter(search=TsQuery(tsquery))

    def with_rank(self, tsquery: str, ranked: Q | None = None) -> InitiativeQuerySet:
        """Each with ``rank``: its relevance, or ``UNRANKED`` for those that ``ranked`` leaves out."""
        rank = Rank(F("search"), TsQuery(tsquery))
        if ranked is None:
            return self.annotate(rank=rank)
        unranked = Value(UNRANKED, output_field=FloatField())
        return self.annotate(rank=Case(When(ranked, then=rank), default=unranked))
