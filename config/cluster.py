"""The PostgreSQL + PostGIS server that belongs to this clone, and to nothing else.

Standard library only: it is used before ``.venv`` exists and after it was removed.

Whoever needs the server calls :meth:`Cluster.join`, which starts it when it sleeps, and holds a
shared lock until it leaves. The last one out turns off the light: the process that leaves and
finds no other holder stops the server. A process that dies without leaving loses its lock all
the same, so the next one to leave stops the server.

The server listens on a socket in a folder that only its own user (and root) can enter, never on
the network; that folder is what protects it, so it asks for no password. Started by root, it
runs as the system user ``postgres``.

    python3 -m config.cluster status | stop | remove | psql
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.postgres import (
    DATABASE,
    ROLE,
    SOCKET,
    ClusterError,
    Server,
    programs_of,
    readiness,
    run,
    server_user,
    start,
    stop,
)

CLONE = Path(__file__).resolve().parent.parent
LONGEST_SOCKET = 107  # bytes of a socket's path that Linux accepts, its closing NUL left out
THROW_AWAY_PREFIX = "maillage-test-"


class Cluster(Server):
    """A PostgreSQL server in one folder, private to it.

    ``folder`` holds ``users.lock`` (shared by everyone who uses the server), ``start.lock`` (held
    while one starts it) and ``pg/``, which belongs to the server's user: socket, data, log.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        super().__init__(folder / "pg", durable)
        self.folder = folder
        self._mutex = threading.RLock()
        self._held: int | None = None

    # -- joining and leaving ------------------------------------------------------------------

    def hold(self) -> None:
        """Count among the users of the server without starting it."""
        with self._mutex:
            if self._held is None:
                prepare_home(self.folder)
                self._held = open_lock(self.folder / "users.lock")
                fcntl.flock(self._held, fcntl.LOCK_SH)
                atexit.register(self.leave)

    def join(self) -> Path:
        """Start the server unless it runs, count among its users, return its socket folder."""
        with self._mutex:
            if self._held is not None:
                return self.home
            prepare_home(self.folder)
            with locked(self.folder / "start.lock"):
                self.hold()
                try:
                    start(self)
                except BaseException:
                    self.leave()
                    raise
            return self.home

    def leave(self) -> None:
        """Stop counting among the users; the last one stops the server."""
        with self._mutex:
            if self._held is None:
                return
            os.close(self._held)
            self._held = None
            atexit.unregister(self.leave)
            # A fresh descriptor: a child forked from this process may share the old one's lock.
            if self.folder.exists():
                self.stop_unless_used()

    def stop_unless_used(self) -> bool:
        """Stop the server if nobody uses it. True when it is stopped."""
        with self._alone() as alone:
            if alone:
                stop(self)
            return alone

    def remove(self) -> None:
        """Stop the server and delete its folder. Refused while somebody uses it."""
        if not self.folder.exists():
            return
        with self._alone() as alone:
            if not alone:
                raise ClusterError(f"The database in {self.folder} is in use: stop `make run` first.")
            stop(self, "immediate")  # nothing needs to reach the disk any more
            shutil.rmtree(self.folder)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        descriptor = open_lock(self.folder / "users.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        try:
            yield alone
        finally:
            os.close(descriptor)

    # -- where it is --------------------------------------------------------------------------

    @classmethod
    def of_clone(cls, clone: Path = CLONE) -> "Cluster":
        """The server of this clone: in ``STATE_FOLDER`` when it is set, else in ``.local/``.

        Where the server's user cannot enter the clone, or its path is too long for a socket, a
        state folder elsewhere; ``.local/state-folder`` remembers it.
        """
        chosen = os.environ.get("STATE_FOLDER", "")
        if chosen:
            folder = Path(chosen).absolute()
            return cls(folder, durable=not folder.name.startswith(THROW_AWAY_PREFIX))
        local = clone / ".local"
        memory = local / "state-folder"
        remembered = Path(memory.read_text().strip()) if memory.exists() else None
        # The folder names the clone it serves: a copied .local/ must not lead to another's data.
        if remembered and serves(remembered, clone):
            return cls(remembered)
        make_folder(local)
        if fits(local) and reachable(local):
            return cls(local)
        folder = elsewhere(clone)
        if not fits(folder):
            raise ClusterError(
                f"The path {folder} is too long for a socket: set STATE_FOLDER to a shorter folder, "
                "or DATABASE_URL to a server."
            )
        make_folder(folder)
        (folder / "clone").write_text(f"{clone}\n")
        memory.write_text(f"{folder}\n")
        return cls(folder)

    @classmethod
    def throw_away(cls) -> "Cluster":
        """A new empty server in a temporary folder, fast and careless of power cuts, for tests.

        Folders that killed runs left behind are removed first.
        """
        for base in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
            for old in Path(base).glob(f"{THROW_AWAY_PREFIX}*"):
                if old.is_dir() and old.stat().st_uid == os.getuid():
                    try:
                        cls(old, durable=False).remove()
                    except (ClusterError, OSError):
                        continue  # another run uses it, or is removing it
            folder = Path(tempfile.mkdtemp(prefix=THROW_AWAY_PREFIX, dir=base))
            folder.chmod(0o755)
            if fits(folder) and reachable(folder):
                return cls(folder, durable=False)
            shutil.rmtree(folder)
        raise ClusterError("No temporary folder that the server's user can enter: set DATABASE_URL.")

    def url(self, database: str = DATABASE) -> str:
        """Its address, as ``DATABASE_URL`` takes it. The server may be asleep."""
        host = str(self.home).replace("%", "%25").replace("/", "%2F")
        return f"postgis://{ROLE}@{host}/{database}"


# -- folders and locks ------------------------------------------------------------------------


def make_folder(folder: Path) -> None:
    """Create a folder that others may enter, whatever the umask: the server's user must."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def prepare_home(folder: Path) -> None:
    """Create ``pg/``, which belongs to the server's user and which nobody else can enter."""
    make_folder(folder)
    home, account = folder / "pg", server_user()
    if not home.exists():
        # Whole or not at all: another process may look while it is made.
        made = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
        if account:
            os.chown(made, account.pw_uid, account.pw_gid)
        try:
            made.rename(home)
        except OSError:  # the other one was quicker
            made.rmdir()
    if home.stat().st_uid != (account.pw_uid if account else os.getuid()):
        owner = home.stat().st_uid
        name = next((entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == owner), str(owner))
        raise ClusterError(
            f"The database in {home} belongs to the user {name}: run this as the user who made it "
            "(root for “postgres”), or set DATABASE_URL to another server."
        )


def reachable(folder: Path) -> bool:
    """Whether the server's user can enter and write its part of the folder."""
    try:
        prepare_home(folder)
    except OSError:
        return False
    home = folder / "pg"
    if run("test", "-w", home, check=False).returncode == 0:
        return True
    if not any(home.iterdir()):
        home.rmdir()
    return False


def fits(folder: Path) -> bool:
    """Whether the socket's path is short enough; a comma would end it for the client library."""
    path = os.fsencode(folder / "pg" / SOCKET)
    return len(path) <= LONGEST_SOCKET and b"," not in path


def elsewhere(clone: Path) -> Path:
    """The state folder of a clone that cannot hold its own."""
    name = "maillage-" + hashlib.sha256(os.fsencode(clone)).hexdigest()[:10]
    if os.getuid() == 0:
        return Path("/var/lib") / name
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path.home() / ".local" / "state") / name


def serves(folder: Path, clone: Path) -> bool:
    note = folder / "clone"
    return note.exists() and note.read_text().strip() == str(clone)


def open_lock(path: Path) -> int:
    """Open a lock file; a child program does not inherit it, a forked child does."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise ClusterError(f"{path} belongs to another user: run this as the user who made it.") from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# -- by hand ----------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in ("status", "stop", "remove", "psql"):
        print(__doc__, file=sys.stderr)
        return 2
    cluster = Cluster.of_clone()
    if arguments[0] == "status":
        state = {0: "running", 1: "starting or stopping"}.get(readiness(cluster), "not running")
        print(f"{state}: {cluster.url()}")
    elif arguments[0] == "psql":
        home = cluster.join()
        return subprocess.run([programs_of(cluster) / "psql", "-h", home, "-U", ROLE, DATABASE]).returncode
    elif arguments[0] == "remove":
        cluster.remove()
    elif not cluster.stop_unless_used():
        raise ClusterError("The database is in use: stop `make run` first.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ClusterError as error:
        sys.exit(f"maillage: {error}")
