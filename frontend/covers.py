"""The picture that stands for a page where it is shared: a cover of an atlas, 1200 × 630 pixels.

Written as SVG by our own template, then rendered. The same SVG is the same picture: its hash
validates it and is what a cache keeps it under.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from functools import cache as once
from hashlib import sha256
from pathlib import Path

import resvg_py
from django.core.cache import caches
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont

from frontend.drawing import Drawing
from printing.palette import palette

WIDTH, HEIGHT = 1200, 630
FONTS = Path("/usr/share/fonts/truetype/dejavu")  # fonts-dejavu-core, in requirements/system.txt
SERIF, SANS = FONTS / "DejaVuSerif-Bold.ttf", FONTS / "DejaVuSans.ttf"
# Where the name goes, in pixels: as large as three lines allow.
COLUMN = 620
SIZES = (76, 64, 54, 46, 40)
MOST_LINES = 3
# Where the map goes: the right of the sheet.
PLATE = (440, 630)
PLATE_MARGIN = 24
KEPT = 24 * 3_600  # seconds that a process holds a picture
PATIENCE = 3  # seconds that one waits for another's picture to be drawn

# One picture is drawn at a time in a process: many asked at once take no more than a core.
drawing_one = threading.Lock()


class TooBusy(Exception):
    """Others' pictures are being drawn."""


@dataclass(frozen=True, slots=True)
class Cover:
    """``kind`` above the name, ``place`` under it; ``sector`` is a slug, ``icon`` its drawing."""

    name: str
    kind: str = ""
    place: str = ""
    sector: str = ""
    label: str = ""
    icon: str = ""
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """Where the drawing of a cover goes: moved then scaled."""

    x: str
    y: str
    scale: str
    thin: str  # a line and a half, a dot: the same size whatever the scale
    dot: str
    drawing: Drawing = field(repr=False)


@once
def widths(font: Path) -> dict[str, float]:
    """The width of each sign, as a part of the size."""
    with TTFont(font, lazy=True) as read:
        metrics, em = read["hmtx"], read["head"].unitsPerEm
        return {chr(code): metrics[glyph][0] / em for code, glyph in read.getBestCmap().items()}


def width_of(text: str, size: float, font: Path) -> float:
    known = widths(font)
    return size * sum(known.get(sign, 1.0) for sign in text)


def broken(text: str, size: float, font: Path, wide: float) -> list[str]:
    """The lines of a text, broken at spaces, and inside a word that is too long for a line."""
    made: list[str] = [""]
    for word in text.split():
        if made[-1] and width_of(f"{made[-1]} {word}", size, font) <= wide:
            made[-1] += f" {word}"
            continue
        if made[-1]:
            made.append("")
        for sign in word:
            if width_of(made[-1] + sign, size, font) > wide:
                made.append("")
            made[-1] += sign
    return made


def fitted(text: str, font: Path, wide: float, sizes: tuple[int, ...], most: int) -> tuple[int, list[str]]:
    """The largest size at which a text takes no more lines, and these; cut where none is small enough."""
    for size in sizes:
        made = broken(text, size, font, wide)
        if len(made) <= most:
            return size, made
    last = made[most - 1]
    while last and width_of(last + "…", size, font) > wide:
        last = last[:-1]
    return size, [*made[: most - 1], last.rstrip(" ,;:") + "…"]


def readable(text: str) -> str:
    """Without what XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)[:400]


def plate(drawn: Drawing | None) -> Plate | None:
    if drawn is None:
        return None
    wide, tall = PLATE[0] - 2 * PLATE_MARGIN, PLATE[1] - 2 * PLATE_MARGIN
    scale = min(wide / drawn.width, tall / drawn.height)
    x = WIDTH - PLATE[0] + (PLATE[0] - drawn.width * scale) / 2
    y = (PLATE[1] - drawn.height * scale) / 2
    dot = 9 if len(drawn.dots) <= 40 else 6
    return Plate(f"{x:.1f}", f"{y:.1f}", f"{scale:.3f}", f"{1.6 / scale:.2f}", f"{dot / scale:.2f}", drawn)


def svg_of(cover: Cover) -> str:
    size, lines = fitted(readable(cover.name), SERIF, COLUMN, SIZES, MOST_LINES)
    step = round(size * 1.16)
    _size, place = fitted(readable(cover.place), SANS, COLUMN, (28,), 1)
    _size, label = fitted(readable(cover.label), SANS, COLUMN - 80, (26,), 1)
    # The name, what is above and under it, in the middle of the room between the head and the foot.
    first = 330 - step * (len(lines) - 1) / 2 + size * 0.3
    context = {
        "colours": {name.replace("-", "_"): colour for name, colour in palette().items()},
        "kind": readable(cover.kind),
        "size": size,
        "lines": [(round(first + step * n), line) for n, line in enumerate(lines)],
        "above": round(first - size - 14),
        "place": place[0],
        "below": round(first + step * (len(lines) - 1) + 54),
        "label": label[0],
        "icon": cover.icon,
        "disc": palette().get(f"sector-{cover.sector}", palette()["ink"]),
        "plate": plate(cover.drawing),
        "plate_x": WIDTH - PLATE[0],
    }
    return render_to_string("frontend/pictures/cover.svg", context)


def rendered(svg: str) -> bytes:
    """A PNG; ValueError where the SVG is not well formed."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, font_files=[str(SERIF), str(SANS)], skip_system_fonts=True,
            serif_family="DejaVu Serif", sans_serif_family="DejaVu Sans",
        )
    )  # fmt: skip


def key_of(svg: str) -> str:
    return sha256(svg.encode()).hexdigest()[:32]


def picture(svg: str) -> bytes:
    """The PNG of a cover, kept for a day. TooBusy where others are drawn for longer than one waits."""
    name = f"cover-{key_of(svg)}"
    if (kept := caches["pictures"].get(name)) is not None:
        return bytes(kept)
    if not drawing_one.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        made = rendered(svg)
    finally:
        drawing_one.release()
    caches["pictures"].set(name, made, KEPT)
    return made
