"""The clone's own PostgreSQL server: started when needed, stopped by the last one out, mended."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from config import cluster as module
from config import postgres
from config.cluster import CLONE, Cluster
from config.postgres import DATABASE, ROLE, ClusterError, processes, readiness

pytestmark = [pytest.mark.slow]  # a server is started and stopped by nearly every test
try:
    postgres.programs()
except ClusterError as error:
    # with DATABASE_URL the suite may run on a machine that has no server of its own
    pytestmark.append(pytest.mark.skip(reason=str(error)))

HOLDER = """
import os, sys
from pathlib import Path
from config.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
cluster.join()
print("joined", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that the server's user can enter, unlike pytest's own temporary folders."""
    with tempfile.TemporaryDirectory(prefix="maillage-cluster-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "state"


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder, durable=False)
    yield made
    made.leave()
    assert processes(made) == [], "the server outlived its users"


def ask(cluster: Cluster, sql: str) -> object:
    with psycopg.connect(host=str(cluster.home), user=ROLE, dbname=DATABASE, autocommit=True) as connection:
        cursor = connection.execute(sql)  # type: ignore[arg-type]
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]


def holder(cluster: Cluster) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(cluster.folder)],
        cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "joined\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_starts_asleep_and_is_stopped_by_the_last_to_leave(cluster: Cluster) -> None:
    assert readiness(cluster) == 2
    cluster.join()
    assert ask(cluster, "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'") == 1
    cluster.leave()
    assert readiness(cluster) == 2
    assert processes(cluster) == []


def test_listens_on_its_private_socket_only(cluster: Cluster) -> None:
    cluster.join()
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert cluster.home.stat().st_mode & 0o777 == 0o700
    assert (cluster.home / ".s.PGSQL.5432").is_socket()


def test_never_runs_as_root(cluster: Cluster) -> None:
    cluster.join()
    owners = set()
    for pid in processes(cluster):
        with suppress(FileNotFoundError):  # one that has just ended
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    assert len(owners) == 1
    assert 0 not in owners


def test_data_outlives_a_stop(cluster: Cluster) -> None:
    cluster.join()
    ask(cluster, "CREATE TABLE kept AS SELECT 23008 AS code")
    cluster.leave()
    cluster.join()
    assert ask(cluster, "SELECT code FROM kept") == 23008


def test_whoever_leaves_first_leaves_the_server_to_the_other(cluster: Cluster) -> None:
    other = holder(cluster)
    cluster.join()
    cluster.leave()
    assert ask(cluster, "SELECT 1") == 1
    end(other)
    assert processes(cluster) == []


def test_many_may_start_it_at_once(cluster: Cluster) -> None:
    command = [sys.executable, "-c", HOLDER, str(cluster.folder)]
    crowd = [
        subprocess.Popen(command, cwd=CLONE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [process.communicate()[0] for process in crowd] == [b"joined\n"] * 4
    assert [process.returncode for process in crowd] == [0] * 4
    assert processes(cluster) == []


def test_a_killed_user_does_not_keep_it_up_for_ever(cluster: Cluster) -> None:
    killed = holder(cluster)
    killed.kill()
    end(killed)
    assert processes(cluster) != []
    cluster.join()
    cluster.leave()
    assert processes(cluster) == []


def test_a_forked_child_counts_as_a_user(cluster: Cluster) -> None:
    cluster.join()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write)
        os.read(read, 1)  # until the parent closes its end
        os._exit(0)
    os.close(read)
    cluster.leave()
    assert ask(cluster, "SELECT 1") == 1
    os.close(write)
    os.waitpid(child, 0)
    cluster.join()


def kill_everything(cluster: Cluster) -> None:
    for pid in processes(cluster):
        with suppress(ProcessLookupError):  # the others end of themselves once the first is gone
            os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not processes(cluster))


def test_recovers_from_a_killed_server(folder: Path) -> None:
    cluster = Cluster(folder, durable=True)
    cluster.join()
    ask(cluster, "CREATE TABLE kept AS SELECT 'Aubusson' AS name")
    kill_everything(cluster)
    cluster.leave()
    cluster.join()
    assert ask(cluster, "SELECT name FROM kept") == "Aubusson"
    cluster.leave()
    assert processes(cluster) == []


def test_recovers_when_only_the_first_process_was_killed(cluster: Cluster) -> None:
    cluster.join()
    busy = psycopg.connect(host=str(cluster.home), user=ROLE, dbname=DATABASE)
    busy.execute("SELECT 1")
    first = int(postgres.run("head", "-n", "1", cluster.data / "postmaster.pid").stdout)
    os.kill(first, signal.SIGKILL)
    cluster.leave()
    cluster.join()
    assert ask(cluster, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")
    busy.close()


def test_a_stale_number_taken_by_another_process_is_seen_through(cluster: Cluster) -> None:
    cluster.join()
    note = postgres.run("cat", cluster.data / "postmaster.pid").stdout
    kill_everything(cluster)
    cluster.leave()
    # a living process of the server's user that is no server
    account = postgres.server_user()
    bystander = subprocess.Popen(["sleep", "60"], user=account.pw_uid if account else None)
    try:
        stale = note.replace(note.splitlines()[0], str(bystander.pid), 1)
        postgres.run("sh", "-c", f"printf %s '{stale}' > '{cluster.data}/postmaster.pid'")
        cluster.join()
        assert ask(cluster, "SELECT 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_an_interrupted_making_is_begun_again(cluster: Cluster) -> None:
    module.prepare_home(cluster.folder)
    postgres.run("mkdir", "-p", cluster.home / "data.new" / "base")
    cluster.join()
    assert ask(cluster, "SELECT 1") == 1


def test_is_not_removed_while_somebody_uses_it(cluster: Cluster) -> None:
    other = holder(cluster)
    with pytest.raises(ClusterError, match="in use"):
        cluster.remove()
    end(other)
    cluster.remove()
    assert not cluster.folder.exists()


def test_a_folder_of_another_user_is_refused_by_name(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.join()
    cluster.leave()
    somebody = pwd.getpwnam("nobody")
    for room in (module, postgres):
        monkeypatch.setattr(room, "server_user", lambda: somebody)
    with pytest.raises(ClusterError, match=r"belongs to the user \w+"):
        cluster.join()


def test_data_of_a_version_that_is_gone_is_named() -> None:
    with pytest.raises(ClusterError, match=r"made by PostgreSQL 9.*make clean"):
        postgres.programs(9)


class TestWhereItLives:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("STATE_FOLDER", raising=False)
        folder.mkdir()
        monkeypatch.setattr(
            module, "elsewhere", lambda clone: folder / "far" / clone.name[:10].replace(",", "")
        )

    def test_in_the_clone(self, folder: Path) -> None:
        assert Cluster.of_clone(folder).folder == folder / ".local"

    def test_elsewhere_when_the_path_is_too_long_for_a_socket(self, folder: Path) -> None:
        clone = folder / ("x" * 100)
        clone.mkdir()
        assert Cluster.of_clone(clone).folder == folder / "far" / "xxxxxxxxxx"

    def test_elsewhere_when_a_comma_would_cut_the_path(self, folder: Path) -> None:
        clone = folder / "a,b"
        clone.mkdir()
        assert Cluster.of_clone(clone).folder == folder / "far" / "ab"

    @pytest.mark.skipif(os.getuid() != 0, reason="only root has a server user that may be shut out")
    def test_elsewhere_when_the_servers_user_cannot_enter(self, folder: Path) -> None:
        (folder / "closed").mkdir(mode=0o700)
        clone = folder / "closed" / "clone"
        clone.mkdir()
        assert Cluster.of_clone(clone).folder == folder / "far" / "clone"
        assert not (clone / ".local" / "pg").exists()

    def test_elsewhere_is_remembered(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clone = folder / ("x" * 100)
        clone.mkdir()
        first = Cluster.of_clone(clone).folder
        monkeypatch.setattr(module, "fits", lambda _folder: True)
        assert Cluster.of_clone(clone).folder == first

    def test_a_copied_clone_does_not_use_the_data_of_the_first(self, folder: Path) -> None:
        clone, copy = folder / ("x" * 100), folder / ("y" * 100)
        clone.mkdir()
        Cluster.of_clone(clone)
        clone.rename(copy)
        assert Cluster.of_clone(copy).folder == folder / "far" / "yyyyyyyyyy"

    def test_too_long_everywhere_is_said(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clone = folder / ("x" * 100)
        clone.mkdir()
        monkeypatch.setattr(module, "elsewhere", lambda clone: clone)
        with pytest.raises(ClusterError, match="too long for a socket.*DATABASE_URL"):
            Cluster.of_clone(clone)


def test_the_state_folder_of_a_user_follows_the_desktop_convention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/ada/state")
    assert module.elsewhere(Path("/a")).parent == Path("/home/ada/state")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert module.elsewhere(Path("/a")).parent == Path("/var/lib")
    assert module.elsewhere(Path("/a")) != module.elsewhere(Path("/b"))


def test_what_a_killed_test_run_left_is_removed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    folder.mkdir()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    left, used = Cluster.throw_away(), Cluster.throw_away()
    left.join()
    left.leave()
    used.hold()
    fresh = Cluster.throw_away()
    assert not left.folder.exists()
    assert used.folder.exists()
    assert fresh.folder.exists()
    used.leave()
