"""The charts of a diagnosis, as places on a sheet 320 wide: drawn for a phone, in SVG without a script.

Each says what the table after it says. Numbers are written with a point, whatever the language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import shorten

from diagnosis.model import Actor, Year

WIDTH = 320
ROW = 36  # a line of words, and its bar under it
BASELINE, BAR_TOP, BAR = 13, 19, 10
SIGNS = 50  # in a line, of a label and its value
# Location quotients beyond a fourth and four are drawn at the edge.
OCTAVES = 2
TICKS = ((0.25, "¼"), (0.5, "½"), (1, "1"), (2, "2"), (4, "4"))
AXIS = 18  # room for their names
EDGE = 6  # the radius of a dot, and its line
COLUMN_TOP, COLUMN_TALL = 18, 76
YEAR_LINE = 16
# Of a web of links: the line of a name, where its dot stands, how far an arc may swell, signs of a name.
LINE, SPINE, SWELL, NAME_SIGNS = 22, 118, 110, 29
LONG, TOO_LONG = 1_000, 10_000  # numbers that a column has little room for, and none


@dataclass(frozen=True, slots=True)
class Row:
    """What a bar says. ``role`` paints it; ``low`` and ``high`` are the ends of its interval."""

    label: str
    value: float | None
    said: str
    role: str = "other"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, and the class that paints it."""

    x: str
    y: str
    width: str
    height: str
    role: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: str
    y1: str
    x2: str
    y2: str
    role: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a point; ``anchor`` is start, middle or end."""

    x: str
    y: str
    words: str
    anchor: str
    role: str = "label"


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    role: str


@dataclass(frozen=True, slots=True)
class Arc:
    """A path that joins two rows."""

    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``id`` is unique in a page."""

    id: str
    title: str
    height: int
    boxes: list[Box]
    lines: list[Line]
    texts: list[Text]
    dots: list[Dot]
    arcs: list[Arc] = field(default_factory=list)


