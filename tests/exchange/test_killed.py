"""A process killed while it imports leaves nothing, or what the same command finishes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from directory.models import Initiative, SourceRecord
from directory.taxonomy import load_taxonomy
from exchange.models import Import, State
from tests.factories import make_commune
from tests.jobs.running import database_url
from tests.served import CLONE

LINES = 4_000
WRITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE %s"


def command(path: Path) -> subprocess.Popen[bytes]:
    environ = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_initiatives", str(path)], cwd=CLONE, env=environ,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill_when(process: subprocess.Popen[bytes], seen: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not seen():
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


def running(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WRITING, [f"%{statement}%"])
        return bool(cursor.fetchone()[0] > 1)  # ours is one


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_finishes_in_the_end(tmp_path: Path) -> None:
    load_taxonomy()
    make_commune("23079", "Felletin", postcodes=["23500"], box=(2.1, 45.8, 2.2, 45.9))
    path = tmp_path / "liste.csv"
    lines = [f"{n};Atelier numéro {n};AMAP;23079;45,85;2,15" for n in range(LINES)]
    path.write_text("\n".join(["id;nom;type;code_insee;latitude;longitude", *lines]))

    kill_when(command(path), lambda: running("COPY exchange_candidate"))
    assert not Import.objects.exists()
    kill_when(command(path), lambda: running("UPDATE exchange_candidate"))
    assert Import.objects.get().state == State.READ
    kill_when(command(path), lambda: running("INSERT INTO directory_initiative"))
    assert not Initiative.objects.exists() and not SourceRecord.objects.exists()
    assert Import.objects.get().state == State.PLANNED

    assert command(path).wait() == 0
    batch = Import.objects.get()
    assert (batch.state, batch.report["created"]) == (State.DONE, LINES)
    assert Initiative.objects.count() == SourceRecord.objects.count() == LINES
    assert command(path).wait() == 0
    assert Initiative.objects.count() == LINES
    assert Import.objects.latest("pk").report["created"] == 0
