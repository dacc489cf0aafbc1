"""Small tables that people type: read whatever spreadsheet saved them, refused by line and column."""

import csv

import pytest

from formats.listing import LONGEST_CELL, MOST_BYTES, Fault, ListingError, number, rows

COLUMNS = ("code", "value")


def read(body: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, row.cells) for row in rows(body, COLUMNS, ("note",))]


@pytest.mark.parametrize(
    "body",
    [
        "code,value\n23,é\n", "code;value\r\n23;é\r\n", "\ufeffCode\tValue\n 23 \té", "value,code\né,23\n",
        'code,value\n"23","é"\n\n , \n',
    ],
)  # fmt: skip
def test_the_usual_ways_of_saving_are_read(body: str) -> None:
    assert read(body.encode()) == [(2, {"code": "23", "value": "é"})]


def test_an_older_spreadsheet_is_read_too() -> None:
    assert read("code;value\n23;é\n".encode("cp1252")) == [(2, {"code": "23", "value": "é"})]


def test_a_line_is_where_the_file_has_it() -> None:
    body = b'code,value,note\n1,a,"two\nlines"\n\n2,b,\n'
    assert [line for line, _cells in read(body)] == [3, 5]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault("no-header", 1, detail="code, value")),
        (b"\n1,2", Fault("no-header", 1, detail="code, value")),
        (b"code\n1", Fault("missing", 1, "value")),
        (b"code,value,year\n", Fault("unknown", 1, "year", "code, value, note")),
        (b"code,value,Code\n", Fault("twice", 1, "code")),
        (b"code,value\n1,2,3", Fault("cells", 2, detail="3 / 2")),
        (b"code,value\n1,2\n3", Fault("cells", 3, detail="1 / 2")),
        (b"code,value\n1,\x00", Fault("not-text")),
        (b"PK\x03\x04\x00", Fault("not-text")),
        (b"code,value\n1,\x81", Fault("not-text")),
        (b"code,value\n1," + b"a" * (LONGEST_CELL + 1), Fault("too-long", 2, "value", str(LONGEST_CELL))),
        (b"a" * (MOST_BYTES + 1), Fault("too-large", detail="8")),
    ],
)  # fmt: skip
def test_a_fault_is_named(body: bytes, fault: Fault) -> None:
    with pytest.raises(ListingError) as refused:
        read(body)
    assert refused.value.faults == (fault,)


def test_a_cell_beyond_what_the_reader_itself_takes() -> None:
    """That limit is the whole process's: others may have raised it."""
    before = csv.field_size_limit(50_000)
    try:
        with pytest.raises(ListingError) as refused:
            read(b"code,value\n1," + b"a" * 50_001)
    finally:
        csv.field_size_limit(before)
    assert refused.value.faults == (Fault("malformed", 2),)


def test_a_cell_may_be_as_long_as_that() -> None:
    assert len(read(b"code,value\n1," + b"a" * LONGEST_CELL)) == 1


@pytest.mark.parametrize(
    ("typed", "value"), [("13,5", 13.5), ("13.5", 13.5), ("1\u202f234,5", 1234.5), ("-2", -2.0), (" 7 ", 7.0)]
)
def test_a_number_as_people_write_it(typed: str, value: float) -> None:
    assert number(typed) == value


@pytest.mark.parametrize("typed", ["", "abc", "1e5", "nan", "inf", "1.2.3", "--1", "12 %", "0x1"])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        number(typed)
