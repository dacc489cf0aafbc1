"""`make run` as a person sees it: from an empty machine to the map, again, and stopped. Slow."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config import environment
from config.cluster import Cluster
from config.postgres import processes

CLONE = environment.CLONE
pytestmark = pytest.mark.slow


class Site:
    """`scripts/run.py` on a server of its own, in an empty state folder."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self.cluster = Cluster(folder / "state", durable=False)
        self.journal = folder / "journal"
        kept = {name: value for name, value in os.environ.items() if name not in environment.NAMES}
        self.environ = kept | {
            "ENV_FILE": "", "PORT": str(self.port), "STATE_FOLDER": str(self.cluster.folder),
            "STATIC_ROOT": str(folder / "static"),
        }  # fmt: skip
        self.environ.pop("DJANGO_SETTINGS_MODULE", None)

    def start(self) -> None:
        """Start it, until it says that it is there."""
        began = time.monotonic()
        with self.journal.open("w") as journal:
            self.process = subprocess.Popen(
                [sys.executable, "scripts/run.py"], cwd=CLONE, env=self.environ, stdout=journal,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        while "Ctrl-C stops everything" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < 600, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.journal.read_text()

    def interrupt(self) -> int:
        """Ctrl-C, as a terminal sends it: to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read()  # type: ignore[no-any-return]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=CLONE, env=self.environ, capture_output=True, text=True, check=True
        ).stdout


@pytest.fixture
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="maillage-run-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        made = Site(Path(name))
        yield made
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def test_the_life_of_a_site(site: Site) -> None:
    """One story, since loading France is what takes long."""
    from_nothing_to_the_map(site)
    the_second_time_loads_nothing(site)
    after_the_power_went_it_comes_back(site)
    examples_taken_out_stay_out(site)


def from_nothing_to_the_map(site: Site) -> None:
    site.start()
    counts_of_france(site)
    long_addresses_are_answered_by_the_site(site)
    assert f"Maillage is at http://127.0.0.1:{site.port}/" in site.said()
    assert "createsuperuser" in site.said()
    mails_are_read_at_the_machine_and_a_killed_worker_is_replaced(site)
    # beside the running site, a command finds the same database
    assert site.manage("shell", "-v", "0", "-c", EXAMPLES).strip() == "214"
    assert site.interrupt() == 0
    assert processes(site.cluster) == []


def mails_are_read_at_the_machine_and_a_killed_worker_is_replaced(site: Site) -> None:
    assert b"EMAIL_URL" in site.get("/compte/courrier/")
    assert b"</h1>" in site.get("/compte/courrier/lettres/")
    first = worker_of(site)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while worker_of(site) in (0, first):
        assert time.monotonic() < deadline, site.said()
        time.sleep(0.2)
    assert "starting another" in site.said()


def worker_of(site: Site) -> int:
    """The process that this run of the site does its work with; 0 while there is none."""
    children = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
    for pid in children:
        with suppress(FileNotFoundError):  # it ended meanwhile
            if b"procrastinate" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
    return 0


def long_addresses_are_answered_by_the_site(site: Site) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        site.get(f"/api/v1/initiatives?q={'a' * 10_000}")
    assert refused.value.code == 400
    assert [error["parameter"] for error in json.load(refused.value)["errors"]] == ["q"]
    assert b"</html>" in site.get(f"/?q={'a' * 10_000}")


def the_second_time_loads_nothing(site: Site) -> None:
    site.start()
    assert "Loading" not in site.said()
    counts_of_france(site)
    assert site.interrupt() == 0
    assert processes(site.cluster) == []


def after_the_power_went_it_comes_back(site: Site) -> None:
    site.start()
    for pid in processes(site.cluster):
        with suppress(ProcessLookupError):  # the others end of themselves once the first is gone
            os.kill(pid, signal.SIGKILL)
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.wait()
    time.sleep(2)  # Linux passes the news on to the web server, which ends by itself
    site.start()
    assert "Loading" not in site.said()
    counts_of_france(site)
    assert site.interrupt() == 0


def examples_taken_out_stay_out(site: Site) -> None:
    site.manage("remove_examples")
    site.environ["LOAD_EXAMPLES"] = "false"
    site.start()
    assert site.manage("shell", "-v", "0", "-c", EXAMPLES).strip() == "0"
    assert site.interrupt() == 0


def counts_of_france(site: Site) -> None:
    ready = json.loads(site.get("/health/ready"))
    assert (ready["communes"], ready["communes_with_outline"]) == (34_969, 34_871)


EXAMPLES = "from directory.models import Initiative as I; print(I.objects.filter(origin='example').count())"
