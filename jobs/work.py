"""Asking for work in the background, and telling how far it is.

    @work.task("directory.recount")
    def recount(progress: Progress) -> str:
        progress(0, 2, _("Les comptes de la carte"))
        …
        return "12 fiches"      # what whoever asked reads

    work.ask(recount, by=request.user, label=_("Recompter"), unique="recount")

A task may run twice where a worker was killed in the middle: it is written so that this does no harm.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from jobs.backoff import Backoff
from jobs.models import KEPT, LIVE, State, Work

TRIES = 5


class Cancelled(Exception):
    """Whoever asked does not want it any more."""


class CannotBeDone(Exception):
    """Trying again would not help; the text is shown to whoever asked."""


class Progress(Protocol):
    """Tells how far the work is. Called outside a transaction, so that it is seen at once."""

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Raises Cancelled where whoever asked does not want it any more."""


Body = Callable[..., str | None]


def task(
    name: str, *, queue: str = "work", tries: int = TRIES, lock: str | None = None
) -> Callable[[Body], Task[Any, Any, Any]]:
    """Make a task of a function that takes ``progress`` first; what it returns is shown as its result.

    Two tasks of the same ``lock`` never run at the same time.
    """

    def decorate(body: Body) -> Task[Any, Any, Any]:
        @app.task(name=name, queue=queue, lock=lock, retry=Backoff(tries), pass_context=True)
        @functools.wraps(body)
        def run(context: JobContext, *, work: int, language: str, **arguments: Any) -> None:
            with translation.override(language):
                _run(body, work, last=context.job.attempts + 1 >= tries, arguments=arguments)

        return run

    return decorate


def ask(task: Task[Any, Any, Any], *, by: Any, label: str, unique: str = "", **arguments: Any) -> Work:
    """Queue the task in the caller's transaction; ``by`` is a person, or None for the site itself.

    With ``unique``, what is still to be done under the same word is returned instead of being asked again.
    """
    if unique and (asked := Work.objects.live().filter(unique=unique).first()):
        return asked
    try:
        with transaction.atomic():
            work = Work.objects.create(asked_by=by, label=str(label), task=task.name, unique=unique)
            language = translation.get_language() or "fr"
            work.job = task.defer(work=work.pk, language=language, **arguments)
            work.save(update_fields=["job"])
    except IntegrityError:
        if not unique:
            raise
        return Work.objects.live().get(unique=unique)  # asked at the same time by another
    return work


def cancel(work: Work) -> bool:
    """End it before it begins, or at its next sign of progress; whether there was anything to end."""
    with transaction.atomic():
        row = Work.objects.select_for_update().get(pk=work.pk)
        if row.state not in LIVE:
            return False
        if row.state == State.RUNNING:
            row.cancel_requested = True
            row.save(update_fields=["cancel_requested"])
            return True
        if row.job is not None:
            app.job_manager.cancel_job_by_id(row.job)
        _end(Work.objects.filter(pk=row.pk), State.CANCELLED)
    return True


def forget() -> int:
    """Erase what ended long enough ago; how many."""
    return Work.objects.expired().delete()[0]


def _run(body: Body, pk: int, last: bool, arguments: dict[str, Any]) -> None:
    mine = Work.objects.filter(pk=pk, state__in=LIVE)
    if mine.filter(cancel_requested=True).exists():
        _end(mine, State.CANCELLED)
        return
    if not mine.update(state=State.RUNNING, started_at=timezone.now(), done=0, total=0, message="", error=""):
        return  # ended meanwhile

    def progress(done: int, total: int, message: str = "") -> None:
        if mine.filter(cancel_requested=True).exists():
            raise Cancelled
        mine.update(done=min(done, total), total=total, message=str(message)[:200])

    try:
        result = body(progress, **arguments)
    except Cancelled:
        _end(mine, State.CANCELLED)
    except CannotBeDone as reason:
        _end(mine, State.FAILED, error=str(reason))
    except Exception:
        if last:
            _end(mine, State.FAILED)
        else:
            mine.update(state=State.DELAYED)
        raise  # procrastinate tries again, or notes the failure with its traceback
    else:
        _end(mine, State.DONE, result=str(result or ""))


def _end(mine: QuerySet[Work], state: State, **told: str) -> None:
    now = timezone.now()
    mine.update(state=state, finished_at=now, expires_at=now + KEPT, **told)
