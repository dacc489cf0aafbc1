"""Where initiatives are, drawn for paper: outlines, and numbered discs that never cover one another.

Points come in degrees (WGS 84, longitude first); what is drawn is in units of UNIT mm.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
import shapely.affinity
from django.contrib.gis.geos import Polygon

from directory.search import SearchCriteria
from printing.overseas import OVERSEAS
from printing.plates import MAINLAND, Frame, Scale, Shapes, band_for, box_of, read, written
from territories.models import Kind, Territory, TerritoryOutline

UNIT = 0.275  # mm
RADIUS = 8  # units, of a disc
INSET = 210  # units, the width of a land overseas beside the mainland
SMALLEST = 0.06  # degrees, that a drawing shows around a place at least
# The finest zoom at which borders of a kind are drawn; communes beyond.
DRAWN_UP_TO = {8.4: Kind.DEPARTEMENT, 10.4: Kind.EPCI}
NAMES = 16  # towns or départements that are named
LETTER = 5.2  # units, the width of a letter of a name


@dataclass(frozen=True, slots=True)
class Pin:
    """An entry that has a point: its number in the directory, its commune."""

    entry: int
    lon: float
    lat: float
    town: str


@dataclass(slots=True)
class Spot:
    """One disc: the entries around it, by commune. ``x`` and ``y`` are where it stands."""

    x: float
    y: float
    pins: list[Pin] = field(default_factory=list)
    number: int = 0

    @property
    def towns(self) -> list[tuple[str, list[int]]]:
        """The communes it stands for, the one with the most entries first, each with its entries."""
        held: dict[str, list[int]] = {}
        for pin in sorted(self.pins, key=lambda pin: pin.entry):
            held.setdefault(pin.town, []).append(pin.entry)
        return sorted(held.items(), key=lambda each: (-len(each[1]), each[0]))


@dataclass(frozen=True, slots=True)
class Word:
    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Disc:
    """Numbers are written with a point, whatever the language."""

    x: str
    y: str
    number: int


@dataclass(frozen=True, slots=True)
class Map:
    """One frame, ready to be written. ``name`` is that of a land overseas, blank for the mainland."""

    name: str
    width: int
    height: int
    ground: str
    figure: str
    borders: str
    words: list[Word]
    discs: list[Disc]
    scale: Scale
    spots: list[Spot]

    @property
    def frame_width(self) -> float:
        return self.width - 1.5

    @property
    def frame_height(self) -> float:
        return self.height - 1.5


def maps(pins: Sequence[Pin], criteria: SearchCriteria, width: float, tallest: float) -> list[Map]:
    """The frames that show all pins, numbered through, the mainland first, with what the criteria ask of
    places. ``width`` and ``tallest`` are in mm. Empty without a pin."""
    drawn: list[Map] = []
    number, figure = 0, figures_of(criteria)
    for rank, (name, here) in enumerate(lands(pins)):
        wide = INSET if rank else round(width / UNIT)
        high = INSET if rank else round(tallest / UNIT)
        made = one(name, here, figure, wide, high, number)
        number += len(made.spots)
        drawn.append(made)
    return drawn


def lands(pins: Sequence[Pin]) -> list[tuple[str, list[Pin]]]:
    """The pins of the mainland, then of each land overseas, then those that lie in none."""
    boxes = [("", shapely.box(*MAINLAND)), *((land.name, box_of(land.bbox)) for land in OVERSEAS)]
    left = list(pins)
    found = []
    for name, box in boxes:
        here = [pin for pin in left if box.covers(shapely.Point(pin.lon, pin.lat))]
        if here:
            found.append((name, here))
            left = [pin for pin in left if pin not in here]
    if left:
        found.append(("", left))
    return found


def one(
    name: str,
    pins: Sequence[Pin],
    figure: Sequence[shapely.Geometry],
    width: int,
    tallest: int,
    before: int,
) -> Map:
    area = shapely.MultiPoint([(pin.lon, pin.lat) for pin in pins]).envelope.buffer(SMALLEST)
    asked = [each for each in figure if each.intersects(area)]
    frame = Frame(np.array([area, *asked], dtype=object), width, tallest, min(tallest, width // 2))
    places = frame.places([(pin.lon, pin.lat) for pin in pins])
    spots = spotted(pins, places, before)
    window = (-2, -2, frame.width + 2, frame.height + 2)
    around, kind = surroundings(frame)
    borders = surroundings(frame, Kind.DEPARTEMENT)[0] if kind != Kind.DEPARTEMENT else {}
    figures = frame.drawn(np.array(asked, dtype=object))
    return Map(
        name=name,
        width=frame.width,
        height=frame.height,
        ground=path(shapely.clip_by_rect(frame.drawn(as_array(around.values())), *window)),
        figure=path(shapely.clip_by_rect(figures, *window)),
        borders=path(shapely.clip_by_rect(frame.drawn(as_array(borders.values())), *window)),
        words=words(frame, kind, spots, set(around)),
        discs=[Disc(f"{spot.x:g}", f"{spot.y:g}", spot.number) for spot in spots],
        scale=frame.scale(),
        spots=spots,
    )


def as_array(shapes: Iterable[shapely.Geometry]) -> Shapes:
    return np.array(list(shapes), dtype=object)


def path(shapes: Shapes) -> str:
    return "".join(written(shapes))


def figures_of(criteria: SearchCriteria) -> list[shapely.Geometry]:
    """The territories asked for, and the circle around a point. A country is no figure on its own ground."""
    ids = [each.pk for each in criteria.territories if each.kind != Kind.COUNTRY]
    rows = TerritoryOutline.objects.filter(territory__in=ids, band=band_for(10))
    found = [shapely.make_valid(each) for each in read(rows.values_list("territory", "geojson")).values()]
    if criteria.near is not None:
        found.append(circle(criteria.near.lon, criteria.near.lat, criteria.radius))
    return found


def circle(lon: float, lat: float, metres: float) -> shapely.Geometry:
    """As it looks on a map: in degrees of a sphere, which is exact to a line's width up to 200 km."""
    north = metres / 111_195
    east = north / max(0.05, math.cos(math.radians(lat)))
    unit = shapely.Point(0, 0).buffer(1, quad_segs=32)
    return shapely.affinity.translate(shapely.affinity.scale(unit, east, north, origin=(0, 0)), lon, lat)


