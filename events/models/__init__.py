"""Events, a file per idea: what is announced (``event``), who comes (``registration``)."""

from events.models.event import (
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Event,
    Organiser,
    Public,
    Session,
    SessionKind,
    Status,
    Testimony,
)
from events.models.registration import (
    LONGEST_NAME,
    LONGEST_REASON,
    Choice,
    Closing,
    Invitation,
    InvitationStatus,
    Registration,
    RegistrationSource,
    RegistrationState,
    Seat,
)

__all__ = [
    "LONGEST_LINE",
    "LONGEST_NAME",
    "LONGEST_REASON",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Choice",
    "Closing",
    "Event",
    "Invitation",
    "InvitationStatus",
    "Organiser",
    "Public",
    "Registration",
    "RegistrationSource",
    "RegistrationState",
    "Seat",
    "Session",
    "SessionKind",
    "Status",
    "Testimony",
]
