"""Small pictures on paper, as rules of a style sheet.

They are not told to those who hear a page: words that stand beside them say the same."""

from __future__ import annotations

import base64
from functools import cache

from lucide import _render_icon

from printing.palette import palette
from printing.publics import MARKS, OTHERS, Mark
from printing.sectors import ICONS, OTHER

# The shapes of publics in a box of 24 by 24.
SHAPES = {
    "circle": '<circle cx="12" cy="12" r="10.5"/>',
    "square": '<path d="M2.5 2.5h19v19h-19z"/>',
    "diamond": '<path d="M12 .5 23.5 12 12 23.5.5 12z"/>',
    "triangle": '<path d="M12 1.5 23.5 22H.5z"/>',
    "hexagon": '<path d="M6.2 1.8h11.6L23.6 12l-5.8 10.2H6.2L.4 12z"/>',
    "star": '<path d="m12 .8 3.4 7.5 8.1.9-6 5.6 1.6 8-7.1-4-7.1 4 1.6-8-6-5.6 8.1-.9z"/>',
    "ring": '<path fill-rule="evenodd" d="M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm0 5'
    'a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z"/>',
    "cross": '<path d="M8.2 1.5h7.6v6.7h6.7v7.6h-6.7v6.7H8.2v-6.7H1.5V8.2h6.7z"/>',
    "pentagon": '<path d="m12 1 11.4 8.3-4.4 13.4H5L.6 9.3z"/>',
    "halves": '<path d="M1.5 1.5h21L12 12zM1.5 22.5h21L12 12z"/>',
    "drop": '<path d="M12 .8c5 6.3 8 10 8 14.2a8 8 0 0 1-16 0C4 10.8 7 7.1 12 .8z"/>',
    "bar": '<path d="M1 7.5h22v9H1z"/>',
}


def svg(body: str, fill: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="{fill}">{body}</svg>'


def background(drawing: str) -> str:
    data = base64.b64encode(drawing.encode()).decode()
    return f"background-image:url(data:image/svg+xml;base64,{data})"


def mark_class(mark: Mark) -> str:
    return f"mark-{mark.shape}"


@cache
def of_publics() -> str:
    """``.mark-circle``… with the colour of its public."""
    colours = palette()
    return "".join(
        f".{mark_class(mark)}{{{background(svg(SHAPES[mark.shape], colours[mark.colour]))}}}"
        for mark in (*MARKS.values(), *OTHERS)
    )


@cache
def of_sectors() -> str:
    """``.icon-energie``… in the colour of the sector, ``.icon-other`` for one that has none."""
    colours = palette()
    rules = []
    for slug, icon in {**ICONS, "other": OTHER}.items():
        colour = colours.get(f"sector-{slug}", colours["ink-soft"])
        drawn = _render_icon(icon, 24, stroke=colour, xmlns="http://www.w3.org/2000/svg")
        rules.append(f".icon-{slug}{{{background(drawn)}}}")
    return "".join(rules)
