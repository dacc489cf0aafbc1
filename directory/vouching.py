"""Who can vouch for a record, and the signed link by which they do, without an account.

The link is made here because letters of this room carry it too; what it opens is the business of
:mod:`verification.answering`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from directory.errors import BadLink
from directory.letters import page
from directory.models import Initiative, Notice, Role, RoleKind
from mail.writing import known_language

SALT = "directory.vouching"
LINK_KEPT = timedelta(days=60)


def whom(initiative: Initiative) -> dict[str, str]:
    """Address → language: who is responsible for it, else the organisation."""
    return whom_of([initiative.pk])[initiative.pk]


def whom_of(initiatives: Collection[int]) -> dict[int, dict[str, str]]:
    """The same for each of these, in two queries."""
    found: dict[int, dict[str, str]] = {pk: {} for pk in initiatives}
    owners = Role.objects.held().filter(kind=RoleKind.OWNER, initiative__in=initiatives)
    for pk, address, language in owners.order_by("person").values_list(
        "initiative", "person__email", "person__language"
    ):
        if pk is not None:
            found[pk][address] = language
    ownerless = [pk for pk, theirs in found.items() if not theirs]
    rows = Initiative.objects.filter(pk__in=ownerless).exclude(email="")
    for pk, address, language in rows.values_list("pk", "email", "language"):
        found[pk] = {address: known_language(language)}
    return found


def link(notice: Notice, asked: int = 0) -> str:
    """The page of three buttons for whom this notice was sent to; ``asked`` is the row of a campaign."""
    return page("people:verification", key_of(notice, asked))


def key_of(notice: Notice, asked: int = 0) -> str:
    return signing.dumps([notice.pk, asked], salt=SALT)


@dataclass(frozen=True, slots=True)
class Key:
    """What a link says. ``expired``: it was ours, and serves no more."""

    notice: Notice
    asked: int
    expired: bool


def read(key: str) -> Key:
    """BadLink where it was forged, the record is gone, or the address that it was sent to is not theirs any
    more."""
    try:
        pk, asked = signing.loads(key, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    notice = Notice.objects.select_related("initiative").defer("initiative__search").filter(pk=pk).first()
    if notice is None:
        raise BadLink
    theirs = {*whom(notice.initiative), notice.initiative.email}
    # Once forgotten, an address is nobody's, like that of an organisation that has none.
    if not notice.sent_to or notice.sent_to.lower() not in {each.lower() for each in theirs}:
        raise BadLink
    return Key(notice, int(asked), _expired(key))


def _expired(key: str) -> bool:
    try:
        signing.loads(key, salt=SALT, max_age=LINK_KEPT)
    except signing.SignatureExpired:
        return True
    return False
