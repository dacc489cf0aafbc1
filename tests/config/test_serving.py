"""The shipped server starts its workers anew now and then: nobody who visits notices."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import repeat

import pytest

from tests.benchmarks.visitors import replay
from tests.served import CLONE, wait

EACH = 25  # requests between two starts, here


@pytest.fixture
def site() -> Iterator[str]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    environ = {
        **os.environ, "PORT": str(port), "HOST": "127.0.0.1", "ENV_FILE": "", "SECRET_KEY": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Nothing listens there: what is asked below needs no database.
        "DATABASE_URL": "postgis://nobody@127.0.0.1:9/none",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
    often = ["--max-requests", str(EACH), "--max-requests-jitter", "5"]
    process = subprocess.Popen(
        [*command, *often, "--log-level", "info", "config.wsgi"],
        cwd=CLONE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait(process, f"{address}/health/live")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        _out, journal = process.communicate(timeout=30)
    assert journal.count("Autorestarting worker") >= 4


@pytest.mark.slow
def test_no_answer_is_lost_when_workers_start_anew(site: str) -> None:
    answers, errors, _reopened = replay(site, repeat(("live", "/health/live")), 8, 60, most=EACH * 8)
    assert errors == []
    assert len(answers) == EACH * 8


@pytest.mark.slow
def test_connections_that_rest_between_two_questions_are_not_cut_in_one(site: str) -> None:
    answers, errors, _reopened = replay(
        site, repeat(("live", "/health/live")), 16, 60, most=EACH * 8, pause=0.05
    )
    assert errors == []
    assert len(answers) == EACH * 8
