"""What may be told of a group without telling what one of its members answered.

A group is told of from five answers on: every figure is then one of at least five (k-anonymity, k = 5).
Where parts are told of beside their whole, a part that is hidden could be found by subtraction: so the rest
is hidden together with one more part, until it holds five answers too, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

FEWEST = 5

T = TypeVar("T", str, int)


def told(counts: Mapping[T, int], rest: int = 0) -> set[T]:
    """Of a whole that is told of, the parts that may be told of beside it. ``rest``: those in no part."""
    shown = {part for part, count in counts.items() if count >= FEWEST}
    hidden = rest + sum(count for part, count in counts.items() if part not in shown)
    if shown and 0 < hidden < FEWEST:
        shown.remove(min(shown, key=lambda part: (counts[part], part)))
    return shown
