"""A booklet for a copier: pages two by two on sheets that are printed on both sides, then folded."""

from __future__ import annotations

import io

import pypdf
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
)

SIDES = 4  # pages of a folded sheet


def folded(body: bytes) -> bytes:
    """The pages of a PDF, all of one size, in the order that a folded pile of sheets reads in.

    For the printer alone: tags and bookmarks stay with the PDF that it is made of.
    """
    reader = pypdf.PdfReader(io.BytesIO(body))
    writer = pypdf.PdfWriter()
    writer.pdf_header = reader.pdf_header  # that of what it draws
    width, height = reader.pages[0].mediabox.width, reader.pages[0].mediabox.height
    pictures = [picture(page, writer) for page in reader.pages]
    for left, right in sides(len(pictures)):
        places = ((left, 0), (right, width))
        drawn = [(pictures[number], shift) for number, shift in places if number is not None]
        sheet = writer.add_blank_page(2 * width, height)
        names = {NameObject(f"/P{place}"): each for place, (each, _shift) in enumerate(drawn)}
        sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): DictionaryObject(names)})
        content = DecodedStreamObject()
        moves = (f"q 1 0 0 1 {shift} 0 cm /P{place} Do Q " for place, (_each, shift) in enumerate(drawn))
        content.set_data("".join(moves).encode())
        sheet[NameObject("/Contents")] = writer._add_object(content)
    if reader.metadata:
        writer.add_metadata({key: str(value) for key, value in reader.metadata.items()})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def picture(page: pypdf.PageObject, writer: pypdf.PdfWriter) -> IndirectObject:
    """A page as something that is drawn on another: its content is carried over as it is, unread."""
    form = DecodedStreamObject()
    contents = page.get_contents()
    form.set_data(contents.get_data() if contents is not None else b"")
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject([FloatObject(edge) for edge in page.mediabox]),
            # Pages share them: what they point at is carried over once.
            NameObject("/Resources"): page.raw_get("/Resources").clone(writer),
        }
    )
    return writer._add_object(form.flate_encode())


def sides(count: int) -> list[tuple[int | None, int | None]]:
    """The pages on each side of each sheet, from 0, left then right; None where one stays blank."""
    whole = -(-count // SIDES) * SIDES
    held = [number if number < count else None for number in range(whole)]
    found = []
    for first in range(0, whole // 2, 2):
        found += [(held[whole - 1 - first], held[first]), (held[first + 1], held[whole - 2 - first])]
    return found
