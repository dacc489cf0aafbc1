"""Tables as XLSX and CSV: numbers stay numbers, texts stay texts, names fit."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from formats.workbook import About, Column, Table, as_text, sheet_name, text_table, workbook

COLUMNS = [Column("Nom", 20), Column("Nombre"), Column("Part", decimals=1), Column("Date"), Column("Oui")]
ROWS = [
    ("=1+1", 12, 33.333333333333336, date(2026, 11, 22), True),
    ("-5 °C, l’atelier", None, 0.1, datetime(2026, 11, 22, 8, 30, tzinfo=UTC), False),
    ("Zoé\x0b\x00 œuvre", 1_000_000, -2.5, None, None),
]


def opened(*tables: Table) -> openpyxl.Workbook:
    body = workbook(About("Essai", created=datetime(2026, 11, 22, tzinfo=UTC)), tables)
    return openpyxl.load_workbook(io.BytesIO(body))


def test_cells_come_back_as_they_were() -> None:
    sheet = opened(Table("Chiffres", COLUMNS, ROWS, note="Tout"))["Chiffres"]
    assert sheet["A1"].value == "Tout"
    assert [cell.value for cell in sheet[3]] == [column.title for column in COLUMNS]
    whole = pytest.approx(33.333333333333336, rel=1e-15)  # a spreadsheet has 16 digits
    assert [cell.value for cell in sheet[4]] == ["=1+1", 12, whole, datetime(2026, 11, 22), True]
    assert sheet["A4"].data_type == "s", "a text is no formula"
    assert sheet["C4"].number_format == "#,##0.0", "shown with one decimal, kept with all"
    assert sheet["A6"].value == "Zoé œuvre", "what XML cannot hold is left out"
    assert sheet.freeze_panes == "B4"


def test_a_row_may_have_decimals_of_its_own() -> None:
    sheet = opened(Table("a", [Column("x")], [(1.0,), (2.0,)], decimals={0: [0, 2]}))["a"]
    assert [sheet["A2"].number_format, sheet["A3"].number_format] == ["#,##0", "#,##0.00"]


def test_the_same_figures_make_the_same_file() -> None:
    about = About("Essai", created=datetime(2026, 11, 22, tzinfo=UTC))
    assert workbook(about, [Table("a", COLUMNS, ROWS)]) == workbook(about, [Table("a", COLUMNS, ROWS)])


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("a" * 31, "a" * 31), ("a" * 32, "a" * 31), ("1/2: [a]*?\\", "1 2   a"), ("''", "1")],
)
def test_a_sheet_has_a_name_that_spreadsheets_take(wanted: str, given: str) -> None:
    assert sheet_name(wanted, set()) == given


def test_two_sheets_never_have_one_name() -> None:
    taken: set[str] = set()
    names = [sheet_name("É" + "a" * 40, taken) for _each in range(3)]
    assert len({name.lower() for name in names}) == 3
    assert max(map(len, names)) == 31


def test_text_says_the_same_with_a_comma_or_a_point() -> None:
    french = list(csv.reader(io.StringIO(text_table(COLUMNS, ROWS, ",").decode("utf-8-sig")), delimiter=";"))
    english = list(csv.reader(io.StringIO(text_table(COLUMNS, ROWS).decode("utf-8-sig"))))
    assert french[1] == ["'=1+1", "12", "33,333333333333336", "2026-11-22", "1"]
    assert english[1] == ["'=1+1", "12", "33.333333333333336", "2026-11-22", "1"]
    assert english[2][0] == "'-5 °C, l’atelier", "no spreadsheet takes it for a formula"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\n=", " ="])
def test_what_begins_like_a_formula_is_defused(begins: str) -> None:
    assert as_text(f"{begins}1") == f"'{begins}1"


def test_a_header_is_no_formula_either() -> None:
    """Names of territories that anyone may give stand in headers."""
    assert "'=1+1" in text_table([Column("=1+1")], [[1]]).decode("utf-8-sig")


def test_a_date_before_spreadsheets_is_written_as_text() -> None:
    days = [[date(1867, 7, 24)], [date(1900, 3, 1)]]
    sheet = opened(Table("Feuille", [Column("Jour")], days))["Feuille"]
    assert sheet["A2"].value == "1867-07-24" and sheet["A3"].value == datetime(1900, 3, 1)
