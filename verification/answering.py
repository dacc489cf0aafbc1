"""The signed link of a letter: what it opens, what each of its three buttons does, once.

A GET changes nothing; a link that has served says what was answered, one that is too old is replaced by a new
letter to the same address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from directory import vouching
from directory.letters import page
from directory.locking import lock_with_listing
from directory.models import Initiative, Notice, NoticeKind
from directory.vouching import whom
from mail.posting import post
from mail.writing import known_language
from verification import confirming
from verification.errors import VerificationRefused
from verification.models import Answer, Asked, How, Said

AGAIN = "verification.link"
# Of templates/verification/letters/link.txt.
WORDING = "2026-11-22"
# One new link of a record and an address in so long.
NEXT_LINK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens. ``answer``: what was said by it already."""

    notice: Notice
    asked: Asked | None
    expired: bool
    answer: Answer | None

    @property
    def initiative(self) -> Initiative:
        return self.notice.initiative


def by_key(key: str) -> Opened:
    """BadLink where it was forged, or the address that it was sent to is not theirs any more."""
    found = vouching.read(key)
    asked = Asked.objects.filter(pk=found.asked, initiative=found.notice.initiative).first()
    answer = Answer.objects.filter(notice=found.notice).first()
    return Opened(found.notice, asked, found.expired, answer)


@transaction.atomic
def say(opened: Opened, said: str) -> Answer:
    """One of the three answers. VerificationRefused where the link is too old or has served."""
    lock_with_listing(Notice.objects.all(), opened.notice.pk)  # two clicks at once are one answer
    if opened.expired:
        raise VerificationRefused
    notice, asked = opened.notice, opened.asked
    if said == Said.CORRECT:
        return confirming.doubt(opened.initiative, How.LETTER, notice=notice, asked=asked)
    verb = confirming.close if said == Said.CLOSED else confirming.confirm
    return verb(opened.initiative, None, How.LETTER, notice=notice, asked=asked)


@transaction.atomic
def send_again(opened: Opened) -> bool:
    """A new link, to the address of the old one; false where one left within the hour, or where the address
    was forgotten meanwhile."""
    notice = lock_with_listing(Notice.objects.all(), opened.notice.pk)
    if not notice.sent_to:
        return False
    row = notice.initiative
    recent = Notice.objects.filter(
        initiative=row, sent_to=notice.sent_to, kind=NoticeKind.VERIFY, at__gt=timezone.now() - NEXT_LINK
    )
    if recent.exists():
        return False
    number = Notice.objects.filter(initiative=row, kind=NoticeKind.VERIFY).count()
    made = Notice.objects.create(
        initiative=row, kind=NoticeKind.VERIFY, sent_to=notice.sent_to, wording_version=WORDING,
        key=f"verify-again-{row.uuid}-{number}",
    )  # fmt: skip
    language = whom(row).get(notice.sent_to, known_language(row.language))
    with override(language):
        context = {
            "initiative": row.name,
            "answer": vouching.link(made, opened.asked.pk if opened.asked else 0),
            "link": page("frontend:initiative", row.slug),
        }
    post(AGAIN, notice.sent_to, language, context, key=made.key)
    return True
