"""The directory's models, a file per idea."""

from directory.models.contact import Consent, ConsentPurpose, Contact
from directory.models.grouping import EFFECTIVE, Grouping, GroupingKind, Membership, PtceStatus
from directory.models.initiative import (
    ActivityState,
    Initiative,
    LegalForm,
    Origin,
    Precision,
    Publication,
    ServedTerritory,
)
from directory.models.link import Link, LinkKind
from directory.models.listing import Listing, ListingPick
from directory.models.merge import Merge
from directory.models.report import LONGEST_MESSAGE, Report, ReportReason
from directory.models.role import LONGEST_REASON, TARGETS, Role, RoleKind
from directory.models.source import Source, SourceRecord
from directory.models.taxonomy import ACTIVITIES_PER_SECTOR, Activity, Sector
from directory.models.vocabulary import LexiconWord, Phrase

__all__ = [
    "ACTIVITIES_PER_SECTOR",
    "EFFECTIVE",
    "LONGEST_MESSAGE",
    "LONGEST_REASON",
    "TARGETS",
    "Activity",
    "ActivityState",
    "Consent",
    "ConsentPurpose",
    "Contact",
    "Grouping",
    "GroupingKind",
    "Initiative",
    "LegalForm",
    "LexiconWord",
    "Link",
    "LinkKind",
    "Listing",
    "ListingPick",
    "Membership",
    "Merge",
    "Origin",
    "Phrase",
    "Precision",
    "PtceStatus",
    "Publication",
    "Report",
    "ReportReason",
    "Role",
    "RoleKind",
    "Sector",
    "ServedTerritory",
    "Source",
    "SourceRecord",
]
