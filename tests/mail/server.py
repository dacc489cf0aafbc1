"""A mail server on this machine, which takes, refuses, hesitates or holds its breath as a test says."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Taken:
    """What the server took, and how it behaves."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.raw: list[bytes] = []
        self.asked = 0
        # What it answers after RCPT and after the dot; None: it takes.
        self.refuse_recipient: str | None = None
        self.refuse_data: str | None = None
        # From this many messages on it does not answer RCPT; it does not answer the dot while ``silent``.
        self.hold_after: int | None = None
        self.silent = False
        self.held = 0
        self.going_on = threading.Event()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if self.hold_after is not None and len(self.messages) >= self.hold_after:
            self.held += 1
            while not self.going_on.is_set():
                await asyncio.sleep(0.02)
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse_data:
            return self.refuse_data
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        self.messages.append(email.message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        while self.silent and not self.going_on.is_set():
            await asyncio.sleep(0.02)
        return "250 taken"


@contextmanager
def serving(port: int, password: str = "") -> Iterator[Taken]:
    """The server, until the block ends. With a password it takes mail of ``maillage`` only."""
    taken = Taken()

    def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = LoginPassword(b"maillage", password.encode())
        return AuthResult(success=given == right, handled=False)

    options: dict[str, Any] = {}
    if password:
        options = {"authenticator": known, "auth_required": True, "auth_require_tls": False}
    controller = Controller(taken, hostname="127.0.0.1", port=port, ready_timeout=10, **options)
    controller.start()
    try:
        yield taken
    finally:
        taken.going_on.set()
        controller.stop()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port