def px(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def bars(id: str, title: str, rows: Sequence[Row]) -> Chart | None:
    """A bar for each row, and a whisker where it has an interval. None where nothing has a value."""
    ends = [end for row in rows for end in (row.value, row.high) if end is not None]
    if not ends or not max(ends):
        return None
    # An interval as wide as several bars would leave no room to see them.
    tallest = max((row.value or 0 for row in rows), default=0)
    scale = WIDTH / (min(max(ends), 2 * tallest) or max(ends))
    boxes, lines = [], []
    for number, row in enumerate(rows):
        top = number * ROW + BAR_TOP
        boxes.append(Box("0", px(top), px(WIDTH), px(BAR), "track"))
        if row.value:
            boxes.append(Box("0", px(top), px(max(1, row.value * scale)), px(BAR), row.role))
        if row.low is not None and row.high is not None:
            lines += whisker(row.low * scale, row.high * scale, top + BAR / 2)
    return Chart(id, title, len(rows) * ROW, boxes, lines, labels(rows), [])


def whisker(low: float, high: float, y: float) -> list[Line]:
    """An interval: a line with an upright at each end that the sheet has room for."""
    ends = [Line(px(x), px(y - 4), px(x), px(y + 4), "whisker") for x in (low, high) if x <= WIDTH]
    return [Line(px(low), px(y), px(min(high, WIDTH)), px(y), "whisker"), *ends]


def labels(rows: Sequence[Row], top: int = 0) -> list[Text]:
    """What each row is, and its value at the other end of the line."""
    found = []
    for number, row in enumerate(rows):
        y, label = (
            px(top + number * ROW + BASELINE),
            shorten(row.label, SIGNS - len(row.said), placeholder="…"),
        )
        found.append(Text("0", y, label, "start", "here-label" if row.role == "here" else "label"))
        found.append(Text(px(WIDTH), y, row.said, "end", "value"))
    return found


def nested(id: str, title: str, rows: Sequence[tuple[str, str, Sequence[float]]]) -> Chart | None:
    """Parts of a whole that hold one another, in per cent, the smallest first: the smaller, the thicker.

    A row is (label, value in words, parts).
    """
    if not any(any(parts) for _label, _said, parts in rows):
        return None
    boxes = []
    for number, (_label, _said, parts) in enumerate(rows):
        top = number * ROW + BAR_TOP
        boxes.append(Box("0", px(top), px(WIDTH), px(BAR), "track"))
        for inset, part in reversed(list(enumerate(parts))):
            if part:
                y, tall = top + 2 * inset, BAR - 4 * inset
                boxes.append(Box("0", px(y), px(max(1, part * WIDTH / 100)), px(tall), f"ring-{inset}"))
    texts = labels([Row(label, None, said) for label, said, _parts in rows])
    return Chart(id, title, len(rows) * ROW, boxes, [], texts, [])


def quotients(
    id: str, title: str, rows: Sequence[tuple[str, str, float | None, float | None]]
) -> Chart | None:
    """Location quotients on either side of one, on a scale of ratios: twice as much is as far as half.

    A row is (label, value in words, quotient beside the first reference, beside the second).
    """
    if not any(first is not None for _label, _said, first, _second in rows):
        return None
    lines, dots = [], []
    for number, (_label, _said, first, second) in enumerate(rows):
        y = AXIS + number * ROW + BAR_TOP + BAR / 2
        lines.append(Line("0", px(y), px(WIDTH), px(y), "rail"))
        lines += [Line(px(along(at)), px(y - 4), px(along(at)), px(y + 4), "tick") for at, _name in TICKS]
        if first is not None:
            lines.append(Line(px(along(1)), px(y), px(along(first)), px(y), "stem"))
            dots.append(Dot(px(along(first)), px(y), "first"))
        if second is not None:
            dots.append(Dot(px(along(second)), px(y), "second"))
    texts = [Text(px(along(at)), "12", name, "middle", "scale") for at, name in TICKS]
    texts += labels([Row(label, None, said) for label, said, *_quotients in rows], AXIS)
    return Chart(id, title, AXIS + len(rows) * ROW, [], lines, texts, dots)


def along(quotient: float) -> float:
    """Where a quotient stands: one in the middle, a fourth or less at the left end, four or more at the
    right."""
    octave = math.log2(quotient) if quotient > 0 else -OCTAVES
    part = (max(-OCTAVES, min(OCTAVES, octave)) + OCTAVES) / (2 * OCTAVES)
    return EDGE + part * (WIDTH - 2 * EDGE)


def years(id: str, title: str, evolution: Sequence[Year]) -> Chart | None:
    """Columns up for what was founded, down for what closed, the number on each that has room for it. None
    where nothing was."""
    most = max((max(year.founded, year.closed) for year in evolution), default=0)
    if not most:
        return None
    fall = max(year.closed for year in evolution)
    axis = COLUMN_TOP + COLUMN_TALL
    foot = axis + (COLUMN_TALL * fall / most + YEAR_LINE if fall else 0)
    step, scale = WIDTH / len(evolution), COLUMN_TALL / most
    said = "" if most >= TOO_LONG else "small" if most >= LONG else "value"
    boxes, texts = [], []
    for number, year in enumerate(evolution):
        x, middle = number * step + step * 0.15, px((number + 0.5) * step)
        for n, role, up in ((year.founded, "founded", True), (year.closed, "closed", False)):
            tall = max(1, n * scale) if n else 0
            top, base = (axis - tall, axis - tall - 4) if up else (axis, axis + tall + 12)
            if n:
                boxes.append(Box(px(x), px(top), px(step * 0.7), px(tall), role))
            if n and said:
                texts.append(Text(middle, px(base), str(n), "middle", said))
        texts.append(Text(middle, px(foot + YEAR_LINE), short(year.year), "middle"))
    axis_line = Line("0", px(axis), px(WIDTH), px(axis), "axis")
    return Chart(id, title, round(foot + YEAR_LINE + 6), boxes, [axis_line], texts, [])


def entries(id: str, title: str, evolution: Sequence[Year]) -> Chart | None:
    """Columns for what entered the directory."""
    counted = [Year(year.year, year.entered, 0, 0) for year in evolution]
    return years(id, title, counted)


def short(year: int) -> str:
    """« ’24 »: ten whole years are too wide for a phone."""
    return f"’{year % 100:02d}"


def web(id: str, title: str, actors: Sequence[Actor], between: set[str]) -> Chart:
    """A line for each initiative, and an arc where two are linked; ``between`` are the slugs of those that
    lie between others. Partners stand near one another: arcs are short (Cuthill and McKee 1969)."""
    from scipy.sparse import lil_matrix  # a third of a second, which only this needs
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    linked = lil_matrix((len(actors), len(actors)), dtype=bool)
    for place, actor in enumerate(actors):
        linked[place, list(actor.partners)] = True
    order = [int(place) for place in reverse_cuthill_mckee(linked.tocsr(), symmetric_mode=True)]
    heights = {place: (line + 0.5) * LINE for line, place in enumerate(order)}
    dots, texts, arcs = [], [], []
    for place, actor in enumerate(actors):
        y, role = heights[place], "bridge" if actor.slug in between else "actor"
        dots.append(Dot(px(SPINE), px(y), role))
        room = NAME_SIGNS - 5 * (role == "bridge")  # whose name is bold
        name = actor.name if len(actor.name) <= room else f"{actor.name[: room - 1].rstrip()}…"
        texts.append(Text(px(SPINE + 12), px(y + 4), name, "start", f"{role}-name"))
        arcs += [arc(y, heights[other]) for other in actor.partners if heights[other] > y]
    return Chart(id, title, len(actors) * LINE, [], [], texts, dots, arcs)


def arc(top: float, foot: float) -> Arc:
    """Half of an ellipse, on the left."""
    tall = (foot - top) / 2
    return Arc(f"M{SPINE} {px(top)}A{px(min(tall, SWELL))} {px(tall)} 0 0 0 {SPINE} {px(foot)}")
