"""What is asked: boxes that hold a stated number of initiatives, views of the map, words that are there.

Drawn from the data with a fixed seed, so that every size and every contender is asked alike.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.statements import ask

SEED = 7
# Degrees around an edge where no initiative lies: boxes of an index are in single precision, 4e-6 here.
GAP = 2e-5
SECTOR = "energie"
SECTORS = "energie,habitat,mobilite"  # any of the three
WIDTH, HEIGHT = 1280, 800  # pixels of the window that views are drawn for
VISIBLE = "publication = 'published' AND activity_state = 'open'"


@dataclass(frozen=True)
class Box:
    """Degrees, longitude first, six decimals."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return f"{self.west:.6f},{self.south:.6f},{self.east:.6f},{self.north:.6f}"

    def parameters(self) -> dict[str, float]:
        return {"west": self.west, "south": self.south, "east": self.east, "north": self.north}


ENVELOPE = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)"

NEAREST = f"""
SELECT greatest(abs(ST_X(location) - %(lon)s), abs(ST_Y(location) - %(lat)s)) AS half FROM (
    SELECT location FROM directory_initiative i
    WHERE {VISIBLE} AND location IS NOT NULL {{sector}}
    ORDER BY location <-> ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) LIMIT %(candidates)s
) near ORDER BY half LIMIT %(n)s + 1
"""
OF_SECTOR = "AND sector_mask & (SELECT 1 << (id - 1) FROM directory_sector WHERE slug = '{}') <> 0"
CENTRES = f"""
SELECT ST_X(location), ST_Y(location) FROM directory_initiative
WHERE {VISIBLE} AND location IS NOT NULL AND country_id = 'country-FR'
  AND ST_X(location) BETWEEN -5 AND 9 AND ST_Y(location) > 41
ORDER BY md5(slug) LIMIT %(count)s
"""


def boxes(url: str, holding: int, sector: str | None, count: int = 16) -> list[Box]:
    """Squares around initiatives drawn by chance, each with ``holding`` of that sector or a few less."""
    found = []
    sql = NEAREST.format(sector=OF_SECTOR.format(sector) if sector else "")
    for lon, lat in ask(url, CENTRES, {"count": count}):
        given = {"lon": lon, "lat": lat, "n": holding, "candidates": holding * 8}
        halves = [half for (half,) in ask(url, sql, given)]
        # Midway in the last gap: no initiative lies on an edge, where contenders may differ.
        last = max(i for i in range(len(halves) - 1) if halves[i + 1] - halves[i] > GAP)
        half = (halves[last] + halves[last + 1]) / 2
        edges = (max(lon - half, -180), max(lat - half, -90), min(lon + half, 180), min(lat + half, 90))
        found.append(Box(*edges))
    return found


@dataclass(frozen=True)
class View:
    """A window on the map: its name, centre in degrees, zoom."""

    name: str
    lon: float
    lat: float
    zoom: int

    def box(self, dx: float = 0, dy: float = 0) -> Box:
        """What a window of 1280 × 800 shows, moved by so many pixels."""
        scale = 256 * 2**self.zoom
        x = (self.lon + 180) / 360 * scale + dx
        y = (1 - math.asinh(math.tan(math.radians(self.lat))) / math.pi) / 2 * scale + dy

        def lon(pixels: float) -> float:
            return max(-180.0, min(180.0, pixels / scale * 360 - 180))

        def lat(pixels: float) -> float:
            shown = math.atan(math.sinh(math.pi * (1 - 2 * min(max(pixels / scale, 0), 1))))
            return math.degrees(shown)

        return Box(lon(x - WIDTH / 2), lat(y + HEIGHT / 2), lon(x + WIDTH / 2), lat(y - HEIGHT / 2))

    def moved(self, count: int) -> list[Box]:
        """The view, and the same moved a little: nobody's cache may answer for everyone."""
        chance = random.Random(f"{SEED} {self.name}")
        shifts = [(chance.uniform(-160, 160), chance.uniform(-100, 100)) for _ in range(count - 1)]
        return [self.box(), *(self.box(dx, dy) for dx, dy in shifts)]


FRANCE = View("France, zoom 6", 2.4, 46.6, 6)
VIEWS = [
    View("world, zoom 3", 10, 30, 3),
    FRANCE,
    View("a region, zoom 8", 4.8, 45.7, 8),
    View("a metropolis, zoom 10", 4.84, 45.76, 10),
    View("a town, zoom 13", 5.724, 45.188, 13),
    View("a street, zoom 16", 2.3488, 48.8534, 16),
]
REGION = VIEWS[2]
METROPOLIS = VIEWS[3]
TERRITORY = "departement-69"


@dataclass(frozen=True)
class Words:
    """Words that are in the data, by how many initiatives hold them."""

    rare: str
    common: str
    common_query: str  # the same as PostgreSQL is asked: its beginning, and the activities that hold it
    two: Sequence[str]
    prefixes: Sequence[str]
    slips: Sequence[tuple[str, str]]  # as typed, as meant


WORDS = Words(
    rare="Aubusson",
    common="coopérative",
    common_query="'cooper':* | '§a1303'",
    two=["épicerie Rhône", "jardins Nord", "habitat Gironde", "forêt Isère", "vélo Hérault"],
    prefixes=["rec", "épi", "mob", "fab", "aut", "cor"],
    slips=[
        ("resourceries Rhône", "ressourceries Rhône"),
        ("autoconsomation Nord", "autoconsommation Nord"),
        ("epiceris Gironde", "épiceries Gironde"),
        ("mediaton Isère", "médiation Isère"),
        ("artisanaat Hérault", "artisanat Hérault"),
    ],
)
TYPED = [
    "l", "ly", "lyo", "gre", "saint", "saint-et", "epi", "épicerie", "creuse", "23", "2300", "aubuss",
    "villefranche", "mars", "énerg", "habitat part", "recyc", "amap", "nouvelle-aq", "toulouse",
]  # fmt: skip
