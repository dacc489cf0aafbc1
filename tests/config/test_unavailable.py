"""A site that is closed for a while says so, and says when to come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from directory.errors import database_is_away

PAGES = ["/", "/en/", "/territoires/", "/initiatives/ici/", "/secteurs/energie/"]
ASK = """
import json, sys, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
told = {}
for path in json.loads(sys.argv[1]):
    answer = client.get(path, headers={"host": "localhost"})
    wait, kind = answer.headers.get("Retry-After"), answer.headers["Content-Type"]
    told[path] = [answer.status_code, wait, kind, answer.text]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def without_database() -> dict[str, list[Any]]:
    """What a site answers whose database refuses connections: nobody listens on port 1."""
    outside = {
        "DJANGO_SETTINGS_MODULE": "config.settings", "ENV_FILE": "", "DATABASE_POOL_SIZE": "0",
        "DATABASE_URL": "postgis://nobody@127.0.0.1:1/nothing", "LOG_LEVEL": "ERROR",
        "STATIC_ROOT": str(settings.STATIC_ROOT),
    }  # fmt: skip
    paths = [*PAGES, "/api/v1/initiatives", "/health/live", "/health/ready", "/a-propos/"]
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(paths)], capture_output=True, text=True, check=True,
        cwd=settings.BASE_DIR, env=os.environ | outside,
    )  # fmt: skip
    told: dict[str, list[Any]] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_without_its_database_a_page_says_to_come_back(
    without_database: dict[str, list[Any]], path: str
) -> None:
    status, wait, _kind, html = without_database[path]
    assert (status, wait) == (503, "30")
    assert ("Le site revient bientôt" in html) is not path.startswith("/en/")
    assert f'href="{path}">' in html


def test_without_its_database_the_api_says_so(without_database: dict[str, list[Any]]) -> None:
    status, wait, kind, body = without_database["/api/v1/initiatives"]
    assert (status, wait, kind) == (503, "30", "application/problem+json")
    assert json.loads(body)["detail"] == "The database does not answer. Ask again later."


def test_without_its_database_the_rest_goes_on(without_database: dict[str, list[Any]]) -> None:
    told = {path: answer[0] for path, answer in without_database.items()}
    assert told["/health/live"] == told["/a-propos/"] == 200
    assert told["/health/ready"] == 503


@pytest.mark.parametrize("switch", ["setting", "file"])
def test_closed_for_works(client: Client, settings: Any, tmp_path: Path, switch: str) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    assert client.get("/a-propos/").status_code == 200
    if switch == "setting":
        settings.MAINTENANCE = True
    else:
        settings.MAINTENANCE_FILE.touch()
    for path in ("/", "/a-propos/", "/admin/", "/en/rien/"):
        response = client.get(path)
        assert (response.status_code, response["Retry-After"]) == (503, "600")
        assert "Content-Security-Policy" in response.headers
    assert "fermé quelques minutes" in client.get("/").content.decode()
    problem: Any = client.get("/api/v1/initiatives")
    assert (problem.status_code, problem["Retry-After"]) == (503, "600")
    assert problem["Content-Type"] == "application/problem+json"
    assert client.get("/health/live").status_code == 200


class _State(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "away"),
    [(None, True), ("08006", True), ("53300", True), ("57P01", True), ("57014", False), ("40P01", False)],
)
def test_a_query_cut_short_is_a_fault_and_not_an_absence(state: str | None, away: bool) -> None:
    error = OperationalError()
    error.__cause__ = _State(state)
    assert database_is_away(error) is away
    assert not database_is_away(ValueError())
    assert not database_is_away(None)
