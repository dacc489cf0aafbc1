"""Mail by a worker of its own, which is killed: every message arrives once, or somebody is told."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from mail.models import Message, State
from mail.posting import queue
from mail.writing import compose
from tests.jobs.running import an_hour_passes, empty_queue, until, worker
from tests.mail.server import Taken, serving

MANY = 100


@pytest.fixture(autouse=True)
def _queue(transactional_db: None) -> Iterator[None]:
    empty_queue()
    yield
    empty_queue()


def post(count: int = 1) -> None:
    for number in range(count):
        queue(compose(f"Lettre {number}", "Bonjour.", "fr"), f"personne{number}@example.org")


def states() -> Counter[str]:
    return Counter(Message.objects.values_list("state", flat=True))


@pytest.mark.slow
def test_the_worker_is_killed_in_the_middle_of_a_hundred_mails_and_each_arrives_once(
    server: Taken, smtp_port: int
) -> None:
    post(MANY)
    server.hold_after = 40
    surroundings = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}", "DATABASE_POOL_SIZE": "4"}
    with worker(**surroundings) as first:
        until(lambda: server.held == 2)  # two at once, both in the middle
        first.kill()
        first.wait()
    before = states()
    assert 40 <= before[State.SENT] <= 41 and before[State.SENDING] == 2
    server.hold_after = None
    server.going_on.set()
    an_hour_passes()
    with worker(**surroundings) as second:
        until(lambda: states() == {State.SENT: MANY})
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    assert sorted(server.recipients) == sorted(f"personne{number}@example.org" for number in range(MANY))
    assert len({message["Message-ID"] for message in server.messages}) == MANY
    assert not ProcrastinateJob.objects.filter(status__in=("doing", "failed")).exists()


@pytest.mark.slow
def test_killed_while_the_server_was_taking_it_a_mail_is_not_sent_again_and_is_told_to_administrators(
    server: Taken, smtp_port: int
) -> None:
    post()
    server.silent = True  # it has the dot, and does not answer
    surroundings = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}", "DATABASE_POOL_SIZE": "0"}
    with worker(**surroundings) as first:
        until(lambda: len(server.messages) == 1)
        assert states() == {State.HANDING: 1}
        first.kill()
        first.wait()
    server.silent = False
    an_hour_passes()
    with worker(**surroundings):
        until(lambda: states() == {State.UNCERTAIN: 1})
        post(2)
        until(lambda: len(server.messages) == 3)
    assert server.recipients.count("personne0@example.org") == 2  # the first one, and that of after
    assert Message.objects.get(state=State.UNCERTAIN).may_be_sent_again


@pytest.mark.slow
def test_asked_to_stop_a_worker_ends_what_it_is_at(server: Taken, smtp_port: int) -> None:
    post(4)
    server.hold_after = 0
    with worker(EMAIL_URL=f"smtp://127.0.0.1:{smtp_port}") as process:
        until(lambda: server.held == 2)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # it takes nothing more by now
        server.going_on.set()
        assert process.wait(20) == 0
    assert states() == {State.SENT: 2, State.QUEUED: 2}
    assert not ProcrastinateJob.objects.filter(status="doing").exists()


@pytest.mark.slow
def test_a_server_that_is_away_then_busy_then_there_gets_it_once(smtp_port: int) -> None:
    post()
    surroundings = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}"}
    due_again(surroundings)
    assert "ConnectionRefusedError" in Message.objects.get().last_error
    with serving(smtp_port) as server:
        server.refuse_data = "451 come back later"
        due_again(surroundings)
        assert (Message.objects.get().last_error, states()) == ("451 come back later", {State.QUEUED: 1})
        server.refuse_data = None
        due_again(surroundings)
        assert states() == {State.SENT: 1} and len(server.messages) == 1


def due_again(surroundings: dict[str, str]) -> None:
    """The minutes are over after which it is tried again: a worker does what is due, and ends."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    with worker("--one-shot", **surroundings) as process:
        assert process.wait(30) == 0
