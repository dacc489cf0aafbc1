"""The first column of what people keep in a spreadsheet, and what is no list."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from formats.columns import MOST_BYTES, MOST_ROWS, UnreadableList, first_column


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"code;nom\n01004;A\n\n23077;B\n", "\ufeffcode,nom\r\n01004,\"A, é\"\r\n\r\n23077,B".encode(),
        "code\tnom\n01004\té\n\n23077\tB".encode("cp1252"), b"code\n01004\n\n23077",
        sheet(("code", "nom"), ("01004", "A"), (None, None), ("23077", "B")),
    ],
)  # fmt: skip
def test_rows_keep_their_place(data: bytes) -> None:
    assert first_column(data) == ["code", "01004", "", "23077"]


def test_numbers_are_read_as_they_show() -> None:
    assert first_column(sheet((23077,), (1004.0,), (2.5,))) == ["23077", "1004", "2.5"]


def test_limits() -> None:
    assert len(first_column(b"1\n" * MOST_ROWS)) == MOST_ROWS
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    for data, reason in {
        b"1\n" * (MOST_ROWS + 1): "long", b"1" * (MOST_BYTES + 1): "large", bomb.getvalue(): "large",
        b"PK\x03\x04broken": "strange", b"%PDF-1.7\x00\x01": "strange", b"\xd0\xcf\x11\xe0\x00": "strange",
    }.items():  # fmt: skip
        with pytest.raises(UnreadableList) as refused:
            first_column(data)
        assert refused.value.reason == reason
