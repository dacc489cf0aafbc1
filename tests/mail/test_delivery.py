"""Delivery: what the server says decides; what fails waits, what is refused is told, nothing leaves twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mail import delivery, smtp
from mail.delivery import LOST_AFTER, MOST_ATTEMPTS, claim, deliver, forget, send_again, take_up_lost
from mail.models import Message, State
from mail.posting import queue
from mail.writing import compose
from tests.jobs.running import run_queued
from tests.mail.server import Taken, serving

pytestmark = pytest.mark.django_db


def letter(**options: Any) -> Message:
    return queue(compose("Objet", ".point\n..deux\n\nFin é", "fr"), "ada@example.org", **options)


def now(message: Message) -> tuple[str, int]:
    message.refresh_from_db()
    return message.state, message.attempts


def test_a_message_arrives_whole(server: Taken) -> None:
    message = letter()
    assert run_queued("mail") == ["mail.deliver"]
    assert now(message) == (State.SENT, 1) and message.sent_at
    (arrived,) = server.messages
    body: Any = arrived.get_body(("plain",))
    assert body.get_content().replace("\r\n", "\n") == message.text
    assert (arrived["To"], arrived["Message-ID"].strip()) == ("ada@example.org", message.message_id)
    assert deliver(message.pk) is None and len(server.messages) == 1


def test_a_server_that_fails_delays_and_loses_nothing(smtp_port: int) -> None:
    message = letter()
    first = deliver(message.pk)  # nobody listens
    assert now(message) == (State.QUEUED, 1) and first == message.next_attempt_at
    assert "ConnectionRefusedError" in message.last_error
    with serving(smtp_port) as server:
        server.refuse_data = "451 later"
        second = deliver(message.pk)
        assert now(message) == (State.QUEUED, 2) and message.last_error == "451 later"
        server.refuse_data, server.refuse_recipient = None, "450 busy"
        third = deliver(message.pk)
        assert now(message) == (State.QUEUED, 3)
        server.refuse_recipient = None
        assert deliver(message.pk) is None and now(message) == (State.SENT, 4)
        assert len(server.messages) == 1
    assert first and second and third
    assert second - first > timedelta(minutes=1.9) and third - second > timedelta(minutes=3.9)


def test_what_fails_is_queued_for_later(smtp_port: int) -> None:
    from mail.tasks import ToBeTriedAgain, WhenSaid

    message = letter()
    with pytest.raises(ToBeTriedAgain) as said:
        run_queued("mail")
    (job,) = ProcrastinateJob.objects.filter(task_name="mail.deliver")
    decision = WhenSaid().get_retry_decision(exception=said.value, job=job.procrastinate_job)
    message.refresh_from_db()
    assert decision and decision.retry_at == message.next_attempt_at


def test_after_days_of_trying_it_is_given_up_and_told(smtp_port: int) -> None:
    message = letter()
    Message.objects.update(attempts=MOST_ATTEMPTS - 2)
    assert deliver(message.pk) is not None and now(message) == (State.QUEUED, MOST_ATTEMPTS - 1)
    assert deliver(message.pk) is None and now(message) == (State.GIVEN_UP, MOST_ATTEMPTS)
    assert message.may_be_sent_again


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("499 no", State.QUEUED),
        ("500 no", State.REFUSED),
        ("550 unknown", State.REFUSED),
        ("530 sign in", State.QUEUED),
    ],
)
def test_only_a_lasting_refusal_of_the_message_ends_it(server: Taken, code: str, state: State) -> None:
    message = letter()
    server.refuse_recipient = code
    deliver(message.pk)
    assert now(message) == (state, 1) and message.last_error == code
    server.refuse_recipient, server.refuse_data = None, code
    second = letter()
    deliver(second.pk)
    assert now(second)[0] == state
    assert not server.messages


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_does_not_know_us_delays_and_the_right_password_sends(
    smtp_port: int, settings: Any
) -> None:
    message = letter()
    with serving(smtp_port, password="right") as server:
        for user, password in (("", ""), ("maillage", "wrong")):
            settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = user, password
            assert deliver(message.pk) is not None
            assert now(message)[0] == State.QUEUED and message.last_error
            assert "wrong" not in message.last_error
        settings.EMAIL_HOST_PASSWORD = "right"
        assert deliver(message.pk) is None
        assert now(message) == (State.SENT, 3) and len(server.messages) == 1


def test_a_server_that_takes_the_dot_and_does_not_answer_leaves_it_uncertain(server: Taken) -> None:
    message = letter()
    server.silent = True
    assert deliver(message.pk) is None
    assert now(message) == (State.UNCERTAIN, 1)
    server.going_on.set()
    assert deliver(message.pk) is None and len(server.messages) == 1
    assert send_again(Message.objects.all()) == 1 and now(message)[0] == State.QUEUED
    assert deliver(message.pk) is None and now(message) == (State.SENT, 2)
    assert server.messages[0]["Message-ID"] == server.messages[1]["Message-ID"]


def test_a_worker_thought_dead_does_not_send_what_another_took(
    server: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = letter()
    honest = smtp.hand_over

    def slow(mine: Message, before_dot: Any) -> None:
        def meanwhile() -> None:
            monkeypatch.setattr(delivery, "hand_over", honest)
            deliver(message.pk)  # the other one, from claim to end
            before_dot()

        honest(mine, meanwhile)

    monkeypatch.setattr(delivery, "hand_over", slow)
    assert deliver(message.pk) is None
    assert now(message) == (State.SENT, 2) and len(server.messages) == 1


def test_one_thought_lost_that_the_server_took_after_all_is_sent(
    server: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = letter()
    honest = smtp.hand_over

    def slow(mine: Message, before_dot: Any) -> None:
        honest(mine, before_dot)
        assert claim(message.pk) is None  # another looks, between the dot and what we note of the answer
        assert now(message)[0] == State.UNCERTAIN

    monkeypatch.setattr(delivery, "hand_over", slow)
    deliver(message.pk)
    assert now(message) == (State.SENT, 1)


@pytest.mark.parametrize("state", list(State))
def test_only_what_ended_badly_is_sent_again(smtp_port: int, state: State) -> None:
    message = letter()
    Message.objects.update(state=state)
    ended_badly = state in (State.KEPT, State.REFUSED, State.GIVEN_UP, State.UNCERTAIN)
    assert message.__class__.objects.get().may_be_sent_again == ended_badly
    assert send_again(Message.objects.all()) == ended_badly


def test_without_a_server_nothing_can_be_sent_again() -> None:
    message = letter()
    assert send_again(Message.objects.all()) == 0 and now(message)[0] == State.KEPT


def test_messages_are_erased_after_their_days_and_keys_stay(server: Taken, settings: Any) -> None:
    moment = timezone.now()
    days = timedelta(days=settings.MAIL_DAYS)
    kept, old, unique, waiting = letter(), letter(), letter(key="notice:1"), letter()
    refused = letter()
    Message.objects.update(state=State.SENT, created_at=moment - days - timedelta(days=9))
    Message.objects.filter(pk=kept.pk).update(sent_at=moment - days + timedelta(seconds=1))
    Message.objects.filter(pk__in=(old.pk, unique.pk)).update(sent_at=moment - days - timedelta(seconds=1))
    Message.objects.filter(pk=waiting.pk).update(state=State.QUEUED)
    Message.objects.filter(pk=refused.pk).update(state=State.REFUSED)
    assert forget(moment) == 3 and forget(moment) == 0
    assert set(Message.objects.values_list("pk", flat=True)) == {kept.pk, unique.pk, waiting.pk}
    unique.refresh_from_db()
    assert (unique.to, unique.subject, unique.text, unique.html) == ("", "", "", "")
    assert letter(key="notice:1") == unique  # and nothing is written a second time


def test_what_waits_and_has_lost_its_job_is_queued_anew(smtp_port: int) -> None:
    lost, young, held, sent = letter(), letter(), letter(), letter()
    an_hour = timezone.now() - LOST_AFTER
    Message.objects.update(created_at=an_hour - timedelta(seconds=1))
    Message.objects.filter(pk=young.pk).update(created_at=an_hour + timedelta(seconds=60))
    Message.objects.filter(pk=sent.pk).update(state=State.SENT)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE (args->>'message')::int <> %s", [held.pk])
    assert take_up_lost() == 1 and take_up_lost() == 0
    queued = ProcrastinateJob.objects.filter(task_name="mail.deliver", queue_name="mail")
    assert sorted(job.args["message"] for job in queued) == sorted([lost.pk, held.pk])
