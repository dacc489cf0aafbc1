"""Text that has to stand in a box, whatever its length: the largest of some sizes that holds it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

POINT = 25.4 / 72  # mm
# Widths in ems of bold letters, on the safe side of those of our fonts; by what a letter is.
WIDE, CAPITAL, NARROW, COMMON = 1.15, 0.84, 0.36, 0.62
NARROWS = frozenset("ijlt.,;:'’!|()[] -·")


def shortened(text: str, most: int) -> str:
    """On one line, without signs that print nothing; cut with « … » beyond so many."""
    plain = "".join(sign if printed(sign) else " " for sign in text)
    line = " ".join(plain.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def printed(sign: str) -> bool:
    """Joiners inside emoji and marks of direction are kept; controls are not."""
    return unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn")


def size_for(text: str, width: float, height: float, sizes: Sequence[float], leading: float = 1.15) -> float:
    """Of the sizes in points, the largest first, one at which the text, broken between words, stands in a box
    of ``width`` by ``height`` mm; the last where none does."""
    for size in sizes:
        lines = lines_of(text, width / (size * POINT))
        if lines * size * POINT * leading <= height:
            return size
    return sizes[-1]


def lines_of(text: str, ems: float) -> int:
    """How many lines of so many ems a text takes; a word longer than a line is broken."""
    lines, filled = 1, 0.0
    for word in text.split():
        wide = sum(map(width_of, word))
        if filled and filled + NARROW + wide > ems:
            lines, filled = lines + 1, 0.0
        while wide > ems:
            lines, wide = lines + 1, wide - ems * 0.9
        filled += (NARROW if filled else 0) + wide
    return lines


def width_of(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF" or sign in "MWmwŒœ@%":
        return WIDE
    if sign in NARROWS:
        return NARROW
    return CAPITAL if sign.isupper() or not sign.isalpha() else COMMON
