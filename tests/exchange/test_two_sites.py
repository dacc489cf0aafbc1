"""Two sites of Maillage read each other: each has what the other has, and nothing goes round in circles."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import requests
from django.conf import settings
from django.db import connection

from config.postgres import ClusterError, programs
from directory.models import Initiative, SourceRecord
from directory.taxonomy import load_taxonomy
from exchange import harvesting
from exchange.models import Harvest, HarvestKind, Import
from exchange.profiles import named
from tests.directory.test_dump import run
from tests.directory.test_dump import server as server
from tests.factories import make_commune, make_initiative, make_territory
from tests.jobs.running import database_url, until

try:
    programs()
except ClusterError as error:
    pytestmark = [pytest.mark.slow, pytest.mark.skip(reason=str(error))]
else:
    pytestmark = pytest.mark.slow

SERVE = """
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server
from config.wsgi import application
class Silent(WSGIRequestHandler):
    def log_message(self, *told): ...
make_server("127.0.0.1", int(sys.argv[1]), application, handler_class=Silent).serve_forever()
"""


@dataclass
class Other:
    """The other site: a process and a database of its own."""

    place: str
    environ: dict[str, str]
    database: dict[str, Any]

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(**self.database, autocommit=True) as open_one:
            found = open_one.execute(query, params)
            return found.fetchall() if found.description else []

    def harvest(self, *options: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "harvest", "Ici", *options],
            capture_output=True, text=True, cwd=settings.BASE_DIR, env=self.environ, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def names(self) -> set[str]:
        return {name for (name,) in self.sql("SELECT name FROM directory_initiative")}

    def events(self) -> int:
        return int(self.sql("SELECT count(*) FROM directory_initiativeevent")[0][0])


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def other(live_server: Any, server: dict[str, Any], tmp_path: Any) -> Iterator[Other]:
    """A copy of this site's empty database, served beside it."""
    load_taxonomy()
    make_commune("23079", "Felletin", departement=make_territory("departement", "23", "Creuse"))
    name, file, port = f"{server['dbname']}_other", str(tmp_path / "dump"), free_port()
    here = live_server.url.removeprefix("http://")
    environ = {
        **os.environ, "DATABASE_URL": database_url().replace(server["dbname"], name),
        "DJANGO_SETTINGS_MODULE": "config.settings", "ENV_FILE": "", "DATABASE_POOL_SIZE": "0",
        "HARVEST_ALLOWED": here, "STATIC_ROOT": str(settings.STATIC_ROOT), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        for program, *arguments in [
            ("pg_dump", "-Fc", "-f", file, server["dbname"]),
            ("createdb", "-T", "template0", name),
            ("pg_restore", "--exit-on-error", "-d", name, file),
        ]:
            done = run(server, program, *arguments)
            assert (done.returncode, done.stderr) == (0, ""), f"{program}: {done.stderr}"
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)], cwd=settings.BASE_DIR, env=environ
        )
        try:
            given = {key: value for key, value in server.items() if value}
            found = Other(f"127.0.0.1:{port}", environ, {**given, "dbname": name})
            until(lambda: answers(found.place))
            yield found
        finally:
            process.terminate()
            process.wait(30)
    finally:
        assert run(server, "dropdb", "--if-exists", "--force", name).returncode == 0


def answers(place: str) -> bool:
    try:
        return requests.get(f"http://{place}/api/v1/sectors", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def names() -> set[str]:
    return set(Initiative.objects.values_list("name", flat=True))


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_initiativeevent")
        return int(cursor.fetchone()[0])


def add(name: str) -> Initiative:
    found = make_initiative(name, commune_id="commune-23079", activities=[101], website="")
    return found


def test_each_has_what_the_other_has_and_nothing_goes_round(
    other: Other, live_server: Any, settings: Any
) -> None:
    settings.HARVEST_ALLOWED = [other.place]
    first, second = add("La Boucle du fil"), add("Le Jardin des Ormes")
    theirs = make_theirs(other, "Café Pontarion")
    source = harvesting.subscribe(
        named("Là-bas"), f"http://{other.place}/", "day", None, HarvestKind.MAILLAGE
    )

    assert "2 created" in other.harvest("--from", live_server.url, "--kind", "maillage")
    assert other.names() == {"La Boucle du fil", "Le Jardin des Ormes", "Café Pontarion"}
    kept = other.sql("SELECT uuid FROM directory_initiative WHERE name = 'La Boucle du fil'")
    assert kept == [(first.uuid,)], "it is the same on both sites"
    read(source)
    assert names() == other.names() and Initiative.objects.count() == 3, "what came from here stays there"
    assert str(Initiative.objects.get(name="Café Pontarion").uuid) == theirs
    assert not SourceRecord.objects.filter(initiative__in=[first, second]).exists()

    assert "nothing new" in other.harvest()
    nothing_goes_round(source, other, rounds=2)
    what_changes_comes_across(source, other, first, second)
    nothing_goes_round(source, other, rounds=1)
    assert len(names()) == 3


def read(source: Harvest) -> None:
    found = harvesting.harvest(source)
    assert not found.error, harvesting.said(found.error)


def nothing_goes_round(source: Harvest, other: Other, rounds: int) -> None:
    """Each reads the other, and neither writes anything."""
    still = events(), other.events(), Import.objects.count()
    for _round in range(rounds):
        read(source)
        assert "nothing new" in other.harvest()
    assert (events(), other.events(), Import.objects.count()) == still


def what_changes_comes_across(source: Harvest, other: Other, first: Initiative, second: Initiative) -> None:
    """A text, a closing, a withdrawal and its end, each as it is on the site that it comes from."""
    Initiative.objects.filter(pk=first.pk).update(summary="Du fil et des aiguilles")
    Initiative.objects.filter(pk=second.pk).update(publication="hidden")
    other.sql(
        "UPDATE directory_initiative SET summary = 'Du café', activity_state = 'closed'"
        " WHERE name = 'Café Pontarion'"
    )
    assert "1 updated" in other.harvest()
    said = other.sql("SELECT summary FROM directory_initiative WHERE uuid = %s", first.uuid)
    assert said == [("Du fil et des aiguilles",)]
    gone = other.sql(
        "SELECT i.name, i.publication FROM directory_sourcerecord r JOIN directory_initiative i"
        " ON i.id = r.initiative_id WHERE r.vanished_at IS NOT NULL"
    )
    assert gone == [("Le Jardin des Ormes", "published")], "marked, and not deleted"
    read(source)
    closed = Initiative.objects.get(name="Café Pontarion")
    assert (closed.summary, closed.activity_state) == ("Du café", "closed")
    Initiative.objects.filter(pk=second.pk).update(publication="published")
    other.harvest()
    assert not other.sql("SELECT FROM directory_sourcerecord WHERE vanished_at IS NOT NULL"), "back again"


def make_theirs(other: Other, name: str) -> str:
    """An initiative of the other site's own; its UUID."""
    mine = add(name)
    written = [field for field in Initiative._meta.concrete_fields if not field.generated]
    columns = ", ".join(field.column for field in written if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(r)::text FROM (SELECT {columns} FROM directory_initiative"
                       " WHERE id = %s) AS r", [mine.pk])  # fmt: skip
        row = cursor.fetchone()[0]
    other.sql(
        f"INSERT INTO directory_initiative ({columns}) SELECT {columns}"
        " FROM json_populate_record(NULL::directory_initiative, %s::json)",
        row,
    )
    uuid = str(mine.uuid)
    mine.delete()
    return uuid
