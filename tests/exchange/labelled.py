"""A labelled set for matching: initiatives that are known, and lines of which a person said whose they are.

All are invented, in real communes of Creuse and Haute-Vienne; the slips, abbreviations, homonyms and shared
numbers are those of real listings. A place is « commune » alone, or « commune east,north »: metres from its
chief place. Written before the rules were tuned on it; lines were added since, none was taken out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listing:
    """``key``: its own, or that of the initiative that a line is of; empty: of none that is known."""

    trait: str
    key: str
    name: str
    place: str
    street: str
    siret: str
    rna: str
    website: str
    phone: str
    email: str

    @property
    def commune(self) -> str:
        return self.place.rpartition(" ")[0] if "," in self.place else self.place

    @property
    def metres(self) -> tuple[float, float] | None:
        """East and north of the chief place; None where only the commune is said."""
        if "," not in self.place:
            return None
        east, north = self.place.rpartition(" ")[2].split(",")
        return float(east), float(north)


def known() -> list[Listing]:
    return [Listing("", *cells) for cells in _read("labelled_known.txt", 9)]


def lines() -> list[Listing]:
    read = _read("labelled_lines.txt", 10)
    return [Listing(trait, key.strip("-"), *cells) for trait, key, *cells in read]


def _read(name: str, count: int) -> list[list[str]]:
    text = Path(__file__).with_name(name).read_text()
    rows = [line.split("|") for line in text.splitlines() if not line.startswith("#")]
    return [([cell.strip() for cell in row] + [""] * count)[:count] for row in rows]
