"""Atlas plates: parts of a territory projected, framed and written as SVG paths.

Drawn in Lambert's azimuthal equal-area projection centred on each frame, so that areas compare as colours
do. Outlines come in degrees (WGS 84, longitude first); what is written is in units of the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Polygon
from numpy.typing import NDArray
from pyproj import Proj

from printing.overseas import OVERSEAS
from territories.coverage import as_multipolygon
from territories.drafts import BANDS
from territories.models import Kind, Territory, TerritoryOutline
from territories.outlines import band_of

TILE = 256  # pixels: at zoom z the world is 2^z of them wide
FINEST = max(BANDS)
WIDTH, TALLEST, LOWEST = 640, 620, 300
MARGIN = 0.05  # of the frame, on each side
# Mainland France and Corsica, wide: west, south, east, north.
MAINLAND = (-6.0, 41.0, 10.0, 51.6)
INSET_WIDTH, INSET_HEIGHT, GUTTER = 118, 96, 12
CAPTION = 30  # under a frame, for its name
# Up to so many parts, and their surroundings, are drawn from the full outlines where a plate shows them.
DETAILED = 200
CROWDED = 1_500  # communes around, beyond which the surroundings are left blank

Shapes = NDArray[Any]
NOTHING: Shapes = np.array([], dtype=object)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A territory on a plate: its outline in degrees, and the point that stands for it."""

    id: str
    outline: shapely.Geometry
    at: Point


@dataclass(frozen=True, slots=True)
class Scale:
    """A bar so long stands for so many kilometres."""

    length: int
    kilometres: float


@dataclass(frozen=True, slots=True)
class Panel:
    """One frame of a plate, at ``x`` and ``y`` on it: the mainland, or a land overseas (``name``).

    ``paths`` and ``points`` are of each part by its id; ``ground`` is what lies around, ``borders`` the lines
    drawn over the parts.
    """

    x: int
    y: int
    width: int
    height: int
    name: str
    scale: Scale
    paths: dict[str, str]
    points: dict[str, Point]
    ground: str
    borders: str
    frame: Frame


