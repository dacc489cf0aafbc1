"""What a request does not do twice, or for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from directory.filters import SearchForm
from directory.version import asked_once, known

pytestmark = pytest.mark.usefixtures("taxonomy")


def conditions(query: str) -> str:
    """The WHERE of the search, as SQL."""
    found = SearchForm(QueryDict(query), strict=True).criteria().initiatives().values("pk")
    return str(found.query).partition(" WHERE ")[2]


def test_in_a_small_box_whole_sectors_are_compared_by_their_bits() -> None:
    small = conditions("sector=energie,habitat&bbox=2,46,2.9,47.1")  # 0.99 square degree
    assert "sector_mask" in small and "activities" not in small
    around_the_antimeridian = conditions("sector=energie&bbox=179.9,-18,-179.9,-17")
    assert "activities" not in around_the_antimeridian


def test_in_a_larger_box_or_none_the_index_of_activities_is_there_for_rare_ones() -> None:
    for query in ("sector=energie&bbox=2,46,3,47.01", "sector=energie"):
        assert '"activities" &&' in conditions(query)


def test_single_activities_are_always_compared() -> None:
    small = conditions("sector=habitat--participatif&bbox=2,46,2.9,47")
    assert '"activities" &&' in small and "sector_mask" not in small


def test_one_answer_asks_for_the_version_once(django_assert_num_queries: Any) -> None:
    with asked_once(), django_assert_num_queries(1):
        assert known() == known()
    with django_assert_num_queries(2):
        assert known() == known()


def test_what_one_form_was_given_is_not_in_the_next() -> None:
    refused = SearchForm(QueryDict("radius=0&sector=nulle-part"), strict=True)
    assert set(refused.refusals()) == {"radius", "sector"}
    assert SearchForm(QueryDict("sector=energie"), strict=True).refusals() == {}
