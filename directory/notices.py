"""Organisations whose record others wrote are told of it once, with links to correct, hide or remove it.

GDPR, article 14, in its spirit: an organisation is no person, but people answer at its address.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from directory import publishing
from directory.errors import BadLink
from directory.history import Hand
from directory.letters import page
from directory.models import (
    ActivityState,
    Initiative,
    Notice,
    NoticeKind,
    Origin,
    Publication,
    Report,
    ReportReason,
    RoleKind,
)
from mail.posting import post
from mail.writing import known_language

SALT = "directory.notices"
LINK_KEPT_DAYS = 365
# Of the text of the letter: templates/directory/letters/recorded.txt.
WORDING = "2026-11"
HIDE, REMOVE = "hide", "remove"
# How history names who asked: an address, which is not written there.
ORGANISATION = "organisation"


def due() -> QuerySet[Initiative]:
    """Published real records with an address, that nobody of theirs ever answered for, and not told yet."""
    told = Notice.objects.filter(kind=NoticeKind.RECORDED).values("initiative")
    owned = Initiative.objects.filter(roles__kind=RoleKind.OWNER, roles__granted=True).values("pk")
    return (
        Initiative.objects.published()
        .filter(origin=Origin.REAL)
        .exclude(activity_state=ActivityState.CLOSED)
        .exclude(email="")
        .exclude(pk__in=told)
        .exclude(pk__in=owned)
        .order_by("pk")
    )


def send(limit: int | None = None) -> int:
    """Tell those who are due, ``limit`` at most, each in a transaction of its own; how many were told."""
    sent = 0
    for pk in list(due().values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            rows = due().select_for_update(of=("self",), skip_locked=True)
            initiative = rows.filter(pk=pk).first()  # another process may have been quicker
            if initiative is not None:
                _tell(initiative)
                sent += 1
    return sent


def _tell(initiative: Initiative) -> Notice:
    notice = Notice.objects.create(
        initiative=initiative,
        kind=NoticeKind.RECORDED,
        sent_to=initiative.email,
        wording_version=WORDING,
        key=f"recorded-{initiative.uuid}",
    )
    language = known_language(initiative.language)  # of its texts, which may be one that the site has not
    with override(language):
        context = {
            "initiative": initiative.name,
            "source": initiative.source,
            "link": page("frontend:initiative", initiative.slug),
            "correct": page("frontend:report", initiative.slug),
            "claim": page("people:claim", initiative.slug),
            "hide": page("people:notice", token_of(notice, HIDE)),
            "remove": page("people:notice", token_of(notice, REMOVE)),
            "rights": page("frontend:personal_data"),
        }
    post("directory.recorded", initiative.email, language, context, key=notice.key)
    return notice


def token_of(notice: Notice, what: str) -> str:
    """What lets the organisation hide its record, or have it removed: one link does one thing."""
    return signing.dumps([notice.pk, what], salt=SALT)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link of a notice asks: ``what`` is HIDE or REMOVE."""

    notice: Notice
    what: str


def by_token(token: str) -> Asked:
    """BadLink where it was forged, is older than a year, or the record has another address by now."""
    try:
        pk, what = signing.loads(token, salt=SALT, max_age=LINK_KEPT_DAYS * 24 * 3_600)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    notice = Notice.objects.select_related("initiative").filter(pk=pk).first()
    if notice is None or what not in (HIDE, REMOVE) or notice.sent_to != notice.initiative.email:
        raise BadLink
    return Asked(notice, what)


@transaction.atomic
def obey(asked: Asked) -> Report | None:
    """Hide the record at once. To remove it also leaves a report, which moderators see to: they can bring
    back what was hidden, and nothing is deleted unseen. The report, if any; asked again, the same."""
    initiative = asked.notice.initiative
    publishing.hide(initiative, by=ORGANISATION, why="demande de l’organisation", hand=Hand.OWNER, via="site")
    if asked.what == HIDE:
        return None
    language = known_language(initiative.language)
    with override(language):
        message = _("L’organisation demande que sa fiche soit retirée. Elle est masquée en attendant.")
    waiting = initiative.reports.filter(
        reason=ReportReason.WITHDRAWAL, email=asked.notice.sent_to, handled_at=None,
        created_at__gte=asked.notice.at, created_at__lte=timezone.now(),
    )  # fmt: skip
    return waiting.first() or publishing.report(
        initiative, ReportReason.WITHDRAWAL, message, asked.notice.sent_to, language
    )


def is_hidden(initiative: Initiative) -> bool:
    return initiative.publication != Publication.PUBLISHED
