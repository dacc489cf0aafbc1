"""Of a group nothing is told that would tell what one person, or fewer than five, answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from questionnaires.aggregating import Given, aggregate
from questionnaires.anonymity import FEWEST, told
from questionnaires.content import Content
from tests.questionnaires.shapes import contents


def test_a_part_is_told_of_from_five_on() -> None:
    assert told({"a": 5, "b": 5}) == {"a", "b"}
    assert told({"a": 4, "b": 9}) == set()  # the four would be found by subtraction
    assert told({"a": 4, "b": 9, "c": 6}) == {"b"}  # and with the six of c, nobody is


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 12), max_size=6), st.integers(0, 12))
def test_what_is_hidden_cannot_be_found_by_subtraction(counts: dict[int, int], rest: int) -> None:
    shown = told(counts, rest)
    assert all(counts[part] >= FEWEST for part in shown)
    hidden = rest + sum(count for part, count in counts.items() if part not in shown)
    assert not shown or hidden == 0 or hidden >= FEWEST


def test_four_are_told_nothing_and_five_their_mean(profile: Content) -> None:
    def group(count: int) -> list[Given]:
        return [Given({"E1": 2}, {"economique": 50 + n}) for n in range(count)]

    assert aggregate(profile, group(4)) is None
    found = aggregate(profile, group(5))
    assert found is not None
    assert [(each.dimension, each.count, each.mean) for each in found.dimensions][:2] == [
        ("economique", 5, 52), ("social", 0, None),
    ]  # fmt: skip
    assert found.dimensions[0].bands == [0, 0, 5, 0]
    assert [(each.question, each.count, each.mean, each.answers) for each in found.questions] == [
        ("E1", 5, 2.0, [0, 0, 5, 0, 0])
    ]


def test_a_dimension_that_four_have_a_score_on_is_not_told(profile: Content) -> None:
    group = [Given({"E1": 2, "S1": 1}, {"economique": 50, "social": 25})] * 4 + [
        Given({}, {"economique": 75})
    ]
    found = aggregate(profile, group)
    assert found is not None
    assert [each.mean for each in found.dimensions] == [55, None, None, None]
    assert found.dimensions[1].bands == []
    assert found.questions == []  # four answered each


@given(st.data())
def test_no_figure_of_any_group_is_of_fewer_than_five(data: st.DataObject) -> None:
    content = data.draw(contents())
    slugs = [each.slug for each in content.dimensions]
    # Of few kinds, so that groups and their parts come near five; the first dimension always has a score.
    names = [each.id for each in content.questions][:2]
    one = st.builds(
        Given,
        st.dictionaries(st.sampled_from(names), st.integers(0, 4)),
        st.fixed_dictionaries({slugs[0]: st.integers(0, 100)}, optional={slugs[1]: st.integers(0, 100)}),
        st.sampled_from((None, 0, 0, 0, 1)),
    )
    group = data.draw(st.lists(one, min_size=3, max_size=14))
    found = aggregate(content, group)
    if found is None:
        assert len(group) < FEWEST
        return
    for each in found.dimensions:
        assert (each.mean is None) == (each.count < FEWEST) == (each.bands == [])
        assert each.mean is None or sum(each.bands) == each.count
    assert all(sum(each.answers) == each.count >= FEWEST for each in found.questions)
    for slug in slugs:
        whole = sum(slug in each.scores for each in group)
        parts = [one.count for part in found.parts for one in part.dimensions if one.dimension == slug]
        assert all(count >= FEWEST for count in parts)
        assert not parts or whole == sum(parts) or whole - sum(parts) >= FEWEST
