"""A database that was dumped and restored goes on as before: its history, what it derives, its counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.postgres import ClusterError, programs
from directory.history import Hand, noting
from directory.models import Initiative
from tests.api.conftest import build_world

try:
    PROGRAMS = programs()
except ClusterError as error:  # with DATABASE_URL the suite may run beside a server elsewhere
    pytestmark = pytest.mark.skip(reason=str(error))

# What a site does on the restored database, in a process of its own.
GO_ON = """
import json, django
django.setup()
from django.apps import apps
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from directory import history, postings, publishing, pyramid
from directory.models import Initiative

before = [(v.why, [c.field for c in v.changes]) for v in
          history.of(Initiative.objects.get(slug="initiative-00"), public=True).found]
made = Initiative.objects.get(slug="initiative-02")
made.name, made.summary, made.activities = "Moulin rétabli", "Xylophonie ambulante", [501]
made.commune, made.location, made.precision = None, Point(1.5, 45.5, srid=4326), "address"
publishing.save(made, ["name"], "account 9", "site", why="Après.")
made.refresh_from_db()
[version, *rest] = history.of(made, public=True).found
served = apps.get_model("directory", "ServedTerritoryEvent")._default_manager
count = served.count()
with connection.cursor() as cursor, cursor.copy(
    "COPY directory_servedterritory (initiative_id, territory_id) FROM STDIN"
) as copy:
    copy.write_row((made.pk, "commune-01002"))
with connection.cursor() as cursor:
    cursor.execute("SELECT feature FROM directory_fragment WHERE initiative_id = %s", [made.pk])
    [fragment] = cursor.fetchone()
    cursor.execute("SELECT count(*) FROM directory_lexiconword WHERE word = 'xylophonie'")
    [learnt] = cursor.fetchone()
    cursor.execute(
        "SELECT count(*) FROM directory_initiative WHERE search @@ to_tsquery('public.fr', 'xylophonie')"
    )
    [found] = cursor.fetchone()
folded = pyramid.fold()
print(json.dumps({
    "before": before, "why": version.why, "fields": [c.field for c in version.changes],
    "place": [made.commune_id, made.departement_id, made.epci_id, made.region_id],
    "derived": [made.main_sector, made.sector_mask, made.name_sort, made.tile_x > 0],
    "found": found, "learnt": learnt, "fragment": "Moulin rétabli" in fragment,
    "served": served.count() - count,
    "wrong": pyramid.check() + postings.check(), "folded": folded is not None,
}))
"""


@pytest.fixture
def server() -> dict[str, Any]:
    """How PostgreSQL's own programs reach the server of the tests."""
    given = connection.get_connection_params()
    found = {"host": given.get("host", ""), "port": given.get("port", ""), "user": given.get("user", "")}
    return {**found, "password": given.get("password", ""), "dbname": given["dbname"]}


def run(server: dict[str, Any], program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = {f"PG{name.upper()}": str(server[name]) for name in ("host", "port", "user", "password")}
    outside = os.environ | {name: value for name, value in where.items() if value}
    return subprocess.run(
        [str(PROGRAMS / program), *arguments], capture_output=True, text=True, env=outside, timeout=120
    )


@pytest.fixture
def restored(transactional_db: None, server: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """The name of a database made of a dump of the one of the tests."""
    world = build_world()
    with noting(hand=Hand.OWNER, why="Avant."):
        Initiative.objects.filter(pk=world.initiatives["n0"].pk).update(summary="Dite avant")
    name, file = f"{server['dbname']}_restored", str(tmp_path / "dump")
    try:
        for program, *arguments in [
            ("pg_dump", "-Fc", "-f", file, server["dbname"]),
            ("createdb", "-T", "template0", name),
            ("pg_restore", "--exit-on-error", "-d", name, file),
        ]:
            done = run(server, program, *arguments)
            assert (done.returncode, done.stderr) == (0, ""), f"{program}: {done.stderr}"
        yield name
    finally:
        assert run(server, "dropdb", "--if-exists", "--force", name).returncode == 0


@pytest.mark.slow
def test_a_restored_database_goes_on_recording(restored: str, server: dict[str, Any]) -> None:
    user = quote(server["user"]) + (f":{quote(server['password'])}" if server["password"] else "")
    port = f":{server['port']}" if server["port"] else ""
    outside = {
        "DATABASE_URL": f"postgis://{user}@{quote(server['host'], safe='')}{port}/{restored}",
        "DJANGO_SETTINGS_MODULE": "config.settings", "ENV_FILE": "", "DATABASE_POOL_SIZE": "0",
        "STATIC_ROOT": str(settings.STATIC_ROOT),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", GO_ON], capture_output=True, text=True, cwd=settings.BASE_DIR,
        env=os.environ | outside, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["before"][0] == ["Avant.", ["summary"]]
    assert told["why"] == "Après."
    assert set(told["fields"]) >= {"name", "summary", "location", "commune"}
    assert told["place"] == ["commune-01002", "departement-01", "epci-200000001", "region-99"]
    assert told["derived"] == [5, 16, "moulin retabli", True]
    assert (told["found"], told["learnt"], told["fragment"], told["served"]) == (1, 1, True, 1)
    assert told["folded"] is True
    assert told["wrong"] == []
