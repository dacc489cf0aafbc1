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
from directory.models.link import (
    LINK_IN_FORCE,
    LINK_STANDS,
    LONGEST_TIE_SOURCE,
    MUTUAL,
    Link,
    LinkKind,
    LinkSide,
    LinkState,
)
from directory.models.listing import LONGEST_LISTING_NAME, LONGEST_LISTING_NOTE, Listing, ListingPick
from directory.models.merge import Merge
from directory.models.notice import Notice, NoticeKind
from directory.models.relay import RelayCount, RelayStop
from directory.models.report import LONGEST_MESSAGE, Report, ReportReason
from directory.models.role import LONGEST_REASON, TARGETS, Role, RoleKind
from directory.models.source import Source, SourceRecord
from directory.models.story import (
    LONGEST_SIGNATURE,
    LONGEST_STORY_REASON,
    LONGEST_STORY_TEXT,
    LONGEST_STORY_TITLE,
    SHEET_PARTS,
    Story,
    StoryKind,
    StoryState,
)
from directory.models.taxonomy import ACTIVITIES_PER_SECTOR, Activity, Sector
from directory.models.vocabulary import LexiconWord, Phrase

__all__ = [
    "ACTIVITIES_PER_SECTOR",
    "BY_HERSELF",
    "EFFECTIVE",
    "LINK_IN_FORCE",
    "LINK_STANDS",
    "LOG_KEPT",
    "LONGEST_LISTING_NAME",
    "LONGEST_LISTING_NOTE",
    "LONGEST_MESSAGE",
    "LONGEST_PURPOSE",
    "LONGEST_REASON",
    "LONGEST_SIGNATURE",
    "LONGEST_STORY_REASON",
    "LONGEST_STORY_TEXT",
    "LONGEST_STORY_TITLE",
    "LONGEST_TIE_SOURCE",
    "MUTUAL",
    "SHEET_PARTS",
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
    "LinkSide",
    "LinkState",
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
    "Story",
    "StoryKind",
    "StoryState",
]
