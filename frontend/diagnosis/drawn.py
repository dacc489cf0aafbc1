"""A map of a territory, ready to be written: its frames, its legend, its notes, its table.

Drawn on the server as SVG with presentation attributes and classes: the same on screen and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.wording import number
from frontend.diagnosis.classes import Classes
from frontend.diagnosis.naming import Name, Town, names_on, towns_of
from printing.palette import palette
from printing.plates import WIDTH, Panel, bottom, panels
from territories.models import Kind

LARGEST, SMALLEST = 40.0, 1.5  # radii, in units of the drawing
COVERED = 0.1  # of the frame, by all circles together
CROWD = 400  # parts, beyond which the lines between them are thinner
SCALE_ROOM = 44  # units, below the frames
# What is drawn over the parts, by the kind of these.
LINES = {Kind.EPCI: Kind.DEPARTEMENT, Kind.DEPARTEMENT: Kind.REGION, Kind.REGION: Kind.REGION}


class Part(Protocol):
    """What is drawn of a territory: a Cell of a report, or a Zone."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def population(self) -> int | None: ...
    def holds(self, sector: int | None) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What a map is about. ``heads`` are of the columns after the name; ``ramp`` is "" for circles;
    ``sector`` is a slug and a label, of one sector only."""

    code: str
    title: str
    summary: str
    heads: list[str]
    ramp: str = ""
    sector: tuple[str, str] | None = None

    @property
    def named(self) -> str:
        if not self.sector:
            return self.title
        return _("%(title)s : %(sector)s") % {"title": self.title, "sector": self.sector[1]}


@dataclass(frozen=True, slots=True)
class Row:
    """A part in the table. ``rank`` is its shade, 0 without a value; ``size`` the radius of its circle;
    ``href`` where more is said of it."""

    id: str
    name: str
    values: list[str]
    rank: int = 0
    size: float = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Class_:
    """A shade of the legend: what it stands for, and how many parts have it."""

    rank: int
    label: str
    count: int
    colour: str


@dataclass(frozen=True, slots=True)
class Circle:
    """Numbers are written with a point, whatever the language."""

    x: str
    y: str
    r: str
    label: str = ""
    label_x: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the plate, ready to be written."""

    panel: Panel
    layers: list[tuple[int, str, str]]  # shade, its colour, the outlines that have it
    circles: list[Circle]
    names: list[Name]


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """A map. ``key`` is unique on a page, ``code`` that of the sheet; ``ramp`` says which shades it has (""
    for circles). ``notes`` say what it does not show."""

    key: str
    code: str
    title: str
    summary: str
    ramp: str
    heads: list[str]
    rows: list[Row]
    width: int
    height: int
    foot: int
    frames: list[Frame]
    classes: list[Class_]
    sizes: list[Circle]
    notes: list[str]
    parts_url: str
    box: str  # what the first frame shows, west,south,east,north
    thin: str  # the line between parts, in units
    colours: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plate:
    """What the maps of one territory share: its parts, their outlines, the communes that may be named."""

    id: str
    kind: str
    cells: Sequence[Part]
    panels: list[Panel]
    towns: list[Town]

    @classmethod
    def of(cls, id: str, cells: Sequence[Part]) -> Plate:
        # Of intercommunalities, and a commune that is in none, the former.
        kind = min((cell.kind for cell in cells), key=Kind.values.index, default="")
        drawn = panels([cell.id for cell in cells], id, LINES.get(Kind(kind), "")) if cells else []
        return cls(id, kind, cells, drawn, towns_of(id) if drawn else [])

    @property
    def undrawn(self) -> list[str]:
        """The parts that no frame shows, by name."""
        shown = {id for panel in self.panels for id in panel.points}
        return [cell.name for cell in self.cells if cell.id not in shown]


def shaded(
    plate: Plate,
    subject: Subject,
    values: dict[str, float | None],
    classes: Classes,
    printed: Callable[[float], str],
    row: Callable[[Part, str], Row],
) -> MapDrawing:
    """A choropleth, whose rows are made of a part and its printed value."""
    rows = []
    for cell in plate.cells:
        value = values[cell.id]
        said = _("inconnue") if value is None else printed(value)
        rows.append(replace(row(cell, said), rank=0 if value is None else classes.rank(value)))
    legend = legend_of(classes, printed, [row.rank for row in rows], subject.ramp)
    return drawn(plate, subject, rows, [], classes=legend)


def legend_of(classes: Classes, printed: Callable[[float], str], ranks: list[int], ramp: str) -> list[Class_]:
    """The shades with their bounds, and what is unknown last."""
    breaks = [printed(each) for each in classes.breaks]
    first, last = (
        (_("%(to)s ou moins"), _("plus de %(from)s"))
        if classes.closed
        else (_("moins de %(to)s"), _("%(from)s ou plus"))
    )
    between = _("de %(from)s à %(to)s")
    labels = [
        first % {"to": breaks[0]},
        *(between % {"from": low, "to": high} for low, high in zip(breaks[:-1], breaks[1:], strict=True)),
        last % {"from": breaks[-1]},
    ]
    found = [
        Class_(rank, label, ranks.count(rank), colour_of(ramp, rank))
        for rank, label in enumerate(labels, start=1)
    ]
    if unknown := ranks.count(0):
        found.append(Class_(0, _("donnée inconnue"), unknown, ""))
    return found


