"""What the coordinates of a line may mean: as they are written, or with a fault that is often met.

Nothing is decided here: :mod:`exchange.placing` keeps a reading that the rest of the line confirms.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj

GIVEN = "given"
WGS84, LAMBERT_93, WEB_MERCATOR, LAMBERT_2 = 4326, 2154, 3857, 27572
# The conic projections of one parallel each (RGF93 CC42 to CC50), which town halls use.
CONIC = range(3942, 3951)
PROJECTED = {LAMBERT_93: "lambert-93", WEB_MERCATOR: "web-mercator", LAMBERT_2: "lambert-2"} | dict.fromkeys(
    CONIC, "conic"
)
# What loses its decimal mark in a spreadsheet: 45.883456 is read as 45 883 456.
LATITUDES = (41.0, 51.5)
MOST_DIGITS = 9
# Degrees or metres.
NOTHING = 0.01


@dataclass(frozen=True, slots=True)
class Reading:
    """A position as somebody may have meant it.

    ``code`` names the fault, ``given`` where there is none; ``faults`` counts how many it takes; a reading
    that is ``weak`` counts only where the commune of the line confirms it. ``x`` and ``y`` are degrees of
    longitude and latitude for ``srid`` 4326, metres otherwise.
    """

    code: str
    x: float
    y: float
    srid: int = WGS84
    faults: int = 1
    weak: bool = False


def given(fields: Mapping[str, Any]) -> Reading | None:
    """What the line says, read as its columns are named; None where it says no position.

    Degrees come before Lambert-93. Numbers that are no degrees are given back as they are, in Lambert-93:
    they may be of a projection.
    """
    for x, y, srid in (("longitude", "latitude", WGS84), ("x", "y", LAMBERT_93)):
        if (pair := numbers(fields.get(x), fields.get(y))) is not None:
            return Reading(GIVEN, *pair, srid=srid, faults=0)
    return None


def numbers(x: Any, y: Any) -> tuple[float, float] | None:
    """Both as finite numbers; None where one is missing or is none."""
    try:
        pair = float(x), float(y)
    except (TypeError, ValueError, OverflowError):
        return None
    return pair if all(map(math.isfinite, pair)) else None


def is_nowhere(reading: Reading) -> bool:
    """Whether it is what software writes for « unknown »: both zero, or what rounding leaves of it."""
    return abs(reading.x) < NOTHING and abs(reading.y) < NOTHING


def mends(reading: Reading) -> Iterator[Reading]:
    """The other positions that may have been meant."""
    x, y = reading.x, reading.y
    if reading.srid == WGS84 and is_degrees(x, y) or is_degrees(y, x):
        yield from degrees(x, y)
        if reading.srid != WGS84:
            yield Reading("degrees", x, y)
        return
    for srid, code in PROJECTED.items():
        if srid != reading.srid:
            yield Reading(code, x, y, srid)
        yield Reading(f"{code}-swapped", y, x, srid, faults=2)
    yield from without_decimals(x, y)


def is_degrees(lon: float, lat: float) -> bool:
    return abs(lon) <= 180 and abs(lat) <= 90


def degrees(lon: float, lat: float) -> Iterator[Reading]:
    yield Reading("swapped", lat, lon)
    yield Reading("sign-of-longitude", -lon, lat)
    yield Reading("sign-of-latitude", lon, -lat)
    yield Reading("swapped-and-sign", -lat, lon, faults=2)
    yield Reading("swapped-and-sign", lat, -lon, faults=2)


def without_decimals(lon: float, lat: float) -> Iterator[Reading]:
    """Whole numbers whose decimal mark was lost; how many digits came before it is not known."""
    if lon % 1 or lat % 1:
        return
    for there in (lat / 10**power for power in range(1, MOST_DIGITS)):
        if LATITUDES[0] <= there <= LATITUDES[1]:
            for power in range(1, MOST_DIGITS):
                if abs(lon) / 10**power < 10:
                    yield Reading("decimal-mark", lon / 10**power, there, weak=True)


@functools.cache
def transformer(srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(srid, WGS84, always_xy=True)


def positions(readings: Iterable[Reading]) -> np.ndarray:
    """Longitudes and latitudes (WGS 84, degrees) of readings, one row each; NaN where there is none."""
    read = list(readings)
    found = np.array([(each.x, each.y) for each in read], dtype=float).reshape(-1, 2)
    srids = np.array([each.srid for each in read], dtype=int)
    for srid in set(srids.tolist()) - {WGS84}:
        chosen = srids == srid
        found[chosen] = np.column_stack(transformer(srid).transform(*found[chosen].T))
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(found).all(axis=1) | (abs(found[:, 0]) > 180) | (abs(found[:, 1]) > 90)
    found[wrong] = np.nan
    return found
