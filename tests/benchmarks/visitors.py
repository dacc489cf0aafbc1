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
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
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
        self.idle = True  # nothing is asked
        self.reopened = 0

    def ask(self, kind: str, path: str) -> None:
        self.kind, self.path = kind, path
        self.head = bytearray()
        self.status, self.size, self.left = 0, 0, -1
        self.chunked = self.closing = False
        self.tail = b""
        self.idle = False
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
            return self._ended()
        if not self.status:
            self.head += piece
            at = self.head.find(BODY)
            if at < 0:
                return None
            piece = bytes(self.head[at + len(BODY) :])
            self._understand(bytes(self.head[:at]))
        return self._count(piece)

    def _ended(self) -> Answer | None:
        """The server hung up: while nothing was asked, as it may, or to end an answer without a length."""
        if self.idle:
            self.close()
            self.reopened += 1
            return None
        if not self.head:
            self._again()
            return None
        if self.left != -1 or self.chunked or not self.status:
            raise ConnectionError(f"{self.path}: the answer was cut short")
        return self._whole()

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
        self.idle = True
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
    crowd = Crowd(address, script, visitors, most, pause)
    crowd.come(seconds)
    return crowd.answers, crowd.errors, sum(visitor.reopened for visitor in crowd.visitors)


class Crowd:
    """Visitors who ask in turn what one script says; one that met an error asks no more."""

    def __init__(
        self, address: str, script: Iterator[tuple[str, str]], visitors: int, most: int | None, pause: float
    ) -> None:
        parts = urlsplit(address)
        self.ready = selectors.DefaultSelector()
        self.visitors = [Visitor(parts.hostname or "", parts.port or 80, self.ready) for _ in range(visitors)]
        self.script = script if most is None else islice(script, most)
        self.pause = pause
        self.answers: list[Answer] = []
        self.errors: list[str] = []
        self.staying = set(self.visitors)  # those who wait for an answer, or rest
        self.resting: deque[tuple[float, Visitor]] = deque()  # until when, in order
        self.end = 0.0

    def come(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        for visitor in self.visitors:
            self._guarded(self._go_on, visitor)
        while self.staying and time.monotonic() < self.end + LATE_SECONDS:
            self._wait()
        self.errors += [f"no answer: {visitor.path}" for visitor in self.staying]
        for visitor in self.visitors:
            visitor.close()
        self.ready.close()

    def _wait(self) -> None:
        """Read what comes until somebody has rested enough."""
        rest = max(0.0, self.resting[0][0] - time.monotonic()) if self.resting else 1
        for key, _events in self.ready.select(timeout=rest):
            self._guarded(self._listen, key.data)
        while self.resting and self.resting[0][0] <= time.monotonic():
            _until, visitor = self.resting.popleft()
            self._guarded(self._go_on, visitor)

    def _go_on(self, visitor: Visitor) -> None:
        """The next question, or leave: it is late, or the script is over."""
        question = next(self.script, None) if time.monotonic() < self.end else None
        if question is None:
            visitor.close()
            self.staying.discard(visitor)
        else:
            visitor.ask(*question)

    def _listen(self, visitor: Visitor) -> None:
        answer = visitor.read()
        if answer is None:
            return
        self.answers.append(answer)
        if answer.status != 200:
            self.errors.append(f"{answer.status} {visitor.path}")
        if self.pause:
            self.resting.append((time.monotonic() + self.pause, visitor))
        else:
            self._go_on(visitor)

    def _guarded(self, step: Callable[[Visitor], None], visitor: Visitor) -> None:
        try:
            step(visitor)
        except OSError as error:
            self.errors.append(str(error))
            visitor.close()
            self.staying.discard(visitor)


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
