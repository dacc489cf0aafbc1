"""The queue itself: does it move, what failed, and what a killed worker left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker
from procrastinate.jobs import Status

from jobs.models import KEPT, State, Work

# Beyond either, somebody should look. A job may wait its turn behind a long one.
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_SILENCE = timedelta(minutes=2)
# A worker tells each 10 s that it lives; procrastinate itself counts it as gone after 30.
GONE_SECONDS = 30
# More tries than any of our tasks makes by itself.
MOST_TAKEN_UP = 30


@dataclass(frozen=True)
class Standing:
    """How the queue stands: for how long the oldest job that is due has been ``waiting`` (None: no job is),
    how long ago a ``worker`` last told that it lives (None: there is none), how many jobs ``failed``."""

    waiting: timedelta | None
    worker: timedelta | None
    failed: int

    @property
    def worker_silent(self) -> bool:
        return self.worker is None or self.worker > LONGEST_SILENCE

    @property
    def moves(self) -> bool:
        return not self.worker_silent and (self.waiting is None or self.waiting <= LONGEST_WAIT)


def standing(now: datetime | None = None) -> Standing:
    """How the queue stands now."""
    now = now or timezone.now()
    heard = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    since = oldest_due(now)
    return Standing(
        waiting=None if since is None else max(now - since, timedelta()),
        worker=None if heard is None else max(now - heard, timedelta()),
        failed=ProcrastinateJob.objects.filter(status="failed").count(),
    )


def oldest_due(now: datetime) -> datetime | None:
    """Since when the job that waits longest has been due."""
    due = ProcrastinateJob.objects.filter(status="todo")
    planned = due.filter(scheduled_at__lte=now).aggregate(at=Min("scheduled_at"))["at"]
    unplanned = due.filter(scheduled_at=None)
    deferred = ProcrastinateEvent.objects.filter(job__in=unplanned, type="deferred").aggregate(at=Min("at"))
    return min((at for at in (planned, deferred["at"]) if at is not None), default=None)


def failed() -> QuerySet[ProcrastinateJob]:
    """Jobs that failed for good, oldest first."""
    return ProcrastinateJob.objects.filter(status="failed").order_by("pk")


def retry(job: int) -> bool:
    """Queue a failed job again, due at once; False where no failed job has this number."""
    with transaction.atomic():
        if not failed().select_for_update().filter(pk=job).exists():
            return False
        app.job_manager.retry_job_by_id(job, timezone.now())
        Work.objects.filter(job=job, state=State.FAILED).update(
            state=State.QUEUED, error="", finished_at=None, expires_at=None
        )
    return True


async def take_up_again() -> int:
    """Queue again what workers that are gone were at; how many jobs.

    A job that ended its worker time and again, by eating all memory say, fails instead.
    """
    left = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE_SECONDS)
    count = 0
    for job in left:
        if job.attempts >= MOST_TAKEN_UP:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            await (
                Work.objects.live()
                .filter(job=job.id)
                .aupdate(state=State.FAILED, finished_at=timezone.now(), expires_at=timezone.now() + KEPT)
            )
        else:
            await app.job_manager.retry_job(job)
            count += 1
    return count
