"""The directory's models, a file per idea."""

from directory.models.contact import BY_HERSELF, Consent, ConsentMethod, ConsentPurpose, Contact
from directory.models.export import LOG_KEPT, LONGEST_PURPOSE, ExportedContact, PersonalExport
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
from directory.models.notice import Notice, NoticeKind
from directory.models.relay import RelayCount, RelayStop
from directory.models.report import LONGEST_MESSAGE, Report, ReportReason
from directory.models.role import LONGEST_REASON, TARGETS, Role, RoleKind
from directory.models.source import Source, SourceRecord
from directory.models.taxonomy import ACTIVITIES_PER_SECTOR, Activity, Sector
from directory.models.vocabulary import LexiconWord, Phrase

__all__ = [
    "ACTIVITIES_PER_SECTOR",
    "BY_HERSELF",
    "EFFECTIVE",
    "LOG_KEPT",
    "LONGEST_MESSAGE",
    "LONGEST_PURPOSE",
    "LONGEST_REASON",
    "TARGETS",
    "Activity",
    "ActivityState",
    "Consent",
    "ConsentMethod",
    "ConsentPurpose",
    "Contact",
    "ExportedContact",
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
    "Notice",
    "NoticeKind",
    "Origin",
    "PersonalExport",
    "Phrase",
    "Precision",
    "PtceStatus",
    "Publication",
    "RelayCount",
    "RelayStop",
    "Report",
    "ReportReason",
    "Role",
    "RoleKind",
    "Sector",
    "ServedTerritory",
    "Source",
    "SourceRecord",
]
