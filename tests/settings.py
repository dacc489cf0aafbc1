"""Settings of the test suite: Maillage's own, in a known environment, on a throw-away database.

pytest-django imports this module first of all, in the process that hands out the tests and in
those that run them; the latter inherit the environment of the former. With DATABASE_URL set, the
tests make their own database on that server; without it, on a server made for this run.
"""

import atexit
import os
from contextlib import suppress
from pathlib import Path

from config.cluster import THROW_AWAY_PREFIX, Cluster
from config.postgres import ClusterError

KEPT = ("DATABASE_URL", "STATE_FOLDER")
CLONE = Path(__file__).resolve().parent.parent


def make_server() -> None:
    """Make a server of our own, started by the first test that asks for it, removed at the end."""
    cluster = Cluster.throw_away()
    cluster.hold()
    os.environ["STATE_FOLDER"] = str(cluster.folder)

    def remove() -> None:
        cluster.leave()
        with suppress(ClusterError):  # a killed test process may linger; the next run removes it
            cluster.remove()

    atexit.register(remove)


for name in (CLONE / ".env.example").read_text(encoding="utf-8").splitlines():
    variable = name.lstrip("# ").partition("=")[0]
    if variable.isidentifier() and variable.isupper() and variable not in KEPT:
        os.environ.pop(variable, None)
os.environ |= {
    "ENV_FILE": "",  # what one developer's .env says is not what the tests are about
    "DATABASE_POOL_SIZE": "0",  # the tests close and open connections themselves
    "STATIC_ROOT": str(CLONE / ".local" / "test-static"),
    "LOG_LEVEL": "WARNING",
    # Playwright's synchronous calls run inside an event loop, which Django would refuse.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
inherited = os.environ.get("STATE_FOLDER", "")
if not os.environ.get("DATABASE_URL") and not Path(inherited).name.startswith(THROW_AWAY_PREFIX):
    make_server()

from config.settings import *  # noqa: E402, F403

DATABASES["default"]["ENGINE"] = "tests.reading"  # noqa: F405

# Hashed names as in production, without the long compression: tests/config proves that.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "config.static.HashedStorage"},
}
# Signing in costs a third of a second otherwise.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
