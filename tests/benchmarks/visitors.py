"""Visitors over HTTP/1.1: keep-alive connections that ask one thing after another, and count what came.

One thread, non-blocking sockets, no parsing beyond where an answer ends: on two cores the generator must
leave the work to what it measures. Loopback only. Nothing is compressed, for anyone: that is a proxy's
work, and ``first_visit`` measures it.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.dataset import say
from tests.benchmarks.measure import Turn

CONNECTIONS = 8
READ = 1 << 18
LATE_SECONDS = 120  # what has not answered by then never will
BODY = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: when it was asked (monotonic), milliseconds, status, bytes of its body."""

    kind: str
    asked: float
    ms: float
    status: int
    size: int


class Visitor:
    """One connection. It is opened anew when the server closed it between two answers, as browsers do."""

    def __init__(self, host: str, port: int, ready: selectors.BaseSelector) -> None:
        self.host, self.port, self.ready = host, port, ready
        self.door: socket.socket | None = None
        self.reopened = 0

    def ask(self, kind: str, path: str) -> None:
        self.kind, self.path = kind, path
        self.head = bytearray()
        self.status, self.size, self.left = 0, 0, -1
        self.chunked = self.closing = False
        self.tail = b""
        self.asked = time.monotonic()
        self._send()

    def _send(self) -> None:
        self.fresh = self.door is None
        if self.door is None:
            self.door = socket.create_connection((self.host, self.port), timeout=30)
            self.door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.ready.register(self.door, selectors.EVENT_READ, self)
        try:
            self.door.setblocking(True)
            self.door.sendall(
                f"GET {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept: */*\r\n\r\n".encode()
            )
            self.door.setblocking(False)
        except OSError:
            self._again()

    def _again(self) -> None:
        """Ask on a new connection, once: the server had closed this one while nobody asked anything."""
        fresh = self.fresh
        self.close()
        if fresh:
            raise ConnectionError(f"{self.path}: the server hung up")
        self.reopened += 1
        self._send()

    def close(self) -> None:
        if self.door is not None:
            self.ready.unregister(self.door)
            self.door.close()
            self.door = None

    def read(self) -> Answer | None:
        """Take what came; the answer when it is whole."""
        assert self.door is not None
        try:
            piece = self.door.recv(READ)
        except BlockingIOError:
            return None
        except ConnectionError:
            piece = b""
        if not piece:
            if not self.head:
                self._again()
                return None
            if self.left != -1 or self.chunked or not self.status:
                raise ConnectionError(f"{self.path}: the answer was cut short")
            return self._whole()
        if not self.status:
            self.head += piece
            at = self.head.find(BODY)
            if at < 0:
                return None
            piece = bytes(self.head[at + len(BODY) :])
            self._understand(bytes(self.head[:at]))
        return self._count(piece)

    def _understand(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.chunked = "chunked" in fields.get("transfer-encoding", "").lower()
        self.closing = fields.get("connection", "").lower() == "close"
        if "content-length" in fields:
            self.left = int(fields["content-length"])

    def _count(self, piece: bytes) -> Answer | None:
        self.size += len(piece)
        if self.chunked:
            self.tail = (self.tail + piece)[-5:]
            return self._whole() if self.tail == b"0\r\n\r\n" else None
        if self.left >= 0:
            self.left -= len(piece)
            return self._whole() if self.left <= 0 else None
        return None

    def _whole(self) -> Answer:
        answer = Answer(self.kind, self.asked, (time.monotonic() - self.asked) * 1000, self.status, self.size)
        if self.closing or (self.left == -1 and not self.chunked):
            self.close()
        return answer


def replay(
    address: str,
    script: Iterator[tuple[str, str]],
    visitors: int,
    seconds: float,
    most: int | None = None,
    pause: float = 0,
) -> tuple[list[Answer], list[str], int]:
    """Let visitors ask what the script says, (kind, path) each, for that long or until ``most`` answers.

    Each waits for ``pause`` seconds between an answer and the next question. Gives the answers, what went
    wrong, and how many connections had to be opened anew.
    """
    parts = urlsplit(address)
    answers: list[Answer] = []
    errors: list[str] = []
    with selectors.DefaultSelector() as ready:
        company = [Visitor(parts.hostname or "", parts.port or 80, ready) for _ in range(visitors)]
        waiting = set(company)
        end = time.monotonic() + seconds
        asked = 0
        resting: list[tuple[float, Visitor]] = []  # until when, in order

        def go_on(visitor: Visitor) -> None:
            nonlocal asked
            if time.monotonic() >= end or (most is not None and asked >= most):
                waiting.discard(visitor)
                return
            asked += 1
            visitor.ask(*next(script))

        def guarded(visitor: Visitor, step: Callable[[], None]) -> None:
            try:
                step()
            except OSError as error:
                errors.append(str(error))
                visitor.close()
                waiting.discard(visitor)

        def listen(visitor: Visitor) -> None:
            answer = visitor.read()
            if answer is not None:
                answers.append(answer)
                if answer.status != 200:
                    errors.append(f"{answer.status} {visitor.path}")
                if pause:
                    resting.append((time.monotonic() + pause, visitor))
                else:
                    go_on(visitor)

        for visitor in company:
            guarded(visitor, lambda visitor=visitor: go_on(visitor))  # type: ignore[misc]
        while waiting and time.monotonic() < end + LATE_SECONDS:
            rest = max(0.0, resting[0][0] - time.monotonic()) if resting else 1
            for key, _events in ready.select(timeout=rest):
                guarded(key.data, lambda key=key: listen(key.data))  # type: ignore[misc]
            while resting and resting[0][0] <= time.monotonic():
                _until, rested = resting.pop(0)
                guarded(rested, lambda rested=rested: go_on(rested))  # type: ignore[misc]
        errors += [f"no answer: {visitor.path}" for visitor in waiting]
        for visitor in company:
            visitor.close()
    return answers, errors, sum(visitor.reopened for visitor in company)


def drive(
    address: str,
    paths: Sequence[str],
    connections: int = CONNECTIONS,
    seconds: float = 2,
    most: int | None = None,
) -> Turn:
    """One turn of a contender: the paths in a circle.

    More than one answer in twenty that is not a whole 200 ends the benchmark; fewer are told.
    """
    began = time.monotonic()
    script = (("", path) for path in cycle(paths))
    answers, errors, _reopened = replay(address, script, connections, seconds, most)
    if errors:
        told = f"{address}: {len(errors)} errors beside {len(answers)} answers, the first: {errors[0]}"
        if len(errors) > max(1, len(answers) // 20):
            raise SystemExit(told)
        say(told)
    return Turn(
        seconds=time.monotonic() - began,
        latencies=[answer.ms for answer in answers],
        received=sum(answer.size for answer in answers),
    )


def fetch(address: str) -> Any:
    """The JSON at an address."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        return json.load(answer)


def download(address: str) -> Turn:
    """One answer read to its end as it comes: its first byte, its time, its bytes."""
    began = time.monotonic()
    size = 0
    with urllib.request.urlopen(address, timeout=600) as answer:
        first = answer.read(1)
        first_byte = (time.monotonic() - began) * 1000
        size += len(first)
        while piece := answer.read(READ):
            size += len(piece)
    seconds = time.monotonic() - began
    return Turn(seconds=seconds, latencies=[seconds * 1000], received=size, first_byte=first_byte)
