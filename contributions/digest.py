"""What waits for moderators, told by one letter a day at most, and only when something came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from contributions.models import Digest, Proposal, ProposalKind
from contributions.moderating import queue
from directory import roles, stories
from directory.letters import page
from directory.models import Report, Role, RoleKind, Story
from directory.reports import handled_by
from mail.posting import post

# Nothing new came, and something still waits: it is told again after so long.
REMINDED = timedelta(days=7)
# A letter of yesterday morning may have left a little late.
NEARLY_A_DAY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person: how many of each, and when the latest came."""

    new: int
    corrections: int
    reports: int
    claims: int
    stories: int
    latest: datetime | None

    @property
    def total(self) -> int:
        return self.new + self.corrections + self.reports + self.claims + self.stories


def waiting_for(person: User) -> Waiting:
    proposals: QuerySet[Proposal] = queue(person).order_by()
    reports: QuerySet[Report] = handled_by(person).filter(handled_at=None).order_by()
    claims: list[Role] = roles.decidable(person)
    told: QuerySet[Story] = stories.decidable(person).order_by()
    came: list[datetime] = [
        *proposals.values_list("created_at", flat=True),
        *reports.values_list("created_at", flat=True),
        *(at for at in told.values_list("sent_at", flat=True) if at),
        *(each.asked_at for each in claims),
    ]
    new = proposals.filter(kind=ProposalKind.NEW).count()
    counts = (new, proposals.count() - new, reports.count(), len(claims), told.count())
    return Waiting(*counts, latest=max(came, default=None))


def moderators() -> QuerySet[User]:
    """Those with an account in use who moderate a territory, and administrators."""
    held = Role.objects.held().filter(kind=RoleKind.MODERATOR).order_by().values("person")
    return User.objects.filter(Q(pk__in=held) | Q(is_superuser=True), is_active=True).order_by("pk")


def send(now: datetime | None = None) -> int:
    """Write to those for whom something new waits, or has waited for a week; how many letters."""
    now, sent = now or timezone.now(), 0
    unwilling = Digest.objects.filter(wanted=False).values("person")
    for person in moderators().exclude(pk__in=unwilling):
        with transaction.atomic():
            sent += _tell(person, now)
    return sent


def _tell(person: User, now: datetime) -> bool:
    Digest.objects.get_or_create(person=person)
    row = Digest.objects.select_for_update().get(person=person)
    waiting = waiting_for(person)
    if not row.wanted or waiting.latest is None or not _due(row.sent_at, waiting.latest, now):
        return False
    row.sent_at = now
    row.save(update_fields=["sent_at"])
    with override(person.language):
        context = {
            "new": waiting.new, "corrections": waiting.corrections, "reports": waiting.reports,
            "claims": waiting.claims, "stories": waiting.stories, "total": waiting.total,
            "link": page("people:moderation"), "stop": page("people:moderation_letter"),
        }  # fmt: skip
    post("contributions.waiting", person.email, person.language, context)
    return True


def _due(last: datetime | None, latest: datetime, now: datetime) -> bool:
    if last is None:
        return True
    return now - last >= NEARLY_A_DAY and (latest > last or now - last >= REMINDED)


@transaction.atomic
def choose(person: User, wanted: bool) -> None:
    """Whether this person wants the letter from now on."""
    Digest.objects.update_or_create(person=person, defaults={"wanted": wanted})
