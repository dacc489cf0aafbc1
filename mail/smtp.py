"""One message to the mail server, with the moment marked from which it may have been taken.

Django's own SMTP backend opens the connection (TLS, sign-in, time-out). The conversation is ours: the
standard library sends the text and the dot that ends it in one go, and between them there is something to
write down.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.utils import format_datetime, parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from mail.models import Message

# Refusals of us, not of the message: whoever runs the site will put them right.
NOT_SIGNED_IN = (530, 534, 535, 538)


class Delayed(Exception):
    """The server did not take the message, and may later."""


class Refused(Exception):
    """The server will not take this message."""


class Unknown(Exception):
    """The dot was sent and no answer came: the server may have taken the message."""


def hand_over(message: Message, before_dot: Callable[[], None]) -> None:
    """Give the message to the server of the settings; return once it answered that it has it.

    ``before_dot`` is called when the server has everything but the dot; if it raises, nothing is sent.
    Else raises Delayed, Refused or Unknown, each with what the server said.
    """
    server = EmailBackend()
    try:
        server.open()
        connection: Any = server.connection
        connection.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException) as failure:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
        # A server that does not know us refuses everyone's mail, not this one.
        raise Delayed(_told(failure)) from failure
    try:
        _converse(connection, message, before_dot)
    except (OSError, smtplib.SMTPException) as failure:
        raise Delayed(_told(failure)) from failure
    finally:
        connection.close()


def as_bytes(message: Message) -> bytes:
    """The message as it travels."""
    headers = {
        **message.headers,
        "Message-ID": message.message_id,
        "Date": format_datetime(message.created_at),
        "Content-Language": message.language,
        # So that no absent colleague's mail program answers, and no list repeats it.
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(
        message.subject, message.text, message.sender, [message.to], headers=headers
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    whole: Any = mail.message()
    return bytes(whole.as_bytes(linesep="\r\n"))


def _converse(connection: Any, message: Message, before_dot: Callable[[], None]) -> None:
    body = as_bytes(message)
    options = [f"size={len(body)}"] if connection.has_extn("size") else []
    if connection.has_extn("8bitmime"):
        options.append("body=8bitmime")
    _expect(connection.mail(_bare(message.sender), options), 250, of_us=True)
    _expect(connection.rcpt(_bare(message.to)), 250, 251)
    _expect(connection.docmd("data"), 354)
    connection.send(re.sub(rb"(?m)^\.", b"..", body if body.endswith(b"\r\n") else body + b"\r\n"))
    before_dot()
    try:
        connection.send(b".\r\n")
        answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as failure:
        raise Unknown(_told(failure)) from failure
    _expect(answer, 250)
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()


def _bare(address: str) -> str:
    return parseaddr(sanitize_address(address, "utf-8"))[1]


def _expect(answer: tuple[int, bytes], *codes: int, of_us: bool = False) -> None:
    code, reply = answer
    if code in codes:
        return
    told = f"{code} {reply.decode('utf-8', 'replace')}"
    if 500 <= code < 600 and not of_us and code not in NOT_SIGNED_IN:
        raise Refused(told)
    raise Delayed(told)


def _told(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"
