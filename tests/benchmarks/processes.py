"""Servers to measure: started on loopback, watched from outside, stopped with their children."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 120
SAMPLE_SECONDS = 0.05
PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class Server:
    """A running server: its name, ``http://host:port``, and the process it began with."""

    name: str
    address: str
    pid: int

    def memory(self) -> float:
        """What its processes hold, in MB: proportional set size, so that shared pages count once."""
        return sum(resident(pid) for pid in family(self.pid)) / 1000


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def running(
    name: str, command: Sequence[str], port: int, ready: str, environ: Mapping[str, str], cwd: Path
) -> Iterator[Server]:
    """Start a command and wait until ``ready``, a path, answers 200."""
    signal.signal(signal.SIGTERM, leave)
    process = subprocess.Popen(
        list(command), cwd=cwd, env=dict(environ), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_us,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait(process, address + ready)
        yield Server(name, address, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: nobody else's
            process.wait()


def leave(signum: int, frame: object) -> None:
    """Asked to stop, we stop what we started first."""
    raise SystemExit(128 + signum)


def end_with_us() -> None:
    """Have Linux stop this new process should the one that started it be killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    why = ""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except urllib.error.HTTPError as error:
            why = f"{error.code} {error.read()[:300]!r}"
        except OSError as error:
            why = str(error)
        time.sleep(0.2)
    raise SystemExit(f"{address} did not answer in {PATIENCE_SECONDS} s: {why}")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which is in brackets and may hold anything: state, then parent.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def resident(pid: int) -> float:
    """Proportional set size of one process, in kB (1 000 bytes); 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1.024
    except OSError:
        pass
    return 0


class Watch:
    """The memory of a server while a block runs: ``rest`` before, ``peak`` within, in MB."""

    def __init__(self, server: Server, every: float = SAMPLE_SECONDS) -> None:
        self.server, self.every = server, every
        self.rest = self.peak = 0.0
        self.samples: list[tuple[float, float]] = []  # seconds since the start, MB
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self.rest = self.peak = self.server.memory()
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def grown(self) -> float:
        return self.peak - self.rest

    def _look(self) -> None:
        while not self._over.wait(self.every):
            now = self.server.memory()
            self.samples.append((time.monotonic() - self._began, now))
            self.peak = max(self.peak, now)
