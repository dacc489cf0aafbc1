"""The formulae against other ways of computing them, and against the examples of the sheets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnosis import formulas
from diagnosis.counting import nearest
from diagnosis.sheet import ORDER, Words, sheets

counts = st.lists(st.integers(0, 500), min_size=14, max_size=14)
weights = st.lists(st.floats(0, 500).map(lambda x: round(x, 2)), min_size=14, max_size=14)


def poisson_below(n: int, mean: float) -> float:
    """The chance of n or fewer, as a plain sum."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(n + 1))


@pytest.mark.parametrize("n", [0, 1, 2, 5, 12, 72, 300])
def test_the_interval_leaves_a_fortieth_on_each_side(n: int) -> None:
    low, high = formulas.poisson_interval(n)
    assert poisson_below(n, high) == pytest.approx(0.025, rel=1e-6)
    if n:
        assert 1 - poisson_below(n - 1, low) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0


def test_the_example_of_the_sheets() -> None:
    """12 initiatives, 8,000 inhabitants, 350 km²."""
    assert formulas.per_inhabitants(12, 8_000) == 15.0
    low, high = formulas.poisson_interval(12)
    assert (round(10_000 * low / 8_000, 1), round(10_000 * high / 8_000, 1)) == (7.8, 26.2)
    assert round(formulas.per_area(12, 350) or 0, 2) == 3.43
    assert formulas.gap(15.0, 6.0) == pytest.approx(150)


def test_nobody_or_no_area_gives_no_rate() -> None:
    assert formulas.per_inhabitants(3, 0) is None is formulas.per_inhabitants(3, None)
    assert formulas.per_area(3, None) is None is formulas.gap(1.0, 0.0)
    assert formulas.gap(None, 2.0) is None


def test_a_hamlet_with_one_initiative_does_not_top_the_map() -> None:
    hamlet = formulas.smoothed_density(1, 40, 6.0)
    town = formulas.smoothed_density(30, 9_000, 6.0)
    assert hamlet is not None and town is not None and hamlet < town
    assert formulas.smoothed_density(0, 0, 6.0) == pytest.approx(6.0)
    assert formulas.smoothed_density(1, None, 6.0) is None


@given(weights, weights)
def test_quotients_and_specialisation_as_pandas_has_them(here: list[float], there: list[float]) -> None:
    table = pd.DataFrame({"here": here, "there": there})
    found = formulas.location_quotients(here, there)
    if not sum(here) or not sum(there):
        assert found == [None] * 14 and formulas.specialisation(here, there) is None
        return
    parts = table / table.sum()
    for value, row in zip(found, parts.itertuples(), strict=True):
        assert (value is None) == (row.there == 0)
        if value is not None:
            assert value * row.there == pytest.approx(row.here)
    special = formulas.specialisation(here, there)
    assert special == pytest.approx((parts["here"] - parts["there"]).abs().sum() / 2)
    assert special is not None and -1e-9 <= special <= 1 + 1e-9
    assert formulas.specialisation(here, here) == pytest.approx(0)


@given(weights)
def test_diversity(given_weights: list[float]) -> None:
    found = formulas.diversity(given_weights)
    held = [w for w in given_weights if w]
    if not held:
        assert found is None
        return
    assert found is not None
    shannon, evenness = found
    assert shannon == pytest.approx(-sum(w / sum(held) * math.log(w / sum(held)) for w in held), abs=1e-9)
    if len(held) == 1:
        assert evenness is None
    else:
        assert evenness == pytest.approx(shannon / math.log(len(held)))
        assert formulas.diversity([1.0] * 14) == pytest.approx((math.log(14), 1.0))


def test_potential_is_absent_here_and_present_in_six_tenths() -> None:
    peers = [[1, 1, 0, 4]] * 5 + [[0, 1, 0, 4]] * 1 + [[0, 0, 0, 4]] * 4
    # six in ten, five in ten, none, all but held here
    assert formulas.with_potential([0, 0, 0, 1], peers) == [False, True, False, False]
    assert formulas.with_potential([0, 0], []) == [False, False]


def test_reach_just_inside_and_just_outside() -> None:
    """The communes of the sheet of A4."""
    people = [3_200, 1_800, 1_000, 800, 800, 400]
    metres = [400.0, 3_200.0, 4_100.0, 6_700.0, 11_500.0, 14_150.0]
    found = formulas.reach(np.array(people), np.array(metres), (5_000, 10_000, 20_000))
    assert found is not None and found.population == 8_000
    assert found.within == pytest.approx({5_000: 0.75, 10_000: 0.85, 20_000: 1.0})
    assert found.mean == pytest.approx(sum(p * m for p, m in zip(people, metres, strict=True)) / 8_000)
    edge = formulas.reach(np.ones(2), np.array([5_000.0, 5_000.1]), (5_000,))
    assert edge is not None and edge.within == {5_000: 0.5}
    nothing = formulas.reach(np.array([10, 5]), np.array([100.0, np.inf]), (5_000,))
    assert nothing is not None and nothing.mean is None and nothing.within[5_000] == pytest.approx(2 / 3)
    assert formulas.reach(np.zeros(2), np.array([1.0, 2.0]), (5_000,)) is None


def test_percentiles_count_equals_for_half() -> None:
    assert formulas.percentile(3, [1, 2, 3, 3, 9]) == pytest.approx(60)
    assert formulas.percentile(0, [1, 2]) == 0 and formulas.percentile(5, [1, 2]) == 100
    assert formulas.percentile(None, [1]) is None is formulas.percentile(1, [])


