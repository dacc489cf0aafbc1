"""PDFs read again by a library that did not write them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pypdf

POINT = 25.4 / 72  # mm


@dataclass(frozen=True)
class Written:
    """A piece of text and where its line begins, in mm from the top left of its page."""

    page: int
    text: str
    x: float
    y: float


def read(body: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(body))


def words(body: bytes) -> str:
    """All text, spaces and line ends made one."""
    return " ".join(" ".join(page.extract_text() for page in read(body).pages).split())


def placed(body: bytes) -> list[Written]:
    found: list[Written] = []
    for number, page in enumerate(read(body).pages):
        height = float(page.mediabox.height)

        def visit(text: str, matrix: Any, at: Any, *_rest: Any, n: int = number, h: float = height) -> None:
            if text.strip():
                x = at[4] * matrix[0] + at[5] * matrix[2] + matrix[4]
                y = at[4] * matrix[1] + at[5] * matrix[3] + matrix[5]
                found.append(Written(n, text.strip(), x * POINT, (h - y) * POINT))

        page.extract_text(visitor_text=visit)
    return found


def is_tagged(body: bytes, language: str) -> bool:
    """Marked, with a tree of structure, a title that is shown, and its language."""
    root = read(body).trailer["/Root"]
    return (
        root["/MarkInfo"]["/Marked"] is not False
        and "/StructTreeRoot" in root
        and root["/Lang"] == language
        and bool(read(body).metadata.title)
    )


def figures_without_words(body: bytes) -> int:
    """Pictures of the structure that have no alternative."""
    lacking = 0
    waiting = [read(body).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if not isinstance(node, dict):
            continue
        lacking += node.get("/S") == "/Figure" and not node.get("/Alt")
        kids = node.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        waiting.extend(kids if isinstance(kids, list) else [kids])
    return lacking


def fonts_not_inside(body: bytes) -> list[str]:
    """Fonts that a printer would have to have."""
    lacking = []
    for page in read(body).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            if not {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"]):
                lacking.append(str(inner["/BaseFont"]))
    return lacking
