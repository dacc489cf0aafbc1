"""The links of an initiative as a drawing: it in the middle, what comes to it above, what goes
from it below. Always beside the same links as sentences, which say as much and more.

Two columns on either side of one thread, so that a phone 320 pixels wide still reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from frontend.sentences import Sentence

WIDTH = 320
MOST = 12
BOX = (128, 72)  # width and height of a neighbour, in pixels
HEART = (260, 56)
ROW = BOX[1] + 12
GAP = 26  # between the middle and the rows
ARROW = 5
LINE = 14
# Signs in a line, at the size that css/sheet.css gives them.
SIGNS, VERB_SIGNS, HEART_SIGNS = 17, 19, 30


@dataclass(frozen=True, slots=True)
class Word:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A neighbour: its box, its words, the thread to the middle and the heads of its arrow."""

    link: Sentence
    x: int
    y: int
    words: list[Word]
    verb: list[Word]
    thread: str
    heads: list[str]


@dataclass(frozen=True, slots=True)
class Circuit:
    """``top`` is where the box in the middle begins; ``more`` how many links are only in the list."""

    height: int
    top: int
    words: list[Word]
    nodes: list[Node]
    more: int


def circuit(name: str, links: list[Sentence]) -> Circuit | None:
    """None where nothing is linked."""
    if not links:
        return None
    shown = links[:MOST]
    above = [link for link in shown if link.way == "in"]
    below = [link for link in shown if link.way != "in"]
    top = rows(above) * ROW + (GAP if above else 2)
    bottom = top + HEART[1]
    height = bottom + (GAP + rows(below) * ROW if below else 4)
    middle = top + HEART[1] // 2
    nodes = [node(link, n, n // 2 * ROW + 2, middle) for n, link in enumerate(above)]
    nodes += [node(link, n, bottom + GAP + n // 2 * ROW, middle) for n, link in enumerate(below)]
    return Circuit(
        height,
        top,
        lines(name, WIDTH / 2, middle + 5, HEART_SIGNS, centred=True),
        nodes,
        len(links) - len(shown),
    )


def rows(links: list[Sentence]) -> int:
    return (len(links) + 1) // 2


def node(link: Sentence, n: int, y: int, middle: int) -> Node:
    """The ``n``-th neighbour of its half, left then right, ``y`` being the top of its box."""
    wide, tall = BOX
    left = n % 2 == 0
    x = 1 if left else WIDTH - wide - 1
    edge, centre = (x + wide if left else x), y + tall // 2
    thread = f"M{edge} {centre}H{WIDTH // 2}V{middle}"
    towards = -1 if left else 1  # from the thread to the box
    heads = []
    if link.way in ("out", "both"):
        heads.append(head(edge, centre, towards))
    if link.way in ("in", "both"):
        heads.append(head(WIDTH // 2 - towards, centre, -towards))
    across = x + wide / 2
    verb = lines(link.verb, across, y + 17, VERB_SIGNS)
    name = lines(link.other.name, across, y + 6 + (tall + LINE * len(verb)) / 2, SIGNS, centred=True)
    return Node(link, x, y, name, verb, thread, heads)


def head(x: int, y: int, towards: int) -> str:
    """The head of an arrow whose point is at ``x``; ``towards`` is 1 to the right, -1 to the left."""
    return f"M{x} {y}l{-towards * ARROW * 2} {-ARROW}v{2 * ARROW}Z"


def lines(text: str, x: float, y: float, signs: int, centred: bool = False, most: int = 2) -> list[Word]:
    """A text in so many lines at most: the first one at ``y``, or all of them around it."""
    broken = wrap(text, signs, max_lines=most, placeholder="…")
    first = y - LINE / 2 * (len(broken) - 1) if centred else y
    return [Word(x, first + LINE * n, line) for n, line in enumerate(broken)]
