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
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
ROLE = DATABASE = "maillage"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 107  # bytes of a socket's path that Linux accepts, its closing NUL left out
OLDEST = 15  # major version of PostgreSQL
THROW_AWAY_PREFIX = "maillage-test-"


class ClusterError(Exception):
    """The server cannot be used; the message says why and what to do."""


class Cluster:
    """A PostgreSQL server in one folder, private to it.

    ``folder`` holds ``users.lock`` (shared by everyone who uses the server), ``start.lock`` (held
    while one starts it) and ``pg/``, which belongs to the server's user: socket, data, log.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        self.folder = folder
        self.home = folder / "pg"
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.durable = durable
        # Shown in the title of each of the server's processes: how they are told from others.
        self.name = "maillage-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
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


# -- folders and users ------------------------------------------------------------------------


def server_user() -> pwd.struct_passwd | None:
    """The account that the server runs as, when it is not the present one (root)."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError(
            "PostgreSQL never runs as root and there is no system user “postgres”: install your "
            "system's PostgreSQL package, or run this as a plain user, or set DATABASE_URL."
        ) from None


def run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command as the server's user, far from the terminal's Ctrl-C."""
    account = server_user()
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    env |= {"LC_ALL": "C.UTF-8"}
    if account:
        env |= {"HOME": account.pw_dir, "USER": account.pw_name}
    result = subprocess.run(
        [str(part) for part in command], env=env, cwd="/", stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        user=account.pw_uid if account else None, group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )  # fmt: skip
    if check and result.returncode != 0:
        raise ClusterError(f"{Path(str(command[0])).name}: {result.stdout.strip()}")
    return result


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
        home.mkdir(mode=0o700)
        if account:
            os.chown(home, account.pw_uid, account.pw_gid)
    elif home.stat().st_uid != (account.pw_uid if account else os.getuid()):
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


# -- the programs of PostgreSQL ---------------------------------------------------------------


def programs(version: int | None = None) -> Path:
    """The folder of PostgreSQL's programs: that version, or the newest that has PostGIS."""
    for folder in installed():
        major = int(run(folder / "pg_config", "--version").stdout.split()[1].split(".")[0])
        share = Path(run(folder / "pg_config", "--sharedir").stdout.strip())
        if not (share / "extension" / "postgis.control").exists():
            continue
        if major == version or (version is None and major >= OLDEST):
            return folder
    if version is not None:
        raise ClusterError(
            f"The database was made by PostgreSQL {version}, which is not installed with PostGIS "
            "any more: install it again, or remove the database with `make clean`."
        )
    raise ClusterError(
        f"PostgreSQL {OLDEST} or newer with PostGIS is not installed: `make run` installs it on "
        "Debian; elsewhere install it, set DATABASE_URL, or use `docker compose up`."
    )


