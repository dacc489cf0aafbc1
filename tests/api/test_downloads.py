"""Whole downloads from the shipped server, by a plain socket: readers who leave, stall, or lose it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection

from directory.taxonomy import load_taxonomy
from tests.served import CLONE, wait

# Few and long: together, more than what the buffers of two sockets hold.
ROWS = 2_500
MANY = """
INSERT INTO directory_initiative (
    uuid, slug, name, language, summary, description, activities, legal_form, legal_form_note, siret, rna,
    website, email, phone, street, postcode, locality, location, precision, founded_precision,
    closed_precision, opening_hours, accepts_testimony, charter_signatory, publication, activity_state,
    origin, source, provenance, created_at, updated_at
)
SELECT gen_random_uuid(), 'essai-' || n, 'Essai ' || n, 'fr', repeat('é', 4000), '', '{101}', 'scic',
    '', '', '',
    '', '', '', '', '', '', ST_SetSRID(ST_MakePoint(2 + n / 1e6, 46), 4326), 'address', '',
    '', '', false, false, 'published', 'open',
    'synthetic', '', '{}', now(), now()
FROM generate_series(1, %s) AS n
"""
COPYING = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND (query LIKE 'COPY (%%' AND state = 'active' OR state LIKE 'idle in transaction%%')
"""
STALLED_SECONDS = 6
ALL = "/api/v1/initiatives?limit=all"


@pytest.fixture
def site(transactional_db: None) -> Iterator[int]:
    """The port of the shipped server, on the database of this test with long initiatives in it."""
    load_taxonomy()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [ROWS])
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    environ = {
        **os.environ, "DATABASE_URL": database_url(), "PORT": str(port), "HOST": "127.0.0.1",
        "ENV_FILE": "", "DATABASE_POOL_SIZE": "4", "STATIC_ROOT": str(settings.STATIC_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "",
        "STALLED_SECONDS": str(STALLED_SECONDS),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        cwd=CLONE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait(process, f"http://127.0.0.1:{port}/health/live")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def database_url() -> str:
    given = connection.settings_dict
    user = quote(given["USER"], safe="") + (
        f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else ""
    )
    port = f":{given['PORT']}" if given["PORT"] else ""
    return f"postgis://{user}@{quote(given['HOST'], safe='')}{port}/{given['NAME']}"


@contextmanager
def begun(port: int, path: str = ALL) -> Iterator[socket.socket]:
    """A download whose reader took its beginning, and no more."""
    with asked(port, path) as (reader, beginning):
        assert beginning.startswith(b"HTTP/1.1 200")
        yield reader


@contextmanager
def asked(port: int, path: str = ALL) -> Iterator[tuple[socket.socket, bytes]]:
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        reader.settimeout(20)
        reader.connect(("127.0.0.1", port))
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        yield reader, reader.recv(1_000)


def copying() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(COPYING)
        return [pid for (pid,) in cursor.fetchall()]


def soon(count: int, seconds: float = 10) -> bool:
    """Whether so many downloads are soon held by the database, and no more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if len(copying()) == count:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("path", [ALL, "/api/v1/initiatives?format=csv"])
def test_a_reader_who_hangs_up_frees_the_database_at_once(site: int, path: str) -> None:
    with begun(site, path):
        assert soon(1)
    assert soon(0, seconds=3)


@pytest.mark.slow
def test_two_readers_who_stall_do_not_stop_the_site(site: int) -> None:
    with begun(site), begun(site, "/api/v1/initiatives?format=csv"):
        assert soon(2)

        def ask(number: int) -> int:
            with urlopen(f"http://127.0.0.1:{site}/api/v1/initiatives?limit={number}", timeout=20) as answer:
                answer.read()
                return int(answer.status)

        with ThreadPoolExecutor(5) as readers:
            assert list(readers.map(ask, range(1, 21))) == [200] * 20
    assert soon(0, seconds=3)


@pytest.mark.slow
def test_a_crowd_of_readers_who_stall_is_refused_then_dropped(site: int) -> None:
    with ExitStack() as crowd:
        heads = [crowd.enter_context(asked(site))[1].split(b"\r\n")[0] for _ in range(12)]
        begun = heads.count(b"HTTP/1.1 200 OK")
        # Half of the four threads of each of two processes; which one a reader comes to is a matter of luck.
        assert 2 <= begun <= 4
        assert heads.count(b"HTTP/1.1 503 Service Unavailable") == 12 - begun
        with urlopen(f"http://127.0.0.1:{site}/api/v1/initiatives?limit=1", timeout=20) as answer:
            assert answer.status == 200
        assert soon(0, seconds=4 * STALLED_SECONDS), "who takes nothing is dropped, though nobody hung up"
        with asked(site) as (_reader, beginning):
            assert beginning.startswith(b"HTTP/1.1 200")


@pytest.mark.slow
def test_what_breaks_on_the_way_does_not_look_whole(site: int) -> None:
    with begun(site) as reader:
        assert soon(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [copying()[0]])
        received = b""
        try:
            while piece := reader.recv(65_536):
                received += piece
        except ConnectionError:
            pass
    assert received.count(b'"type":"Feature"') < ROWS
    assert not received.endswith(b"0\r\n\r\n")
    assert b"]}\r\n" not in received[-20:]
