"""What people who take part send, a file per idea."""

from contributions.models.claim import Claim, ClaimState
from contributions.models.digest import Digest
from contributions.models.invitation import ColleagueInvitation, ColleagueState
from contributions.models.photo import LONGEST_ALTERNATIVE, MOST_PHOTO_BYTES, Photo, PhotoLicence
from contributions.models.proposal import (
    DECIDED,
    LONGEST_SAID,
    Proposal,
    ProposalKind,
    ProposalState,
)
from contributions.models.telling import LastTold, Unwanted

__all__ = [
    "DECIDED",
    "Claim",
    "ClaimState",
    "ColleagueInvitation",
    "ColleagueState",
    "Digest",
    "LONGEST_ALTERNATIVE",
    "LONGEST_SAID",
    "MOST_PHOTO_BYTES",
    "LastTold",
    "Photo",
    "PhotoLicence",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Unwanted",
]
