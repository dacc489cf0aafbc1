"""How each public of an event is told apart on a badge: a colour and a shape, which hold in black and white
too."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Mark:
    """``shape`` is a drawing of printing/pictures.py, ``colour`` a name of printing/palette.py."""

    shape: str
    colour: str


# The publics that forums have, each with a mark for good, so that badges made later are of the same.
MARKS = {
    "initiative": Mark("circle", "sector-alimentation"),
    "elected": Mark("square", "sector-mobilite"),
    "officer": Mark("diamond", "sector-numerique"),
    "institution": Mark("hexagon", "sector-habitat"),
    "network": Mark("triangle", "sector-cooperation"),
    "press": Mark("star", "sector-culture"),
    "citizen": Mark("ring", "sector-production"),
    "team": Mark("cross", "accent"),
    "other": Mark("pentagon", "sector-energie"),
}
OTHERS = (
    Mark("halves", "sector-education"),
    Mark("drop", "sector-commerce"),
    Mark("bar", "sector-reemploi"),
)


def mark_of(public: str) -> Mark:
    """The mark of a public by its code; of an unknown one always the same of three more."""
    if known := MARKS.get(public):
        return known
    return OTHERS[sha256(public.encode()).digest()[0] % len(OTHERS)]
