"""The vocabulary of every side-by-side measurement: works, turns, bounds, and the table they end in.

A work is one question put to several contenders. They take their turns one after another, round after
round, so that a slow minute of the machine weighs on all of them; what is compared comes from one run.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.record import table

ROUNDS = 3


@dataclass
class Turn:
    """One contender's turn: how long it took, each answer in milliseconds, what came."""

    seconds: float
    latencies: list[float]
    received: int = 0  # bytes
    first_byte: float | None = None  # milliseconds
    grown: float | None = None  # MB of memory above rest, at the peak


@dataclass(frozen=True)
class Ratio:
    """We are at least so many times as fast as a contender (0.6: at most 1/0.6 as slow)."""

    other: str
    least: float
    said: str = ""


@dataclass(frozen=True)
class Most:
    """A figure of ours stays under a limit: ``p95``, ``median`` or ``first_byte`` in ms, ``grown`` in MB."""

    figure: str
    limit: float


Bound = Ratio | Most


@dataclass
class Work:
    """One question; ``takers`` are the contenders by name, ours first. ``checked`` says what agreed.

    ``throughput`` compares answers per second under several connections, else median times.
    """

    name: str
    takers: dict[str, Callable[[], Turn]]
    bounds: Sequence[Bound] = ()
    throughput: bool = False
    check: Callable[[], str] = lambda: ""
    rounds: int = ROUNDS
    warm: bool = True
    checked: str = ""
    turns: dict[str, list[Turn]] = field(default_factory=dict)

    def run(self) -> None:
        """Warm everyone up, see that they agree, then take turns."""
        if self.warm:
            for take in self.takers.values():
                take()
        self.checked = self.check()
        self.turns = {name: [] for name in self.takers}
        for _round in range(self.rounds):
            for name, take in self.takers.items():
                self.turns[name].append(take())

    @property
    def ours(self) -> str:
        return next(iter(self.takers))

    def rate(self, name: str) -> float:
        """Answers per second, the median of the turns."""
        return statistics.median(len(turn.latencies) / turn.seconds for turn in self.turns[name])

    def median(self, name: str) -> float:
        """Milliseconds: the median of the turns' medians."""
        return statistics.median(statistics.median(turn.latencies) for turn in self.turns[name])

    def p95(self, name: str) -> float:
        """Milliseconds, over all the turns together."""
        return percentile([ms for turn in self.turns[name] for ms in turn.latencies], 0.95)

    def size(self, name: str) -> float:
        """kB of an answer, on average."""
        turns = self.turns[name]
        return (
            sum(turn.received for turn in turns) / max(1, sum(len(turn.latencies) for turn in turns)) / 1000
        )

    def figure(self, name: str, of: str) -> float:
        """A figure as bounds name them."""
        if of in ("p95", "median"):
            return float(getattr(self, of)(name))
        return statistics.median(getattr(turn, of) or 0 for turn in self.turns[name])

    def faster(self, other: str) -> float:
        """How many times as fast as another we are."""
        if self.throughput:
            return self.rate(self.ours) / self.rate(other)
        return self.median(other) / self.median(self.ours)

    def verdicts(self) -> list[tuple[str, bool]]:
        """Each bound, as it came: what it says, and whether it held."""
        return [self.verdict(bound) for bound in self.bounds]

    def summary(self) -> str:
        """One line while the others are waited for."""
        figures = [
            f"{name} {number(self.rate(name))}/s"
            if self.throughput
            else f"{name} {number(self.median(name))} ms"
            for name in self.takers
        ]
        return "; ".join(
            [*figures, *(f"{said}{'' if held else ' MISSED'}" for said, held in self.verdicts())]
        )

    def verdict(self, bound: Bound) -> tuple[str, bool]:
        if isinstance(bound, Ratio):
            reached = self.faster(bound.other)
            said = bound.said or f"≥ {bound.least:g} × {bound.other}"
            return f"{said}: {number(reached)}", reached >= bound.least
        reached = self.figure(self.ours, bound.figure)
        words, unit = NAMES[bound.figure]
        return f"{words} ≤ {bound.limit:g} {unit}: {number(reached)}", reached <= bound.limit


NAMES = {
    "p95": ("p95", "ms"),
    "median": ("median", "ms"),
    "first_byte": ("first byte", "ms"),
    "grown": ("memory + at most", "MB"),
}
HEADER = ["work", "contender", "req/s", "median, ms", "p95, ms", "kB", "memory, MB", "Maillage is", "bounds"]


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def thousands(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def number(value: float) -> str:
    """Three figures that matter, spaces between thousands."""
    if not math.isfinite(value):
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}".replace(",", " ")


def report(works: Sequence[Work]) -> str:
    """The table, what each work was checked by, and the misses once more below it."""
    rows = [row for work in works for row in lines(work)]
    checks = [f"- {work.name}: {work.checked}." for work in works if work.checked]
    missed = [f"- {work.name}: {said}." for work in works for said, held in work.verdicts() if not held]
    parts = [table(HEADER, rows)]
    if checks:
        parts.append("What agreed before anything was timed:\n\n" + "\n".join(checks))
    parts.append("Missed:\n\n" + "\n".join(missed) if missed else "Every bound of this table held.")
    return "\n\n".join(parts)


def lines(work: Work) -> list[list[object]]:
    rows: list[list[object]] = []
    for name in work.takers:
        first = name == work.ours
        grown = work.figure(name, "grown")
        verdicts = [said + (" (held)" if held else " **(missed)**") for said, held in work.verdicts()]
        rows.append(
            [
                work.name if first else "",
                name,
                number(work.rate(name)) if work.throughput else "",
                number(work.median(name)),
                number(work.p95(name)),
                number(work.size(name)) if work.size(name) else "",
                f"+ {number(grown)}" if grown else "",
                "" if first else f"{number(work.faster(name))} ×",
                "; ".join(verdicts) if first else "",
            ]
        )
    return rows
