"""Posting: a message is written and queued in the caller's transaction; it leaves if that is committed.

from mail.posting import post

post("accounts.role_granted", to=person.email, language=person.language, context={"role": "…"})
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from mail import letters
from mail.models import Message, State
from mail.tasks import deliver
from mail.writing import Written, one_line, write


class BadAddress(ValueError):
    """Not the address of one person."""


class BadHeader(ValueError):
    """A header with a line break in it."""


def post(
    letter_name: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    key: str = "",
    reply_to: str = "",
) -> Message:
    """Queue this letter to one person, written at once in this language.

    ``key`` makes it unique for ever: a second post with the same key returns the first message. It outlives
    the message, so it must hold no personal data. BadAddress where ``to`` or ``reply_to`` is not one address.
    """
    letter = letters.get(letter_name)
    headers = {"Reply-To": one_address(reply_to)} if reply_to else {}
    return queue(write(letter, language, context), to, letter=letter_name, headers=headers, key=key)


def queue(
    written: Written,
    to: str,
    *,
    letter: str = "",
    sender: str = "",
    headers: Mapping[str, str] | None = None,
    key: str = "",
) -> Message:
    """Queue what is written already: see ``post``, which is what to call."""
    if key and (first := Message.objects.filter(key=key).first()):
        return first
    message = Message(
        letter=letter,
        to=one_address(to),
        sender=one_line(sender or settings.DEFAULT_FROM_EMAIL),
        language=written.language,
        subject=one_line(written.subject),
        text=written.text,
        html=written.html,
        headers=_safe(headers or {}),
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        key=key,
        state=State.QUEUED if settings.EMAIL_HOST else State.KEPT,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if not key:
            raise
        return Message.objects.get(key=key)  # posted at the same time by another
    if message.state == State.QUEUED:
        deliver.defer(message=message.pk)
    return message


def one_address(address: str) -> str:
    """The address if it is that of one person: no list, no name, no line break. Else BadAddress."""
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress("A message goes to one address, written alone.") from None
    return address


def _safe(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if one_line(name) != name or any(character in str(value) for character in "\r\n\0"):
            raise BadHeader(f"The header {one_line(name)} holds a line break.")
    return {name: str(value) for name, value in headers.items()}


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
