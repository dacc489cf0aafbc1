"""The charter, a file per idea: the versions of its text (``version``), who signed which (``signature``)."""

from charter.models.signature import (
    HOLDS,
    LONGEST_NAME,
    LONGEST_ROLE,
    LONGEST_STATEMENT,
    Capacity,
    Mandate,
    Signature,
)
from charter.models.version import LONGEST_LINE, LONGEST_TEXT, CharterVersion

__all__ = [
    "HOLDS",
    "LONGEST_LINE",
    "LONGEST_NAME",
    "LONGEST_ROLE",
    "LONGEST_STATEMENT",
    "LONGEST_TEXT",
    "Capacity",
    "CharterVersion",
    "Mandate",
    "Signature",
]
