"""A cell of a file as it is: blank, plain, a text without markup; and what reading one gives.

Pure: no database. The texts of the codes are in :mod:`exchange.problems`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from territories.names import fold

Cell = str | int | float | bool | None

LONGEST_NAME = 300
LONGEST_TEXT = 20_000

# What people write in a cell that says nothing.
BLANK = frozenset(
    ["", "-", "--", "—", "–", "/", ".", "?", "n/a", "na", "n.a.", "nc", "n.c.", "neant", "null",
     "none", "nan", "nr", "n.r.", "non renseigne", "non renseignee", "non communique", "non precise",
     "inconnu", "sans objet", "\\n"]
)  # fmt: skip
# What a spreadsheet shows where it could not work out what it holds; in French too.
FAILED = re.compile(
    r"#(?:DIV/0|REF|VALUE|VALEUR|NAME|NOM|NULL?|NUM|NOMBRE|SPILL|CALC)\s?[!?]|#N/[AD]|Err:5\d\d|#{3,}"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.*?-->", re.DOTALL)
BREAK = re.compile(r"(?i)<(?:br|/p|/li|/div|/h[1-6])\b[^<>]*>")
PLAIN = re.compile(r"[^\s<&\u200b\u2060\ufeff]+(?: [^\s<&\u200b\u2060\ufeff]+)*")
SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200b\u202f\u2060\ufeff]+")


class Unfit(Exception):
    """What a cell holds is not what its column is read as."""

    def __init__(self, code: str, **said: str) -> None:
        super().__init__(code)
        self.code, self.said = code, said


@dataclass(frozen=True, slots=True)
class Read:
    """The value, the code of what was mended if something was, and the other values that came with it."""

    value: Any
    mended: str = ""
    beside: dict[str, Any] | None = None


def is_blank(cell: Cell) -> bool:
    if isinstance(cell, str):
        return len(cell) < 20 and _says_nothing(cell)
    return cell is None


@lru_cache(maxsize=50_000)
def _says_nothing(cell: str) -> bool:
    return fold(cell.strip(" \t\r\n\u00a0\u202f")) in BLANK


def has_failed(cell: Cell) -> bool:
    """Whether a formula gave no value."""
    return isinstance(cell, str) and cell[:1] in "#E" and bool(FAILED.fullmatch(cell.strip()))


def plain(cell: Cell) -> str:
    """The cell as one writes it: a whole number without its decimals."""
    if isinstance(cell, str) and PLAIN.fullmatch(cell):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return SPACES.sub(" ", str(cell)).strip()


def text(cell: Cell, most: int = LONGEST_TEXT) -> Read:
    """A text with its lines, without markup."""
    if isinstance(cell, str) and len(cell) <= most and PLAIN.fullmatch(cell):
        return Read(cell)  # as most are
    said = str(cell) if isinstance(cell, str) else plain(cell)
    mended = ""
    if "<" in said and TAG.search(said):
        said, mended = html.unescape(TAG.sub("", BREAK.sub("\n", said))), "markup"
    elif "&" in said and (unescaped := html.unescape(said)) != said:
        said, mended = unescaped, "markup"
    lines = [SPACES.sub(" ", line).strip() for line in said.splitlines()]
    said = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(said) > most:
        raise Unfit("too-long", most=str(most))
    return Read(said, mended)


def line(cell: Cell, most: int = LONGEST_TEXT) -> Read:
    """A text on one line."""
    read = text(cell, most)
    if "\n" not in read.value:
        return read
    return Read(" ".join(read.value.split()), read.mended)


def name(cell: Cell) -> Read:
    read = line(cell, LONGEST_NAME)
    if not any(sign.isalnum() for sign in read.value):
        raise Unfit("name-empty")
    return read
