"""One short text that changes whenever what can be read changes: what validators and caches are keyed by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")

_known: ContextVar[list[str] | None] = ContextVar("known", default=None)


def token() -> str:
    """The version of all that can be read, as of the last commit seen; one cheap query.

    Every statement that changes a table of the directory or of the territories adds one in its own
    transaction (triggers of migration 0005), so that the sum grows in the order of commits: unlike a
    sequence or a greatest id, it cannot be seen before what it announces. Read it *before* what it
    is to vouch for; then the worst is a validator that is too old, never one that is too new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n)::text FROM directory_version")
        return str(cursor.fetchone()[0])


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside, what one answer rests on is asked for once, when it is first needed: see ``known()``."""
    before = _known.set([])
    try:
        yield
    finally:
        _known.reset(before)


def known() -> str:
    """The version that this answer began with; outside of ``asked_once()``, the present one."""
    kept = _known.get()
    if kept is None:
        return token()
    if not kept:
        kept.append(token())
    return kept[0]


class Kept(Generic[T]):
    """What ``make`` gives, made once per version of the data. Inside a transaction, which sees what nobody
    else does, it is made each time."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make
        self.last: tuple[str, T] | None = None

    def __call__(self) -> T:
        if connection.in_atomic_block:
            return self.make()
        version, last = known(), self.last
        if last is None or last[0] != version:
            last = self.last = (version, self.make())
        return last[1]
