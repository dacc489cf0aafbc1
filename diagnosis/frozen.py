"""A report as plain JSON values, to be kept, and as a report again."""

from __future__ import annotations

from typing import Any

import msgspec

from diagnosis.model import Report


def freeze(report: Report) -> dict[str, Any]:
    """Plain values for a JSON column. Infinity and NaN have no place in a report."""
    found: dict[str, Any] = msgspec.to_builtins(report)
    return found


def thaw(kept: dict[str, Any]) -> Report:
    """The report that ``freeze`` was given; msgspec.ValidationError where it was kept in another shape."""
    return msgspec.convert(kept, Report)
