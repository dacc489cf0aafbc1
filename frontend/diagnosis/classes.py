"""The classes of a choropleth: five, each with its bounds, and which one a value falls in."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

# Around a reference: less than half, less, about as much, more, more than twice. The same on both sides, so
# that a shade says as much of a lack as of a plenty, and a map where all is alike is of one shade.
AROUND = (0.5, 0.8, 1.25, 2.0)


@dataclass(frozen=True, slots=True)
class Classes:
    """``breaks`` part the values; one on a break is in the lower class where ``closed`` (« 5 km or less »),
    else in the upper one. ``decimals`` is how breaks and values are printed, and compared."""

    breaks: tuple[float, float, float, float]
    closed: bool = False
    decimals: int = 0

    def rank(self, value: float) -> int:
        """The class of a value, from 1 to 5."""
        rounded = round(value, self.decimals)
        return 1 + (bisect_left if self.closed else bisect_right)(self.breaks, rounded)


def around(reference: float) -> Classes:
    """Classes around a reference above 0; printed with two digits that count, one decimal at least."""
    decimals = max(1, 1 - math.floor(math.log10(reference / 2)))
    low, less, more, high = (round(reference * part, decimals) for part in AROUND)
    return Classes((low, less, more, high), decimals=decimals)
