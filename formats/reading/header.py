"""Where the names of columns stand in a table that people made: below a title, on two lines, or nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from formats.reading.table import Remarks, Unreadable, Value, mended

# Rows looked at: below them everything is data.
SAMPLE = 60
# The line of names has nearly as many cells as the fullest row; a title has one or two.
FILLED = 0.6
LONGEST_NAME = 300
# As many names in a row, without a gap, are no title.
MANY = 5
# What stands in a row and never names a column: addresses of mail and of the web, numbers with decimals or
# of five digits and more, dates.
DATA = re.compile(
    r"\S+@\S+\.\S+|https?://\S+|www\.\S+|[+-]?\d+[.,]\d+(\s*[,;]\s*[+-]?\d+[.,]\d+)?"
    r"|[\d\s.]*\d{5}[\d\s.]*|(\+33|0)[\s.]?\d([\s.-]?\d\d){4}|\d{1,4}[/-]\d\d?[/-]\d{1,4}.*"
)
TECHNICAL = re.compile(r"[a-z][a-z0-9]*([_.:-][a-z0-9]+)*")

Cells = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Heading:
    """``columns``: their names, each once. ``first``: the index of the first row of data among those looked
    at. ``names``: the cells of the line of names, to know it again."""

    columns: list[str]
    first: int
    names: list[str] = field(default_factory=list)

    def again(self, cells: Cells) -> bool:
        """Whether these are the names once more, as where tables were put one below the other."""
        return bool(self.names) and [written(cell) for cell in trimmed(cells)] == self.names


def blank(cell: Value) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def written(cell: Value) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def listed(cells: Cells, between: str = "; ") -> str:
    return between.join(written(cell) for cell in cells if not blank(cell))


def filled(cells: Cells) -> int:
    return sum(not blank(cell) for cell in cells)


def trimmed(cells: Cells) -> Cells:
    """Without the blank cells at the end."""
    size = len(cells)
    while size and blank(cells[size - 1]):
        size -= 1
    return cells[:size]


def is_data(cell: Value) -> bool:
    return not isinstance(cell, str) or bool(DATA.fullmatch(cell.strip()))


def names_columns(cells: Cells) -> bool:
    """Whether a row reads as names: short texts, hardly one of which could be a value. Years may be names."""
    texts = [cell for cell in cells if not blank(cell)]
    values = sum(is_data(cell) and not is_year(cell) for cell in texts)
    return values * 5 < len(texts) and all(len(written(cell)) <= LONGEST_NAME for cell in texts)


def is_year(cell: Value) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", written(cell)))


def find(sample: Sequence[tuple[int, Cells]], remarks: Remarks, most: int) -> Heading:
    """The names of columns, from the first rows of a file that hold something, each with its line.

    Unreadable where there is no row, or more than ``most`` columns.
    """
    if not sample:
        raise Unreadable("empty")
    fullest = max(filled(cells) for _line, cells in sample)
    wide = usual_width(cells for _line, cells in sample)
    at = next(n for n, (_line, cells) in enumerate(sample) if reaches(cells, fullest, wide))
    # Values already: names that leave gaps may stand just above.
    if at and not names_columns(sample[at][1]) and names_columns(sample[at - 1][1]):
        at -= filled(sample[at - 1][1]) > 1
    at += is_grouping([cells for _line, cells in sample[at:]])
    for line, cells in sample[:at]:
        remarks.add("above-header", line, text=listed(cells, " · "))
    line, cells = sample[at]
    if not names_columns(cells):
        remarks.add("no-header", line)
        size = usual_width([cells for _line, cells in sample[at:]])
        return Heading(limited([f"#{n + 1}" for n in range(size)], most), at)
    top = [written(cell) for cell in trimmed(cells)]
    below = [cells for _line, cells in sample[at + 1 :]]
    second = below[0] if below else ()
    names = joined(top, second) if second else None
    if names is not None or (second and is_technical(top, second, below[1:])):
        remarks.add("second-header", sample[at + 1][0], text=listed(second, " · "))
        below = below[1:]
    groups = list(sample[at - 1][1]) if at and filled(sample[at - 1][1]) > 1 else []
    width = max(len(top), usual_width(below) if below else 0)
    columns = named(names or top, groups, width, line, remarks)
    first = at + 1 + (len(sample) - at - 1 - len(below))
    return Heading(limited(columns, most), first, top)


def reaches(cells: Cells, fullest: int, wide: int) -> bool:
    """Whether a row is no title: it has nearly all cells, or lacks but the name of the numbers of rows."""
    gap = 1 < wide == len(trimmed(cells)) == filled(cells) + 1
    # Whatever the rows below have grown to by signs that nobody quoted.
    whole = len(trimmed(cells)) == filled(cells) >= MANY and names_columns(cells)
    return filled(cells) >= FILLED * fullest or gap or whole


def is_grouping(rows: Sequence[Cells]) -> bool:
    """Whether the first row names groups of columns, and the second the columns: it has no gap, and no value,
    which most rows below have."""
    if len(rows) < 3:
        return False
    top, second, below = trimmed(rows[0]), rows[1], rows[2:]
    gaps = len(top) - filled(top)
    full = len(trimmed(second)) >= len(top) and filled(second) == len(trimmed(second))
    named = names_columns(top) and names_columns(second) and not any(map(is_data, trimmed(second)))
    return gaps > 1 and full and named and sum(not names_columns(cells) for cells in below) * 2 > len(below)


def limited(columns: list[str], most: int) -> list[str]:
    if len(columns) > most:
        raise Unreadable("too-many-columns", count=len(columns), most=most)
    return columns


def usual_width(rows: Iterable[Cells]) -> int:
    """Columns that at least half of the rows reach, or one row if there are fewer than four."""
    widths = sorted((len(trimmed(cells)) for cells in rows), reverse=True)
    return widths[min(len(widths) // 2, len(widths) - 1)] if widths else 0


def joined(top: Sequence[str], second: Cells) -> list[str] | None:
    """Names on two lines: groups above, as a spreadsheet merges them, and beneath each its own names."""
    under = [written(cell) for cell in trimmed(second)]
    size = max(len(top), len(under))
    above, under = [*top, *[""] * (size - len(top))], [*under, *[""] * (size - len(under))]
    gaps = [n for n, name in enumerate(above) if not name]
    # Each gap is filled, what stands alone above has nothing beneath, and a gap follows each group.
    grouped = {n for n in range(size) if under[n]}
    if not gaps or not grouped >= set(gaps) or len(grouped) == size or not names_columns(second):
        return None
    if any(n not in gaps and n + 1 not in gaps for n in grouped):
        return None
    alone = [above[n] for n in range(size) if n not in grouped]
    count = Counter([*alone, *(under[n] for n in grouped)])
    names, group = [], ""
    for n in range(size):
        group = above[n] or group
        own = under[n] or above[n]
        names.append(f"{group} / {own}" if under[n] and count[own] > 1 else own)
    return names


def is_technical(top: Sequence[str], second: Cells, below: Sequence[Cells]) -> bool:
    """Whether the second line names the same columns again, as programs call them."""
    names = [written(cell) for cell in trimmed(second)]
    known = [name for name in names if name]
    if len(known) < max(2, FILLED * len(top)) or not all(isinstance(c, str) for c in second if not blank(c)):
        return False
    alike = sum(bool(a) and folded(a) == folded(b) for a, b in zip(top, names, strict=False))
    programs = all(TECHNICAL.fullmatch(name) for name in known)
    underscored = sum("_" in name for name in known)
    # With no value in it, where most rows have some, one name again is enough.
    valued = sum(not names_columns(cells) for cells in below) * 2 > max(len(below), 4)
    plain = alike > 0 and valued and not any(is_data(cell) for cell in second if not blank(cell))
    return plain or alike * 2 >= len(known) or (programs and underscored * 3 >= len(known))


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]+", "", plain.encode("ascii", "ignore").decode())


def named(names: Sequence[str], groups: Cells, width: int, line: int, remarks: Remarks) -> list[str]:
    """A name for each column, each once: those without are numbered, those that come again too."""
    wanted = [mended(name, remarks, line, name) for name in names]
    wanted += [""] * (width - len(wanted))
    wanted = with_groups(wanted, groups)
    columns: list[str] = []
    taken: set[str] = set()
    for index, name in enumerate(wanted):
        own, n = name or f"#{index + 1}", 2
        while own.casefold() in taken:
            own, n = f"{name} ({n})", n + 1
        if not name:
            remarks.add("column-unnamed", line, own, renamed=own)
        elif own != name:
            remarks.add("column-twice", line, name, renamed=own)
        taken.add(own.casefold())
        columns.append(own)
    return columns


def with_groups(names: list[str], groups: Cells) -> list[str]:
    """Names that come twice, told apart by the title above each, where it stands above a group of them."""
    count = Counter(names)
    told, group = [], ""
    for index, name in enumerate(names):
        group = (written(groups[index]) if index < len(groups) else "") or group
        told.append(f"{group} / {name}" if name and count[name] > 1 and group else name)
    return told
