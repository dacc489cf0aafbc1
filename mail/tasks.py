"""What the worker does with mail."""

from __future__ import annotations

from datetime import datetime

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job


class ToBeTriedAgain(Exception):
    """Not an error: the mail server did not take the message, and will be asked again at ``when``."""

    def __init__(self, when: datetime) -> None:
        super().__init__(f"to be tried again at {when:%Y-%m-%d %H:%M:%S %Z}")
        self.when = when


class WhenSaid(BaseRetryStrategy):
    """Again when delivery says so; after an error of ours, such as a database that is away, in a minute."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, ToBeTriedAgain):
            return RetryDecision(retry_at=exception.when)
        return RetryDecision(retry_in={"minutes": 1}) if job.attempts < 100 else None


@app.task(name="mail.deliver", queue="mail", retry=WhenSaid())
def deliver(*, message: int) -> None:
    """Hand one message to the mail server."""
    from mail.delivery import deliver as hand_over

    if when := hand_over(message):
        raise ToBeTriedAgain(when)


@app.periodic(cron="17 * * * *")
@app.task(name="mail.forget", queue="upkeep", queueing_lock="mail.forget")
def forget(timestamp: int) -> None:
    """Erase messages sent more than MAIL_DAYS ago."""
    from mail.delivery import forget as erase

    erase()


@app.periodic(cron="27 * * * *")
@app.task(name="mail.take_up_lost", queue="upkeep", queueing_lock="mail.take_up_lost")
def take_up_lost(timestamp: int) -> None:
    """Queue anew what waits and has no job."""
    from mail.delivery import take_up_lost as take_up

    take_up()
