"""A circuit two steps wide as a drawing: a tree that reads from top to bottom, each case a link.

One case a line, those of the second step indented, so that a phone 320 pixels wide still reads it, and the
keyboard goes through it in the order of the lists beside it. Of a large circuit the first are drawn, and
each line that was left out is counted where it would be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from directory.circuits import Circuit, Met
from frontend.circuit import ARROW, HEART_SIGNS, Word, lines
from frontend.sentences import verb_of

WIDTH = 320
HEART_HEIGHT = 56
BOX_HEIGHT = 52  # still 44 pixels where the drawing is squeezed into a phone
ROW = BOX_HEIGHT + 10
MORE_HEIGHT = 30
INDENT = 34  # of a step
# How many are drawn of the first step, and through each of them; the lists beside tell the others.
DRAWN = {1: 6, 2: 3}
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
class More:
    """Where ``number`` others would be, led to by this one."""

    through: Met
    number: int
    x: int
    y: int


@dataclass(slots=True)
class Tree:
    """``left_out`` are those of the first step on this page that are not drawn."""

    height: int = HEART_HEIGHT + 12
    words: list[Word] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    more: list[More] = field(default_factory=list)
    left_out: int = 0


def tree(circuit: Circuit) -> Tree:
    """Each of the first step, followed by those met through it."""
    through: dict[int, list[Met]] = {}
    for met in circuit.at(2):
        through.setdefault(met.through.pk, []).append(met)
    near = circuit.at(1)
    drawn = Tree(left_out=max(0, len(near) - DRAWN[1]))
    drawn.words = lines(circuit.heart.name, WIDTH / 2, HEART_HEIGHT / 2 + 5, HEART_SIGNS + 4, centred=True)
    for first in near[: DRAWN[1]]:
        add(drawn, first, HEART_HEIGHT)
        above = drawn.cases[-1].y + BOX_HEIGHT
        seconds = through.get(first.initiative.pk, [])
        for second in seconds[: DRAWN[2]]:
            add(drawn, second, above)
        if left := first.more + len(seconds[DRAWN[2] :]):
            drawn.more.append(More(first, left, 2 * INDENT, drawn.height + 14))
            drawn.height += MORE_HEIGHT
    return drawn


def add(drawn: Tree, met: Met, above: int) -> None:
    """A case on the next line; its thread comes down from the bottom of the one it hangs on, ``above``."""
    x, y = met.step * INDENT, drawn.height
    width, middle = WIDTH - x - 1, y + BOX_HEIGHT // 2
    trunk = x - INDENT // 2
    verb, way = verb_of(met.link, met.through)
    heads = []
    if way in ("out", "both"):
        heads.append(f"M{x} {middle}l{-ARROW * 2} {-ARROW}v{2 * ARROW}Z")
    if way in ("in", "both"):
        heads.append(f"M{trunk} {above}l{-ARROW} {ARROW * 2}h{2 * ARROW}Z")
    left = x + 12
    name = lines(met.initiative.name, left, y + 39, SIGNS[met.step], most=1)
    said = lines(verb, left, y + 19, 46, most=1)
    thread = f"M{trunk} {above}V{middle}H{x}"
    drawn.cases.append(Case(met, verb, x, y, width, name, said, thread, heads))
    drawn.height += ROW