class Frame:
    """From degrees to units of the drawing."""

    def __init__(self, shapes: Shapes, width: int, tallest: int, lowest: int) -> None:
        self.box = shapely.total_bounds(shapes)
        west, south, east, north = self.box
        self.proj = Proj(proj="laea", lon_0=(west + east) / 2, lat_0=(south + north) / 2, ellps="WGS84")
        left, bottom, right, top = shapely.total_bounds(shapely.transform(shapes, self.metres))
        wide, tall = max(right - left, 100.0), max(top - bottom, 100.0)
        room = 1 - 2 * MARGIN
        self.per_metre = min(width * room / wide, tallest * room / tall)
        self.width, self.height = width, max(lowest, round(tall * self.per_metre / room))
        self.left = (self.width - wide * self.per_metre) / 2 - left * self.per_metre
        self.top = (self.height - tall * self.per_metre) / 2 + top * self.per_metre

    def metres(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self.proj(degrees[:, 0], degrees[:, 1]))

    def units(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Longitudes and latitudes as x and y, rightwards and downwards."""
        found = self.metres(degrees) * self.per_metre
        return np.column_stack([self.left + found[:, 0], self.top - found[:, 1]])

    def drawn(self, shapes: Shapes) -> Shapes:
        return np.asarray(shapely.transform(shapes, self.units))

    def places(self, points: Sequence[Point]) -> list[Point]:
        return [(round(x, 1), round(y, 1)) for x, y in self.units(np.array(points).reshape(-1, 2)).tolist()]

    @property
    def zoom(self) -> float:
        """The zoom at which a web map would be as detailed."""
        shrink = max(0.05, math.cos(math.radians((self.box[1] + self.box[3]) / 2)))
        return math.log2(self.per_metre * 40_075_017 * shrink / TILE)

    def around(self) -> tuple[float, float, float, float]:
        """What the frame shows, in degrees: west, south, east, north."""
        corners = [(x, y) for x in (0, self.width / 2, self.width) for y in (0, self.height / 2, self.height)]
        metres = [((x - self.left) / self.per_metre, (self.top - y) / self.per_metre) for x, y in corners]
        across, up = np.array(metres).T
        lon, lat = self.proj(across, up, inverse=True)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    def scale(self) -> Scale:
        """The longest round bar of a third of the width at most."""
        most = self.width / 3 / self.per_metre / 1_000
        power = 10.0 ** math.floor(math.log10(most))
        kilometres = next(step * power for step in (5, 2, 1) if step * power <= most)
        return Scale(round(kilometres * 1_000 * self.per_metre), kilometres)


def written(shapes: Shapes) -> list[str]:
    """Each outline, in units of the drawing, as an SVG path of whole steps; empty where nothing is seen."""
    paths = [""] * len(shapes)
    polygons, owners = shapely.get_parts(shapes, return_index=True)
    rings, within = shapely.get_rings(polygons, return_index=True)
    for ring, owner in zip(rings, owners[within], strict=True):
        points = np.rint(shapely.get_coordinates(ring)).astype(int)
        steps = np.diff(points, axis=0)
        steps = steps[steps.any(axis=1)]
        if len(steps) < 3:
            continue
        x, y = points[0]
        moves = "l".join(f"{dx} {dy}" if dy >= 0 else f"{dx}{dy}" for dx, dy in steps[:-1].tolist())
        paths[owner] += f"M{x} {y}l{moves}z"
    return paths


def parts_of(ids: Sequence[str], within: str | None = None, zoom: float = FINEST) -> list[Part]:
    """The territories that have an outline, as detailed as the zoom asks; an intercommunality is cut where
    the territory ``within`` ends."""
    outlines = full_outlines(ids) if is_detailed(ids, zoom) else banded(ids, zoom)
    country = within is None or within.startswith(Kind.COUNTRY)
    if within and not country and any(id.startswith(Kind.EPCI) for id in outlines):
        outlines = cut(outlines, banded([within], zoom).get(within))
    labelled = Territory.objects.filter(pk__in=ids, label_point__isnull=False)
    points = dict(labelled.annotate(at=AsWKB("label_point")).values_list("pk", "at"))
    found = []
    for id in ids:
        if (outline := outlines.get(id)) is None:
            continue
        at = shapely.from_wkb(bytes(points[id])) if id in points else None
        if at is None or not (country or outline.intersects(at)):
            at = outline.point_on_surface()
        found.append(Part(id, outline, (at.x, at.y)))
    return found


def band_for(zoom: float) -> int:
    return band_of(min(FINEST, math.ceil(zoom))) or FINEST


def banded(ids: Sequence[str], zoom: float) -> dict[str, Any]:
    """The simplified outlines that serve a zoom, by id."""
    rows = TerritoryOutline.objects.filter(territory__in=ids, band=band_for(zoom))
    return read(rows.values_list("territory", "geojson"))


def full_outlines(ids: Sequence[str]) -> dict[str, Any]:
    rows = Territory.objects.filter(pk__in=ids, geometry__isnull=False)
    found = list(rows.annotate(outline=AsWKB("geometry")).values_list("pk", "outline"))
    return {id: shapely.from_wkb(bytes(outline)) for id, outline in found}


def read(rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    listed = list(rows)
    outlines = shapely.from_geojson([geojson for _id, geojson in listed])
    return dict(zip((id for id, _geojson in listed), outlines, strict=True))


def cut(outlines: dict[str, Any], mask: Any) -> dict[str, Any]:
    """What lies in the mask of each outline; as they are without one."""
    if mask is None:
        return outlines
    mask = shapely.make_valid(mask)  # what was simplified may touch itself
    shapely.prepare(mask)
    given = shapely.make_valid(np.array(list(outlines.values()), dtype=object))
    beyond = ~shapely.covered_by(given, mask)
    for i in np.flatnonzero(beyond):  # where borders only touch, lines and points are left out
        given[i] = as_multipolygon(shapely.intersection(given[i], mask))
    return {id: outline for id, outline in zip(outlines, given, strict=True) if outline is not None}


@dataclass(frozen=True, slots=True)
class Group:
    """Territories that share a frame, and what frames them roughly: boxes in degrees."""

    name: str
    ids: list[str]
    boxes: Shapes


def grouped(ids: Sequence[str]) -> list[Group]:
    """The mainland first, then each land overseas; what lies elsewhere is in none, unless it is alone."""
    rows = Territory.objects.filter(pk__in=ids, envelope__isnull=False).order_by("pk")
    known = list(rows.annotate(box=AsWKB("envelope")).values_list("pk", "box"))
    if not known:
        return []
    names, boxes = [pk for pk, _box in known], shapely.from_wkb([bytes(box) for _pk, box in known])
    middles = shapely.centroid(boxes)
    lands = [("", shapely.box(*MAINLAND)), *((place.name, box_of(place.bbox)) for place in OVERSEAS)]
    found = []
    for name, land in lands:
        here = np.flatnonzero(shapely.intersects(land, middles))
        if len(here):
            found.append(Group(name, [names[i] for i in here], boxes[here]))
    return found or [Group("", names, boxes)]


def box_of(text: str) -> shapely.Polygon:
    return shapely.box(*map(float, text.split(",")))


def panels(ids: Sequence[str], within: str, lines: str = "") -> list[Panel]:
    """The frames of a plate: the first large, the others small in rows below it; empty where nothing has an
    outline. ``within`` is the territory that the parts make up, ``lines`` a kind whose borders show."""
    groups = grouped(ids)
    made: list[Panel] = []
    for rank, group in enumerate(groups):
        size = (INSET_WIDTH, INSET_HEIGHT, INSET_HEIGHT) if rank else (WIDTH, TALLEST, LOWEST)
        zoom = Frame(group.boxes, *size).zoom
        parts = parts_of(group.ids, within, zoom)
        frame = Frame(np.array([part.outline for part in parts], dtype=object), *size)
        x = (rank - 1) * (INSET_WIDTH + GUTTER) if rank else 0
        y = bottom(made) + GUTTER if rank == 1 else made[-1].y if rank else 0
        name = group.name if len(groups) > 1 else ""
        made.append(panel(frame, parts, zoom, within, lines, x, y, name))
    return made


def bottom(made: Sequence[Panel]) -> int:
    """Where the frames end, with the names under them."""
    return max(each.y + each.height + (CAPTION if each.name else 0) for each in made)


def panel(
    frame: Frame, parts: list[Part], zoom: float, within: str, lines: str, x: int, y: int, name: str
) -> Panel:
    outlines = frame.drawn(np.array([part.outline for part in parts], dtype=object))
    ids = [part.id for part in parts]
    detailed = is_detailed(ids, zoom)
    alone = name or within.startswith(Kind.COUNTRY)  # an island, or a country of unknown neighbours
    around = NOTHING if alone else surroundings(frame, ids, zoom, detailed)
    borders = whole(outlines) if detailed or name else edges(frame, zoom, within, lines)
    window = (-2, -2, frame.width + 2, frame.height + 2)
    return Panel(
        x, y, frame.width, frame.height, name, frame.scale(),
        dict(zip(ids, written(outlines), strict=True)),
        dict(zip(ids, frame.places([part.at for part in parts]), strict=True)),
        "".join(written(shapely.clip_by_rect(around, *window))), "".join(written(borders)), frame,
    )  # fmt: skip


def is_detailed(ids: Sequence[str], zoom: float) -> bool:
    """Whether full outlines are drawn: near, and of a few parts."""
    return zoom > FINEST and len(ids) <= DETAILED


def whole(outlines: Shapes) -> Shapes:
    return np.array([shapely.coverage_union_all(outlines)], dtype=object)


def surroundings(frame: Frame, ids: Sequence[str], zoom: float, detailed: bool) -> Shapes:
    """What the frame shows around the parts: the communes near a small territory, else the départements."""
    box = Polygon.from_bbox(frame.around())
    box.srid = 4326
    if detailed:
        near = Territory.objects.of_kind(Kind.COMMUNE).filter(geometry__bboverlaps=box).exclude(pk__in=ids)
        keys = list(near.order_by().values_list("pk", flat=True)[: CROWDED + 1])
        found = full_outlines(keys) if len(keys) <= CROWDED else {}
    else:
        rows = TerritoryOutline.objects.filter(
            band=band_for(zoom), territory__kind=Kind.DEPARTEMENT, geometry__bboverlaps=box
        )
        found = read(rows.values_list("territory", "geojson"))
    return frame.drawn(np.array(list(found.values()), dtype=object))


def edges(frame: Frame, zoom: float, within: str, lines: str) -> Shapes:
    """The outline of the whole, and of the territories of a kind inside it."""
    ids = [within]
    if within.startswith(Kind.COUNTRY):
        mainland = Polygon.from_bbox(MAINLAND)
        mainland.srid = 4326
        regions = Territory.objects.of_kind(lines).filter(label_point__within=mainland)
        ids = list(regions.order_by().values_list("pk", flat=True))
    elif lines and (territory := Territory.objects.filter(pk=within).first()):
        inner = Territory.objects.get_queryset().within(territory).of_kind(lines)
        ids += inner.order_by().values_list("pk", flat=True)
    return frame.drawn(np.array(list(banded(ids, zoom).values()), dtype=object))
