"""Signing the charter: asked by a form without account, confirmed by a link, withdrawn by the same link.

The link is sent to the address that was given and to it alone; it opens the signature for as long as it
holds. Whoever signs twice under an address is told the same as the first time, and the address is sent the
link of what there is: nobody learns from a form who signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from charter.consent import CURRENT
from charter.errors import SigningRefused
from charter.keys import by_key, key_of
from charter.letters import tell
from charter.mandates import settle
from charter.models import CharterVersion, Mandate, Signature
from charter.renewing import begin, once
from charter.versions import current
from directory.errors import BadLink
from directory.locking import lock_with_listing
from directory.models import Grouping, Initiative
from mail.writing import known_language
from territories.models import Territory

Structure = Initiative | Grouping | Territory
KINDS: dict[str, type] = {"initiative": Initiative, "grouping": Grouping, "territory": Territory}

# What a person says of herself, and of what entitles her to sign for a structure.
TOLD = ("name", "email", "capacity", "role", "statement", "commune", "listed")
# What she changes by her link; her address stays, since the link is bound to it.
CHANGED = ("name", "capacity", "role", "commune", "listed")
CONFIRM_WITHIN = timedelta(days=7)
REFUSED_KEPT = timedelta(days=365)
# Letters that a form may cause to one address in a day: nobody is flooded by another.
LETTERS_A_DAY = 3


@transaction.atomic
def sign(
    version: CharterVersion, told: Mapping[str, Any], structure: Structure | None = None, language: str = "fr"
) -> None:
    """What a person asks by the form: nothing is signed until she confirms it by her link."""
    mine = Signature.objects.filter(email__iexact=told["email"])
    if known := confirmed(version, told["email"], structure):
        tell(known, "already", key_of(known), once=f"charter-already-{known.pk}-{timezone.localdate()}")
        return
    if mine.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= LETTERS_A_DAY:
        return
    row = Signature(
        version=version,
        language=known_language(language),
        wording_version=CURRENT,
        mandate=Mandate.WAITING if structure else Mandate.NONE,
        **{name: told[name] for name in TOLD if name in told},
        **_for(structure),
    )
    row.save(force_insert=True)
    tell(row, "confirm", key_of(row))


@transaction.atomic
def confirm(key: str) -> Signature:
    """The address is that of who signed. A person has signed from now on, and a structure whose mandate is
    known; done again it changes nothing. BadLink, after seven days too; SigningRefused where the structure
    had signed by somebody else."""
    row = _locked(by_key(key))
    if row.confirmed_at:
        return row
    if row.created_at + CONFIRM_WITHIN < timezone.now():
        raise BadLink
    if known := confirmed(row.version, row.email, row.structure):
        row.delete()  # asked twice: the first one that was confirmed counts
        return known
    row.confirmed_at = timezone.now()
    with once():
        _begin(row)
    return row


def _begin(row: Signature) -> None:
    """What follows from an address that was confirmed."""
    settle(row)
    if row.state == "held":
        begin(row)
    else:
        row.save()
        tell(row, "mandate_waiting", key_of(row))


@transaction.atomic
def sign_again(key: str, version: CharterVersion, told: Mapping[str, Any]) -> Signature:
    """The version of now, which she read, by who signed an earlier one and holds its link: her address is
    known. What she signed before stays as it is. SigningRefused where there is nothing newer, or it was
    signed already."""
    earlier = _locked(by_key(key))
    if earlier.state != "held" or version != current():
        raise SigningRefused(_("Il n’y a pas de version plus récente à signer."))
    if earlier.version_id == version.pk or confirmed(version, earlier.email, earlier.structure):
        raise SigningRefused(_("Vous avez déjà signé cette version de la charte."))
    row = Signature(
        version=version,
        email=earlier.email,
        language=earlier.language,
        wording_version=CURRENT,
        mandate=Mandate.WAITING if earlier.structure else Mandate.NONE,
        confirmed_at=timezone.now(),
        **{name: told[name] for name in TOLD if name in told and name != "email"},
        **_for(earlier.structure),
    )
    with once():
        row.save(force_insert=True)
        _begin(row)
    return row


@transaction.atomic
def change(key: str, told: Mapping[str, Any]) -> Signature:
    """What she says of herself, and whether it is named, under the wording of now."""
    row = _locked(by_key(key))
    for name in CHANGED:
        if name in told:
            setattr(row, name, told[name])
    row.wording_version = CURRENT
    row.save()
    return row


@transaction.atomic
def withdraw(key: str) -> Signature:
    """She goes back on it. Nothing of a person is left of this signature, nor of those that it renewed: only
    that one was there, from when to when. The link serves no more."""
    row = _locked(by_key(key))
    if row.state == "held":
        tell(row, "withdrawn", "")
        erase(row)
    else:  # nothing of it ever counted: nothing is kept
        row.delete()
    return row


def erase(row: Signature) -> None:
    """Withdraw this one and what it renewed, without a letter."""
    each: Signature | None = row
    while each is not None:
        each.withdrawn_at = each.withdrawn_at or timezone.now()
        each.name = each.email = each.capacity = each.role = each.statement = each.answer = ""
        each.commune, each.listed = None, False
        each.save()
        each = each.renews


def confirmed(version: CharterVersion, email: str, structure: Structure | None) -> Signature | None:
    """What was signed or waits for its mandate under this address, of this version and in this name."""
    rows = Signature.objects.filter(
        email__iexact=email, version=version, confirmed_at__isnull=False, withdrawn_at=None, **_for(structure)
    )
    return rows.exclude(mandate=Mandate.REFUSED).first()


def forget(now: datetime | None = None) -> int:
    """Erase what nobody confirmed within seven days, and mandates that were refused a year ago; how many."""
    now = now or timezone.now()
    unconfirmed = Q(confirmed_at=None, withdrawn_at=None, created_at__lt=now - CONFIRM_WITHIN)
    refused = Q(mandate=Mandate.REFUSED, mandate_at__lt=now - REFUSED_KEPT)
    gone, _by_model = Signature.objects.filter(unconfirmed | refused).delete()
    return int(gone)


def _for(structure: Structure | None) -> dict[str, Structure | None]:
    """Whose signature it is, by the three keys of a row."""
    return {name: structure if isinstance(structure, kind) else None for name, kind in KINDS.items()}


def _locked(row: Signature) -> Signature:
    try:
        locked = lock_with_listing(Signature.objects.select_related("version"), row.pk)
    except Signature.DoesNotExist:
        raise BadLink from None
    if not locked.email:  # withdrawn in another window
        raise BadLink
    latest = by_key(key_of(locked))
    return locked if latest == locked else _locked(latest)  # renewed in another window