def colours() -> dict[str, str]:
    found = palette()
    return {
        "paper": found["paper-raised"], "ground": found["paper-sunk"], "edge": found["land-edge"],
        "line": found["map-line"], "ink": found["ink"], "accent": found["accent"],
    }  # fmt: skip


def colour_of(ramp: str, rank: int) -> str:
    """By day: what paper and old readers show; the style sheet says what the screen does."""
    return palette()[f"{ramp}-{rank}"] if ramp and rank else palette()["paper-raised"]


def radii(numbers: Iterable[int], plate: Plate) -> Callable[[int], float]:
    """From a number to the radius of its circle: areas are as the numbers, and leave the map to be seen."""
    held = [n for n in numbers if n]
    most, total = max(held, default=1), sum(held) or 1
    room = COVERED * sum(panel.width * panel.height for panel in plate.panels[:1])
    largest = math.sqrt(room / math.pi * most / total)
    largest = min(LARGEST, max(6.0, largest))
    return lambda n: max(SMALLEST, largest * math.sqrt(n / most)) if n else 0.0


def sizes_of(most: int, radius: Callable[[int], float]) -> list[Circle]:
    """The largest number and up to two round ones, with their circles, on a line in the foot."""
    if not most:
        return []
    steps = sorted({n for n in (most, rounded(most / 4) or 1, rounded(most / 16)) if n >= 1})
    made, x = [], 250.0
    for n in steps:
        r = radius(n)
        label = number(n)
        made.append(Circle(f"{x + r:.1f}", f"{LARGEST:.0f}", f"{r:.1f}", label, round(x + 2 * r + 8)))
        x += 2 * r + 8 + 15 * len(label) + 22
    return made


def rounded(number: float) -> int:
    """The greatest of 1, 2, 5, 10, 20… that is not above; 0 under 1."""
    if number < 1:
        return 0
    power = 10 ** int(math.log10(number))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


def drawn(
    plate: Plate,
    subject: Subject,
    rows: list[Row],
    notes: list[str],
    classes: Sequence[Class_] = (),
    sizes: Sequence[Circle] = (),
) -> MapDrawing:
    """The plate with what the rows say of its parts; without any outline, no frame, and the table all the
    same."""
    if not plate.panels:
        notes = [*notes, _("Pas de carte : aucun contour n’est connu.")]
    elif plate.undrawn:
        said = _("Seulement dans le tableau, faute de contour : %(names)s.")
        notes = [*notes, said % {"names": ", ".join(plate.undrawn)}]
    if len(plate.panels) > 1:
        notes = [*notes, _("Chaque cadre d’outre-mer a son échelle.")]
    foot = bottom(plate.panels) if plate.panels else 0
    slug = f"-{subject.sector[0]}" if subject.sector else ""
    return MapDrawing(
        key=f"carte-{subject.code}{slug}-{plate.id}",
        code=subject.code,
        title=subject.named,
        summary=subject.summary,
        ramp=subject.ramp,
        heads=[_("Territoire"), *subject.heads],
        rows=rows,
        width=WIDTH,
        height=foot + (round(2 * LARGEST) if sizes else SCALE_ROOM),
        foot=foot,
        frames=[framed(panel, plate.towns, rows, subject.ramp) for panel in plate.panels],
        classes=list(classes),
        sizes=list(sizes),
        notes=notes,
        parts_url=reverse("frontend:parts", args=[plate.id, plate.kind]),
        box=",".join(f"{edge:.4f}" for panel in plate.panels[:1] for edge in panel.frame.box),
        thin="0.75" if len(rows) <= CROWD else "0.35",
        colours=colours(),
    )


def framed(panel: Panel, towns: list[Town], rows: list[Row], ramp: str) -> Frame:
    """One frame: outlines of a shade are one path, circles the largest first."""
    by_rank: dict[int, str] = {}
    for row in rows:
        if path := panel.paths.get(row.id):
            by_rank[row.rank] = by_rank.get(row.rank, "") + path
    layers = [(rank, colour_of(ramp, rank), path) for rank, path in sorted(by_rank.items())]
    circles = [
        Circle(f"{x:g}", f"{y:g}", f"{row.size:g}")
        for row in sorted(rows, key=lambda row: -row.size)
        if row.size and row.id in panel.points
        for x, y in [panel.points[row.id]]
    ]
    names = names_on(panel, towns, {row.id: row.size for row in rows})
    return Frame(panel, layers, circles, names)
