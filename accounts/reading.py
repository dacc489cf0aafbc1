"""Whether what is being answered may only read, and the one way around it.

A request that only asks (GET, HEAD, OPTIONS) writes nothing: the middleware (config/readonly.py) says of
a request that it only asks, the database's connection holds it (config/reading). Signing in cannot live
by that alone, so the flag and its lift stand here, below all that need them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_reading: ContextVar[bool] = ContextVar("reading", default=False)

# Why an answer that only asks may write all the same; nothing else may. A test looks for every use.
SESSION = "a session is kept, ended, or gets another number"
TOKEN_USED = "when a token of the API was last used"
SIGNED_IN_ELSEWHERE = "an identity provider sends a person back by a GET"


def reading() -> bool:
    """Whether the database is to refuse whatever would write now."""
    return _reading.get()


@contextmanager
def only_reading(asks: bool = True) -> Iterator[None]:
    """Inside, the database refuses what would write; with ``asks`` false, it does not."""
    before = _reading.set(asks)
    try:
        yield
    finally:
        _reading.reset(before)


@contextmanager
def writing(reason: str) -> Iterator[None]:
    """Lift it for one of the reasons above. Too late inside a transaction, which stays as it began."""
    with only_reading():  # so that what is lifted ends with the block
        lift(reason)
        yield


def lift(reason: str) -> None:
    """The same, up to the end of what said ``only_reading()``."""
    if reason not in (SESSION, TOKEN_USED, SIGNED_IN_ELSEWHERE):
        raise ValueError(f"No reason to write in an answer: {reason!r}.")
    _reading.set(False)
