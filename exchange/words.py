"""Their words where we have a list: categories, legal forms, states; each with what it seems to stand for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.fields.json import KT

from directory.models import LegalForm
from exchange.categories import Taxonomy, parts_of, suggest
from exchange.cells import Unfit, has_failed, is_blank, plain
from exchange.fields import Field
from exchange.models import Import
from exchange.parsing import READERS

# Beside categories: words that a reader understands, or does not.
LISTED = (Field.LEGAL_FORM, Field.ACTIVITY_STATE)


@dataclass(frozen=True, slots=True)
class Word:
    """``ours``: what the profile says that it is, else what it is recognised as; "" where it is nothing."""

    field: Field
    text: str
    lines: int
    ours: str

    @property
    def understood(self) -> bool:
        return self.ours not in ("", LegalForm.UNKNOWN)


def words_of(batch: Import, taxonomy: Taxonomy) -> list[Word]:
    """Categories, the most frequent first; then of each other list what is not understood, then the rest."""
    known = batch.profile.values.get(Field.CATEGORY, {})
    found = [
        Word(Field.CATEGORY, text, lines, known.get(text, ours))
        for text, lines, ours in suggest(categories_of(batch, taxonomy), taxonomy)
    ]
    for field in LISTED:
        found += sorted(listed(batch, field), key=lambda word: (word.understood, -word.lines, word.text))
    return found


def to_be_told(batch: Import) -> bool:
    """Whether a person should look at words: categories always, others where one is not understood yet."""
    if Field.CATEGORY in (batch.profile.columns.get(name) for name in batch.header):
        return True
    told = batch.profile.values
    return any(
        not word.understood and word.text not in told.get(field, {})
        for field in LISTED
        for word in listed(batch, field)
    )


def listed(batch: Import, field: Field) -> list[Word]:
    known, found = batch.profile.values.get(field, {}), Counter[str]()
    for text, lines in cells_of(batch, field):
        found[text] += lines
    return [
        Word(field, text, lines, known.get(text, understood(field, text))) for text, lines in found.items()
    ]


def understood(field: Field, text: str) -> str:
    try:
        return str(READERS[field](text).value)
    except Unfit:
        return ""


def categories_of(batch: Import, taxonomy: Taxonomy) -> Counter[str]:
    """Their categories in an import, each with the number of its lines; parted as its lines will be."""
    known = batch.profile.values.get(Field.CATEGORY, {}).keys() | taxonomy.ids.keys()
    found: Counter[str] = Counter()
    for whole, lines in cells_of(batch, Field.CATEGORY):
        parts = [whole] if whole in known else parts_of(whole) or [whole]
        found.update(dict.fromkeys(parts, lines))
    return Counter(dict(sorted(found.items())))  # of as many lines, always in the same order


def cells_of(batch: Import, field: Field) -> list[tuple[str, int]]:
    """What the cells read as this field say, and in how many lines."""
    found = []
    for at, name in enumerate(batch.header):
        if batch.profile.columns.get(name) == field:
            cells = batch.candidates.order_by().values_list(KT(f"cells__{at}"))
            for cell, lines in cells.annotate(lines=Count("pk")):
                if not is_blank(cell) and not has_failed(cell):
                    found.append((plain(cell), lines))
    return found
