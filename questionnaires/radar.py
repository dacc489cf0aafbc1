"""A radar of scores as numbers for a template: positions in a box of 320 wide, y downwards.

One axis for each dimension, none of them their sum. What has no score has no dot, and the line stops beside
it: nothing is drawn as a nought that is not one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
HEIGHT = 300
CENTRE = (160.0, 150.0)
RADIUS = 84.0
RINGS = (25, 50, 75, 100)
LETTER = 6.7  # mean width of a letter of a label, of 12 px
LINE = 15.0
LONGEST = 16  # letters in a line of a label
GAP = 16.0
MIDDLE = 0.3  # an axis that goes up or down less than this (sine) has its label beside its end


@dataclass(frozen=True, slots=True)
class Axis:
    """``value`` 0–100, or None; ``said`` is written under the label, as « 65 · Engagé »; ``before`` is what
    another shape shows, of an earlier year."""

    label: str
    value: int | None
    said: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    x: float
    y: float
    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """``path`` joins neighbouring dots; ``whole``: it closes, and may be filled."""

    path: str
    dots: list[tuple[float, float]]
    whole: bool


@dataclass(frozen=True, slots=True)
class Radar:
    rings: list[tuple[int, float]]
    spokes: list[tuple[float, float]]
    shape: Shape
    before: Shape | None
    words: list[Word]
    width: int = WIDTH
    height: int = HEIGHT
    centre: tuple[float, float] = CENTRE


def radar(axes: Sequence[Axis]) -> Radar:
    """Three axes or more, clockwise from the upper left."""
    angles = [-math.pi / 2 - math.pi / len(axes) + 2 * math.pi * i / len(axes) for i in range(len(axes))]
    before = [each.before for each in axes]
    return Radar(
        rings=[(value, RADIUS * value / 100) for value in RINGS],
        spokes=[_at(angle, 100) for angle in angles],
        shape=_shape([each.value for each in axes], angles),
        before=None if all(each is None for each in before) else _shape(before, angles),
        words=[word for each, angle in zip(axes, angles, strict=True) for word in _label(each, angle)],
    )


def _at(angle: float, value: float, further: float = 0) -> tuple[float, float]:
    along = RADIUS * value / 100 + further
    return round(CENTRE[0] + along * math.cos(angle), 1), round(CENTRE[1] + along * math.sin(angle), 1)


def _shape(values: Sequence[int | None], angles: Sequence[float]) -> Shape:
    at = [None if v is None else _at(angle, v) for v, angle in zip(values, angles, strict=True)]
    dots = [each for each in at if each is not None]
    if len(dots) == len(at):
        return Shape("M" + "L".join(_pair(each) for each in dots) + "Z", dots, whole=True)
    sides = zip(at, [*at[1:], at[0]], strict=True)
    path = "".join(f"M{_pair(one)}L{_pair(other)}" for one, other in sides if one and other)
    return Shape(path, dots, whole=False)


def _pair(at: tuple[float, float]) -> str:
    return f"{at[0]} {at[1]}"


def _label(axis: Axis, angle: float) -> list[Word]:
    """The lines of a label beyond the end of its axis, inside the box."""
    lines = [(line, True) for line in _lines(axis.label)] + ([(axis.said, False)] if axis.said else [])
    x, y = _at(angle, 100, GAP)
    half = max(len(line) for line, _strong in lines) * LETTER / 2
    x = round(min(max(x, half + 2), WIDTH - half - 2), 1)
    up = math.sin(angle)
    clear = _reach(max(abs(x - CENTRE[0]) - half, 0)) + LINE / 2
    if up < -MIDDLE:
        top = min(y, CENTRE[1] - clear) - LINE * (len(lines) - 0.8)
    elif up > MIDDLE:
        top = max(y + LINE * 0.35, CENTRE[1] + clear) + LINE
    else:
        top = y - LINE * (len(lines) - 1) / 2
    return [Word(x, round(top + LINE * i, 1), line, strong) for i, (line, strong) in enumerate(lines)]


def _reach(aside: float) -> float:
    """How far above and below its centre the outer ring goes, so far aside of it."""
    return math.sqrt(max(RADIUS**2 - aside**2, 0))


def _lines(label: str) -> list[str]:
    """As few lines as its words allow."""
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= LONGEST or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
