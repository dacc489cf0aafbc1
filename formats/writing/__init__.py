"""Tables as files that people take away, written as their rows come: nothing is held but the row at hand."""

from __future__ import annotations

from formats.writing.table import Cell, Column, Kind, Notice, Table

__all__ = ["Cell", "Column", "Kind", "Notice", "Table"]
