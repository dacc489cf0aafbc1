"""Several sessions write, fold and read at once: nobody waits, nothing is miscounted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from directory import postings, pyramid
from directory.facets import count, facets
from directory.models import Initiative
from directory.taxonomy import load_taxonomy
from directory.version import token
from tests.directory.conftest import criteria
from tests.directory.counting import check_everything, copy_rows
from tests.factories import join, make_grouping, make_initiative


@contextmanager
def another_session() -> Iterator[Any]:
    """A connection of its own that refuses to wait for a lock."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
            yield cursor
    finally:
        other.close()


@pytest.fixture
def crowd(transactional_db: None) -> list[int]:
    """Eight initiatives in two cells, committed."""
    load_taxonomy()
    return [make_initiative(at=(2.0 + n % 2, 46.0)).pk for n in range(8)]


MOVE = """
UPDATE directory_initiative SET location = ST_SetSRID(ST_MakePoint(%s, 46), 4326), name = %s WHERE id = %s
"""


def test_nobody_waits_for_an_import_that_is_not_committed(crowd: list[int]) -> None:
    before = token()
    with another_session() as importing, another_session() as writing, another_session() as folding:
        importing.execute("BEGIN")
        copy_rows(importing, [(n, 2.0 + n % 2, 46.0) for n in range(200)])
        assert token() == before, "what is not committed is not announced"
        writing.execute("BEGIN")
        writing.execute(MOVE, [3.0, "Ressourcerie nouvelle", crowd[0]])
        folding.execute("SELECT directory_fold()")
        assert folding.fetchone()[0] is not None
        writing.execute("COMMIT")
        committed = token()
        assert committed != before
        assert count(criteria("")) == 8
        check_everything()
        folding.execute("SELECT directory_rebuild_counts()")
        check_everything()
        importing.execute("COMMIT")
    assert token() not in (before, committed)
    assert count(criteria("")) == 208
    check_everything()
    pyramid.fold()
    check_everything()


def test_two_writers_in_opposite_orders_do_not_wait_for_each_other(crowd: list[int]) -> None:
    with another_session() as one, another_session() as other:
        for cursor in (one, other):
            cursor.execute("BEGIN")
        one.execute(MOVE, [2.5, "Zythologues", crowd[0]])
        other.execute(MOVE, [2.5, "Bricothèque", crowd[1]])
        one.execute(MOVE, [3.5, "Bricothèque", crowd[3]])
        other.execute(MOVE, [3.5, "Zythologues", crowd[2]])
        other.execute("ROLLBACK")
        one.execute("COMMIT")
    check_everything()


def test_one_session_folds_at_a_time(crowd: list[int]) -> None:
    with another_session() as folding:
        folding.execute("BEGIN")
        folding.execute("SELECT directory_fold()")
        assert pyramid.fold() is None
        check_everything()
        folding.execute("COMMIT")
    assert pyramid.fold() == 0
    check_everything()


def test_counts_are_exact_after_many_writers_and_foldings_at_once(crowd: list[int]) -> None:
    failed: list[Exception] = []

    def work(number: int) -> None:
        draw = random.Random(number)
        try:
            with another_session() as cursor:
                for step in range(25):
                    if number == 0:
                        cursor.execute("SELECT directory_fold()")
                        continue
                    cursor.execute("BEGIN")
                    copy_rows(cursor, [(number * 1000 + step, 2.0 + draw.random(), 46.0)])
                    mine = crowd[2 * number - 2 : 2 * number]
                    for pk in draw.sample(mine, len(mine)):
                        cursor.execute(MOVE, [2 + draw.randint(0, 3), f"Atelier {step}", pk])
                    cursor.execute("COMMIT" if draw.random() < 0.8 else "ROLLBACK")
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=work, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    check_everything()


def test_what_is_kept_between_two_readings_is_made_anew_when_somebody_joins(crowd: list[int]) -> None:
    pole = make_grouping("pole", members=(Initiative.objects.get(pk=crowd[0]),))
    assert facets(criteria("")).counts["ptce"] == {"pole": 1}
    join(pole, Initiative.objects.get(pk=crowd[1]))
    assert facets(criteria("")).counts["ptce"] == {"pole": 2}
    Initiative.objects.filter(pk=crowd[0]).update(publication="hidden")
    assert facets(criteria("")).counts["ptce"] == {"pole": 1}


def check_words(query: str) -> None:
    """What the postings find is what the rows say."""
    matches = postings.matches(criteria(query))
    assert matches is not None
    assert set(postings.ids_of(matches.every)) == set(
        criteria(query).initiatives().values_list("pk", flat=True)
    )


def test_what_others_commit_while_postings_are_made_is_not_forgotten(transactional_db: None) -> None:
    load_taxonomy()
    make_initiative("Laine")
    with another_session() as writing, another_session() as emptying:
        writing.execute("BEGIN")
        writing.execute("UPDATE directory_initiative SET name = 'Laine et lin'")
        copy_rows(writing, [(1, 2.0, 46.0)])
        postings.rebuild()
        check_words("q=lin")
        writing.execute("COMMIT")
        assert count(criteria("q=lin")) == 1
        assert count(criteria("q=ressourcerie")) == 1
        check_words("q=lin")
        emptying.execute("TRUNCATE directory_initiative CASCADE")
    assert count(criteria("q=lin")) == 0
    assert postings.matches(criteria("q=lin")) is None
    postings.rebuild()
    check_words("q=lin")
