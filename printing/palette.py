"""The colours of the style sheets, for what is drawn where no style sheet reaches: the light ones."""

from __future__ import annotations

import re
from functools import cache

from printing.sheets import sheet


@cache
def palette() -> dict[str, str]:
    """``accent``, ``paper``…, and ``sector-energie``… to ``#rrggbb``."""
    found: dict[str, str] = {}
    for name in ("css/tokens.css", "css/sectors.css"):
        light = sheet(name).partition("@media")[0]
        found |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
        found |= dict(re.findall(r"\.(sector-[a-z]+) \{ --sector: (#[0-9a-f]{6});", light))
    return found
