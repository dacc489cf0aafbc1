"""What a test reads of the mail that the site wrote.

The suite has no mail server: what is posted stays in the outbox, in the transaction of the test.
"""

from __future__ import annotations

import re

from mail.models import Message


def posted(to: str = "", letter: str = "") -> list[Message]:
    """The messages written so far, oldest first: to this address, of this letter."""
    wanted = {name: value for name, value in {"to": to, "letter": letter}.items() if value}
    return list(Message.objects.filter(**wanted).order_by("pk"))


def last(to: str = "", letter: str = "") -> Message:
    """The last of them; fails where there is none."""
    found = posted(to, letter)
    assert found, f"no mail {letter} to {to or 'anyone'}"
    return found[-1]


def links(message: Message) -> list[str]:
    """The addresses in its text, the site's own at the end set aside."""
    body = message.text.rpartition("\n-- \n")[0] or message.text
    return re.findall(r"https?://\S+", body)
