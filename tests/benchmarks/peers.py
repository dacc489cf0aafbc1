"""The contenders that answer over HTTP, each started as its own documentation advises, on the same rows.

Each peer has a virtual environment of its own under ``.local/bench``, made from
``requirements-<name>.txt`` when it is missing or the file changed. All have as many processes as
Maillage, and Maillage's own gunicorn settings where they run under gunicorn.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.benchmarks.dataset import dsn, environ, say
from tests.benchmarks.processes import Server, free_port, running
from tests.served import CLONE

HERE = Path(__file__).resolve().parent
MAILLAGE, STOCK, TIPG, PYGEOAPI = "Maillage", "stock DRF-GIS", "tipg", "pygeoapi"
FLAT = "initiatives"  # the table of peers.sql that tipg and pygeoapi publish

PYGEOAPI_SETTINGS = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: false
  pretty_print: false
  languages: [en-US]
  limits: {{default_items: 100, max_items: 10000}}
  map: {{url: "", attribution: ""}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: bench, description: bench, keywords: [bench], keywords_type: theme,
    terms_of_service: none, url: http://127.0.0.1}}
  license: {{name: none, url: http://127.0.0.1}}
  provider: {{name: bench, url: http://127.0.0.1}}
  contact: {{name: bench}}
resources:
  initiatives:
    type: collection
    title: initiatives
    description: initiatives
    keywords: [bench]
    extents:
      spatial: {{bbox: [-180, -90, 180, 90], crs: http://www.opengis.net/def/crs/OGC/1.3/CRS84}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: "{host}", port: {db_port}, dbname: {dbname}, user: "{user}", password: "{password}",
          search_path: [bench, public]}}
        id_field: id
        table: initiatives
        geom_field: location
"""


def gunicorn_options() -> list[str]:
    """Maillage's own settings of the server, as its command line takes them."""
    own = import_module("config.gunicorn")
    return [
        "--worker-class", own.worker_class, "--workers", str(own.workers), "--threads", str(own.threads),
        "--keep-alive", str(own.keepalive), "--timeout", str(own.timeout),
        "--max-requests", str(own.max_requests), "--max-requests-jitter", str(own.max_requests_jitter),
        "--log-level", "error", *(["--preload"] if own.preload_app else []),
    ]  # fmt: skip


def workers() -> str:
    return str(import_module("config.gunicorn").workers)


def room(name: str) -> Path:
    """The virtual environment of a peer, its packages installed."""
    wanted = HERE / f"requirements-{name}.txt"
    place = CLONE / ".local" / "bench" / name
    stamp, mark = place / "installed", hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != mark:
        say(f"Installing {name}…")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(wanted)], check=True)
        stamp.write_text(mark)
    return place / "bin"


@contextmanager
def maillage(url: str) -> Iterator[Server]:
    """The site as shipped: `make run`'s own start on that database."""
    port = free_port()
    settings = environ(url) | {"PORT": str(port), "HOST": "127.0.0.1"}
    with running(
        MAILLAGE, [sys.executable, "scripts/run.py"], port, "/health/ready", settings, CLONE
    ) as server:
        yield server


@contextmanager
def stock(url: str) -> Iterator[Server]:
    port = free_port()
    command = [
        str(room("stock") / "gunicorn"), *gunicorn_options(), "--bind", f"127.0.0.1:{port}",
        "stock.wsgi:application",
    ]  # fmt: skip
    with running(STOCK, command, port, "/alive", bare(DATABASE_URL=dsn(url)), HERE) as server:
        yield server


@contextmanager
def tipg(url: str) -> Iterator[Server]:
    port = free_port()
    settings = bare(
        DATABASE_URL=dsn(url),
        TIPG_DB_SCHEMAS='["bench"]',
        TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS='["public", "bench"]',
        TIPG_CATALOG_TTL="0",
        TIPG_ADD_TILES_VIEWER="false",
    )
    command = [
        str(room("tipg") / "uvicorn"), "tipg.main:app", "--host", "127.0.0.1", "--port", str(port),
        "--workers", workers(), "--log-level", "error", "--no-access-log",
    ]  # fmt: skip
    with running(TIPG, command, port, "/healthz", settings, HERE) as server:
        yield server


@contextmanager
def pygeoapi(url: str) -> Iterator[Server]:
    port = free_port()
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        config, document = Path(folder) / "config.yml", Path(folder) / "openapi.yml"
        config.write_text(
            PYGEOAPI_SETTINGS.format(
                port=port, host=unquote(parts.netloc.rpartition("@")[2].partition(":")[0]),
                db_port=parts.port or 5432, dbname=parts.path.strip("/"),
                user=unquote(parts.username or ""), password=unquote(parts.password or ""),
            )
        )  # fmt: skip
        settings = bare(PYGEOAPI_CONFIG=str(config), PYGEOAPI_OPENAPI=str(document))
        make = [str(room("pygeoapi") / "pygeoapi"), "openapi", "generate", str(config), "-of", str(document)]
        subprocess.run(make, env=settings, check=True, stdout=subprocess.DEVNULL)
        command = [
            str(room("pygeoapi") / "gunicorn"), *gunicorn_options(), "--bind", f"127.0.0.1:{port}",
            "pygeoapi.flask_app:APP",
        ]  # fmt: skip
        # Each process opens its own connections: what is loaded before the fork would be shared.
        command = [word for word in command if word != "--preload"]
        with running(PYGEOAPI, command, port, "/", settings, HERE) as server:
            yield server


def bare(**settings: str) -> dict[str, str]:
    """The environment of a peer: ours less what is Maillage's, and its own settings."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
    return kept | {key: value for key, value in settings.items() if value}


@contextmanager
def all_of_them(url: str) -> Iterator[dict[str, Server]]:
    """Every contender up at once, so that they can take turns; an idle one costs nothing."""
    with ExitStack() as up:
        servers = [up.enter_context(start(url)) for start in (maillage, stock, tipg, pygeoapi)]
        yield {server.name: server for server in servers}
