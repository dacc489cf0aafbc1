"""How long to wait before trying again: twice as long each time, a day at most."""

from __future__ import annotations

from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

LONGEST_WAIT = timedelta(days=1)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many tries: 2 minutes after the first, 4 after the second."""
    return min(timedelta(minutes=2 ** min(attempts, 20)), LONGEST_WAIT)


class Backoff(BaseRetryStrategy):
    """Tries ``most`` times in all, whatever the error."""

    def __init__(self, most: int = 5) -> None:
        self.most = most

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        tried = job.attempts + 1  # procrastinate counts those before this one
        if tried >= self.most:
            return None
        return RetryDecision(retry_in={"seconds": int(wait_after(tried).total_seconds())})
