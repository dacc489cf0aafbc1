"""/health/live, /health/ready and /health/queue."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from config import health
from territories.models import Territory

STILL = {
    "status": "stands still", "oldest_due_seconds": None, "worker_seen_seconds": None, "failed": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_seen", {})


def test_live_needs_no_database(client: Client) -> None:
    response = client.get("/health/live")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_not_ready_before_territories_are_loaded(client: Client) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable", "database": True, "migrations": True, "territories": False,
        "communes": 0, "communes_with_outline": 0, "queue": STILL,
    }  # fmt: skip


@pytest.mark.django_db
def test_ready_counts_communes_and_their_outlines(client: Client) -> None:
    outline = "MULTIPOLYGON(((2 45,2.1 45,2.1 45.1,2 45)))"
    Territory.objects.create(
        id="commune-23008", kind="commune", code="23008", name="Aubusson", geometry=outline
    )
    Territory.objects.create(id="commune-15031", kind="commune", code="15031", name="Celles")
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["communes"] == 2
    assert response.json()["communes_with_outline"] == 1


@pytest.mark.django_db
def test_once_ready_the_counts_are_not_asked_again(client: Client, django_assert_num_queries: object) -> None:
    Territory.objects.create(id="commune-23008", kind="commune", code="23008", name="Aubusson")
    client.get("/health/ready")
    with django_assert_num_queries(1 + 4):  # type: ignore[operator]  # four of the queue
        assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_down_is_a_503_that_tells_no_secret(client: Client) -> None:
    refused = OperationalError("connection to server at 10.0.0.5, user maillage, password hunter2 failed")
    with patch.object(connection, "ensure_connection", side_effect=refused):
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["database"] is False
    assert "hunter2" not in response.content.decode()


@pytest.mark.django_db
def test_a_migration_not_applied_is_a_503(client: Client) -> None:
    with patch("config.health.MigrationExecutor") as executor:
        executor.return_value.migration_plan.return_value = [("territories.0009", False)]
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["migrations"] is False


def test_probes_only_read(client: Client) -> None:
    assert client.post("/health/live").status_code == 405


def test_probes_are_not_sent_to_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert client.get("/health/live").status_code == 200
    assert client.get("/admin/").status_code == 301


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("silent", "waiting", "moves"),
    [
        (119, None, True), (121, None, False), (None, None, False),
        (5, 14 * 60 + 59, True), (5, 15 * 60 + 1, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("planned", [True, False])
def test_a_queue_that_stands_still_is_told_and_the_site_stays_open(
    client: Client, silent: int | None, waiting: int | None, moves: bool, planned: bool
) -> None:
    Territory.objects.create(id="commune-23008", kind="commune", code="23008", name="Aubusson")
    in_the_queue(silent, waiting, planned)
    ready, queue = client.get("/health/ready"), client.get("/health/queue")
    assert ready.status_code == 200 and ready.json()["status"] == "ok"
    assert queue.status_code == (200 if moves else 503)
    assert queue.json()["status"] == ("moves" if moves else "stands still")
    told = [queue.json()["worker_seen_seconds"], queue.json()["oldest_due_seconds"]]
    assert told == [silent and pytest.approx(silent, abs=1), waiting and pytest.approx(waiting, abs=1)]
    assert ready.json()["queue"].keys() == queue.json().keys()


def in_the_queue(silent: int | None, waiting: int | None, planned: bool) -> None:
    """A worker that was heard of so many seconds ago, and a job due for so many; one more is for tomorrow."""
    with connection.cursor() as cursor:
        if silent is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 s')",
                [silent],
            )
        queued = (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES ('mail', 'a', %s)"
        )
        cursor.execute(queued, [timezone.now() + timedelta(days=1)])
        if waiting is not None:
            since = timezone.now() - timedelta(seconds=waiting)
            cursor.execute(queued, [since if planned else None])
            job = "(SELECT max(id) FROM procrastinate_jobs)"
            cursor.execute(f"UPDATE procrastinate_events SET at = %s WHERE job_id = {job}", [since])


@pytest.mark.django_db
def test_a_database_that_is_down_stops_the_queue_too(client: Client) -> None:
    with patch("config.health.standing", side_effect=OperationalError("user maillage, password hunter2")):
        response = client.get("/health/queue")
    assert response.status_code == 503
    assert "hunter2" not in response.content.decode()
