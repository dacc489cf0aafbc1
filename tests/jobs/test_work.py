"""Asking for work: told, tried again, done once where twice would harm, forgotten after a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from jobs import work
from jobs.backoff import Backoff, wait_after
from jobs.models import KEPT, State, Work
from jobs.work import CannotBeDone, Progress
from tests.jobs.running import run_queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> list[Any]:
    """What the tests' own task does: the functions in it, one for each time it is run."""
    return []


@pytest.fixture
def task(body: list[Any]) -> Iterator[Any]:
    def do(progress: Progress, number: int = 0) -> str | None:
        result: str | None = body.pop(0)(progress, number)
        return result

    yield work.task("tests.do", tries=3)(do)
    app.tasks.pop("tests.do")


def ask(task: Any, **options: Any) -> Work:
    return work.ask(task, by=None, label="Un travail", **options)


def now(one: Work) -> str:
    one.refresh_from_db()
    return one.state


def test_work_is_asked_for_told_and_done(task: Any, body: list[Any]) -> None:
    person = User.objects.create_user("ada@example.org", "maillage")
    one = work.ask(task, by=person, label="Un travail", number=7)
    assert now(one) == State.QUEUED and one.asked_by == person and one.live

    def do(progress: Progress, number: int) -> str:
        progress(1, number, "première étape")
        assert now(one) == State.RUNNING
        assert (one.done, one.total, one.message) == (1, 7, "première étape")
        return "sept"

    body.append(do)
    assert run_queued() == ["tests.do"]
    assert (now(one), one.result, one.live) == (State.DONE, "sept", False)
    assert one.finished_at and one.expires_at == one.finished_at + KEPT


def test_a_transaction_undone_asks_for_nothing(task: Any) -> None:
    def asked_in_vain() -> None:
        with transaction.atomic():
            ask(task)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        asked_in_vain()
    assert not Work.objects.exists() and not ProcrastinateJob.objects.exists()


def test_where_twice_would_harm_it_is_asked_once_until_it_is_done(task: Any, body: list[Any]) -> None:
    one = ask(task, unique="one")
    assert ask(task, unique="one") == one and ask(task, unique="two") != one and ask(task) != one
    body += [lambda *_: None] * 3
    run_queued()
    assert now(one) == State.DONE and ask(task, unique="one") != one


def test_the_database_itself_refuses_a_second_one_asked_for_at_the_same_time(
    task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(task, unique="one")
    honest, looks = type(Work.objects).live, iter([Work.objects.none()])
    monkeypatch.setattr(type(Work.objects), "live", lambda self: next(looks, honest(self)))
    assert ask(task, unique="one") == first and ProcrastinateJob.objects.count() == 1


def test_an_error_is_tried_again_later_and_told_after_the_last_time(task: Any, body: list[Any]) -> None:
    one = ask(task)

    def fail(*_: Any) -> None:
        raise ValueError("secret of the inside")

    body += [fail, fail]
    with pytest.raises(ValueError, match="secret"):
        run_queued()
    assert now(one) == State.DELAYED and one.live and one.error == ""
    with connection.cursor() as cursor:  # it is the last of its three tries
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo', attempts = 2")
    with pytest.raises(ValueError, match="secret"):
        run_queued()
    assert now(one) == State.FAILED and one.error == "" and one.finished_at


def test_what_cannot_be_done_is_said_in_its_words_and_not_tried_again(task: Any, body: list[Any]) -> None:
    one = ask(task)

    def refuse(*_: Any) -> None:
        raise CannotBeDone("Il n’y a rien à compter.")

    body.append(refuse)
    run_queued()
    assert (now(one), one.error) == (State.FAILED, "Il n’y a rien à compter.")


def test_cancelled_while_it_runs_it_ends_at_its_next_sign(task: Any, body: list[Any]) -> None:
    one = ask(task)

    def do(progress: Progress, number: int) -> None:
        progress(1, 2)
        assert work.cancel(one)
        progress(2, 2)
        raise AssertionError("it went on")

    body.append(do)
    run_queued()
    assert now(one) == State.CANCELLED and not work.cancel(one)


def test_cancelled_between_two_tries_it_is_not_run(task: Any) -> None:
    one = ask(task)
    Work.objects.update(state=State.DELAYED)
    assert work.cancel(one) and now(one) == State.CANCELLED
    assert run_queued() == []


def test_what_is_over_is_not_run_by_a_job_that_comes_late(task: Any) -> None:
    one = ask(task)
    Work.objects.update(state=State.CANCELLED)
    assert run_queued() == ["tests.do"]  # its body, which would fail for want of anything to do, is not
    assert now(one) == State.CANCELLED


def test_results_are_kept_for_a_while_and_what_goes_on_for_ever(task: Any, body: list[Any]) -> None:
    kept, old, live = ask(task), ask(task), ask(task)
    moment = timezone.now()
    Work.objects.exclude(pk=live.pk).update(state=State.DONE, expires_at=moment + timedelta(seconds=5))
    Work.objects.filter(pk=old.pk).update(expires_at=moment - timedelta(seconds=1))
    Work.objects.filter(pk=live.pk).update(expires_at=moment - timedelta(days=9))
    assert work.forget() == 1
    assert set(Work.objects.all()) == {kept, live}


def test_waits_double_up_to_a_day() -> None:
    minutes = [wait_after(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 10, 11, 1000)]
    assert minutes == [2, 4, 8, 1024, 1440, 1440]


def test_the_last_try_is_the_last(task: Any) -> None:
    ask(task)
    job = ProcrastinateJob.objects.get().procrastinate_job
    tries = [
        Backoff(3).get_retry_decision(exception=ValueError(), job=job.evolve(attempts=n)) for n in (0, 1, 2)
    ]
    assert tries[0] and tries[1] and tries[2] is None


def test_it_speaks_the_language_of_whoever_asked(task: Any, body: list[Any]) -> None:
    from django.utils.translation import get_language, override

    with override("en"):
        one = ask(task)
    body.append(lambda *_: get_language())
    run_queued()
    assert now(one) == State.DONE and one.result == "en"
