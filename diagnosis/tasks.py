"""What the worker does for diagnoses: figures counted anew where something changed, and reports made."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from diagnosis.counting import count_everything, is_current
from diagnosis.stored import AT_ONCE, lacking, store


@app.periodic(cron="*/20 * * * *")
@app.task(name="diagnosis.count", queue="upkeep", lock="diagnosis.count", queueing_lock="diagnosis.count")
def count(timestamp: int) -> None:
    """Count everything, unless nothing changed since the last time; then have the reports made."""
    if not is_current():
        count_everything()
    if lacking().exists():
        ask_for_reports()


# After whatever else waits, and a few at a time, so that nothing waits long behind all of France.
@app.task(
    name="diagnosis.make_reports", queue="upkeep", lock="diagnosis.reports", priority=-10,
    queueing_lock="diagnosis.reports",
)  # fmt: skip
def make_reports() -> None:
    """Store the reports of official territories."""
    if store() == AT_ONCE:
        ask_for_reports()


def ask_for_reports() -> None:
    with suppress(AlreadyEnqueued), transaction.atomic():
        make_reports.defer()
