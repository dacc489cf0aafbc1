"""Figures into ``docs/benchmarks.md``: one chapter per benchmark, each with its day and machine."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.served import CLONE

QUIET = 0.7  # load average of a machine that does nothing else, and has just built a database
BOOK = CLONE / "docs" / "benchmarks.md"
# Written by hand, and the last to be read: what the figures come to.
LAST = "## What is missed, and why\n"
OPENING = "# Benchmarks\n\nEach chapter is written by the command that it names, and read as it came.\n"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, its columns aligned."""
    cells = [list(map(str, header)), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine(**versions: str) -> str:
    """When and where: cores, memory, and the versions that matter."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    parts = [
        datetime.now(UTC).date().isoformat(),
        f"{os.cpu_count()} cores",
        f"{pages / 2**30:.0f} GiB",
        f"Python {platform.python_version()}",
        *(f"{name} {version}" for name, version in versions.items()),
    ]
    return ", ".join(parts) + "."


def busy() -> str:
    """A sentence where others used the machine when the measuring began; empty on a quiet one."""
    load = os.getloadavg()[0]
    if load < QUIET:
        return ""
    return (
        f"**The machine was not quiet: load average {load:.1f} on {os.cpu_count()} cores before the first"
        " turn. Times are longer than they would be alone; ratios hold better.**"
    )


def record(title: str, text: str, book: Path = BOOK) -> None:
    """Put a chapter in the place of the one with the same title, or at the end of the figures."""
    written = book.read_text() if book.exists() else OPENING
    chapter = f"## {title}\n\n{text.strip()}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if pattern.search(written):
        written = pattern.sub(lambda _found: chapter + "\n", written)
    else:
        figures, last, words = written.partition(LAST)
        written = f"{figures.rstrip()}\n\n{chapter}\n{last}{words}"
    book.write_text(written.rstrip() + "\n")
