"""Tables that people bring, in whatever file they keep them: opened by what it holds, not by its name."""

from __future__ import annotations

from formats.reading.opening import open_table
from formats.reading.table import Remark, Row, Table, Unreadable, Value

__all__ = ["Remark", "Row", "Table", "Unreadable", "Value", "open_table"]
