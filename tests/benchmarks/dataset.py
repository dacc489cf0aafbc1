"""The databases that are measured: all of France and a stated number of synthetic initiatives, one each.

They stand beside the database of ``DATABASE_URL``, or in the clone's own server when there is none, and
are named after it: ``maillage_bench_100000``. A database is built once and kept between runs for as
long as its sources stay the same; ``drop`` takes it out. Every contender reads the same rows: Maillage's
own tables, and for those that want plain columns or a join table, copies of them in the schema ``bench``
(``peers.sql``), with their own indexes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config import environment as given
from config.cluster import Cluster
from tests.served import CLONE

HERE = Path(__file__).resolve().parent
SEED = 1
# What a database is made of: when one of these changes it is built anew.
SOURCES = [
    *CLONE.glob("*/migrations/*.py"),
    CLONE / "directory" / "synthetic.py",
    CLONE / "fixtures" / "taxonomy.json",
    *CLONE.glob("fixtures/france/*.csv"),
    HERE / "peers.sql",
]
# As the clone's own server has them (config/postgres.py), so that a run on another server is like one on it.
SETTINGS = {"jit": "off", "random_page_cost": "1.1", "work_mem": "16MB", "maintenance_work_mem": "512MB"}


class Databases:
    """The server that holds them. Joined for as long as this object's process lives."""

    def __init__(self) -> None:
        if given.DATABASE_URL:
            self.base = given.DATABASE_URL
        else:
            cluster = Cluster.of_clone()
            cluster.join()
            self.base = cluster.url()
        self.stem = urlsplit(self.base).path.strip("/")

    def url(self, name: str) -> str:
        """The address of a database, as ``DATABASE_URL`` takes it."""
        return urlunsplit(urlsplit(self.base)._replace(path=f"/{name}"))

    def france(self) -> str:
        """All of France and the examples, ready to serve; nothing synthetic."""
        name = f"{self.stem}_bench_france"
        if not self._ready(name):
            say("Building the territories of France…")
            self._create(name, template=None)
            manage(self.url(name), "prepare", "--data")
            self._finish(name)
        return self.url(name)

    def synthetic(self, size: int) -> str:
        """France and ``size`` synthetic initiatives, with what the peers read."""
        name = f"{self.stem}_bench_{size}"
        if not self._ready(name):
            self.france()
            say(f"Building {size:,} synthetic initiatives…")
            self._create(name, template=f"{self.stem}_bench_france")
            manage(self.url(name), "prepare", "--data")
            manage(self.url(name), "make_synthetic", "--count", str(size), "--seed", str(SEED))
            with connect(self.url(name), autocommit=True) as connection:
                connection.execute((HERE / "peers.sql").read_text())
            self._finish(name)
        return self.url(name)

    def drop(self) -> None:
        """Every database that this module built."""
        pattern = f"{self.stem}_bench_%"
        with connect(self.base, autocommit=True) as server:
            rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
            for (name,) in rows.fetchall():
                server.execute(drop(str(name)))

    def _ready(self, name: str) -> bool:
        with connect(self.base) as server:
            row = server.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        return bool(row and row[0] == fingerprint())

    def _create(self, name: str, template: str | None) -> None:
        new = sql.Identifier(name)
        with connect(self.base, autocommit=True) as server:
            server.execute(drop(name))
            like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            server.execute(sql.SQL("CREATE DATABASE {}").format(new) + like)
            for setting, value in SETTINGS.items():
                server.execute(
                    sql.SQL("ALTER DATABASE {} SET {} = {}").format(new, sql.Identifier(setting), value)
                )

    def _finish(self, name: str) -> None:
        with connect(self.url(name), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), fingerprint())
            )


def connect(url: str, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(dsn(url), autocommit=autocommit)


def dsn(url: str) -> str:
    """The address as libpq writes it."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def drop(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def environ(url: str) -> dict[str, str]:
    """The environment of a process that works on that database as a local site would."""
    kept = {key: value for key, value in os.environ.items() if key not in ("SECRET_KEY", "DEBUG")}
    return kept | {"DATABASE_URL": url, "LOAD_EXAMPLES": "true"}


def manage(url: str, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=CLONE, env=environ(url), check=True, stdin=subprocess.DEVNULL)


def fingerprint() -> str:
    seen = hashlib.sha256(repr((SEED, SETTINGS)).encode())
    for path in sorted(SOURCES):
        seen.update(path.read_bytes())
    return seen.hexdigest()


def versions(url: str) -> dict[str, str]:
    """Of the server and of PostGIS."""

    def asked() -> Iterator[str]:
        with connect(url) as connection:
            for query in ("SHOW server_version", "SELECT postgis_lib_version()"):
                row = connection.execute(query).fetchone()
                yield str(row[0] if row else "").split()[0]

    server, postgis = asked()
    return {"PostgreSQL": server, "PostGIS": postgis}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
