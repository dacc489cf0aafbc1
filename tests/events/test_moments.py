"""Over which half-days an event is held."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from events.models import Event
from events.moments import half_days

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("start", "end", "halves"),
    [
        ("2027-06-18T09:30", "2027-06-18T17:00", ["18 am", "18 pm"]),
        ("2027-06-18T09:30", "2027-06-18T14:00", ["18 am"]),
        ("2027-06-18T09:30", "2027-06-18T14:01", ["18 am", "18 pm"]),
        ("2027-06-18T11:59", "2027-06-18T17:00", ["18 am", "18 pm"]),
        ("2027-06-18T12:00", "2027-06-18T13:30", ["18 pm"]),
        ("2027-06-18T14:00", "2027-06-19T12:00", ["18 pm", "19 am"]),
        ("2027-06-18T18:00", "2027-06-19T00:00", ["18 pm"]),
        ("2027-03-27T18:00", "2027-03-29T10:00", ["27 pm", "28 am", "28 pm", "29 am"]),  # summer time begins
    ],
)
def test_mornings_and_afternoons_are_those_of_paris(start: str, end: str, halves: list[str]) -> None:
    moments = [datetime.fromisoformat(each).replace(tzinfo=PARIS) for each in (start, end)]
    found = half_days(Event(start=moments[0], end=moments[1]))
    assert [f"{each.start.day} {'pm' if each.afternoon else 'am'}" for each in found] == halves
