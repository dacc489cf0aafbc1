"""What the worker does for diagnoses: figures counted anew where something changed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from diagnosis.counting import count_everything, is_current


@app.periodic(cron="*/20 * * * *")
@app.task(name="diagnosis.count", queue="upkeep", lock="diagnosis.count", queueing_lock="diagnosis.count")
def count(timestamp: int) -> None:
    """Count everything, unless nothing changed since the last time."""
    if not is_current():
        count_everything()
