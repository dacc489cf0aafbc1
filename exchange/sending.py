"""Whole answers, a few at a time: each holds a thread and a database connection while its reader reads.

``DOWNLOADS_AT_ONCE`` is of one process and less than its threads, so that readers who are slow, or many,
leave some to everybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore

from django.conf import settings

from exchange.errors import Crowded

places = BoundedSemaphore(settings.DOWNLOADS_AT_ONCE)


class Download:
    """The pieces of a whole answer, which takes one of the places until it ends or its reader leaves.

    Crowded where no place is free.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.placed = places.acquire(blocking=False)
        if not self.placed:
            raise Crowded

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.pieces)
        except BaseException:  # its end, or a fault
            self.close()
            raise

    def close(self) -> None:
        """Called by the server when all is sent, or nobody reads any more."""
        try:
            if hasattr(self.pieces, "close"):
                self.pieces.close()
        finally:
            if self.placed:
                self.placed = False
                places.release()
