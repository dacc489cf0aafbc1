"""What people write of their territory beside the figures: the chapters that no computation makes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from diagnosis.catalogue import Offer

LONGEST = 5_000  # characters of one text
MOST_TESTIMONIES = 12

# The four boxes of the AFOM, with the question that each answers.
BOXES = {
    "strengths": (_("Atouts"), _("Ce qui tient déjà ici, et sur quoi s’appuyer.")),
    "weaknesses": (_("Faiblesses"), _("Ce qui manque ici, ou qui freine.")),
    "opportunities": (_("Opportunités"), _("Ce qui vient d’ailleurs ou de demain, et qui peut aider.")),
    "threats": (_("Menaces"), _("Ce qui vient d’ailleurs ou de demain, et qui peut nuire.")),
}


@dataclass(frozen=True, slots=True)
class Testimony:
    """What somebody said, and as whom they agreed to be named."""

    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Plain text, line breaks kept. ``reading`` is how the figures are read; ``plan`` what is proposed, with
    the ``levers`` chosen as they were in the catalogue on that day; ``language`` is that of who wrote."""

    reading: str = ""
    strengths: str = ""
    weaknesses: str = ""
    opportunities: str = ""
    threats: str = ""
    testimonies: tuple[Testimony, ...] = ()
    plan: str = ""
    levers: tuple[Offer, ...] = ()
    language: str = ""

    def __bool__(self) -> bool:
        """Whether anything is written."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "language")

    @property
    def boxes(self) -> list[tuple[Any, Any, str]]:
        """Each box of the AFOM: its title, its question, its text; none at all where the four are empty."""
        found = [(title, question, getattr(self, name)) for name, (title, question) in BOXES.items()]
        return found if any(text for _title, _question, text in found) else []


def freeze(texts: Texts) -> dict[str, Any]:
    """Plain values for a JSON column."""
    found: dict[str, Any] = msgspec.to_builtins(texts)
    return found


def thaw(kept: dict[str, Any]) -> Texts:
    """The texts that ``freeze`` was given."""
    return msgspec.convert(kept, Texts)
