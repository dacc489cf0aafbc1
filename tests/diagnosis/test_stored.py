"""Stored reports say what would be computed now, and are read only while they do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from diagnosis import counting, stored, tasks
from diagnosis.errors import NothingCounted
from diagnosis.models import StoredReport
from diagnosis.report import report
from territories.models import Territory
from tests.diagnosis.conftest import scatter
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db
STORED = {"country-FR", "region-75", "departement-23", "departement-19", "epci-200000001"}


def test_nothing_is_stored_before_anything_was_counted(country: dict[str, Territory]) -> None:
    assert stored.store() == 0
    with pytest.raises(NothingCounted):
        stored.read(country["Creuse"])


def test_a_stored_report_is_the_one_that_would_be_made_now(country: dict[str, Territory]) -> None:
    scatter(country, 80, 3)
    counting.count_everything()
    assert stored.store() == len(STORED)
    assert set(StoredReport.objects.values_list("pk", flat=True)) == STORED
    for territory in country.values():
        assert stored.read(territory) == report(territory), territory


def test_reading_asks_the_database_once(country: dict[str, Territory]) -> None:
    scatter(country, 20, 3)
    counting.count_everything()
    stored.store()
    with CaptureQueriesContext(connection) as asked:
        stored.read(country["Creuse"])
    assert len(asked) == 1


def test_peers_that_a_reader_chose_are_never_those_stored(country: dict[str, Territory]) -> None:
    counting.count_everything()
    stored.store()
    chosen = stored.read(country["Creuse"], ["departement-19"])
    assert [each.id for each in chosen.peers] == ["departement-19"]


@pytest.mark.parametrize(("name", "peers"), [
    ("Creuse", ["departement-19"]), ("Région", ["region-75"]), ("Entre deux", []),
])  # fmt: skip
def test_beside_chosen_peers_a_stored_report_says_what_would_be_computed_now(
    country: dict[str, Territory], name: str, peers: list[str]
) -> None:
    scatter(country, 80, 3)
    counting.count_everything()
    stored.store()
    assert stored.kept(country[name]) is not None
    with CaptureQueriesContext(connection) as asked:
        found = stored.read(country[name], peers)
    assert found == report(country[name], peers)
    assert not any("directory_initiative" in each["sql"] for each in asked), "no initiative is read for it"


def test_after_a_counting_nobody_reads_the_figures_before_it(country: dict[str, Territory]) -> None:
    counting.count_everything()
    stored.store()
    make_initiative(commune=country["Gioux"])
    assert stored.read(country["Creuse"]).zone.count == 0, "until it is counted"
    counting.count_everything()
    assert stored.read(country["Creuse"]).zone.count == 1
    assert stored.store() == len(STORED), "all are made anew"
    assert stored.store() == 0


def test_nobody_waits_for_france_to_be_made_after_a_counting(country: dict[str, Territory]) -> None:
    counting.count_everything()
    stored.store()
    before = stored.read(country["France"])
    make_initiative(commune=country["Gioux"])
    edition = counting.count_everything()
    assert stored.read(country["France"]) == before, "it says its date"
    stored.store()
    assert (stored.read(country["France"]).zone.count, before.zone.count) == (1, 0)
    assert stored.read(country["France"]).data_date == edition.at


def test_other_code_makes_other_reports(
    country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.count_everything()
    stored.store()
    StoredReport.objects.update(body="{}")  # in a shape that this code does not know
    monkeypatch.setattr(stored, "mark", lambda: "another")
    assert stored.read(country["Creuse"]) == report(country["Creuse"])


def test_the_worker_makes_them_a_few_at_a_time(
    country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.count(0)
    waiting = ProcrastinateJob.objects.filter(task_name="diagnosis.make_reports", status="todo")
    assert waiting.count() == 1
    tasks.count(0)
    assert waiting.count() == 1, "asked for once"
    ProcrastinateJob.objects.all()._raw_delete("default")
    monkeypatch.setattr(tasks, "AT_ONCE", 3)
    monkeypatch.setattr(tasks, "store", lambda: stored.store(3))
    tasks.make_reports()
    assert StoredReport.objects.count() == 3 and waiting.count() == 1, "and the others next time"
    ProcrastinateJob.objects.all()._raw_delete("default")
    tasks.make_reports()
    assert StoredReport.objects.count() == 5 and not waiting.exists()
