"""What the tests of this room share: real départements, and a way to draw a small country."""

from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from territories.models import Kind, Territory
from tests.france import creuse, creuse_committed

__all__ = ["creuse", "creuse_committed", "drawn"]


def drawn(kind: str, code: str, box: tuple[float, float, float, float] | None, **fields: Any) -> Territory:
    """A territory that is a box (west, south, east, north), its chief place in the middle."""
    outline = place = None
    if box is not None:
        west, south, east, north = box
        outline = MultiPolygon(Polygon.from_bbox(box), srid=4326)
        place = Point((west + east) / 2, (south + north) / 2, srid=4326)
    fields = {"name": f"{kind} {code}", "geometry": outline, "chief_place": place, **fields}
    return Territory.objects.create(
        id=f"{Kind(kind).value}-{code}", kind=Kind(kind).value, code=code, slug=code.lower(), **fields
    )
