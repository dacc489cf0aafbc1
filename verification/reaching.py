"""Whom a campaign may write to: an address at most once in 90 days, never who asked for peace."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from directory.ages import months_before
from directory.errors import BadLink
from directory.models import EFFECTIVE, Grouping, Initiative, Notice, NoticeKind, Origin
from directory.search import territories_q
from directory.vouching import whom_of
from territories.models import Territory
from verification.models import Asked, Opposition

# Across all campaigns, and the letter that comes before hiding.
PEACE = timedelta(days=90)
KINDS = (NoticeKind.VERIFY, NoticeKind.STALE)
SALT = "verification.opposition"


def concerned(target: Territory | Grouping, months: int, now: datetime | None = None) -> QuerySet[Initiative]:
    """The real, visible initiatives of a territory or members of a grouping that nobody has vouched for in so
    many months (0: whatever the date), the longest ago first."""
    found = Initiative.objects.visible().filter(origin=Origin.REAL)
    if isinstance(target, Territory):
        found = found.filter(territories_q((target,), served=False))
    else:
        found = found.filter(pk__in=target.memberships.filter(EFFECTIVE).values("initiative"))
    if months:
        found = found.filter(vouched_at__lte=months_before(now or timezone.now(), months))
    return found.order_by("vouched_at", "pk")


def addresses(initiative: Initiative) -> tuple[dict[str, str], str]:
    """Address → language of those whom a campaign may write to about it now; where nobody is left, why."""
    return addresses_of([initiative.pk])[initiative.pk]


def addresses_of(initiatives: Collection[int]) -> dict[int, tuple[dict[str, str], str]]:
    """The same for each of these, in a few queries."""
    theirs = whom_of(initiatives)
    known = {address for each in theirs.values() for address in each}
    opposed = _opposed_among(known)
    lately = Notice.objects.filter(kind__in=KINDS, at__gt=timezone.now() - PEACE)
    asked = set(lately.filter(initiative__in=initiatives).values_list("initiative", flat=True))
    lower = {address.lower() for address in known}
    written = {
        sent_to.lower() for sent_to in lately.values_list("sent_to", flat=True) if sent_to.lower() in lower
    }
    found: dict[int, tuple[dict[str, str], str]] = {}
    for pk, each in theirs.items():
        willing = {address: language for address, language in each.items() if address not in opposed}
        left = {address: language for address, language in willing.items() if address.lower() not in written}
        if left and pk not in asked:
            found[pk] = left, ""
        elif willing:
            found[pk] = {}, Asked.LeftOut.LATELY
        else:
            found[pk] = {}, Asked.LeftOut.OPPOSED if each else Asked.LeftOut.UNREACHABLE
    return found


def _opposed_among(those: Collection[str]) -> set[str]:
    digests = {digest(address): address for address in those}
    rows = Opposition.objects.filter(digest__in=digests).values_list("digest", flat=True)
    gone = set(rows)
    return {address for address in those if digest(address) in gone}


def digest(address: str) -> str:
    """What is kept of an address that wants no more letters: the same whatever the site's key becomes."""
    return sha256(f"{SALT}:{address.strip().lower()}".encode()).hexdigest()


def opposition_key(address: str) -> str:
    """It does not expire: who wants no more letters may find an old one."""
    return signing.dumps(digest(address), salt=SALT)


def by_opposition_key(key: str) -> str:
    """The digest that it stands for. BadLink where it was forged."""
    try:
        return str(signing.loads(key, salt=SALT))
    except signing.BadSignature:
        raise BadLink from None


def opposed(digest_of: str) -> bool:
    return Opposition.objects.filter(digest=digest_of).exists()


@transaction.atomic
def oppose(digest_of: str) -> None:
    """No more letters of campaigns to this address; asked twice, once."""
    Opposition.objects.get_or_create(digest=digest_of)


@transaction.atomic
def resume(digest_of: str) -> None:
    Opposition.objects.filter(digest=digest_of).delete()