@given(st.integers(3, 40), st.integers(0, 10_000))
def test_the_most_alike_are_those_of_the_least_distance(n: int, seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=(n, 3)) * [1, 50, 0]  # the last column says nothing
    found = formulas.nearest_profiles(table, 0, 5)
    frame = pd.DataFrame(table[:, :2])
    scores = (frame - frame.mean()) / frame.std(ddof=0)
    apart = ((scores - scores.iloc[0]) ** 2).sum(axis=1).pow(0.5).drop(0).sort_values()
    assert len(found) == min(5, n - 1) and 0 not in found
    assert [apart[i] for i in found] == pytest.approx(list(apart[: len(found)]))


def test_the_web_of_links() -> None:
    """Four actors: a - b - c in a row, d alone; two links lead out, one pair is joined twice."""
    web = formulas.network([1, 2, 3, 4], [(1, 2), (2, 1), (2, 3), (3, 90), (91, 1)])
    assert web is not None
    assert (web.actors, web.links) == (4, 2)
    assert web.density == pytest.approx(2 * 2 / 12) and web.mean_degree == 1.0 and web.isolated == 0.25
    assert web.anchored == 0.5
    assert web.bridges == [(2, 1.0)]
    alone = formulas.network([1, 2], [])
    assert alone is not None and alone.anchored is None and alone.bridges == [] and alone.isolated == 1
    assert formulas.network([1], [(1, 2)]) is None


@given(st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=16))
def test_who_lies_between_is_who_the_shortest_ways_go_through(pairs: set[tuple[int, int]]) -> None:
    """Against every shortest way counted one by one, by powers of the adjacency matrix."""
    pairs = {(min(a, b), max(a, b)) for a, b in pairs if a != b}
    actors = sorted({actor for pair in pairs for actor in pair})
    n = len(actors)
    joined = np.zeros((n, n), dtype=int)
    for a, b in pairs:
        joined[actors.index(a), actors.index(b)] = joined[actors.index(b), actors.index(a)] = 1
    far, ways = np.full((n, n), n + 1), np.eye(n, dtype=int)
    np.fill_diagonal(far, 0)
    walks = np.eye(n, dtype=int)
    for steps in range(1, n):
        walks = walks @ joined
        first = (far > n) & (walks > 0)
        far[first], ways[first] = steps, walks[first]
    expected = {}
    for v in range(n):
        through = [
            ways[s, v] * ways[v, t] / ways[s, t]
            for s in range(n) for t in range(s + 1, n)
            if v not in (s, t) and far[s, t] <= n and far[s, v] + far[v, t] == far[s, t]
        ]  # fmt: skip
        if sum(through):
            expected[actors[v]] = pytest.approx(2 * sum(through) / ((n - 1) * (n - 2)))
    assert dict(formulas.betweenness(sorted(pairs))) == expected


def test_in_a_large_web_who_lies_between_is_estimated() -> None:
    """A star of stars: the one in the middle is on nine ways of ten; found from a sample."""
    pairs = [(0, 10_000 * hub) for hub in range(1, 11)]
    pairs += [(10_000 * hub, 10_000 * hub + leaf) for hub in range(1, 11) for leaf in range(1, 400)]
    (first, part), *others = formulas.betweenness(pairs)
    assert first == 0 and part == pytest.approx(0.9, abs=0.02)
    assert {actor for actor, _part in others[:10]} == {10_000 * hub for hub in range(1, 11)}


@given(st.integers(0, 10_000), st.integers(1, 60))
def test_the_nearest_is_that_of_the_ellipsoid(seed: int, many: int) -> None:
    """Against every distance measured one by one; two points almost as far included."""
    from pyproj import Geod

    dice = np.random.default_rng(seed)
    points = np.zeros(many, dtype=[("lon", "f8"), ("lat", "f8"), ("mask", "i8")])
    points["lon"], points["lat"] = dice.uniform(-5, 9, many), dice.uniform(41, 51, many)
    origins = np.column_stack([dice.uniform(-5, 9, 8), dice.uniform(41, 51, 8)])
    found = nearest(origins, points)
    geod = Geod(ellps="WGS84")
    for (lon, lat), metres in zip(origins, found, strict=True):
        every = geod.inv([lon] * many, [lat] * many, points["lon"], points["lat"])[2]
        assert metres == pytest.approx(min(every))
    assert np.isnan(nearest(origins, points[:0])).all()


def test_north_and_east_at_the_same_angle_are_not_as_far() -> None:
    """On the sphere east is as far as north at the equator; on the ellipsoid it is farther."""
    points = np.array(
        [(0.0, 1.0, 1), (1.0, 0.0, 1)] * 4, dtype=[("lon", "f8"), ("lat", "f8"), ("mask", "i8")]
    )
    assert nearest(np.array([[0.0, 0.0]]), points)[0] == pytest.approx(110_574.4, abs=0.1)


def test_every_indicator_has_its_sheet_in_two_languages() -> None:
    read: dict[str, Any] = sheets()
    assert tuple(read) == ORDER
    for code, sheet in read.items():
        assert sheet.code == code
        for language in (sheet.fr, sheet.en):
            assert isinstance(language, Words)
            assert all(getattr(language, name).strip() for name in Words.__slots__), code
        assert "'" not in sheet.fr.definition, code  # typographic apostrophes
    assert (read["S1"].minimum, read["S3"].minimum, read["Q1"].minimum) == (10, 10, 5)
