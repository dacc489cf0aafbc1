"""The site as ``make run`` starts it, on a port of its own, for benchmarks and screenshots to visit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 600  # the first time, all of France is loaded


@contextmanager
def served() -> Iterator[str]:
    """The address of a running site, without the last slash; it stops with the block."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    environ = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, "scripts/run.py"], cwd=CLONE, env=environ, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait(process, f"{address}/health/ready")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the site did not start: {process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} did not answer in {PATIENCE_SECONDS} s")
