"""Running what was queued: here and now, or by a worker of its own as on a real site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from jobs import tasks
from tests.served import CLONE


def run_queued(queue: str = "") -> list[str]:
    """Run the jobs that are due, in this process and in the test's own transaction; the names of their tasks.

    What one of them queues is run too. An error is the test's.
    """
    names = []
    while job := due(queue).first():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
        task = app.tasks[job.task_name]
        arguments = [context_of(job)] if task.pass_context else []
        task.func(*arguments, **job.args)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
        names.append(job.task_name)
    return names


def apart(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Run an asynchronous function to its end in a thread of its own: Playwright leaves an event loop in the
    main one. It has a connection of its own, which sees what is committed."""

    def run() -> Any:
        try:
            return async_to_sync(work)(*arguments, **named)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def context_of(job: ProcrastinateJob) -> JobContext:
    """What a worker would tell a task of its job."""
    return JobContext(
        app=app, job=job.procrastinate_job, start_timestamp=time.time(), abort_reason=lambda: None
    )


def due(queue: str = "") -> Any:
    found = ProcrastinateJob.objects.filter(status="todo").order_by("pk")
    found = found.extra(where=["scheduled_at IS NULL OR scheduled_at <= clock_timestamp()"])
    return found.filter(queue_name=queue) if queue else found


def database_url() -> str:
    """The address of the test's database, for a process of its own."""
    given = connection.settings_dict
    password = f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else ""
    port = f":{given['PORT']}" if given["PORT"] else ""
    user = quote(given["USER"], safe="") + password
    return f"postgis://{user}@{quote(given['HOST'], safe='')}{port}/{given['NAME']}"


@contextmanager
def worker(*options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as ``make run`` starts it, until the block ends."""
    environ = {
        **os.environ, "DATABASE_URL": database_url(), "ENV_FILE": "", "DATABASE_POOL_SIZE": "4",
        "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "", "LOG_LEVEL": "WARNING",
        "STATIC_ROOT": str(settings.STATIC_ROOT), **variables,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker", *options],
        cwd=CLONE, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def until(holds: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until this holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def empty_queue() -> None:
    """Procrastinate's tables are not Django's: the end of a test leaves them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers,"
            " procrastinate_periodic_defers CASCADE"
        )


def an_hour_passes() -> None:
    """No worker has given a sign of life for an hour, and what is done each minute is due.

    It may be queued already: a killed worker that saw a minute begin queued it, and did not come to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    with suppress(AlreadyEnqueued):
        tasks.take_up_again.defer(timestamp=0)
