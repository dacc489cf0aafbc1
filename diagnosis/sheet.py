"""The sheets of the indicators: what each means, in files that anyone can read and correct."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "sheets"
# As the report tells them.
ORDER = (
    "D1", "D2", "D3", "S1", "S2", "S3", "S4", "S5", "A1", "A2", "A4", "C1", "C2", "C3", "T1", "R1", "R2",
    "R3", "Q1", "K1", "E1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """An indicator in one language."""

    name: str
    definition: str
    formula: str
    unit: str
    why: str
    reading: str
    source: str
    limits: str
    example: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """``minimum`` is the number of cases under which the indicator is not shown, 0 if none."""

    code: str
    chapter: str
    unit: str
    decimals: int
    minimum: int
    fr: Words
    en: Words

    @property
    def words(self) -> Words:
        """In the language of the reader."""
        return self.en if (get_language() or "fr").startswith("en") else self.fr


@cache
def sheets() -> dict[str, Sheet]:
    """All of them by code, in the order of the report. KeyError, TypeError where a file lacks something."""
    return {code: read(FOLDER / f"{code}.toml") for code in ORDER}


def read(path: Path) -> Sheet:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Sheet) if field.name not in ("fr", "en")]
    return Sheet(**{name: said[name] for name in names}, fr=Words(**said["fr"]), en=Words(**said["en"]))


def sheet_of(code: str) -> Sheet | None:
    """The sheet of a figure: ``A1-10`` is told by A1, ``S3E`` by S3; None for plain counts."""
    return sheets().get(code.partition("-")[0].removesuffix("E") if code != "E1" else code)
