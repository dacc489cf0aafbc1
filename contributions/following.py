"""The link by which its author follows a proposal: it confirms, tells the state, withdraws."""

from __future__ import annotations

from django.core import signing

from contributions.models import Proposal
from directory.errors import BadLink
from directory.letters import page

SALT = "contributions.following"


def key_of(proposal: Proposal) -> str:
    """What opens its follow-up, always the same: given to its author only."""
    return signing.Signer(salt=SALT).sign_object(proposal.uuid.hex)


def follow_url(proposal: Proposal) -> str:
    """The whole address of its follow-up, in the language that is active."""
    return page("frontend:proposal_followed", key_of(proposal))


def by_key(key: str) -> Proposal:
    """The proposal whose link this is; BadLink where it was forged, or where nothing is left of it."""
    try:
        uuid = signing.Signer(salt=SALT).unsign_object(key)
    except signing.BadSignature:
        raise BadLink from None
    found = Proposal.objects.select_related("initiative", "photo").filter(uuid=uuid).first()
    if found is None:
        raise BadLink
    return found
