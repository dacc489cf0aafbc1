"""What contributions hold of a person who has an account, and how it is forgotten."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.personal import register
from contributions.models import Claim, ColleagueInvitation, Proposal, Unwanted


def claims(person: User) -> list[dict[str, Any]]:
    """The pages that the person said to be theirs to keep; they go with the account."""
    kept = Claim.objects.filter(person=person).order_by("created_at", "pk")
    told = ("initiative__slug", "domain", "address", "state", "created_at", "answered_at")
    return [dict(each) for each in kept.values(*told)]


def colleagues(person: User) -> list[dict[str, Any]]:
    """The invitations to keep a page that this person sent, or that wait at the address of the account."""
    kept = ColleagueInvitation.objects.filter(Q(invited_by=person) | Q(address__iexact=person.email))
    rows = kept.select_related("initiative").order_by("created_at", "pk")
    return [
        {
            "initiative": each.initiative.slug,
            # of others, only who sent it knows where it went
            "address": each.address,
            "sent": each.invited_by_id == person.pk,
            "state": each.state,
            "created": each.created_at,
        }
        for each in rows
    ]


def forget_colleagues(person: User) -> None:
    ColleagueInvitation.objects.filter(address__iexact=person.email).delete()


def proposals(person: User) -> list[dict[str, Any]]:
    """What was proposed from the account, or under its address."""
    rows = Proposal.objects.filter(sent_by(person)).order_by("created_at", "pk")
    told = (
        "reference", "kind", "name", "fields", "said", "photo__alternative", "email", "state", "created_at",
        "decided_at", "reason",
    )  # fmt: skip
    return [dict(each) for each in rows.values(*told)]


def sent_by(person: User) -> Q:
    return Q(account=person) | Q(email__iexact=person.email)


def forget_proposals(person: User) -> None:
    """The address and the words to the moderation go; what is proposed still waits, from nobody."""
    Proposal.objects.filter(sent_by(person)).update(email="", said="", account=None)


def letters_unwanted(person: User) -> list[str]:
    """The pages that the person keeps and wants no letters about."""
    kept = Unwanted.objects.filter(person=person).order_by("initiative__slug")
    return list(kept.values_list("initiative__slug", flat=True))


register("claims", claims)
register("letters_unwanted", letters_unwanted)
register("proposals", proposals, forget_proposals)
register("colleague_invitations", colleagues, forget_colleagues)
