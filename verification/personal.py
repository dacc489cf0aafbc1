"""What verification holds of a person who has an account; what was verified stays, without the account."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from directory.models import Notice, NoticeKind
from verification.models import Answer, Campaign
from verification.reaching import digest, opposed


def verifications(person: User) -> list[dict[str, Any]]:
    """The records that this person vouched for on the site; a letter that was answered names nobody."""
    made = Answer.objects.filter(by=person).order_by("at", "pk")
    return [dict(each) for each in made.values("initiative__slug", "said", "hand", "at")]


def campaigns(person: User) -> list[dict[str, Any]]:
    rows = Campaign.objects.filter(opened_by=person).select_related("territory", "grouping")
    return [
        {"of": str(each.target), "message": each.message, "opened": each.opened_at, "state": each.state}
        for each in rows.order_by("opened_at", "pk")
    ]


def letters(person: User) -> dict[str, Any]:
    """The letters that asked the address of the account to confirm a record, and whether it refuses them."""
    sent = _sent(person).order_by("at", "pk")
    return {
        "letters": [dict(each) for each in sent.values("initiative__slug", "kind", "at")],
        "refused": opposed(digest(person.email)),
    }


def forget_letters(person: User) -> None:
    """That a letter was sent stays with the record; to whom does not. A refusal stays, as a digest: it goes
    on being respected."""
    _sent(person).update(sent_to="")


def _sent(person: User) -> Any:
    kinds = (NoticeKind.VERIFY, NoticeKind.STALE)
    return Notice.objects.filter(kind__in=kinds, sent_to__iexact=person.email)


register("verifications", verifications)
register("verification_campaigns", campaigns)
register("verification_letters", letters, forget_letters)
