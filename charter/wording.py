"""The text of a charter, cut into what a page shows: headings, paragraphs, lists, quotations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

# How a line begins, by kind of block; a paragraph is any other line.
MARKS = {"heading": "# ", "items": "- ", "quotation": "> "}


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is heading, items, quotation or paragraph. Each line is one of its own, but those of a
    paragraph or quotation that follow one another, which make one."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in order; empty lines part them and show nothing."""
    found: list[Block] = []
    lines = [line.strip() for line in text.splitlines()]
    for kind, group in groupby(lines, key=kind_of):
        bare = tuple(line.removeprefix(MARKS.get(kind, "")).strip() for line in group)
        if kind == "heading":
            found += [Block(kind, (line,)) for line in bare]
        elif kind:
            found.append(Block(kind, bare))
    return found


def kind_of(line: str) -> str:
    """Empty for an empty line."""
    if not line:
        return ""
    return next((kind for kind, mark in MARKS.items() if line.startswith(mark)), "paragraph")
