"""The worker's own upkeep. Everything here may run at any time, and twice."""

from __future__ import annotations

from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app

from jobs import upkeep

KEPT_HOURS = 72
FAILED_KEPT_HOURS = 24 * 60


# At the start of a worker too: it then does what was due in the last ten minutes.
@app.periodic(cron="* * * * *")
@app.task(name="jobs.take_up_again", queue="upkeep", queueing_lock="jobs.take_up_again", priority=10)
async def take_up_again(timestamp: int) -> None:
    """Queue again what killed workers were at."""
    await upkeep.take_up_again()


@app.periodic(cron="7 * * * *")
@app.task(name="jobs.forget", queue="upkeep", queueing_lock="jobs.forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:
    """Erase jobs that ended: what went well after three days, what failed or was cancelled after sixty."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=KEPT_HOURS)
    await manager.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="12 * * * *")
@app.task(name="jobs.forget_works", queue="upkeep", queueing_lock="jobs.forget_works")
def forget_works(timestamp: int) -> None:
    """Erase what people asked for and was kept long enough, and sessions that are over."""
    from jobs import work

    work.forget()
    call_command("clearsessions")
