"""The queue: what failed is shown and run again, what a killed worker was at is taken up again."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.tasks import recount
from jobs import tasks, upkeep, work
from jobs.models import State, Work
from tests.jobs.running import an_hour_passes, apart, context_of, empty_queue, run_queued, until, worker


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("jobs", *arguments, stdout=out)
    return out.getvalue()


def failed(attempts: int = 1) -> Work:
    """Work whose job failed for good."""
    one = work.ask(recount, by=None, label="Recompter")
    with connection.cursor() as cursor:
        for status in ("doing", "failed"):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s, attempts = %s WHERE id = %s",
                [status, attempts, one.job],
            )
    Work.objects.filter(pk=one.pk).update(state=State.FAILED)
    return one


@pytest.fixture
def heard(db: None) -> None:
    """A worker was just heard of."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


@pytest.mark.django_db
class TestCommand:
    def test_it_says_how_the_queue_stands(self, heard: None) -> None:
        work.ask(recount, by=None, label="Recompter")
        told = said()
        assert "todo       1\n" in told and "The queue moves." in told

    def test_it_ends_with_an_error_where_the_queue_stands_still(self) -> None:
        with pytest.raises(CommandError, match="^The queue stands still"):
            said()

    def test_it_lists_what_failed(self) -> None:
        assert said("--failed") == "No failed job.\n"
        one = failed(attempts=5)
        told = said("--failed")
        assert f"{one.job}  directory.recount" in told and "tried 5 times" in told and "UTC" in told
        assert told.endswith("1 failed jobs.\n")

    def test_it_runs_one_again_or_all(self) -> None:
        one, two, three = failed(), failed(), failed()
        assert said("--retry", str(two.job)) == "1 jobs queued again.\n"
        assert run_queued() == ["directory.recount"]
        for each, state in ((one, State.FAILED), (two, State.DONE), (three, State.FAILED)):
            each.refresh_from_db()
            assert each.state == state
        assert said("--retry", "all") == "2 jobs queued again.\n"
        assert said("--retry", "all") == "0 jobs queued again.\n"

    @pytest.mark.parametrize("number", ["0", "999999999", "-1", "x", "9" * 40, "٣", "1\0"])
    def test_what_is_no_failed_job_is_refused(self, number: str) -> None:
        with pytest.raises(CommandError, match="^(No failed job has the number|--retry takes the number)"):
            said(f"--retry={number}")


@pytest.mark.django_db
def test_every_periodic_task_runs() -> None:
    names = set()
    for periodic in app.periodic_registry.periodic_tasks.values():
        task = periodic.task
        names.add(task.name)
        if task.name in ("jobs.take_up_again", "jobs.forget"):
            continue  # they speak to the worker's own connection: tried below
        arguments = [context_of(ProcrastinateJob(pk=1))] if task.pass_context else []
        task.func(*arguments, timestamp=0)
    assert {"directory.fold", "directory.forget_reporters", "jobs.forget_works", "mail.forget"} <= names


@pytest.fixture
def own_queue(transactional_db: None) -> Iterator[None]:
    empty_queue()
    yield
    empty_queue()


@pytest.mark.slow
@pytest.mark.usefixtures("own_queue")
def test_a_killed_workers_work_is_taken_up_again_and_ends_once() -> None:
    one = work.ask(recount, by=None, label="Recompter", unique="recount")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE directory_pyramid")  # the work waits, and dies in its middle
        with worker() as first:
            until(lambda: Work.objects.get(pk=one.pk).state == State.RUNNING)
            first.kill()
            first.wait()
        cursor.execute("ROLLBACK")
    assert ProcrastinateJob.objects.get(pk=one.job).status == "doing"
    an_hour_passes()
    with worker() as second:
        until(lambda: Work.objects.get(pk=one.pk).state == State.DONE)
        time.sleep(0.2)
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    job = ProcrastinateJob.objects.get(pk=one.job)
    assert (job.status, job.attempts) == ("succeeded", 2)


@pytest.mark.usefixtures("own_queue")
def test_jobs_of_workers_that_are_gone_are_taken_up_just_after_their_last_sign_is_too_old() -> None:
    jobs = [work.ask(recount, by=None, label="Recompter") for _ in range(4)]
    with connection.cursor() as cursor:
        for one, silent in zip(jobs, (29, 31, None, 31), strict=True):
            gone = None
            if silent is not None:
                cursor.execute(
                    "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 s')"
                    " RETURNING id",
                    [silent],
                )
                (gone,) = cursor.fetchone()
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', lock = NULL, worker_id = %s WHERE id = %s",
                [gone, one.job],
            )
        cursor.execute(
            "UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s", [upkeep.MOST_TAKEN_UP, jobs[3].job]
        )
    assert apart(upkeep.take_up_again) == 2
    states = [ProcrastinateJob.objects.get(pk=one.job).status for one in jobs]
    assert states == ["doing", "todo", "todo", "failed"]  # the last one ended its worker time and again
    assert Work.objects.get(pk=jobs[3].pk).state == State.FAILED


@pytest.mark.usefixtures("own_queue")
def test_jobs_that_ended_are_forgotten_the_failed_ones_later() -> None:
    kept = [failed(), failed(), failed(), failed()]
    with connection.cursor() as cursor:
        for one, (status, age) in zip(
            kept, [("succeeded", 4), ("succeeded", 2), ("failed", 61), ("failed", 59)], strict=True
        ):
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, one.job])
            when = timezone.now() - timedelta(days=age)
            cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [when, one.job])
    job = ProcrastinateJob.objects.get(pk=kept[1].job)
    apart(tasks.forget.func, context_of(job), timestamp=0)
    assert list(ProcrastinateJob.objects.order_by("pk").values_list("pk", flat=True)) == [
        kept[1].job,
        kept[3].job,
    ]
