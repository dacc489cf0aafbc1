"""What the directory refuses, by name, and how a database that is away is told from a fault."""

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError

# Classes of SQLSTATE: connection exception, too many connections, operator intervention.
AWAY = ("08", "53", "57P")


class DirectoryError(Exception):
    """Base of the errors of this room."""


class BadCriteria(DirectoryError):
    """Search criteria that cannot be read: messages by the name of the parameter."""

    def __init__(self, refusals: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(messages)}" for name, messages in refusals.items()))
        self.refusals = refusals


class BadCursor(DirectoryError):
    """A page cursor that was altered, or that belongs to another search."""


class FeedForgotten(DirectoryError):
    """A place in the feed of changes that is good no more: everything is to be read again."""


class NotAllowed(DirectoryError, PermissionDenied):
    """A person asked for what the table of permissions does not give: 403, in pages as in the API."""

    def __init__(self, action: object, target: object = None) -> None:
        super().__init__(f"{action} is not allowed on {target}." if target else f"{action} is not allowed.")
        self.action, self.target = action, target


class RoleRefused(DirectoryError):
    """A role that cannot be asked for, decided of or ended as things are; the text says why."""


class CompositionRefused(DirectoryError):
    """A custom territory that cannot be written, listed or effaced as things are; the text says why."""


class ListingRefused(DirectoryError):
    """Something that cannot be done with a listing as things are; the text says why."""


class TieRefused(DirectoryError):
    """A link or a membership that cannot be said, agreed to or ended as things are; the text says why."""


class StoryRefused(DirectoryError):
    """A story that cannot be written, sent or decided of as things are; the text says why."""


class ContactRefused(DirectoryError):
    """Something that cannot be written of a contact; the text says why."""


class VersionRefused(DirectoryError):
    """A version that cannot be brought back; ``reasons`` say why, in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class MergeRefused(DirectoryError):
    """Two listings that cannot become one as things are; the text says why."""


class BadLink(DirectoryError):
    """A link that was forged, that has expired, or that says what is true no more."""


class Unreachable(DirectoryError):
    """Nobody of an initiative can be written to through the form."""


class TooMany(DirectoryError):
    """More messages than one visitor may write, or one initiative may be sent, in an hour."""


def database_is_away(error: BaseException | None) -> bool:
    """Whether this came of a database that does not answer or takes no one in: neither a fault of
    the program nor a query that was cut short."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)  # none where nobody answered at all
    return state is None or state.startswith(AWAY)
