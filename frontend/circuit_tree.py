"""A circuit two steps wide as a drawing: a tree that reads from top to bottom, each case a link.

One case a line, those of the second step indented, so that a phone 320 pixels wide still reads it, and the
keyboard goes through it in the order of the list beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from directory.circuits import Circuit, Met
from frontend.circuit import ARROW, HEART_SIGNS, Word, lines
from frontend.sentences import verb_of

WIDTH = 320
HEART_HEIGHT = 56
BOX_HEIGHT = 52  # still 44 pixels where the drawing is squeezed into a phone
ROW = BOX_HEIGHT + 10
INDENT = 34  # of a step
# Signs of a name in a case of each step, at the size that css/sheet.css gives them.
SIGNS = {1: 42, 2: 36}


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody met: the case, its words, the thread that leads to it and the heads of its arrow."""

    met: Met
    verb: str
    x: int
    y: int
    width: int
    words: list[Word]
    verbs: list[Word]
    thread: str
    heads: list[str]


@dataclass(frozen=True, slots=True)
class Tree:
    height: int
    words: list[Word]
    cases: list[Case]


def tree(circuit: Circuit) -> Tree:
    """Each of the first step, followed by those met through it."""
    through: dict[int, list[Met]] = {}
    for met in circuit.met:
        through.setdefault(met.through.pk, []).append(met)
    cases: list[Case] = []
    for first in through.get(circuit.heart.pk, []):
        above = HEART_HEIGHT
        cases.append(case(first, len(cases), above))
        above = cases[-1].y + BOX_HEIGHT
        for second in through.get(first.initiative.pk, []):
            cases.append(case(second, len(cases), above))
    words = lines(circuit.heart.name, WIDTH / 2, HEART_HEIGHT / 2 + 5, HEART_SIGNS + 4, centred=True)
    return Tree(HEART_HEIGHT + 12 + len(cases) * ROW, words, cases)


def case(met: Met, row: int, above: int) -> Case:
    """The case of a line; its thread comes down from the bottom of the one it hangs on, ``above``."""
    x, y = met.step * INDENT, HEART_HEIGHT + 12 + row * ROW
    width, middle = WIDTH - x - 1, y + BOX_HEIGHT // 2
    trunk = x - INDENT // 2
    verb, way = verb_of(met.link, met.through)
    heads = []
    if way in ("out", "both"):
        heads.append(f"M{x} {middle}l{-ARROW * 2} {-ARROW}v{2 * ARROW}Z")
    if way in ("in", "both"):
        heads.append(f"M{trunk} {above}l{-ARROW} {ARROW * 2}h{2 * ARROW}Z")
    left = x + 12
    return Case(
        met, verb, x, y, width,
        lines(met.initiative.name, left, y + 39, SIGNS[met.step])[:1], lines(verb, left, y + 19, 46)[:1],
        f"M{trunk} {above}V{middle}H{x}", heads,
    )  # fmt: skip
