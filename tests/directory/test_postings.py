"""Words are counted and ranked from postings exactly as from the rows, whatever road a row came by."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import postings, relevance
from directory.facets import count
from directory.features import every_feature, one_moment
from directory.models import Initiative
from directory.paging import counted_page, page_of
from directory.postings import ids_of, of_ids
from directory.relevance import found
from territories.models import Territory
from tests.directory.conftest import criteria
from tests.directory.counting import copy_rows
from tests.factories import make_initiative

Make = Callable[..., Initiative]
QUERIES = [
    "q=ressourcerie",
    "q=ress",
    "q=laine",
    "q=laine ham",
    "q=ressourcerie laine",
    "q=energie&sector=alimentation",
    "q=laine&territory=commune-01001",
    "q=laine&territory=commune-01002,departement-02",
    "q=la",
    "q=zzzz",
]


@pytest.fixture
def many(country: dict[str, Territory], initiative: Make) -> None:
    """Words in names, in texts, and in activities only; places; some that are not to be seen."""
    for n in range(24):
        initiative(
            ["Laine", "Ressourcerie du bourg", "Atelier"][n % 3] + f" {n % 5}",
            summary=["", "De la laine.", "Une ressourcerie, de la laine."][n % 4 % 3],
            activities=[[701], [101, 201], [901]][n % 7 % 3],
            commune=country[["Ham", "Bourg", "Rive"][n % 5 % 3]],
            publication="published" if n % 6 else "hidden",
        )
    postings.rebuild()


def true_ids(query: str) -> set[int]:
    return set(criteria(query).initiatives().values_list("pk", flat=True))


def agree(query: str) -> None:
    """What the postings say, of those that match and of their groups, is what the rows say."""
    asked = criteria(query)
    matches = postings.matches(asked)
    assert matches is not None
    assert set(ids_of(matches.every)) == true_ids(query)
    with mock.patch.object(relevance, "RANKED", 3):
        by_rows, by_postings = relevance._of_rows(asked, None), relevance._of_postings(matches, None)
    assert sorted(by_rows.ids) == sorted(by_postings.ids)
    assert (by_rows.count, by_rows.head) == (by_postings.count, by_postings.head)


@pytest.mark.parametrize("query", QUERIES)
def test_postings_find_what_the_rows_say(many: None, query: str) -> None:
    agree(query)
    assert count(criteria(query)) == len(true_ids(query))


@pytest.mark.parametrize(
    "query",
    [
        "q=laine&bbox=0,40,5,50",
        "q=laine&charter=true",
        "q=laine&sector=numerique--mediation",
        "q=laine&placed=true",
    ],
)
def test_what_postings_do_not_hold_is_asked_of_the_rows(many: None, query: str) -> None:
    assert postings.matches(criteria(query)) is None
    assert count(criteria(query)) == len(true_ids(query))


def test_without_postings_the_rows_are_asked(country: dict[str, Territory], initiative: Make) -> None:
    initiative("Laine")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM directory_posting_base")
    assert postings.matches(criteria("q=laine")) is None
    assert counted_page(criteria("q=laine"), 5)[1] == 1


def test_too_many_changes_lead_back_to_the_rows_until_they_are_made_anew(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Initiative.objects.filter(publication="hidden").update(publication="published")
    monkeypatch.setattr(postings, "MOST_CHANGED", 4)
    assert postings.matches(criteria("q=laine")) is not None
    Initiative.objects.filter(publication="published")[0].delete()
    assert postings.matches(criteria("q=laine")) is None
    assert count(criteria("q=laine")) == len(true_ids("q=laine"))
    postings.rebuild()
    agree("q=laine")


def changes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_posting_change")
        return int(cursor.fetchone()[0])


def test_only_what_searches_may_see_is_noted(many: None) -> None:
    Initiative.objects.filter(publication="hidden").update(name="Autre")
    Initiative.objects.update(website="https://example.org")
    assert changes() == 0
    Initiative.objects.filter(publication="published")[0].delete()
    assert changes() == 1


VERBS = [
    "rename", "withdraw", "publish", "close", "sector", "move", "delete", "add", "copy", "raw", "rebuild",
]  # fmt: skip


@settings(max_examples=20)
@given(steps=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 99)), min_size=1, max_size=8))
def test_any_sequence_of_writes_leaves_them_exact(
    many: None, country: dict[str, Territory], steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():  # undone below
        for n, (verb, which) in enumerate(steps):
            write(verb, which, n, country)
        for query in QUERIES:
            agree(query)
        assert postings.check() == []
        transaction.set_rollback(True)


def write(verb: str, which: int, n: int, country: dict[str, Territory]) -> None:
    ids = list(Initiative.objects.order_by("pk").values_list("pk", flat=True))
    some = Initiative.objects.filter(pk=ids[which % len(ids)]) if ids else Initiative.objects.none()
    if verb == "rename":
        some.update(name=["Laine", "Ressourcerie", "Four"][which % 3])
    elif verb in ("withdraw", "publish"):
        some.update(publication="hidden" if verb == "withdraw" else "published")
    elif verb == "close":
        Initiative.objects.filter(pk__gte=which).update(activity_state="closed")
    elif verb == "sector":
        some.update(activities=[[701], [101], [204, 901]][which % 3])
    elif verb == "move":
        some.update(commune=country["Ham"])
    elif verb == "delete":
        some.delete()
    elif verb == "add":
        make_initiative("Laine ressourcerie", commune=country["Rive"])
    elif verb == "rebuild":
        postings.rebuild()
    else:
        with connection.cursor() as cursor:
            if verb == "copy":
                copy_rows(cursor, [(1000 * n + which, 2.0, 46.0)])
            else:
                cursor.execute(
                    "UPDATE directory_initiative SET summary = 'Une laine brute.' WHERE id % 3 = 0"
                )


def paged(query: str, limit: int, cursor: str = "") -> list[int]:
    ids: list[int] = []
    while True:
        page = page_of(criteria(query), limit, cursor)
        ids += [row.pk for row in page.rows]
        if page.next_cursor is None:
            return ids
        cursor = page.next_cursor


@pytest.mark.parametrize(
    "query",
    [*QUERIES[:4], "q=laine&bbox=-180,-90,180,90", "q=laine&near=2,46&radius=200000&ordering=relevance"],
)
@pytest.mark.parametrize("ranked", [1, 3, 7, 1000])
def test_pages_and_the_whole_come_in_one_order(
    many: None, monkeypatch: pytest.MonkeyPatch, query: str, ranked: int
) -> None:
    Initiative.objects.update(location="SRID=4326;POINT(2 46)", precision="address")
    monkeypatch.setattr(relevance, "RANKED", ranked)
    asked = criteria(query)
    assert asked.text is not None
    ordered = list(asked.ordered(found(asked).head.q(asked.text)).values_list("pk", flat=True))
    assert set(ordered) == true_ids(query)
    for limit in (1, 4, len(ordered) or 1):
        assert paged(query, limit) == ordered
    page, matched = counted_page(asked, 4)
    assert (matched, len(page.rows)) == (len(ordered), min(4, len(ordered)))
    with one_moment():
        slugs = dict(Initiative.objects.values_list("slug", "pk"))
        written = b"".join(every_feature(asked, "")).decode()
    places = {pk: written.find(f'"id":"{slug}"') for slug, pk in slugs.items() if pk in set(ordered)}
    assert sorted(ordered, key=lambda pk: places[pk]) == ordered


def test_names_come_before_texts_and_texts_before_what_words_stand_for(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "RANKED", 2)
    Initiative.objects.all().delete()
    widened = make_initiative("Alpha", activities=[701])
    said = make_initiative("Beta", summary="Une ressourcerie.", activities=[901])
    named = make_initiative("Gamma ressourcerie", activities=[901])
    later = make_initiative("Delta ressourcerie", activities=[901])
    assert [*paged("q=ressourcerie", 1)][2:] == [widened.pk, said.pk]
    assert set(paged("q=ressourcerie", 9)[:2]) == {named.pk, later.pk}
    named.delete()
    assert paged("q=ressourcerie", 9) == [later.pk, said.pk, widened.pk]


@settings(max_examples=25)
@given(
    ranked=st.sampled_from([1, 2, 5, 9]),
    limit=st.integers(1, 6),
    steps=st.lists(
        st.lists(st.tuples(st.sampled_from(VERBS[:9]), st.integers(0, 99)), max_size=3),
        min_size=2,
        max_size=8,
    ),
)
def test_what_nobody_touched_comes_exactly_once_on_either_side_of_the_ranked(
    many: None, country: dict[str, Territory], ranked: int, limit: int, steps: list[list[tuple[str, int]]]
) -> None:
    query = "q=laine"
    with transaction.atomic(), mock.patch.object(relevance, "RANKED", ranked):  # undone below
        untouched = true_ids(query)
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = page_of(criteria(query), limit, cursor)
            seen += [row.pk for row in page.rows]
            cursor = page.next_cursor
            for verb, which in steps.pop(0) if steps else []:
                before = dict(Initiative.objects.values_list("pk", "search"))
                visible = set(Initiative.objects.visible().values_list("pk", flat=True))
                write("delete" if verb == "close" else verb, which, 0, country)
                after = dict(Initiative.objects.visible().values_list("pk", "search"))
                untouched -= {pk for pk in before if pk in visible and after.get(pk) != before[pk]}
        transaction.set_rollback(True)
    assert [seen.count(pk) for pk in untouched] == [1] * len(untouched)


@given(st.sets(st.integers(0, 5_000)))
def test_a_set_gives_its_ids_back(ids: set[int]) -> None:
    assert list(ids_of(of_ids(list(ids)))) == sorted(ids)


def test_the_check_tells_what_is_wrong_and_the_rebuilding_sets_it_right(many: None) -> None:
    call_command("pyramid", "rebuild", stdout=StringIO())
    call_command("pyramid", "check", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_posting SET ids = ids[2:], bits = NULL WHERE lexeme = 'lain'")
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("pyramid", "check", stdout=said)
    assert "word lain" in said.getvalue()
    call_command("pyramid", "rebuild", stdout=StringIO())
    call_command("pyramid", "check", stdout=StringIO())


def test_the_fold_makes_them_where_they_are_worth_it(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Initiative.objects.filter(publication="hidden").update(publication="published")
    call_command("pyramid", "fold", stdout=StringIO())
    assert changes() == 4
    monkeypatch.setattr(postings, "WORN", postings.WORN.replace("1000", "3"))
    call_command("pyramid", "fold", stdout=StringIO())
    assert changes() == 0
    agree("q=laine")


def test_a_reader_of_older_postings_is_told_so(many: None) -> None:
    lexeme = next(iter(next(iter(next(iter(criteria("q=laine").text.terms))))))  # type: ignore[union-attr]
    with pytest.raises(postings.Unread):
        postings._kept.read("00000000-0000-0000-0000-000000000000", lexeme)


def test_a_process_keeps_no_more_than_it_may(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "KEPT", 500)
    for query in QUERIES:
        agree(query)
    assert postings._kept.size <= 500
    assert postings._kept.size == sum(postings.weight(sets) for sets in postings._kept.sets.values())