def installed() -> list[Path]:
    """Folders that hold a server's programs, newest first."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    found.sort(key=lambda folder: [int(part) for part in folder.parent.name.split("-") if part.isdigit()])
    on_path = shutil.which("pg_ctl")
    candidates = [*reversed(found), *([Path(on_path).resolve().parent] if on_path else [])]
    return [
        folder for folder in candidates if (folder / "pg_ctl").exists() and (folder / "pg_config").exists()
    ]


def programs_of(cluster: Cluster) -> Path:
    version = run("cat", cluster.data / "PG_VERSION").stdout.strip()
    return programs(int(version))


# -- starting and stopping --------------------------------------------------------------------


def exists(cluster: Cluster) -> bool:
    return (
        cluster.home.exists() and run("test", "-f", cluster.data / "PG_VERSION", check=False).returncode == 0
    )


def readiness(cluster: Cluster) -> int:
    """What ``pg_isready`` says: 0 accepts connections, 1 is starting or stopping, 2 is silent."""
    if not exists(cluster):
        return 2
    return run(programs_of(cluster) / "pg_isready", "-q", "-h", cluster.home, check=False).returncode


def answers(cluster: Cluster) -> bool:
    return readiness(cluster) == 0


def start(cluster: Cluster) -> None:
    """Make the server if there is none, wake it if it sleeps. Called under ``start.lock``."""
    if not exists(cluster):
        create(cluster)
    if not answers(cluster):
        wait_or_clear(cluster)
    if not answers(cluster):
        result = run(
            programs_of(cluster) / "pg_ctl", "start", "-s", "-w", "-t", "180", "-D", cluster.data,
            "-l", cluster.log, "-o", options(cluster), check=False,
        )  # fmt: skip
        if result.returncode != 0:
            tail = run("tail", "-n", "12", cluster.log, check=False).stdout
            raise ClusterError(f"PostgreSQL does not start. The end of {cluster.log}:\n{tail}")
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
    connect = ["-h", str(cluster.home), "-U", ROLE]
    folder = programs_of(cluster)
    if run(folder / "psql", *connect, "-XAtc", sql, "postgres").stdout.strip() != "1":
        run(folder / "createdb", *connect, DATABASE)


def create(cluster: Cluster) -> None:
    """Make an empty server. Made aside then renamed: an interrupted try leaves nothing half done."""
    making = cluster.home / "data.new"
    run("rm", "-rf", making)
    sync: list[str] = [] if cluster.durable else ["--no-sync"]
    run(
        programs() / "initdb", "--pgdata", making, "--username", ROLE, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C.UTF-8", *sync,
    )  # fmt: skip
    run("mv", "-T", making, cluster.data)


def options(cluster: Cluster) -> str:
    """Settings fit for a laptop, as the server's command line takes them."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(cluster.home).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "cluster_name": cluster.name,
        "max_connections": "60",
        "shared_buffers": f"{min(max(memory_mb // 8, 128), 1024)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(memory_mb // 16, 64), 512)}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than it saves on queries of milliseconds
        # one server alone, no copy follows it: bulk loads need not be written twice
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "log_checkpoints": "off",
    }
    if not cluster.durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())


def wait_or_clear(cluster: Cluster) -> None:
    """Let a server that starts or recovers finish; clear away what a killed one left.

    The last backends of a killed server go by themselves within moments; those that do not are
    killed, because a new server must not write beside them. A stale ``postmaster.pid`` would
    keep a new server from starting when another process has taken its number meanwhile.
    """
    deadline = time.monotonic() + 180
    patience = time.monotonic() + 10
    while processes(cluster) and time.monotonic() < deadline:
        state = readiness(cluster)
        if state == 0:
            return
        if state == 2 and time.monotonic() > patience:
            for pid in processes(cluster):
                run("kill", f"-{signal.SIGKILL}", str(pid), check=False)
        time.sleep(0.1)
    if not processes(cluster):
        run(
            "rm",
            "-f",
            cluster.data / "postmaster.pid",
            cluster.home / SOCKET,
            cluster.home / f"{SOCKET}.lock",
        )


def processes(cluster: Cluster) -> list[int]:
    """The living processes of this server, known by their titles."""
    alive = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            title = path.read_bytes().replace(b"\0", b" ")
        except OSError:
            continue  # it ended meanwhile
        if title.startswith(f"postgres: {cluster.name}".encode()) or (
            f"cluster_name={cluster.name}".encode() in title and b"/postgres -D" in title
        ):
            alive.append(int(path.parent.name))
    return alive


def stop(cluster: Cluster, mode: str = "fast") -> None:
    """Stop the server, if it runs. Called by the only one left."""
    if not exists(cluster) or not processes(cluster):
        return
    command: list[str | Path] = [
        programs_of(cluster) / "pg_ctl",
        "stop",
        "-s",
        "-w",
        "-t",
        "60",
        "-D",
        cluster.data,
        "-m",
    ]
    if run(*command, mode, check=False).returncode != 0:
        run(*command, "immediate", check=False)


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
