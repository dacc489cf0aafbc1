"""The maps of a diagnosis: circles for counts, colours for ratios, each with its legend and its table.

Drawn on the server as SVG with presentation attributes and classes: the same on screen and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis.formulas import per_inhabitants
from diagnosis.model import Cell, Report, SectorName
from diagnosis.zones import Zone
from frontend.diagnosis.classes import Classes, around
from frontend.diagnosis.naming import Name, Town, names_on, towns_of
from frontend.diagnosis.plates import WIDTH, Panel, bottom, panels
from frontend.palette import palette
from frontend.quantities import length, plain
from territories.models import Kind

FEW = 10  # initiatives: with fewer, the shades of a density would show little but chance
DISTANCES = Classes((2_000, 5_000, 10_000, 20_000), closed=True)  # metres; A1 and A4 count at 5, 10 and 20 km
LARGEST, SMALLEST = 40.0, 1.5  # radii, in units of the drawing
COVERED = 0.1  # of the frame, by all circles together
# What is drawn over the parts, by the kind of these.
LINES = {Kind.COMMUNE: "", Kind.EPCI: Kind.DEPARTEMENT, Kind.DEPARTEMENT: Kind.REGION}


@dataclass(frozen=True, slots=True)
class Row:
    """A part in the table. ``rank`` is its shade, 0 without a value; ``size`` the radius of its circle."""

    id: str
    name: str
    values: list[str]
    rank: int = 0
    size: float = 0


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
    kind: str
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
    colours: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plate:
    """What the maps of one territory share: its parts, their outlines, the communes that may be named."""

    id: str
    kind: str
    cells: Sequence[Cell]
    panels: list[Panel]
    towns: list[Town]

    @classmethod
    def of(cls, id: str, cells: Sequence[Cell]) -> Plate:
        # Of intercommunalities, and a commune that is in none, the former.
        kind = min((cell.kind for cell in cells), key=Kind.values.index, default="")
        drawn = panels([cell.id for cell in cells], id, LINES.get(Kind(kind), "")) if cells else []
        return cls(id, kind, cells, drawn, towns_of(id) if drawn else [])

    @property
    def undrawn(self) -> list[str]:
        """The parts that no frame shows, by name."""
        shown = {id for panel in self.panels for id in panel.points}
        return [cell.name for cell in self.cells if cell.id not in shown]


def maps_of(report: Report, sector: str | None = None) -> list[MapDrawing]:
    """The maps of a diagnosis, or of one sector (its slug, KeyError): counts first, then ratios. Without any
    outline there are none."""
    chosen = report.sector(sector) if sector else None
    plate = Plate.of(report.zone.id, report.cells)
    if not plate.panels:
        return []
    made: list[MapDrawing | None] = [
        counts(plate, chosen, report.zone.holds(chosen.number if chosen else None))
    ]
    if len(plate.cells) > 1:
        if report.zone.count >= FEW and (chosen is None or plate.kind != Kind.COMMUNE):
            made.append(density(plate, chosen, wider(report)))
        made.append(distance(plate, chosen))
    return [each for each in made if each]


def wider(report: Report) -> Zone:
    """What densities are seen beside: the territory itself from a département up, else what is around it."""
    large = (Kind.DEPARTEMENT, Kind.REGION, Kind.COUNTRY)
    return report.zone if report.zone.kind in large or not report.references else report.references[0]


def counts(plate: Plate, sector: SectorName | None, total: int) -> MapDrawing:
    """Circles whose areas are as the numbers of initiatives."""
    number = sector.number if sector else None
    held = {cell.id: cell.holds(number) for cell in plate.cells}
    radius = radii(held.values(), plate.panels[0])
    none = sum(not n for n in held.values())
    rows = [
        Row(cell.id, cell.name, [plain(cell.population), plain(n)], size=round(radius(n), 1))
        for cell in plate.cells
        for n in [held[cell.id]]
    ]
    summary = _("L’aire de chaque cercle dit le nombre d’initiatives de la commune ou du territoire.")
    notes = [without_any(plate.kind, none)] if none and any(held.values()) else []
    if not any(held.values()):
        notes.append(_("Aucune initiative connue ici."))
    if (missing := total - sum(held.values())) > 0:
        notes.append(unplaced(missing))
    if total < FEW and not sector and len(plate.cells) > 1 and total:
        notes.append(_("Moins de 10 initiatives : une carte des densités ne montrerait guère que le hasard."))
    return drawn(
        plate, "N", sector, _("Nombre d’initiatives"), summary, [_("Habitants"), _("Initiatives")], rows,
        notes, sizes=sizes_of(max(held.values()), radius),
    )  # fmt: skip


def density(plate: Plate, sector: SectorName | None, beside: Zone) -> MapDrawing | None:
    """Shades of initiatives for 10,000 inhabitants, around the density of ``beside``: smoothed for communes,
    which may be small. None without a reference."""
    number = sector.number if sector else None
    reference = per_inhabitants(beside.holds(number), beside.population)
    if not reference:
        return None
    smoothed = plate.kind == Kind.COMMUNE
    values = {
        cell.id: cell.smoothed if sector is None else per_inhabitants(cell.holds(number), cell.population)
        for cell in plate.cells
    }
    classes = around(reference)
    code, title = ("D3", _("Densité lissée")) if smoothed else ("D1", _("Initiatives pour 10 000 habitants"))
    summary = _("La teinte du milieu entoure la densité de référence (%(place)s : %(density)s).") % {
        "place": beside.name, "density": plain(reference, classes.decimals),
    }  # fmt: skip
    if smoothed:
        summary += " " + _("Une petite commune est rapprochée de la densité de son département.")
    return shaded(
        plate, code, sector, title, summary, values, classes,
        lambda value: plain(value, classes.decimals), "warm",
        [_("Habitants"), _("Initiatives"), _("Pour 10 000 habitants")],
        lambda cell: [plain(cell.population), plain(cell.holds(number))],
    )  # fmt: skip


def distance(plate: Plate, sector: SectorName | None) -> MapDrawing | None:
    """Shades of how far the nearest initiative is."""
    column = sector.number if sector else 0
    values = {cell.id: cell.reach[column] if len(cell.reach) > column else None for cell in plate.cells}
    summary = _(
        "À vol d’oiseau, du chef-lieu de la commune à l’initiative la plus proche, dans le territoire ou non."
    )
    if plate.kind != Kind.COMMUNE:
        summary += " " + _("Moyenne des communes, chacune comptant pour ses habitants.")
    return shaded(
        plate, "A2", sector, _("Distance à l’initiative la plus proche"), summary, values, DISTANCES,
        length, "cool", [_("Habitants"), _("Distance")], lambda cell: [plain(cell.population)],
    )  # fmt: skip


def shaded(
    plate: Plate,
    code: str,
    sector: SectorName | None,
    title: str,
    summary: str,
    values: dict[str, float | None],
    classes: Classes,
    printed: Callable[[float], str],
    ramp: str,
    heads: list[str],
    beside: Callable[[Cell], list[str]],
) -> MapDrawing | None:
    """A choropleth; None where nothing has a value."""
    if all(value is None for value in values.values()):
        return None
    ranks = {id: 0 if value is None else classes.rank(value) for id, value in values.items()}
    rows = []
    for cell in plate.cells:
        value = values[cell.id]
        said = _("inconnue") if value is None else printed(value)
        rows.append(Row(cell.id, cell.name, [*beside(cell), said], ranks[cell.id]))
    legend = legend_of(classes, printed, list(ranks.values()), ramp)
    return drawn(plate, code, sector, title, summary, heads, rows, [], ramp=ramp, classes=legend)


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


def radii(numbers: Iterable[int], panel: Panel) -> Callable[[int], float]:
    """From a number to the radius of its circle: areas are as the numbers, and leave the map to be seen."""
    held = [n for n in numbers if n]
    most, total = max(held, default=1), sum(held) or 1
    largest = math.sqrt(COVERED * panel.width * panel.height / math.pi * most / total)
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
        label = plain(n)
        made.append(Circle(f"{x + r:.1f}", f"{LARGEST:.0f}", f"{r:.1f}", label, round(x + 2 * r + 8)))
        x += 2 * r + 8 + 15 * len(label) + 22
    return made


def rounded(number: float) -> int:
    """The greatest of 1, 2, 5, 10, 20… that is not above; 0 under 1."""
    if number < 1:
        return 0
    power = 10 ** int(math.log10(number))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


def without_any(kind: str, n: int) -> str:
    words = {
        Kind.COMMUNE: ngettext(
            "%(n)s commune n’a pas d’initiative connue.", "%(n)s communes n’ont pas d’initiative connue.", n
        ),
        Kind.EPCI: ngettext(
            "%(n)s intercommunalité n’a pas d’initiative connue.",
            "%(n)s intercommunalités n’ont pas d’initiative connue.", n,
        ),
    }  # fmt: skip
    other = ngettext(
        "%(n)s territoire n’a pas d’initiative connue.", "%(n)s territoires n’ont pas d’initiative connue.", n
    )
    return words.get(Kind(kind), other) % {"n": plain(n)}


def unplaced(n: int) -> str:
    said = ngettext(
        "%(n)s initiative n’est pas sur la carte, faute d’en connaître la commune.",
        "%(n)s initiatives ne sont pas sur la carte, faute d’en connaître la commune.",
        n,
    )
    return said % {"n": plain(n)}


def drawn(
    plate: Plate,
    code: str,
    sector: SectorName | None,
    title: str,
    summary: str,
    heads: list[str],
    rows: list[Row],
    notes: list[str],
    ramp: str = "",
    classes: Sequence[Class_] = (),
    sizes: Sequence[Circle] = (),
) -> MapDrawing:
    """The plate with what the rows say of its parts."""
    if plate.undrawn:
        notes = [
            *notes,
            _("Seulement dans le tableau, faute de contour : %(names)s.")
            % {"names": ", ".join(plate.undrawn)},
        ]
    if len(plate.panels) > 1:
        notes = [*notes, _("Chaque cadre d’outre-mer a son échelle.")]
    frames = [framed(panel, plate.towns, rows, ramp) for panel in plate.panels]
    tall = bottom(plate.panels)
    slug = f"-{sector.slug}" if sector else ""
    box = ",".join(f"{edge:.4f}" for edge in plate.panels[0].frame.box)
    named = _("%(title)s : %(sector)s") % {"title": title, "sector": sector.label} if sector else title
    return MapDrawing(
        f"carte-{code}{slug}-{plate.id}", code, named, summary, ramp, plate.kind, [_("Territoire"), *heads],
        rows, WIDTH, tall + round(2 * LARGEST if sizes else 44), tall, frames, list(classes), list(sizes),
        notes, reverse("frontend:parts", args=[plate.id, plate.kind]), box, colours(),
    )  # fmt: skip


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
