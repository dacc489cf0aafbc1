"""What the charter holds of a person who has an account: what she signed, what she decided."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from charter.models import CharterVersion, Signature
from charter.signing import erase


def signatures(person: User) -> list[dict[str, Any]]:
    rows = Signature.objects.filter(email__iexact=person.email).select_related("version", "commune")
    told = ("name", "capacity", "role", "statement", "listed", "wording_version", "state", "answer")
    return [
        {
            "version": each.version.number,
            "structure": each.structure.name if each.structure else None,
            **{name: getattr(each, name) for name in told},
            "commune": each.commune.name if each.commune else None,
            "asked": each.created_at,
            "confirmed": each.confirmed_at,
        }
        for each in rows.defer("commune__geometry").order_by("created_at", "pk")
    ]


def forget_signatures(person: User) -> None:
    """Withdrawn, as by her link; what was never confirmed goes."""
    for row in Signature.objects.filter(email__iexact=person.email).order_by("-version__number", "-pk"):
        if row.confirmed_at is None:
            row.delete()
        else:
            erase(row)


def mandates(person: User) -> list[dict[str, Any]]:
    """The mandates of others that this person verified; they stay, without the account."""
    rows = Signature.objects.filter(mandate_by=person).order_by("mandate_at", "pk")
    return [
        {
            "structure": each.structure.name if each.structure else None,
            "mandate": each.mandate,
            "at": each.mandate_at,
        }
        for each in rows.select_related("initiative", "grouping", "territory")
    ]


def versions(person: User) -> list[dict[str, Any]]:
    """The versions of the charter that this person published."""
    rows = CharterVersion.objects.filter(published_by=person).order_by("number")
    return [dict(each) for each in rows.values("number", "edition", "published_at")]


register("charter_signatures", signatures, forget_signatures)
register("charter_mandates", mandates)
register("charter_versions", versions)
