"""Initiatives nearby that inspire on a dimension, of those that agreed to be cited."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point as GeosPoint
from django.db.models import OuterRef, Subquery

from directory.models import Initiative
from directory.querysets import geography
from questionnaires.models import Response, Sharing
from questionnaires.versions import asked
from territories.geometry import Point

NEARBY = 100_000  # metres
MOST = 3


@dataclass(frozen=True, slots=True)
class Inspiring:
    """``distance`` in metres; ``year`` of what it answered."""

    initiative: Initiative
    distance: float
    year: int


def inspiring(
    slug: str, dimension: str, near: Point, apart: Initiative | None = None, most: int = MOST
) -> list[Inspiring]:
    """The nearest to a point (lon, lat) within 100 km whose score on this dimension is in the highest band
    of the questionnaire. What counts of each is the last that it finished, published and may be cited for.
    """
    version = asked(slug)
    if version is None:
        return []
    least = version.parsed.bands[-1].least
    cited = Response.objects.filter(
        citable=True, sharing=Sharing.PUBLIC, finished_at__isnull=False, version__questionnaire__slug=slug
    )
    last = cited.filter(initiative=OuterRef("pk")).order_by("-year", "-finished_at", "-pk")
    rows = (
        Initiative.objects.visible()
        .filter(pk__in=cited.values("initiative"))
        .within(near, NEARBY)
        .annotate(year=Subquery(last.values("year")[:1]), said=Subquery(last.values("scores")[:1]))
        .filter(**{f"said__{dimension}__gte": least})
        .select_related("commune")
        .defer("search", "commune__geometry")
        .order_by(Distance(geography(), GeosPoint(near.lon, near.lat, srid=4326)), "pk")
        .with_distance(near)
    )
    if apart is not None:
        rows = rows.exclude(pk=apart.pk)
    return [Inspiring(row, row.distance.m, row.year) for row in rows[:most]]  # type: ignore[attr-defined]
