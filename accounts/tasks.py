"""What the worker does for accounts: what is over is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="27 * * * *")
@app.task(name="accounts.forget", queue="upkeep", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:
    """Erase accounts never confirmed, traces of sessions that are over, and counts of attempts."""
    from accounts.forgetting import forget as erase  # models, which are not there when tasks are read

    erase()
