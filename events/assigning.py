"""Who goes to which workshop: as many as possible, where they wished to go, workshops alike in who is there.

Pure functions on numbers. In this order: the most people seated in a workshop that they chose; the fewest
who get their second choice; then workshops that resemble the whole gathering, by sector and by public. A
wish therefore never gives way to balance. People who wished the same and belong to the same groups are
interchangeable: among them, who registered first is served first.

Solved exactly by the solver of integer programmes that SciPy ships (HiGHS); tests compare with every
possible assignment of small cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

# What is sought is found in a second for hundreds of people; beyond this the best found so far is taken.
LONGEST = 20  # seconds


@dataclass(frozen=True, slots=True)
class Workshop:
    """``places`` None: as many as come."""

    key: int
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person wished for one moment of the day. No ``first``: anywhere. ``groups`` are what balance
    looks at (sector, public). ``gave_way``: how often she did not get her first choice earlier in the day."""

    key: int
    first: int | None = None
    second: int | None = None
    groups: tuple[str, ...] = ()
    gave_way: int = 0

    def cost(self, workshop: int) -> int | None:
        """0 for what was wished first, more for the second choice, None for what was not wished."""
        if self.first is None or self.first == workshop:
            return 0
        return 1 + self.gave_way if self.second == workshop else None


@dataclass(slots=True)
class Assignment:
    """``seats``: person → workshop. ``waiting``: who found no place, in the order they registered."""

    seats: dict[int, int] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)


def assign(
    workshops: Sequence[Workshop], wishes: Sequence[Wish], by_hand: Mapping[int, int] | None = None
) -> Assignment:
    """Seat these people, given in the order they registered. ``by_hand`` (person → workshop) stays as it is,
    whatever it fills; those people stand in ``wishes`` too, so that balance knows their groups."""
    fixed = {key: place for key, place in (by_hand or {}).items() if place in {w.key for w in workshops}}
    alike: dict[Wish, list[int]] = defaultdict(list)
    for wish in wishes:
        if wish.key not in fixed:
            alike[Wish(0, wish.first, wish.second, wish.groups, wish.gave_way)].append(wish.key)
    found = Assignment(dict(fixed))
    if alike and workshops:
        counts = _Programme(workshops, wishes, alike, fixed).solve()
        for (kind, people), row in zip(alike.items(), counts, strict=True):
            seat(found, kind, people, workshops, row)
    order = {wish.key: place for place, wish in enumerate(wishes)}
    found.waiting = sorted((key for key in order if key not in found.seats), key=order.__getitem__)
    return found


def seat(
    found: Assignment, kind: Wish, people: list[int], workshops: Sequence[Workshop], counts: Sequence[int]
) -> None:
    """Give these interchangeable people their places: the best to who registered first."""
    places = [
        (kind.cost(workshop.key) or 0, workshop.key)
        for workshop, count in zip(workshops, counts, strict=True)
        for _place in range(count)
    ]
    for person, (_cost, workshop) in zip(people, sorted(places), strict=False):
        found.seats[person] = workshop


class _Programme:
    """How many of each kind of people go to each workshop, as an integer programme.

    The variables: x[kind, workshop], kind by kind; then d[group, workshop], how far a workshop is from the
    share that the group has in the whole gathering, in people.
    """

    def __init__(
        self,
        workshops: Sequence[Workshop],
        wishes: Sequence[Wish],
        alike: Mapping[Wish, list[int]],
        fixed: Mapping[int, int],
    ) -> None:
        self.kinds, self.sizes = list(alike), [len(people) for people in alike.values()]
        self.n = len(workshops)
        self.groups = sorted({group for wish in wishes for group in wish.groups})
        everyone = len(wishes)
        self.share = {g: sum(g in wish.groups for wish in wishes) / everyone for g in self.groups}
        taken = [[wish for wish in wishes if fixed.get(wish.key) == w.key] for w in workshops]
        self.taken = taken
        self.room = [
            np.inf if w.places is None else max(0, w.places - len(there))
            for w, there in zip(workshops, taken, strict=True)
        ]
        self.costs = [[kind.cost(w.key) for w in workshops] for kind in self.kinds]

    def solve(self) -> list[list[int]]:
        """The counts, a row for each kind."""
        first = self._minimise(self._wishes())
        if first.x is None:  # nobody anywhere is always possible: only a fault of ours comes here
            raise RuntimeError(first.message)
        second = self._minimise(self._imbalance(), as_good_as=first.x)
        best = first.x if second.x is None else second.x
        x = np.rint(best[: self._seats]).astype(int).reshape(len(self.kinds), self.n)
        return [[int(count) for count in row] for row in x]

    @property
    def _seats(self) -> int:
        return len(self.kinds) * self.n

    @property
    def _width(self) -> int:
        return self._seats + len(self.groups) * self.n

    def _wishes(self) -> np.ndarray:
        """Each person seated counts for more than all the second choices together."""
        worst = 1 + sum(
            size * max(cost or 0 for cost in row) for size, row in zip(self.sizes, self.costs, strict=True)
        )
        objective = np.zeros(self._width)
        objective[: self._seats] = [(cost or 0) - worst for row in self.costs for cost in row]
        return objective

    def _imbalance(self) -> np.ndarray:
        objective = np.zeros(self._width)
        objective[self._seats :] = 1
        return objective

    def _minimise(self, objective: np.ndarray, as_good_as: np.ndarray | None = None) -> OptimizeResult:
        upper = np.full(self._width, np.inf)
        upper[: self._seats] = [0 if cost is None else np.inf for row in self.costs for cost in row]
        whole = np.zeros(self._width)
        whole[: self._seats] = 1
        limits = [self._sizes_and_rooms()]
        if as_good_as is not None:
            limits += [*self._shares(), self._as_good(np.rint(as_good_as[: self._seats]))]
        return milp(
            objective,
            integrality=whole,
            bounds=Bounds(0, upper),
            constraints=limits,
            options={"time_limit": LONGEST, "mip_rel_gap": 0},
        )

    def _sizes_and_rooms(self) -> LinearConstraint:
        """Nobody sits twice; no workshop holds more than its places."""
        rows = np.zeros((len(self.kinds) + self.n, self._width))
        for k in range(len(self.kinds)):
            rows[k, k * self.n : (k + 1) * self.n] = 1
        for w in range(self.n):
            rows[len(self.kinds) + w, w : self._seats : self.n] = 1
        return LinearConstraint(rows, -np.inf, [*self.sizes, *self.room])

    def _as_good(self, seats: np.ndarray) -> LinearConstraint:
        """As many seated, and as many first choices, as when wishes alone were looked at."""
        rows = np.zeros((2, self._width))
        rows[0, : self._seats] = 1
        rows[1, : self._seats] = [cost or 0 for row in self.costs for cost in row]
        reached = rows[:, : self._seats] @ seats
        return LinearConstraint(rows, [reached[0], -np.inf], [np.inf, reached[1]])

    def _shares(self) -> list[LinearConstraint]:
        """d ≥ |people of the group there − share of the group × people there|."""
        rows, base = [], []
        for g, group in enumerate(self.groups):
            for w in range(self.n):
                row = np.zeros(self._width)
                row[w : self._seats : self.n] = [
                    (group in kind.groups) - self.share[group] for kind in self.kinds
                ]
                there = self.taken[w]
                already = sum(group in wish.groups for wish in there) - self.share[group] * len(there)
                for sign in (1, -1):
                    signed = sign * row
                    signed[self._seats + g * self.n + w] = -1
                    rows.append(signed)
                    base.append(-sign * already)
        return [LinearConstraint(np.array(rows), -np.inf, base)] if rows else []
