"""How gunicorn serves Maillage: a few processes with threads, so that a slow download holds no process."""

import os
import socket
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.http import message

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    from config import environment as given
    from config.cluster import Cluster
except ImproperlyConfigured as error:
    sys.exit(f"maillage: {error}")

bind = [f"[{given.HOST}]:{given.PORT}" if ":" in given.HOST else f"{given.HOST}:{given.PORT}"]
worker_class = "gthread"
workers = given.WEB_WORKERS
threads = given.WEB_THREADS
preload_app = True  # loaded once, shared by the workers; connections open later, in each
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 20_000  # a worker starts anew now and then: no slow leak lasts
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
loglevel = given.LOG_LEVEL.lower() if given.LOG_LEVEL != "INFO" else "warning"
# The proxy in front says by which road a request came; it is believed only with TRUST_PROXY.
forwarded_allow_ips = "*" if given.TRUST_PROXY else "127.0.0.1,::1"
control_socket_disable = True
# A thousand slugs fit in an address, and one that is too long is refused by the site, in its own
# words. gunicorn knows only "8 190 at most" and "no limit at all", so its maximum is moved.
message.MAX_REQUEST_LINE = limit_request_line = 64 * 1024


def when_ready(server: Any) -> None:
    """Readers who take nothing for so long are dropped, and free their thread: Linux counts for us.

    Connections have it from the socket that they came by.
    """
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return  # not Linux
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, given.STALLED_SECONDS * 1000)


def on_starting(server: object) -> None:
    """Hold the clone's own database up for as long as the site is served, queries or not."""
    if not given.DATABASE_URL:
        Cluster.of_clone().join()
