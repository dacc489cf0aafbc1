"""Delivery: once each, as far as SMTP lets anyone know.

A message is claimed, then handed over; each step is committed before the next. Between the dot that ends it
and the server's answer nobody but the server knows whether it was taken: a message found there after a crash
is ``uncertain``, is not sent again by itself, and an administrator decides. Killed before the dot, it is sent
again safely. A worker that was thought dead, and is not, finds its claim taken and does not send the dot.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from jobs.backoff import wait_after
from mail.models import ENDED_BADLY, Message, State
from mail.smtp import Delayed, Refused, Unknown, hand_over

logger = logging.getLogger(__name__)

# About five days of trying.
MOST_ATTEMPTS = 14
# Longer than a message is without a job while it is being queued.
LOST_AFTER = timedelta(hours=1)
# The task of mail/tasks.py, which imports this module.
DELIVER = "mail.deliver"


class Overtaken(Exception):
    """Another worker claimed this message meanwhile."""


def deliver(pk: int) -> datetime | None:
    """Send this message if it is still to be sent; when to try again, if it has to be.

    Not to be called inside a transaction: each step is committed before the next.
    """
    message = claim(pk)
    if message is None:
        return None
    mine = Message.objects.filter(pk=pk, attempts=message.attempts)
    try:
        hand_over(message, before_dot=lambda: _move(mine, State.SENDING, State.HANDING))
    except Overtaken:
        return None
    except Unknown as doubt:
        _end(mine, State.UNCERTAIN, str(doubt))
    except Refused as refusal:
        _end(mine, State.REFUSED, str(refusal))
    except Delayed as delay:
        return _postpone(mine, message.attempts, str(delay))
    else:
        # Even where it was thought lost in between: the server has it.
        mine.update(state=State.SENT, sent_at=timezone.now(), last_error="", next_attempt_at=None)
    return None


def claim(pk: int) -> Message | None:
    """Take the message for one try, whose number is the claim; None where it is not to be sent.

    Who calls holds its only job: a message found ``sending`` was left there by a worker that died.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=pk).first()
        if message is None:
            return None
        if message.state == State.HANDING:
            message.state = State.UNCERTAIN
            message.last_error = "The worker was stopped while the mail server was taking this message."
            message.save(update_fields=["state", "last_error"])
            return None
        if message.state not in (State.QUEUED, State.SENDING):
            return None
        message.state, message.attempts, message.next_attempt_at = State.SENDING, message.attempts + 1, None
        message.save(update_fields=["state", "attempts", "next_attempt_at"])
    return message


def send_again(messages: QuerySet[Message]) -> int:
    """Queue anew what ended badly among these, in the caller's transaction; how many."""
    chosen = [each.pk for each in messages.select_for_update().filter(state__in=ENDED_BADLY)]
    if not settings.EMAIL_HOST:
        return 0
    Message.objects.filter(pk__in=chosen).update(state=State.QUEUED, next_attempt_at=None, last_error="")
    for pk in chosen:
        app.configure_task(DELIVER, queue="mail").defer(message=pk)
    return len(chosen)


def take_up_lost(now: datetime | None = None) -> int:
    """Queue anew what waits and has no job, after a queue was emptied by hand or not restored; how many.

    What has a job that failed is told under the failed jobs.
    """
    waiting = Message.objects.filter(
        state__in=(State.QUEUED, State.SENDING, State.HANDING),
        created_at__lt=(now or timezone.now()) - LOST_AFTER,
    )
    known = list(waiting.values_list("pk", flat=True))
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER, status__in=("todo", "doing", "failed"))
    held = set(jobs.values_list("args__message", flat=True))
    lost = [pk for pk in known if pk not in held]
    for pk in lost:
        app.configure_task(DELIVER, queue="mail").defer(message=pk)
    return len(lost)


def forget(now: datetime | None = None) -> int:
    """Erase what was sent, or given up, more than MAIL_DAYS ago; how many messages.

    The key of a unique message stays, without the message, so that it is never written a second time.
    """
    limit = (now or timezone.now()) - timedelta(days=settings.MAIL_DAYS)
    ended = Message.objects.filter(created_at__lt=limit, state__in=(State.SENT, *ENDED_BADLY))
    old = ended.exclude(sent_at__gte=limit).exclude(to="")
    emptied = old.exclude(key="").update(to="", subject="", text="", html="", headers={}, last_error="")
    return emptied + old.filter(key="").delete()[0]


def _move(mine: QuerySet[Message], before: State, after: State) -> None:
    if not mine.filter(state=before).update(state=after):
        raise Overtaken


def _end(mine: QuerySet[Message], state: State, told: str) -> None:
    _note(mine, state)
    mine.exclude(state=State.SENT).update(state=state, last_error=told[:2000])


def _postpone(mine: QuerySet[Message], attempts: int, told: str) -> datetime | None:
    if attempts >= MOST_ATTEMPTS:
        _end(mine, State.GIVEN_UP, told)
        return None
    when = timezone.now() + wait_after(attempts)
    _note(mine, State.QUEUED)
    mine.filter(state__in=(State.SENDING, State.HANDING)).update(
        state=State.QUEUED, next_attempt_at=when, last_error=told[:2000]
    )
    return when


def _note(mine: QuerySet[Message], state: State) -> None:
    """Say in the journal that a message did not leave; whose it is, and what the server said, stay here."""
    for uuid, attempts in mine.values_list("uuid", "attempts"):
        logger.warning("Message %s did not leave at try %d: %s.", uuid, attempts, state.value)
