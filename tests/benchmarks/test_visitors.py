"""The load generator tells what the server did, and takes nothing else for a fault."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat

from tests.benchmarks.visitors import replay

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
FOREVER = repeat(("map", "/quick"))


@contextmanager
def serving(answer: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server that gives each question on a connection to ``answer``, in a thread each."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def hear(visitor: socket.socket) -> None:
            with visitor:
                while question := visitor.recv(4096):
                    try:
                        answer(visitor, question)
                    except OSError:
                        return
                    if visitor.fileno() < 0:
                        return

        def welcome() -> None:
            while True:
                try:
                    visitor, _address = door.accept()
                except OSError:
                    return
                threading.Thread(target=hear, args=[visitor], daemon=True).start()

        thread = threading.Thread(target=welcome, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_connections_that_the_server_closes_once_all_is_answered_are_no_fault() -> None:
    """One visitor's last answer is late; meanwhile the server closes the others', which wait for nothing."""

    def answer(visitor: socket.socket, question: bytes) -> None:
        if b"/slow" in question:
            time.sleep(0.6)
        visitor.sendall(OK)
        if b"/slow" not in question and time.monotonic() > over:
            time.sleep(0.1)
            visitor.close()

    with serving(answer) as address:
        over = time.monotonic() + 0.1
        answers, errors, _reopened = replay(address, chain([("page", "/slow")], FOREVER), 8, 0.2)
    assert not errors
    assert {"page", "map"} == {answer.kind for answer in answers}


def test_a_connection_closed_while_a_visitor_rests_is_opened_anew() -> None:
    def answer(visitor: socket.socket, question: bytes) -> None:
        visitor.sendall(OK)
        time.sleep(0.02)
        visitor.close()

    with serving(answer) as address:
        answers, errors, reopened = replay(address, FOREVER, 2, 10, most=6, pause=0.1)
    assert (len(answers), errors) == (6, [])
    assert reopened >= 4


def test_an_answer_that_lacks_its_end_is_a_fault() -> None:
    def answer(visitor: socket.socket, question: bytes) -> None:
        visitor.sendall(OK[:-1])
        visitor.close()

    with serving(answer) as address:
        answers, errors, _reopened = replay(address, FOREVER, 3, 10, most=3)
    assert answers == []
    assert errors == ["/quick: the answer was cut short"] * 3
