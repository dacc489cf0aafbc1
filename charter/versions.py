"""The versions of the charter: written by an administrator, published once, never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from charter.errors import SigningRefused
from charter.inviting import ask_again
from charter.models import CharterVersion
from directory.permissions import Action, require

if TYPE_CHECKING:
    from accounts.models import User

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "charter.json"
# What an administrator writes.
WRITTEN = ("edition", "titles", "texts", "notes")


def published() -> QuerySet[CharterVersion]:
    """The latest first."""
    return CharterVersion.objects.exclude(number=None).order_by("-number")


def drafts() -> QuerySet[CharterVersion]:
    return CharterVersion.objects.filter(number=None).order_by("-pk")


def current() -> CharterVersion | None:
    """The version that is signed now; None where none was published."""
    return published().first()


def write(by: User, said: Mapping[str, Any], draft: CharterVersion | None = None) -> CharterVersion:
    """A draft, new or written anew. NotAllowed; SigningRefused where it was published meanwhile."""
    require(by, Action.PUBLISH_CHARTER)
    with transaction.atomic():
        row = _draft(draft) if draft else CharterVersion()
        for name in WRITTEN:
            setattr(row, name, said[name])
        row.save()
    return row


@transaction.atomic
def discard(draft: CharterVersion, by: User) -> None:
    require(by, Action.PUBLISH_CHARTER)
    _draft(draft).delete()


@transaction.atomic
def publish(draft: CharterVersion, by: User) -> CharterVersion:
    """From now on this is what one signs; who signed the one before is invited to sign again
    (:mod:`charter.inviting`)."""
    require(by, Action.PUBLISH_CHARTER)
    row = _number(_draft(draft), by)
    ask_again(row, by)
    return row


def load(path: Path = FIXTURE) -> bool:
    """The charter of the fixture as the first version; False where one was published already."""
    with transaction.atomic():
        if published().exists():
            return False
        said = json.loads(path.read_text(encoding="utf-8"))
        _number(CharterVersion(**{name: said[name] for name in WRITTEN}), None)
    return True


def _draft(draft: CharterVersion) -> CharterVersion:
    row = CharterVersion.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None or row.number is not None:
        raise SigningRefused(_("Cette version est déjà publiée ou a été effacée : elle ne se change plus."))
    return row


def _number(row: CharterVersion, by: User | None) -> CharterVersion:
    last: int = CharterVersion.objects.aggregate(last=Max("number"))["last"] or 0
    row.number, row.published_at, row.published_by = last + 1, timezone.now(), by
    row.save()
    return row
