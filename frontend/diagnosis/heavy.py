"""One heavy file at a time in a process, and one more in wait: the other threads stay free for pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20  # seconds that one waits for another's file to be made
waiting = threading.BoundedSemaphore(2)
making = threading.Lock()


class TooBusy(Exception):
    """Others' files are being made."""


@contextmanager
def turn() -> Iterator[None]:
    """TooBusy at once where somebody waits already, or after PATIENCE."""
    if not waiting.acquire(blocking=False):
        raise TooBusy
    try:
        if not making.acquire(timeout=PATIENCE):
            raise TooBusy
        try:
            yield
        finally:
            making.release()
    finally:
        waiting.release()
