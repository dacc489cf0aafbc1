"""PostgreSQL's own programs over one server: find them, make, start, ask and stop it.

Standard library only, as for config/cluster.py, which says where a server is and who uses it.
"""

import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

ROLE = DATABASE = "maillage"
SOCKET = ".s.PGSQL.5432"
OLDEST = 15  # major version of PostgreSQL


class ClusterError(Exception):
    """The server cannot be used; the message says why and what to do."""


class Server:
    """A PostgreSQL server: its socket, data and log, in one folder of its user's own."""

    def __init__(self, home: Path, durable: bool) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.durable = durable
        # Shown in the title of each of the server's processes: how they are told from others.
        self.name = "maillage-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]


# -- the account ------------------------------------------------------------------------------


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


def programs_of(server: Server) -> Path:
    version = run("cat", server.data / "PG_VERSION").stdout.strip()
    return programs(int(version))


# -- starting and stopping --------------------------------------------------------------------


def exists(server: Server) -> bool:
    return server.home.exists() and run("test", "-f", server.data / "PG_VERSION", check=False).returncode == 0


def readiness(server: Server) -> int:
    """What ``pg_isready`` says: 0 accepts connections, 1 is starting or stopping, 2 is silent."""
    if not exists(server):
        return 2
    return run(programs_of(server) / "pg_isready", "-q", "-h", server.home, check=False).returncode


def answers(server: Server) -> bool:
    return readiness(server) == 0


def start(server: Server) -> None:
    """Make the server if there is none, wake it if it sleeps. Called under ``start.lock``."""
    if not exists(server):
        create(server)
    if not answers(server):
        wait_or_clear(server)
    if not answers(server):
        result = run(
            programs_of(server) / "pg_ctl", "start", "-s", "-w", "-t", "180", "-D", server.data,
            "-l", server.log, "-o", options(server), check=False,
        )  # fmt: skip
        if result.returncode != 0:
            tail = run("tail", "-n", "12", server.log, check=False).stdout
            raise ClusterError(f"PostgreSQL does not start. The end of {server.log}:\n{tail}")
    sql = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
    connect = ["-h", str(server.home), "-U", ROLE]
    folder = programs_of(server)
    if run(folder / "psql", *connect, "-XAtc", sql, "postgres").stdout.strip() != "1":
        run(folder / "createdb", *connect, DATABASE)


def create(server: Server) -> None:
    """Make an empty server. Made aside then renamed: an interrupted try leaves nothing half done."""
    making = server.home / "data.new"
    run("rm", "-rf", making)
    sync: list[str] = [] if server.durable else ["--no-sync"]
    run(
        programs() / "initdb", "--pgdata", making, "--username", ROLE, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C.UTF-8", *sync,
    )  # fmt: skip
    run("mv", "-T", making, server.data)


def options(server: Server) -> str:
    """Settings fit for a laptop, as the server's command line takes them."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(server.home).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "cluster_name": server.name,
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
    if not server.durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())


def wait_or_clear(server: Server) -> None:
    """Let a server that starts or recovers finish; clear away what a killed one left.

    The last backends of a killed server go by themselves within moments; those that do not are
    killed, because a new server must not write beside them. A stale ``postmaster.pid`` would
    keep a new server from starting when another process has taken its number meanwhile.
    """
    deadline = time.monotonic() + 180
    patience = time.monotonic() + 10
    while processes(server) and time.monotonic() < deadline:
        state = readiness(server)
        if state == 0:
            return
        if state == 2 and time.monotonic() > patience:
            for pid in processes(server):
                run("kill", f"-{signal.SIGKILL}", str(pid), check=False)
        time.sleep(0.1)
    if not processes(server):
        run(
            "rm",
            "-f",
            server.data / "postmaster.pid",
            server.home / SOCKET,
            server.home / f"{SOCKET}.lock",
        )


def processes(server: Server) -> list[int]:
    """The living processes of this server, known by their titles."""
    alive = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            title = path.read_bytes().replace(b"\0", b" ")
        except OSError:
            continue  # it ended meanwhile
        if title.startswith(f"postgres: {server.name}".encode()) or (
            f"cluster_name={server.name}".encode() in title and b"/postgres -D" in title
        ):
            alive.append(int(path.parent.name))
    return alive


def stop(server: Server, mode: str = "fast") -> None:
    """Stop the server, if it runs. Called by the only one left."""
    if not exists(server) or not processes(server):
        return
    command: list[str | Path] = [
        programs_of(server) / "pg_ctl",
        "stop",
        "-s",
        "-w",
        "-t",
        "60",
        "-D",
        server.data,
        "-m",
    ]
    if run(*command, mode, check=False).returncode != 0:
        run(*command, "immediate", check=False)
