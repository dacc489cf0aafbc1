"""The communes inside an outline that somebody drew: those whose chief place is in it, its line included."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.formats import localize
from django.utils.translation import gettext as _
from shapely.geometry import shape
from shapely.validation import explain_validity

from territories.errors import InvalidPerimeter
from territories.models import Kind, Territory
from territories.names import place_fold
from territories.perimeters import Perimeter, by_name

MOST_POSITIONS = 10_000
LONGEST = 1_000_000  # signs
NAMED = 5
# What reading a text that is no GeoJSON meets, wherever it strays.
UNREADABLE = (
    AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError, OverflowError,
    shapely.errors.ShapelyError,
)  # fmt: skip


def from_outline(text: str) -> Perimeter:
    """The communes of a GeoJSON Polygon or MultiPolygon, longitude first, WGS 84. InvalidPerimeter says what
    is wrong with the outline, or what it misses."""
    outline = read(text)
    shape_of = GEOSGeometry(memoryview(shapely.to_wkb(outline)), srid=4326)
    inside = Territory.objects.of_kind(Kind.COMMUNE).filter(chief_place__coveredby=shape_of).order_by()
    taken = set(inside.values_list("pk", flat=True))
    if not taken:
        raise InvalidPerimeter(missed(shape_of))
    return Perimeter(by_name(taken), _("communes dont le chef-lieu est à l’intérieur du contour dessiné"))


def read(text: str) -> shapely.Polygon | shapely.MultiPolygon:
    unreadable = _("Le contour n’a pas pu être lu : c’est un polygone GeoJSON qui est attendu.")
    if len(text) > LONGEST:
        raise InvalidPerimeter(too_detailed())
    try:
        given = json.loads(text)
        if given.get("type") == "Feature":
            given = given["geometry"]
        if given["type"] not in ("Polygon", "MultiPolygon"):
            raise InvalidPerimeter(unreadable)
        positions = list(numbers(given["coordinates"]))
        if len(positions) > 2 * MOST_POSITIONS:
            raise InvalidPerimeter(too_detailed())
        outline = shapely.force_2d(shape(given))
    except UNREADABLE:
        raise InvalidPerimeter(unreadable) from None
    check(outline)
    return outline


def numbers(nested: Any, depth: int = 5) -> Any:
    """All the numbers of nested lists; TypeError or ValueError for whatever else."""
    if depth == 0:
        raise ValueError("nested too deep")
    for each in nested:
        if isinstance(each, list):
            yield from numbers(each, depth - 1)
        elif isinstance(each, bool) or not isinstance(each, int | float) or not math.isfinite(each):
            raise ValueError("not a number")
        else:
            yield each


def check(outline: shapely.Polygon | shapely.MultiPolygon) -> None:
    if outline.is_empty or not outline.convex_hull.area:
        raise InvalidPerimeter(_("Ce contour n’entoure rien : dessinez-en au moins trois coins."))
    west, south, east, north = outline.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InvalidPerimeter(
            _("Ce contour sort de la carte : ses longitudes vont de -180 à 180, ses latitudes de -90 à 90.")
        )
    if not outline.is_valid:
        # « Self-intersection[2.1 45.9] »: the library says where, in its own words.
        where = re.search(r"\[(-?[0-9.]+) (-?[0-9.]+)", explain_validity(outline))
        lon, lat = map(float, where.groups()) if where else outline.representative_point().coords[0]
        raise InvalidPerimeter(
            _(
                "Ce contour se croise lui-même près de {lat} de latitude et {lon} de longitude :"
                " redessinez-le sans que ses côtés se coupent."
            ).format(lat=localize(round(lat, 3)), lon=localize(round(lon, 3)))
        )


def too_detailed() -> str:
    return _("Ce contour a trop de points : {most} au plus.").format(most=MOST_POSITIONS)


def missed(outline: GEOSGeometry) -> str:
    """Why an outline takes nothing: too small to hold a chief place, or out of the country."""
    touched = Territory.objects.of_kind(Kind.COMMUNE).filter(geometry__intersects=outline)
    names = sorted((each.name for each in touched.only("name")[: NAMED + 1]), key=place_fold)
    if not names:
        return _("Ce contour ne touche aucune commune : il est en mer ou hors de France.")
    return _(
        "Aucun chef-lieu n’est dans ce contour, qui touche {names}. Dessinez-le plus large, ou"
        " ajoutez ces communes par leur nom."
    ).format(names=", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else ""))
