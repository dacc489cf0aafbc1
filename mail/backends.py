"""Django's own mail functions, allauth's among them, post through the same queue."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from mail.posting import BadAddress, queue
from mail.writing import Written, compose


class Unsupported(ValueError):
    """A message that the queue cannot keep whole."""


class Queue(BaseEmailBackend):
    """EMAIL_BACKEND: queues each message in the caller's transaction.

    Text alone gets our layout and the HTML made of it; text with HTML is kept as it stands. Attachments and
    several recipients are refused: one person per message.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self._queue(message)
        return len(email_messages)

    def _queue(self, message: EmailMessage) -> None:
        recipients = message.recipients()
        if len(recipients) != 1:
            raise BadAddress(f"A message goes to one person, not to {len(recipients)}.")
        if message.attachments:
            raise Unsupported("The queue of mail keeps no attachment.")
        headers = dict(message.extra_headers)
        sender = headers.pop("From", message.from_email)
        if message.reply_to:
            headers["Reply-To"] = ", ".join(message.reply_to)
        queue(
            self._written(message),
            recipients[0],
            letter=headers.pop("X-Letter", ""),
            sender=sender,
            headers=headers,
        )

    def _written(self, message: EmailMessage) -> Written:
        language = get_language() or ""
        alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
        if message.content_subtype != "plain" or any(kind != "text/html" for _content, kind in alternatives):
            raise Unsupported("The queue of mail keeps plain text, with HTML beside it or none.")
        if not alternatives:
            return compose(str(message.subject), str(message.body), language)
        if len(alternatives) > 1:
            raise Unsupported("The queue of mail keeps one HTML body.")
        return Written(language, str(message.subject), str(message.body), str(alternatives[0][0]))
