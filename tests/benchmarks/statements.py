"""SQL as a contender: the floor below every web server, and the roads that were not taken.

Statements are prepared after a few uses, as psycopg does by itself. Several connections are shared
between two processes, as the web servers have them, so that one interpreter is not what is measured.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import psycopg

from tests.benchmarks.dataset import dsn
from tests.benchmarks.measure import Turn

Parameters = Mapping[str, Any]
PROCESSES = 2


def ask(url: str, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with psycopg.connect(dsn(url)) as connection:
        return connection.execute(sql, parameters).fetchall()


def in_turn(
    url: str, sql: str, given: Sequence[Parameters], seconds: float = 3, most: int | None = None
) -> Turn:
    """One connection that asks one statement after another, with each of the parameters in a circle."""
    with psycopg.connect(dsn(url), autocommit=True) as connection:
        began = time.monotonic()
        latencies, size = _loop(connection, sql, given, 0, seconds, most)
        return Turn(time.monotonic() - began, latencies, size)


def together(
    url: str, sql: str, given: Sequence[Parameters], connections: int = 8, seconds: float = 2
) -> Turn:
    """Several connections at once, for a floor in answers per second."""
    each = max(1, connections // PROCESSES)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(_nothing, range(PROCESSES)))  # started before the clock is
        turns = list(pool.map(_several, *zip(*[(url, sql, given, each, seconds)] * PROCESSES, strict=True)))
    return Turn(
        seconds=max(turn.seconds for turn in turns),
        latencies=[ms for turn in turns for ms in turn.latencies],
        received=sum(turn.received for turn in turns),
    )


def copied(url: str, sql: str) -> Turn:
    """``COPY (…) TO STDOUT``, read to its end: the floor of every export."""
    with psycopg.connect(dsn(url)) as connection, connection.cursor() as cursor:
        began = time.monotonic()
        size, first = 0, None
        with cursor.copy(f"COPY ({sql}) TO STDOUT") as rows:
            for piece in rows:
                first = first or (time.monotonic() - began) * 1000
                size += len(piece)
        seconds = time.monotonic() - began
    return Turn(seconds, [seconds * 1000], size, first)


def _nothing(_number: int) -> None:
    return None


def _several(url: str, sql: str, given: Sequence[Parameters], connections: int, seconds: float) -> Turn:
    doors = [psycopg.connect(dsn(url), autocommit=True) for _ in range(connections)]
    results: list[tuple[list[float], int]] = []
    threads = [
        threading.Thread(
            target=lambda door=door, n=n: results.append(
                _loop(door, sql, given, n * len(given) // connections, seconds, None)
            )
        )
        for n, door in enumerate(doors)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    for door in doors:
        door.close()
    return Turn(
        seconds, [ms for latencies, _size in results for ms in latencies], sum(s for _l, s in results)
    )


def _loop(
    connection: psycopg.Connection[Any],
    sql: str,
    given: Sequence[Parameters],
    start: int,
    seconds: float,
    most: int | None,
) -> tuple[list[float], int]:
    latencies: list[float] = []
    size = 0
    end = time.monotonic() + seconds
    turn = start
    while time.monotonic() < end and (most is None or len(latencies) < most):
        began = time.monotonic()
        rows = connection.execute(sql, given[turn % len(given)]).fetchall()
        latencies.append((time.monotonic() - began) * 1000)
        size += sum(len(value) for row in rows for value in row if isinstance(value, str))
        turn += 1
    return latencies, size
