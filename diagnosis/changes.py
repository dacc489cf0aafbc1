"""What changed between two diagnoses of a territory: old, new, difference, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from diagnosis.model import Figure, Report

# Those of which a later figure is compared with an earlier one; the others speak of neighbours.
LEFT_OUT = ("C1", "C2", "C3")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after, either None where that report has not got it. ``difference`` is new minus
    old, None where one of them has no value. ``by_chance`` where the intervals of both meet, so that the
    difference may be nothing but chance; None without intervals."""

    before: Figure | None
    after: Figure | None

    @property
    def figure(self) -> Figure:
        """The later one, else the earlier: both bear the same code and sector."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def difference(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value

    @property
    def by_chance(self) -> bool | None:
        one, other = self.before, self.after
        if one is None or other is None:
            return None
        if one.low is None or one.high is None or other.low is None or other.high is None:
            return None
        return one.low <= other.high and other.low <= one.high


@dataclass(frozen=True, slots=True)
class Perimeter:
    """What makes two diagnoses less comparable: communes that came and went, another population, other peers
    (their names)."""

    came: list[str]
    went: list[str]
    population: tuple[int | None, int | None] | None
    peers_came: list[str]
    peers_went: list[str]


def changes(old: Report, new: Report) -> list[Change]:
    """Each figure of either report, in the order of the new one; totals and sectors alike."""
    return list(_pairs(old, new))


def _pairs(old: Report, new: Report) -> Iterator[Change]:
    before = {(each.code, each.sector): each for each in old.figures}
    after = {(each.code, each.sector): each for each in new.figures}
    for key in dict.fromkeys([*after, *before]):
        if key[0] not in LEFT_OUT:
            yield Change(before.get(key), after.get(key))


def perimeter(
    old: Report, new: Report, communes_before: Collection[str], communes_after: Collection[str]
) -> Perimeter:
    """How the ground itself changed. Communes are ids; none at all, of the country, are not compared."""
    known = bool(communes_before) and bool(communes_after)
    people = (old.zone.population, new.zone.population)
    peers_before, peers_after = ({each.id: each.name for each in one.peers} for one in (old, new))
    return Perimeter(
        sorted(set(communes_after) - set(communes_before)) if known else [],
        sorted(set(communes_before) - set(communes_after)) if known else [],
        people if people[0] != people[1] else None,
        sorted(name for id, name in peers_after.items() if id not in peers_before),
        sorted(name for id, name in peers_before.items() if id not in peers_after),
    )
