"""Pages by key: nothing skipped, nothing twice, no cursor but our own."""

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import paging
from directory.errors import BadCursor
from directory.models import Initiative
from directory.paging import counted_page, page_of
from tests.directory.conftest import criteria
from tests.factories import make_initiative
from tests.kept import Rows, bring

Make = Callable[..., Initiative]
MANY: Rows = {}
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
def many(taxonomy: None) -> None:
    bring(MANY, make_many)


def make_many() -> None:
    """Names, times and distances that tie on purpose."""
    now = timezone.now()
    for n in range(23):
        made = make_initiative(f"Laine {n % 4}", at=(2 + n % 3 / 10, 46))
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


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("cursor_after", [0, 3, 22])
def test_a_page_is_counted_whichever_way_it_is_read(
    many: None, monkeypatch: pytest.MonkeyPatch, query: str, cursor_after: int
) -> None:
    cursor = page_of(criteria(query), cursor_after).next_cursor or "" if cursor_after else ""
    plain = page_of(criteria(query), 7, cursor)
    for few in (20_000, 5):  # more match than the second
        monkeypatch.setattr(paging, "FEW", few)
        monkeypatch.setattr(paging, "FEW_INDEXED", few)
        page, matched = counted_page(criteria(query), 7, cursor)
        assert page.rows == plain.rows
        assert matched == criteria(query).initiatives().count()
        assert (page.next_cursor is None) == (plain.next_cursor is None)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "delete", "rename", "touch"]), st.integers(0, 99), st.text("aml", max_size=3)
    ),
    max_size=4,
)


@settings(max_examples=25)
@given(
    query=st.sampled_from(QUERIES), limit=st.integers(1, 8), steps=st.lists(CHANGES, min_size=3, max_size=8)
)
def test_what_nobody_touched_comes_exactly_once_whatever_else_changes(
    many: None, initiative: Make, query: str, limit: int, steps: list[list[tuple[str, int, str]]]
) -> None:
    with transaction.atomic():  # undone below
        untouched = set(criteria(query).initiatives().values_list("pk", flat=True))
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = page_of(criteria(query), limit, cursor)
            seen += [row.pk for row in page.rows]
            cursor = page.next_cursor
            for change in steps.pop(0) if steps else []:
                untouched.discard(alter(*change, initiative))
        transaction.set_rollback(True)
    assert [seen.count(pk) for pk in untouched] == [1] * len(untouched)


def alter(verb: str, which: int, text: str, initiative: Make) -> int:
    """Change a row, or add one; the id of what changed."""
    ids = list(Initiative.objects.order_by("pk").values_list("pk", flat=True))
    pk = ids[which % len(ids)]
    found = Initiative.objects.filter(pk=pk)
    if verb == "add":
        return initiative(f"Laine {text}", at=(2 + which / 100, 46)).pk
    if verb == "delete":
        found.delete()
    elif verb == "rename":
        found.update(name=f"Laine {text}")
    else:
        found.update(updated_at=timezone.now(), created_at=timezone.now())
    return pk


@pytest.mark.parametrize("limit", [1, 5, 22, 23, 50])
def test_the_nearest_come_first_by_true_metres(initiative: Make, limit: int) -> None:
    """Degrees of longitude are shorter than those of latitude: the nearest by degrees are not the nearest."""
    for n in range(23):
        angle = n * 0.7
        initiative(
            at=(2 + math.cos(angle) * (0.01 + n % 5 / 400), 60 + math.sin(angle) * (0.01 + n % 7 / 400))
        )
    asked = criteria("near=2,60&radius=50000")
    expected = list(asked.ordered().values_list("pk", flat=True))
    assert [row.pk for row in page_of(asked, limit).rows] == expected[:limit]
