"""Keys of the API: made once, shown once, read by their digest, revoked.

A key holds 256 bits of chance: to guess one is hopeless, so that failed tries need not be counted, and a
plain SHA-256 keeps it safe where it is stored (a slow hash is for what people can remember). Its first
letters tell anybody who finds it, and the scanners of public code, what it is.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import TokenRefused
from accounts.models import ApiToken, Scope, User
from accounts.reading import TOKEN_USED, writing

PREFIX = "maillage"
# What a scanner looks for: the prefix, the mark that may be shown, the secret.
FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{8}})_[0-9a-f]{{64}}")
LENGTHS = (30, 90, 365)  # days
MOST = 20  # that live at once, for a person
SELDOM = timedelta(hours=1)


@transaction.atomic
def mint(person: User, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """A new token and its key, which nobody can know again. TokenRefused where there are too many."""
    if days not in LENGTHS:
        raise ValueError(f"A token lives {LENGTHS} days, not {days}.")
    User.objects.select_for_update().get(pk=person.pk)  # two windows at once count one after the other
    if living(person).count() >= MOST:
        raise TokenRefused("too-many")
    mark = secrets.token_hex(4)
    key = f"{PREFIX}_{mark}_{secrets.token_hex(32)}"
    now = timezone.now()
    made = ApiToken.objects.create(
        person=person, name=name, mark=mark, digest=digest(key), created_at=now,
        scopes=[each for each in Scope.values if each in {Scope.READ.value, *scopes}],
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    return made, key


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def living(person: User) -> QuerySet[ApiToken]:
    return person.tokens.filter(revoked_at=None, expires_at__gt=timezone.now())


def read(key: str) -> ApiToken:
    """The token of a key, noted as used. TokenRefused where it opens nothing (any more)."""
    if not FORM.fullmatch(key):
        raise TokenRefused("unknown")
    found = ApiToken.objects.select_related("person").filter(digest=digest(key)).first()
    if found is None:
        raise TokenRefused("unknown")
    if found.state != "living":
        raise TokenRefused(found.state)
    if not found.person.is_active:
        raise TokenRefused("closed")
    note_use(found)
    return found


def note_use(token: ApiToken, now: datetime | None = None) -> None:
    """Keep when it was last used, once in an hour: most readings write nothing."""
    now = now or timezone.now()
    seldom = Q(last_used_at=None) | Q(last_used_at__lte=now - SELDOM)
    if token.last_used_at is not None and token.last_used_at > now - SELDOM:
        return
    with writing(TOKEN_USED):
        ApiToken.objects.filter(seldom, pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken) -> None:
    """From now on it opens nothing; once is enough."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