def surroundings(frame: Frame, kind: Kind | None = None) -> tuple[dict[str, shapely.Geometry], Kind]:
    """What the frame shows of a kind of territory, and that kind: the one that suits the scale, if none is
    given."""
    zoom = frame.zoom
    drawn = kind or next((kind for most, kind in DRAWN_UP_TO.items() if zoom <= most), Kind.COMMUNE)
    box = Polygon.from_bbox(frame.around())
    box.srid = 4326
    rows = TerritoryOutline.objects.filter(
        band=band_for(zoom), territory__kind=drawn, territory__listed=True, geometry__bboverlaps=box
    )
    found = read(rows.values_list("territory", "geojson"))
    return {id: shapely.make_valid(shape) for id, shape in found.items()}, drawn


def spotted(pins: Sequence[Pin], places: Sequence[tuple[float, float]], before: int) -> list[Spot]:
    """Pins gathered on discs that stay apart: where many are first; numbered from north to south."""
    held = Counter(places)
    spots: list[Spot] = []
    for i in sorted(range(len(pins)), key=lambda i: (-held[places[i]], pins[i].entry)):
        x, y = places[i]
        near = min(spots, key=lambda spot: math.hypot(spot.x - x, spot.y - y), default=None)
        if near is None or math.hypot(near.x - x, near.y - y) > 2 * RADIUS + 1:
            near = Spot(x, y)
            spots.append(near)
        near.pins.append(pins[i])
    spots.sort(key=lambda spot: (spot.y, spot.x))
    for number, spot in enumerate(spots, start=before + 1):
        spot.number = number
    return spots


def words(frame: Frame, kind: Kind, spots: Sequence[Spot], ids: set[str]) -> list[Word]:
    """Names of départements on a wide map, of the largest towns on a close one, where nothing is covered."""
    if kind == Kind.DEPARTEMENT:
        named = Territory.objects.filter(pk__in=ids)
    else:
        box = Polygon.from_bbox(frame.around())
        box.srid = 4326
        named = Territory.objects.of_kind(Kind.COMMUNE).filter(label_point__within=box)
    rows = named.filter(label_point__isnull=False, population__isnull=False).order_by("-population", "pk")
    taken = [shapely.Point(spot.x, spot.y).buffer(RADIUS + 1) for spot in spots]
    found = []
    for name, point in rows.values_list("name", "label_point")[: 4 * NAMES]:
        assert point is not None  # asked for above
        x, y = frame.places([(point.x, point.y)])[0]
        half = LETTER * len(name) / 2
        for down in (3, -RADIUS - 4, RADIUS + 11):  # on its place, above a disc, below it
            line = y + down
            room = shapely.box(x - half, line - 9, x + half, line + 3)
            inside = half < x < frame.width - half and 12 < line < frame.height - 24
            if inside and not any(room.intersects(other) for other in taken):
                taken.append(room)
                found.append(Word(f"{x:g}", f"{line:g}", name))
                break
        if len(found) == NAMES:
            break
    return found
