"""Pages by key: nothing skipped, nothing twice, no cursor but our own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from directory.errors import BadCursor
from directory.models import Initiative
from directory.paging import page_of
from tests.directory.conftest import criteria

Make = Callable[..., Initiative]
QUERIES = [
    "",
    "ordering=-updated",
    "ordering=-created",
    "q=laine",
    "near=2,46&radius=200000",
    "q=laine&ordering=name",
]


def paged(query: str, limit: int) -> list[int]:
    ids, cursor = [], ""
    while True:
        page = page_of(criteria(query), limit, cursor)
        ids += [row.pk for row in page.rows]
        if page.next_cursor is None:
            return ids
        cursor = page.next_cursor


@pytest.fixture
def many(initiative: Make) -> None:
    """Names, times and distances that tie on purpose."""
    now = timezone.now()
    for n in range(23):
        made = initiative(f"Laine {n % 4}", at=(2 + n % 3 / 10, 46))
        Initiative.objects.filter(pk=made.pk).update(
            updated_at=now - timedelta(days=n % 5), created_at=now - timedelta(days=n % 6)
        )


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 2, 7, 23, 24])
def test_pages_hold_each_row_once_in_order(many: None, query: str, limit: int) -> None:
    assert paged(query, limit) == list(criteria(query).ordered().values_list("pk", flat=True))


def test_rows_that_come_and_go_between_pages_move_no_other(many: None, initiative: Make) -> None:
    everyone = paged("", 50)
    first = page_of(criteria(""), 5)
    Initiative.objects.filter(pk__in=[row.pk for row in first.rows[:3]]).delete()
    initiative("Aaa, before all the others")
    rest = page_of(criteria(""), 50, first.next_cursor or "")
    assert [row.pk for row in first.rows] + [row.pk for row in rest.rows] == everyone


def test_distances_are_metres(many: None) -> None:
    Initiative.objects.update(location=Point(2.1, 46, srid=4326))
    row = page_of(criteria("near=2,46"), 1).rows[0]
    assert row.distance == pytest.approx(7746.6, abs=1)


@pytest.mark.parametrize("cursor", ["x", "eyJ:1:2", "é", "a" * 10_000, "null", "::", "\x00"])
def test_a_cursor_that_was_altered_is_refused(many: None, cursor: str) -> None:
    ours = page_of(criteria(""), 5).next_cursor or ""
    for altered in (cursor, ours[:-1], ours[1:], ours[:-2] + ("AA" if ours[-2:] != "AA" else "BB")):
        with pytest.raises(BadCursor):
            page_of(criteria(""), 5, altered)


def test_a_cursor_of_another_search_is_refused(many: None) -> None:
    cursor = page_of(criteria(""), 5).next_cursor or ""
    for query in ("q=laine", "ordering=-created", "bbox=0,40,5,50"):
        with pytest.raises(BadCursor, match="another list"):
            page_of(criteria(query), 5, cursor)
    page_of(criteria(""), 2, cursor)
