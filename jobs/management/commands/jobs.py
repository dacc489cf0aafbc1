"""manage.py jobs: how the queue stands; which jobs failed, and to run them again."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from jobs import upkeep


class Command(BaseCommand):
    help = "Shows how the queue stands, lists the jobs that failed, runs them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failed", action="store_true", help="list the jobs that failed, oldest first")
        parser.add_argument("--retry", metavar="ID", help="queue this failed job again, or all of them: all")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"]:
            self._retry(options["retry"])
        elif options["failed"]:
            self._failed()
        else:
            self._standing()

    def _standing(self) -> None:
        now = upkeep.standing()
        counts = ProcrastinateJob.objects.values_list("status").annotate(n=Count("pk"))
        told = dict(counts.order_by("status"))
        for status in ("todo", "doing", "failed", "succeeded", "cancelled", "aborted"):
            self.stdout.write(f"{status:10} {told.get(status, 0)}")
        self.stdout.write(f"oldest job due waits: {_seconds(now.waiting) or 'nothing waits'}")
        self.stdout.write(f"last sign of a worker: {_seconds(now.worker, ' ago') or 'none'}")
        if not now.moves:
            raise CommandError("The queue stands still.")
        self.stdout.write("The queue moves.")

    def _failed(self) -> None:
        jobs = upkeep.failed()
        ended = ProcrastinateEvent.objects.filter(job__in=jobs, type="failed").order_by("at")
        when = dict(ended.values_list("job_id", "at"))
        for job in jobs:
            at = when.get(job.pk)
            self.stdout.write(
                f"{job.pk}  {job.task_name}  {job.args}  tried {job.attempts} times"
                + (f"  failed {at:%Y-%m-%d %H:%M} UTC" if at else "")
            )
        self.stdout.write(f"{len(jobs)} failed jobs." if jobs else "No failed job.")

    def _retry(self, which: str) -> None:
        if which == "all":
            numbers = list(upkeep.failed().values_list("pk", flat=True))
        elif which.isascii() and which.isdigit() and len(which) < 19:
            numbers = [int(which)]
        else:
            raise CommandError(f"--retry takes the number of a job or all, not {which[:40]!r}.")
        queued = sum(upkeep.retry(number) for number in numbers)
        if which != "all" and not queued:
            raise CommandError(f"No failed job has the number {which}.")
        self.stdout.write(f"{queued} jobs queued again.")


def _seconds(span: timedelta | None, after: str = "") -> str:
    return "" if span is None else f"{span.total_seconds():.0f} s{after}"
