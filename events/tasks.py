"""What events do by themselves: attendance is deleted when its time has come."""

from __future__ import annotations

from procrastinate.contrib.django import app

from events import closing


@app.periodic(cron="25 4 * * *")
@app.task(name="events.forget_attendance", queue="upkeep", queueing_lock="events.forget_attendance")
def forget_attendance(timestamp: int) -> None:
    """Delete who came to what was held twelve months ago; figures stay."""
    for event in closing.expired():
        closing.forget_attendance(event)
