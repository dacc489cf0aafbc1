"""``make run``: database, data, files, server and worker; then stops all that it started.

Run by ``.venv/bin/python``, after ``scripts/prepare``. The server, the worker and the loading are processes
of their own; this one holds the database up meanwhile, and waits.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType

CLONE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CLONE))

from django.core.exceptions import ImproperlyConfigured  # noqa: E402

from config.cluster import Cluster  # noqa: E402
from config.postgres import ClusterError  # noqa: E402

PATIENCE_SECONDS = 60
PR_SET_PDEATHSIG = 1  # prctl(2)
WORKER = ["manage.py", "procrastinate", "worker"]


class Stopped(Exception):
    """Somebody asked us to stop."""


def stop(signum: int, frame: FrameType | None) -> None:
    # Once is enough: what follows is the orderly way out, which a second Ctrl-C must not break.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stop)
    try:
        return serve()
    except Stopped:
        print("\nStopped.")
        return 0
    except (ClusterError, ImproperlyConfigured) as error:
        print(f"maillage: {error}", file=sys.stderr)
        return 1


def serve() -> int:
    from config import environment as given

    refuse_busy_port(given.HOST, given.PORT)
    cluster = None if given.DATABASE_URL else Cluster.of_clone()
    try:
        if cluster:
            print("Starting the database…", flush=True)
            cluster.join()
        if code := finish(["manage.py", "prepare"]):
            return code
        return watch(given.HOST, given.PORT)
    finally:
        if cluster:
            cluster.leave()


def refuse_busy_port(host: str, port: int) -> None:
    """Say now that the port is taken, rather than after the loading."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as error:
            raise ImproperlyConfigured(
                f"cannot listen on {host} port {port} ({error.strerror}). "
                f"Choose another: make run PORT={port + 1}"
            ) from None


def begin(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start Python in the clone, out of reach of the terminal's Ctrl-C: we pass it on."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=CLONE, process_group=0, stdin=subprocess.DEVNULL,
        preexec_fn=end_with_us,
    )  # fmt: skip


def end_with_us() -> None:
    """Have Linux stop this new process should the one that started it be killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def ask_to_end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop, and see that it does."""
    if process.poll() is None:
        ask_to_end(process)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def finish(arguments: list[str]) -> int:
    process = begin(arguments)
    try:
        return process.wait()
    finally:
        end(process)


def watch(host: str, port: int) -> int:
    """Serve until stopped; say where, once it answers, and have a worker beside."""
    server = begin(["-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"])
    begun = [server]
    try:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        address = f"http://{shown}:{port}"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(f"{address}/health/live"):
            if server.poll() is not None or time.monotonic() > deadline:
                print("maillage: the server did not start; see above.", file=sys.stderr)
                return 1
            time.sleep(0.1)
        begun.append(begin(WORKER))  # pages first
        print(
            f"\nMaillage is at {address}/"
            f"\nTo make an administrator, from another terminal: .venv/bin/python manage.py createsuperuser"
            f"\nThen sign in at {address}/admin/."
            f"\nThe mails it writes are at {address}/compte/courrier/. Ctrl-C stops everything.",
            flush=True,
        )
        while (code := server.poll()) is None:
            time.sleep(0.5)
            if (ended := begun[-1].poll()) is not None and server.poll() is None:
                begun[-1] = revived(ended)
        return code
    finally:
        for process in begun:
            ask_to_end(process)
        for process in begun:
            end(process)


def revived(code: int) -> subprocess.Popen[bytes]:
    """Another worker for one that ended, which takes up again what it was at."""
    print(f"maillage: the worker ended ({code}); starting another.", file=sys.stderr, flush=True)
    time.sleep(2)  # one that cannot start is not tried in a hurry
    return begin(WORKER)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2)
    except urllib.error.HTTPError:
        return True  # it speaks, if only to refuse this host name
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
