"""The formulae of the indicators, each a function of plain numbers. What they mean stands in ``sheets/``.

None stands for what cannot be computed. Nothing here reads the database or knows a territory.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

Vector = NDArray[np.float64]
CONFIDENCE = 0.95
# D3: a commune borrows this many inhabitants of its département.
BORROWED = 2_000
# Betweenness is exact while actors × links is no more than this; beyond, it is estimated from a sample of the
# actors, as many as walk through so many actors and links together.
EXACT_BETWEENNESS, WALKED = 8_000_000, 6_000_000


def per_inhabitants(n: int, population: int | None) -> float | None:
    """D1: initiatives for 10,000 inhabitants."""
    return 10_000 * n / population if population else None


def poisson_interval(n: int) -> tuple[float, float]:
    """The exact 95 % interval of a count, in initiatives (Garwood): half of the χ² quantiles of 2n and 2n + 2
    degrees of freedom, which are those of the gamma law."""
    tail = (1 - CONFIDENCE) / 2
    return float(gammaincinv(n, tail)) if n else 0.0, float(gammaincinv(n + 1, 1 - tail))


def per_area(n: int, km2: float | None) -> float | None:
    """D2: initiatives for 100 km²."""
    return 100 * n / km2 if km2 else None


def smoothed_density(n: int, population: int | None, reference: float | None) -> float | None:
    """D3: for 10,000 inhabitants, drawn towards ``reference``, the rate around, where few people live."""
    if population is None or reference is None:
        return None
    return 10_000 * (n + reference / 10_000 * BORROWED) / (population + BORROWED)


def shares(weights: Sequence[float]) -> Vector:
    """The part of each sector, which add up to 1; zeros where there is nothing."""
    given = np.asarray(weights, dtype=float)
    total = given.sum()
    return given / total if total else given


def location_quotients(here: Sequence[float], there: Sequence[float]) -> list[float | None]:
    """S1: the part of each sector here over its part in the reference; None where the reference has none."""
    ours, theirs = shares(here), shares(there)
    if not ours.any() or not theirs.any():
        return [None] * len(ours)
    return [float(a / b) if b else None for a, b in zip(ours, theirs, strict=True)]


def specialisation(here: Sequence[float], there: Sequence[float]) -> float | None:
    """S2: half of what the parts of the sectors differ by: 0 the same mix, 1 no sector in common."""
    ours, theirs = shares(here), shares(there)
    return float(np.abs(ours - theirs).sum() / 2) if ours.any() and theirs.any() else None


def diversity(weights: Sequence[float]) -> tuple[float, float | None] | None:
    """S3: Shannon's index, and Pielou's evenness: its part of the greatest possible with the sectors that are
    present. One sector alone has no evenness."""
    parts = shares(weights)
    if not parts.any():
        return None
    present = parts[parts > 0]
    shannon = max(0.0, float(-(present * np.log(present)).sum()))
    return shannon, shannon / float(np.log(len(present))) if len(present) > 1 else None


def present(by_sector: Sequence[int]) -> list[bool]:
    """S4: which sectors have an initiative."""
    return [n > 0 for n in by_sector]


def with_potential(here: Sequence[int], peers: Sequence[Sequence[int]], threshold: float = 0.6) -> list[bool]:
    """S5: sectors absent here and present in 60 % of the similar territories or more."""
    if not peers:
        return [False] * len(here)
    seen = (np.asarray(peers) > 0).mean(axis=0)
    return [bool(not n and part >= threshold) for n, part in zip(here, seen, strict=True)]


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the people who live in communes at most so far; and how far on average, in metres."""

    within: dict[int, float]
    mean: float | None
    population: int


def reach(populations: Vector, metres: Vector, radii: Sequence[int]) -> Reach | None:
    """A1 and A2: from each commune's inhabitants and distance, infinite where there is nothing to reach: then
    nobody is within, and there is no mean. None where nobody lives."""
    people, far = np.asarray(populations, dtype=float), np.asarray(metres, dtype=float)
    total = people.sum()
    if not total:
        return None
    within = {radius: float(people[far <= radius].sum() / total) for radius in radii}
    mean = float((people * far).sum() / total) if np.isfinite(far[people > 0]).all() else None
    return Reach(within, mean, int(total))


def gap(value: float | None, reference: float | None) -> float | None:
    """C1: in per cent of the reference."""
    return None if value is None or not reference else 100 * (value - reference) / reference


def percentile(value: float | None, all_values: Sequence[float]) -> float | None:
    """C2: the part of the territories of the same kind that have less, in per cent; equals count for half."""
    if value is None or not len(all_values):
        return None
    others = np.asarray(all_values)
    return float(100 * ((others < value).sum() + (others == value).sum() / 2) / len(others))


def nearest_profiles(profiles: NDArray[np.float64], index: int, k: int = 10) -> list[int]:
    """C3: the k rows most like this one, by distance between z-scores; a constant column is left out."""
    spread = profiles.std(axis=0)
    kept = profiles[:, spread > 0]
    scores = (kept - kept.mean(axis=0)) / spread[spread > 0]
    apart = np.sqrt(((scores - scores[index]) ** 2).sum(axis=1))
    apart[index] = np.inf
    order = np.lexsort((np.arange(len(apart)), apart))
    return [int(i) for i in order[: min(k, len(order) - 1)]]


@dataclass(frozen=True, slots=True)
class Network:
    """R1 to R3. ``bridges`` are up to five actors that lie between the others, with their betweenness."""

    actors: int
    links: int
    density: float
    mean_degree: float
    isolated: float
    anchored: float | None
    bridges: list[tuple[int, float]]


def network(actors: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Network | None:
    """The web of declared links. ``actors`` are those of the territory; a pair may lead out of it.

    Two actors joined by several links count as joined once. None with fewer than two actors.
    """
    inside = set(actors)
    if len(inside) < 2:
        return None
    joined = sorted({(min(a, b), max(a, b)) for a, b in pairs if a != b and a in inside and b in inside})
    outgoing = {frozenset(pair) for pair in pairs if (pair[0] in inside) != (pair[1] in inside)}
    n, m, linked = len(inside), len(joined), len(set(chain.from_iterable(joined)))
    bridges = betweenness(joined)[:5] if joined else []
    both = m + len(outgoing)
    return Network(
        n, m, 2 * m / (n * (n - 1)), 2 * m / n, 1 - linked / n, m / both if both else None, bridges
    )


def betweenness(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, float]]:
    """The actors that lie between others, the most first, with the part of the pairs of others that meet
    through them on a shortest way (Freeman 1977; from a sample of sources: Brandes and Pich 2007).

    ``pairs`` are linked actors, each pair given once.
    """
    import igraph  # a fifth of a second, which only this needs

    graph = igraph.Graph.TupleList(pairs)
    n, m = graph.vcount(), graph.ecount()
    if n < 3:
        return []
    sources = None
    if n * m > EXACT_BETWEENNESS:
        sources = random.Random(0).sample(range(n), min(n, max(50, WALKED // (n + m))))
    found = np.array(graph.betweenness(directed=False, sources=sources))
    found *= 2 / ((n - 1) * (n - 2)) * (n / len(sources) if sources else 1)
    names = graph.vs["name"]
    order = sorted(np.flatnonzero(found > 0), key=lambda i: (-found[i], names[i]))
    return [(int(names[i]), float(found[i])) for i in order]
