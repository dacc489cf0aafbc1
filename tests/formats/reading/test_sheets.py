"""Spreadsheets as networks keep them: titles, merged cells, several sheets, dates and numbers."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from formats.reading import Table, Unreadable, binary, open_table

ODS = "application/vnd.oasis.opendocument.spreadsheet"

EMPTY = ' table:number-columns-repeated="16384"'
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


def xlsx(folder: Path, *sheets: Callable[[Any, Any], None]) -> Path:
    path = folder / "listing"
    with xlsxwriter.Workbook(path) as book:
        for fill in sheets:
            fill(book, book.add_worksheet())
    return path


def ods(folder: Path, *tables: str) -> Path:
    path = folder / "listing"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr(
            "content.xml",
            '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
            ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def table(name: str, *rows: str) -> str:
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def line(*cells: str, said: str = "") -> str:
    return f"<table:table-row{said}>{''.join(cells)}</table:table-row>"


def text(value: str, said: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string"{said}><text:p>{value}</text:p></table:table-cell>'
        if value
        else f"<table:table-cell{said}/>"
    )


def read(found: Table) -> tuple[list[str], dict[int, tuple[Any, ...]], list[tuple[str, int | None]]]:
    rows = {row.line: row.cells for row in found.rows()}
    return found.columns, rows, [(remark.code, remark.line) for remark in found.remarks]


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(Unreadable) as refusal:
        list(open_table(path, "listing.xlsx", **options).rows())
    return refusal.value.code


def plain(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["Nom", "Ville"])
    sheet.write_row(1, 0, ["Le Lien", "Rodez"])


def test_cells_keep_their_types(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Nom", "SIRET", "Créée", "Vu", "Ouvre", "Part", "Actif", "Code"])
        sheet.write_row(1, 0, ["Le Lien", 83425678900012])
        sheet.write_datetime(1, 2, datetime(2014, 3, 1), day)
        sheet.write_datetime(
            1, 3, datetime(2024, 3, 1, 9, 30), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        )
        sheet.write_datetime(1, 4, time(9, 30), book.add_format({"num_format": "hh:mm"}))
        sheet.write_row(1, 5, [0.5, True, "01000"])

    found = open_table(xlsx(tmp_path, fill), "listing.xlsx")
    assert (found.format, found.sheet, found.total) == ("xlsx", "Sheet1", 1)
    _columns, rows, remarks = read(found)
    assert rows == {
        2: (
            "Le Lien",
            83425678900012,
            date(2014, 3, 1),
            datetime(2024, 3, 1, 9, 30),
            "09:30",
            0.5,
            True,
            "01000",
        )
    }
    assert isinstance(rows[2][1], int)
    assert remarks == []


def test_merged_cells_titles_and_columns_further_on(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        bold = book.add_format()
        sheet.merge_range(1, 1, 1, 4, "Annuaire du réseau", bold)
        sheet.merge_range(3, 2, 3, 3, "Adresse", bold)
        sheet.write_row(3, 1, ["Réseau"])
        sheet.write(3, 4, "Mél")
        sheet.write_row(4, 2, ["Rue", "CP"])
        sheet.merge_range(5, 1, 5, 4, "Occitanie", bold)
        sheet.merge_range(6, 1, 8, 1, "Biocoop", bold)
        for n in range(3):
            sheet.write_row(6 + n, 2, [f"{n} rue Haute", 12000, "a@example.org"])
        sheet.write_row(9, 1, ["Autre", "3 rue", 75001, "b@example.org", "en trop"])

    columns, rows, remarks = read(open_table(xlsx(tmp_path, fill), "listing.xlsx"))
    assert columns == ["Réseau", "Rue", "CP", "Mél"]
    assert {number: cells[0] for number, cells in rows.items()} == {
        7: "Biocoop",
        8: "Biocoop",
        9: "Biocoop",
        10: "Autre",
    }
    assert rows[10] == ("Autre", "3 rue", 75001, "b@example.org", "en trop")
    assert remarks == [
        ("above-header", 2), ("second-header", 5),
        ("section-line", 6), ("merged-cells", 7), ("extra-cells", 10),
    ]  # fmt: skip


def test_of_several_sheets_the_fullest_that_is_shown(tmp_path: Path) -> None:
    def note(_book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "À lire")

    def hidden(_book: Any, sheet: Any) -> None:
        for n in range(50):
            sheet.write_row(n, 0, [f"x{n}", "y"])
        sheet.hide()

    path = xlsx(tmp_path, note, plain, hidden)
    found = open_table(path, "listing.xlsx")
    assert (found.sheet, found.choices) == ("Sheet2", ["Sheet1", "Sheet2", "Sheet3"])
    assert read(found)[1:] == ({2: ("Le Lien", "Rodez")}, [("other-sheets", None)])
    assert open_table(path, "listing.xlsx", sheet="Sheet3").sheet == "Sheet3"
    assert refused(path, sheet="Feuille 9") == "no-sheet"


def test_a_long_list_of_values_is_not_the_listing(tmp_path: Path) -> None:
    def values(_book: Any, sheet: Any) -> None:
        for n in range(100):
            sheet.write_row(n, 0, [f"code{n}", "libellé", "x"])

    def listing(_book: Any, sheet: Any) -> None:
        for n in range(4):
            sheet.write_row(
                n, 0, [f"{name} {n}" for name in ("Nom", "Rue", "Ville", "Mél", "Tél", "Site") * 2]
            )

    assert open_table(xlsx(tmp_path, values, listing), "listing.xlsx").sheet == "Sheet2"


def test_ods(tmp_path: Path) -> None:
    path = ods(
        tmp_path,
        table(
            "Liste",
            line(text("Nom"), text("Ville"), text("Code")),
            line(
                text("Biocoop", ' table:number-rows-spanned="2"'), text("Rodez"),
                '<table:table-cell office:value-type="date" office:date-value="2014-03-01"/>',
            ),
            line("<table:covered-table-cell/>", text("Millau", ' table:number-columns-repeated="2"')),
            line(text("", EMPTY), said=' table:number-rows-repeated="1048573"'),
        ),
        table("Notes", line(text("rien"))),
    )  # fmt: skip
    found = open_table(path, "listing.ods")
    assert (found.format, found.sheet) == ("ods", "Liste")
    assert read(found)[1:] == (
        {2: ("Biocoop", "Rodez", date(2014, 3, 1)), 3: ("Biocoop", "Millau", "Millau")},
        [("other-sheets", None), ("merged-cells", 2)],
    )


def test_a_name_that_lies_is_said(tmp_path: Path) -> None:
    found = open_table(xlsx(tmp_path, plain), "listing.csv")
    assert (found.format, found.remarks[0].code) == ("xlsx", "other-format")
    assert found.remarks[0].said == {"named": "csv", "format": "xlsx"}
    (tmp_path / "listing").write_text("Nom;Ville\na;b\n")
    assert open_table(tmp_path / "listing", "listing.xls").remarks[0].said == {
        "named": "xls",
        "format": "csv",
    }
    (tmp_path / "listing").write_text("<html><table><tr><td>Nom</table>")
    assert refused(tmp_path / "listing") == "html"


def test_cells_so_far_apart_that_they_would_fill_the_memory(tmp_path: Path) -> None:
    def apart(_book: Any, sheet: Any) -> None:
        plain(_book, sheet)
        sheet.write(1_048_575, 16_383, "x")

    assert refused(xlsx(tmp_path, apart)) == "too-many-cells"
    wide = text("x", ' table:number-columns-repeated="16000"')
    assert (
        refused(ods(tmp_path, table("Liste", line(wide, said=' table:number-rows-repeated="1000000"'))))
        == "too-many-cells"
    )
    far = line(
        text("", ' table:number-columns-repeated="16000"'),
        text("x"),
        said=' table:number-rows-repeated="9000"',
    )
    assert refused(ods(tmp_path, table("Liste", far))) == "too-many-cells"


def test_a_text_that_many_cells_share_or_that_is_repeated_is_weighed(tmp_path: Path) -> None:
    def alike(count: int, text: str) -> Callable[[Any, Any], None]:
        def fill(_book: Any, sheet: Any) -> None:
            plain(_book, sheet)
            for row in range(2, count):
                sheet.write_column(row, 0, [text])

        return fill

    long = "x" * 30_000
    assert len(list(open_table(xlsx(tmp_path, alike(100, long)), "listing.xlsx").rows())) == 99
    assert refused(xlsx(tmp_path, alike(18_000, long))) == "too-much-text"
    many = ' table:number-rows-repeated="20000"'
    assert refused(ods(tmp_path, table("Liste", line(text(long), said=many)))) == "too-much-text"
    spaces = line(text('<text:s text:c="4000000000"/>'))
    assert refused(ods(tmp_path, table("Liste", spaces))) == "cell-too-long"


def test_one_endless_text_is_refused_before_it_is_read(tmp_path: Path) -> None:
    whole = xlsx(tmp_path, plain)
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"Le Lien", b"x" * 2_000_000)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert refused(whole) == "cell-too-long"


def test_what_a_spreadsheet_could_not_work_out_is_given_as_it_shows_it(tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        plain(_book, sheet)
        sheet.write_formula(2, 0, "=B9&C9", None, "Le Pont")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")

    assert read(open_table(xlsx(tmp_path, fill), "listing.xlsx"))[1][3] == ("Le Pont", "#DIV/0!")


def xls(folder: Path, *fillings: Callable[[Any], None]) -> Path:
    book = xlwt.Workbook()
    for number, fill in enumerate(fillings):
        sheet = book.add_sheet(f"Feuille {number}")
        sheet.write(0, 1, "Nom")
        sheet.write(0, 2, "Ville")
        sheet.write(1, 1, "Le Lien é")
        sheet.write(1, 2, "Guéret " + "ž" * 9_000)  # its record is cut within
        fill(sheet)
    book.save(str(folder / "listing.xls"))
    return folder / "listing.xls"


def test_what_an_old_workbook_could_not_work_out_is_told_in_the_sheet_that_is_read(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.write(2, 1, "Le Pont")
        sheet.row(2).set_cell_error(2, "#DIV/0!")

    def empty(sheet: Any) -> None:
        sheet.row(2).set_cell_error(1, "#N/A!")

    path = xls(tmp_path, empty, fill)
    rows = [row.cells for row in open_table(path, "listing.xls", sheet="Feuille 1").rows()]
    assert (rows[0][0], rows[1]) == ("Le Lien é", ("Le Pont", "#DIV/0!"))
    rows = [row.cells for row in open_table(path, "listing.xls", sheet="Feuille 0").rows()]
    assert rows[1] == ("#N/A", None)


def test_an_old_workbook_is_weighed_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alike(sheet: Any) -> None:
        for row in range(2, 100):
            sheet.write(row, 1, "x" * 30_000)

    def apart(sheet: Any) -> None:
        sheet.write(65_535, 255, "x")

    path = xls(tmp_path, alike)
    assert len(list(open_table(path, "listing.xls").rows())) == 99
    held = 98 * 30_000 + len("Le Lien é") + 2 * len("Guéret " + "ž" * 9_000) + len("NomVille")
    monkeypatch.setattr(binary, "MOST_TEXT", held)
    assert open_table(path, "listing.xls").total == 99
    monkeypatch.setattr(binary, "MOST_TEXT", held - 1)
    assert refused(path) == "too-much-text"
    monkeypatch.undo()
    assert refused(xls(tmp_path, apart, apart)) == "too-many-cells"


def test_what_makes_the_reader_of_workbooks_panic_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xls(tmp_path, lambda sheet: None)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole.rstrip(b"\0\xff"))])
    assert refused(path) == "damaged"
    monkeypatch.setattr(binary, "errors_of", lambda path: [])  # which refused it before
    assert refused(path) == "damaged"


def test_an_old_workbook_cut_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    whole = xls(tmp_path, lambda sheet: None).read_bytes()
    for end in range(512, len(whole), 1_001):
        (tmp_path / "listing.xls").write_bytes(whole[:end])
        with suppress(Unreadable):
            list(open_table(tmp_path / "listing.xls", "listing.xls").rows())


def packed(folder: Path, **files: bytes) -> Path:
    path = folder / "listing"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_one_file_in_an_archive(tmp_path: Path) -> None:
    csv = "Nom;Ville\nÉté;Sète\n".encode("cp1252")
    found = open_table(packed(tmp_path, liste__csv=csv, __DS_Store=b"x"), "listing.zip")
    assert read(found) == (["Nom", "Ville"], {2: ("Été", "Sète")}, [("unpacked", None)])
    sheet = xlsx(tmp_path, plain).read_bytes()
    assert open_table(packed(tmp_path, liste__xlsx=sheet), "listing.zip").format == "xlsx"
    two = packed(tmp_path, a__csv=csv, b__csv=csv)
    assert refused(two) == "several-files"
    assert read(open_table(two, "listing.zip", layer="b.csv"))[1] == {2: ("Été", "Sète")}
    assert refused(packed(tmp_path, __DS_Store=b"x")) == "nothing-inside"


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner = packed(tmp_path, liste__csv=b"a;b\n1;2\n").read_bytes()
    assert refused(packed(tmp_path, inner__zip=inner)) == "zip-in-zip"


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_in_another_way_is_refused_as_such(tmp_path: Path, way: int) -> None:
    with zipfile.ZipFile(tmp_path / "listing", "w", compression=way) as archive:
        archive.writestr("liste.csv", "a;b\n1;2\n")
    assert refused(tmp_path / "listing") == "compression"


def test_bombs(tmp_path: Path) -> None:
    megabyte = 2**20
    four = packed(tmp_path, a__csv=b"a;b\n" * megabyte)
    assert open_table(four, "listing.zip", most_bytes=megabyte, layer="a.csv").columns == ["a", "b"]
    five = packed(tmp_path, a__csv=b"a;b\n" * megabyte, b__csv=b"0")
    assert refused(five, most_bytes=megabyte) == "bomb"
    # One that states a small size: its own words are not believed.
    lying = bytearray(packed(tmp_path, a__csv=b"0" * 5 * megabyte).read_bytes())
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    (tmp_path / "listing").write_bytes(lying)
    assert refused(tmp_path / "listing", most_bytes=megabyte) == "bomb"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and no more",
        b"PK\x05\x06" + bytes(18),
        b"\x1f\x8bno",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1no",
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "listing").write_bytes(content)
    assert refused(tmp_path / "listing") in ("damaged", "nothing-inside")


def test_every_cut_of_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    whole = xlsx(tmp_path, plain).read_bytes()
    for size in range(4, len(whole) - 30, 97):
        (tmp_path / "listing").write_bytes(whole[:size])
        assert refused(tmp_path / "listing") == "damaged"


def test_gzip(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "listing").write_bytes(gzip.compress(b"nom;ville\na;b\n"))
    found = open_table(tmp_path / "listing", "listing.csv.gz")
    assert read(found)[1] == {2: ("a", "b")}
