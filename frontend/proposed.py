"""What a proposal says, in words: its fields with their labels, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contributions.fields import FIELDS
from directory.history import Change
from frontend.versions import Words, label_of

# Said by another field, or by the map.
UNSAID = {"language", "precision"}


@dataclass(frozen=True, slots=True)
class Said:
    """A field and what is proposed for it; ``text`` empty where it is to be emptied."""

    name: str
    label: str
    text: str


def shown(fields: Mapping[str, Any]) -> list[Said]:
    """Fields as contributions.fields writes them, in words."""
    found = {name: fields[name] for name in FIELDS if name in fields and name not in UNSAID}
    words = Words(Change(name, None, value) for name, value in found.items())
    return [
        Said(name, label_of(name), position(value) if name == "location" else words.value(name, value))
        for name, value in found.items()
    ]


def position(value: list[float] | None) -> str:
    """A latitude, then a longitude, as people read them."""
    return f"{value[1]:.5f}, {value[0]:.5f}" if value else ""
