"""Style sheets by their names among static files: paper reads those of the screen too."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders


@cache
def sheet(name: str) -> str:
    """The text of ``css/tokens.css``; FileNotFoundError where no room has it."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_text(encoding="utf-8")
