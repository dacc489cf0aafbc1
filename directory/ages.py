"""How old what a record says may grow, in months of the calendar."""

from __future__ import annotations

import calendar
from datetime import datetime

from django.utils import timezone

# Since a person last vouched for it: asked for anew, then hidden (directory.retention).
TO_CONFIRM, HIDDEN = 24, 36


def months_before(now: datetime, months: int) -> datetime:
    """The same day so many months ago, or the last day of that month where it is shorter."""
    local = timezone.localtime(now)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def to_confirm_before() -> datetime:
    """Records that nobody has vouched for since then, or at that moment, are to be confirmed again. It moves
    with the day, as the validators of answers do: what a reader holds is not stale before midnight."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return months_before(today, TO_CONFIRM)
