"""/health/live and /health/ready."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from config import health
from territories.models import Territory


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
        "communes": 0, "communes_with_outline": 0,
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
    with django_assert_num_queries(1):  # type: ignore[operator]
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
