"""CSV as people bring it: what is certain is mended and said, what is not is refused with its place."""

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.reading import Table, Unreadable, open_table

Rows = list[tuple[Any, ...]]


def opened(folder: Path, content: bytes | str, **options: Any) -> Table:
    path = folder / "listing"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, "listing.csv", **options)


def read(table: Table) -> tuple[list[str], dict[int, tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Columns, rows by line, remarks as (code, line, column)."""
    rows = {row.line: row.cells for row in table.rows()}
    return table.columns, rows, [(remark.code, remark.line, remark.column) for remark in table.remarks]


def refused(folder: Path, content: bytes | str, **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as refusal:
        list(opened(folder, content, **options).rows())
    return refusal.value


FRENCH = "Nom;Ville;Œuvre\r\nÉpicerie à côté;Nîmes;château\r\nL'été;Besançon;forêt\r\n"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32-le"),
        ("mac-roman", "macintosh"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_any_encoding_and_line_end(tmp_path: Path, written: str, named: str, end: str) -> None:
    table = opened(tmp_path, FRENCH.replace("\r\n", end).encode(written))
    assert table.encoding == named
    columns, rows, remarks = read(table)
    assert columns == ["Nom", "Ville", "Œuvre"]
    assert rows == {2: ("Épicerie à côté", "Nîmes", "château"), 3: ("L'été", "Besançon", "forêt")}
    assert remarks == []
    assert read(table)[1] == rows  # read again, the same


def test_encodings_that_hold_less(tmp_path: Path) -> None:
    plain = "Nom;Ville\nÉpicerie à côté;Nîmes\n"
    for written, named in (("latin-1", "windows-1252"), ("cp850", "cp850")):
        table = opened(tmp_path, plain.encode(written))
        assert table.encoding == named
        assert read(table)[1] == {2: ("Épicerie à côté", "Nîmes")}


def test_accents_of_windows_are_not_taken_for_those_of_a_macintosh(tmp_path: Path) -> None:
    plain = "Nom;Ville\n‘Résidence des Cerises;Liberté\n"  # as a Macintosh reads it: ëRÈsidence, LibertÈ
    assert read(opened(tmp_path, plain.encode("cp1252")))[1] == {2: ("‘Résidence des Cerises", "Liberté")}


def test_two_encodings_in_one_file_lose_no_sign(tmp_path: Path) -> None:
    lines = ["Nom;Ville", "Café;Sète", "Été;Nîmes", "Thé;Béziers", "Forêt;Alès"]
    inside = [line.encode("cp1252" if n == 2 else "utf-8") for n, line in enumerate(lines)]
    inside.append("Pré;".encode() + "Mèze".encode("cp1252"))  # both within one line
    table = opened(tmp_path, b"\n".join(inside))
    _columns, rows, remarks = read(table)
    assert list(rows.values()) == [tuple(line.split(";")) for line in [*lines[1:], "Pré;Mèze"]]
    assert remarks == [("other-encoding", 3, None), ("other-encoding", 6, None)]
    assert table.remarks[0].said == {"encoding": "windows-1252", "main": "utf-8", "text": "Été;Nîmes"}


def test_a_byte_without_sign_is_kept_and_said(tmp_path: Path) -> None:
    table = opened(tmp_path, b"nom;ville\ncaf\xe9;x\x81y\n")
    assert read(table)[1:] == ({2: ("café", "x\x81y")}, [("undefined-byte", 2, None)])


def test_what_was_encoded_twice(tmp_path: Path) -> None:
    content = "Nom;Ville\nl’été à côté;CHÂTEAU\n".encode().decode("cp1252").encode()
    table = opened(tmp_path, content)
    assert read(table)[1] == {2: ("l’été à côté", "CHÂTEAU")}
    assert {remark.code for remark in table.remarks} == {"double-encoded"}
    assert read(opened(tmp_path, "Nom;Ville\nCHÂTEAU À LA FORÊT;« À »\n"))[2] == []


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_any_delimiter(tmp_path: Path, sign: str) -> None:
    cells = [
        ["Nom", "Lieu", "Note"],
        ["Le Lien, l’épicerie; bar", "Rodez\nAveyron", 'dit "le|lien"\t'],
        ["a", "b", "1,5"],
    ]
    file = io.StringIO()
    csv.writer(file, delimiter=sign).writerows(cells)
    table = opened(tmp_path, file.getvalue())
    assert table.delimiter == sign
    assert read(table)[1] == {2: tuple(cells[1]), 4: tuple(cells[2])}


def test_quotes_escaped_by_a_stroke(tmp_path: Path) -> None:
    table = opened(tmp_path, 'nom,ville\n"dit \\"le, lien\\" ici",Rodez\n"b",c\n')
    assert read(table)[1] == {2: ('dit "le, lien" ici', "Rodez"), 3: ("b", "c")}


def test_each_line_quoted_whole(tmp_path: Path) -> None:
    table = opened(tmp_path, '"nom,ville"\n"""Le Lien, bar"",Rodez"\n"b,c"\n')
    assert read(table) == (
        ["nom", "ville"],
        {2: ("Le Lien, bar", "Rodez"), 3: ("b", "c")},
        [("quoted-lines", None, None)],
    )


def test_a_sign_in_quoted_texts_is_no_delimiter(tmp_path: Path) -> None:
    table = opened(tmp_path, '"nom"\n"a|b"\n"c"\n"d"\n')
    assert read(table) == (["nom"], {2: ("a|b",), 3: ("c",), 4: ("d",)}, [])


def test_a_line_that_names_the_delimiter(tmp_path: Path) -> None:
    table = opened(tmp_path, "sep=,\nnom,ville;pays\na,b;c\n")
    assert read(table) == (["nom", "ville;pays"], {3: ("a", "b;c")}, [("separator-line", 1, None)])


def test_a_title_blank_lines_and_the_header_again(tmp_path: Path) -> None:
    table = opened(tmp_path, "Annuaire 2024;;\n\nNom;Ville;Code\na;b;c\n;;\nNom;Ville;Code\nd;e;f\n")
    assert read(table) == (
        ["Nom", "Ville", "Code"],
        {4: ("a", "b", "c"), 7: ("d", "e", "f")},
        [("above-header", 1, None), ("header-again", 6, None)],
    )


@pytest.mark.parametrize(
    ("top", "columns", "first"),
    [
        ("Nom;Adresse;;;Mail\n;Rue;CP;Ville;", ["Nom", "Rue", "CP", "Ville", "Mail"], 3),
        ("Lieu;;Pôle;\nNom;Mél;Nom;Mél", ["Lieu / Nom", "Lieu / Mél", "Pôle / Nom", "Pôle / Mél"], 3),
        ("Nom du lieu;Code postal\nnom_lieu;code_postal", ["Nom du lieu", "Code postal"], 3),
        ("Nom_lieu;CODE;Ville;Mél\nNomEtab;CP;VILLE;MEL", ["Nom_lieu", "CODE", "Ville", "Mél"], 3),
        ("Nom;Nom;;Mail", ["Nom", "Nom (2)", "#3", "Mail"], 2),
        (";Nom", ["#1", "Nom"], 2),
        ("Nom;;;Mail;", ["Nom", "#2", "#3", "Mail"], 2),
    ],
)  # fmt: skip
def test_names_on_two_lines_twice_or_lacking(
    tmp_path: Path, top: str, columns: list[str], first: int
) -> None:
    width = len(columns)
    data = "\n".join(
        ";".join(["Le Lien", "12 rue Haute", "12000", "lien@example.org"][:width]) for _ in range(4)
    )
    found, rows, remarks = read(opened(tmp_path, f"{top}\n{data}\n"))
    assert (found, min(rows)) == (columns, first)
    assert remarks  # none of it in silence


def test_no_header_at_all(tmp_path: Path) -> None:
    table = opened(tmp_path, "Le Lien;12000;Rodez;lien@example.org\nAutre;75001;Paris;b@example.org\n")
    columns, rows, remarks = read(table)
    assert (columns, min(rows), remarks) == (["#1", "#2", "#3", "#4"], 1, [("no-header", 1, None)])


def test_years_may_name_columns(tmp_path: Path) -> None:
    assert read(opened(tmp_path, "Nom;2019;2020;2021\na;1;2;3\n"))[0] == ["Nom", "2019", "2020", "2021"]


def test_names_are_no_title_where_commas_that_nobody_quoted_swell_the_rows(tmp_path: Path) -> None:
    rows = "".join(f"{n},rue,5,vert,c({', '.join(['1'] * 20 * n)})\n" for n in range(1, 6))
    columns, found, _remarks = read(opened(tmp_path, f"n,nature,rang,couleur,tracé\n{rows}"))
    assert (columns[:5], len(found)) == (["n", "nature", "rang", "couleur", "tracé"], 5)


def test_more_or_fewer_cells_than_headers(tmp_path: Path) -> None:
    table = opened(tmp_path, "a;b;c\n1;2;3;x;;y;\n1\n1;2;3;;\n")
    assert read(table)[1:] == (
        {2: ("1", "2", "3", "x", None, "y"), 3: ("1", None, None), 4: ("1", "2", "3")},
        [("extra-cells", 2, None), ("missing-cells", 3, "b")],
    )
    assert table.remarks[0].said == {"cells": "x; y"}


def test_a_line_that_goes_on_in_the_next_is_joined_where_all_others_are_whole(tmp_path: Path) -> None:
    whole = "".join(f"n{n}\tVille\t1\ta\n" for n in range(60))
    table = opened(tmp_path, f"nom\tville\tn\tx\n{whole}Lien\tRo\ndez\t2\tb\nseul\tx\n", delimiter="\t")
    rows = read(table)[1]
    assert (rows[62], rows[64], len(rows)) == (("Lien", "Ro\ndez", "2", "b"), ("seul", "x", None, None), 62)
    assert [(remark.code, remark.line) for remark in table.remarks] == [
        ("broken-line", 62), ("missing-cells", 64),
    ]  # fmt: skip
    # Where rows are short by habit, nothing tells that two of them are one.
    assert len(read(opened(tmp_path, "a;b;c\n" + "1;2\n" * 20))[1]) == 20


def test_a_quote_left_open(tmp_path: Path) -> None:
    rest = "".join(f"b{n};Paris;{n}\n" for n in range(5))
    table = opened(tmp_path, f'nom;ville;n\n"Le Lien;Rodez;1\n{rest}"c";Lyon;9\n')
    _columns, rows, remarks = read(table)
    assert (rows[2], rows[3], rows[8], len(rows)) == (
        ('"Le Lien', "Rodez", "1"),
        ("b0", "Paris", "0"),
        ("c", "Lyon", "9"),
        7,
    )
    assert remarks == [("stray-quote", 2, None)]
    refusal = refused(tmp_path, f'nom;ville;n\na;"Rodez;1;2\n{rest}')
    assert (refusal.code, refusal.line, refusal.column) == ("unclosed-quote", 2, "#2")


def test_a_cell_as_long_as_allowed_and_longer(tmp_path: Path) -> None:
    assert len(read(opened(tmp_path, f"nom;ville\na;{'x' * 100_000}\n"))[1][2][1]) == 100_000
    for size in (100_001, 10_000_000):
        refusal = refused(tmp_path, f"nom;ville\nb;c\na;{'x' * size}\n")
        assert (refusal.code, refusal.line) == ("cell-too-long", 3)
        assert refusal.column in ("ville", "#2")


def test_signs_that_no_text_holds(tmp_path: Path) -> None:
    table = opened(tmp_path, "nom;ville\na\x00b;\x1bc\n" + "un;deux\n" * 9)
    _columns, rows, remarks = read(table)
    assert rows[2] == ("ab", "c")
    assert remarks == [("control-signs", 2, "nom"), ("control-signs", 2, "ville")]
    turned = opened(tmp_path, "nom;ville\n\u202enoitatic;\u202a05 55 51 00 00\u202c\n")
    assert read(turned)[1][2] == ("noitatic", "05 55 51 00 00")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        (" \n;;\n", "empty"),
        ("\ufeff", "empty"),
        ("nom;ville\n", "no-rows"),
        ("\x01\x02\x03", "unknown-format"),
    ],
)
def test_nothing_to_read(tmp_path: Path, content: str, code: str) -> None:
    assert refused(tmp_path, content).code == code


def test_bounds(tmp_path: Path) -> None:
    wide = ";".join(f"c{n}" for n in range(500))
    assert len(read(opened(tmp_path, f"{wide}\na\n"))[0]) == 500
    assert refused(tmp_path, f"{wide};c500\na\n").code == "too-many-columns"
    long = "nom\n" + "a\n" * 5
    assert len(read(opened(tmp_path, long, most_rows=5))[1]) == 5
    refusal = refused(tmp_path, long, most_rows=4)
    assert (refusal.code, refusal.line) == ("too-many-rows", 6)
    assert opened(tmp_path, long, most_bytes=len(long))
    assert refused(tmp_path, long, most_bytes=len(long) - 1).code == "too-large"


def test_remarks_stay_few(tmp_path: Path) -> None:
    table = opened(tmp_path, "a;b\n" + "1\n" * 700)
    list(table.rows())
    assert len(table.remarks) == 501
    assert table.remarks[-1].said == {"code": "missing-cells", "count": "200"}


def test_asked_encoding(tmp_path: Path) -> None:
    assert read(opened(tmp_path, "nom;v\nŽ;b\n".encode("iso-8859-15"), encoding="iso-8859-15"))[1] == {
        2: ("Ž", "b")
    }
    assert refused(tmp_path, "nom;v\na;b\n", encoding="rot13").code == "bad-encoding"


names = st.lists(st.sampled_from(["Nom", "Ville", "Rue", "Mél"]), min_size=2, max_size=4, unique=True)
# Neither what is mended elsewhere, nor what a file of these would be taken for.
signs = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="ÂÃÅâ\\")
plain = st.text(signs, min_size=1, max_size=12)


@given(
    st.data(),
    names,
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, header: list[str], sign: str, encoding: str
) -> None:
    """Whatever the cells hold, quotes and delimiters included, no cell is lost or changed."""
    rows = data.draw(st.lists(st.tuples(*[plain] * len(header)), min_size=1, max_size=8))
    file = io.StringIO()
    csv.writer(file, delimiter=sign).writerows([header, *rows])
    folder = tmp_path_factory.getbasetemp()
    table = opened(folder, file.getvalue().encode(encoding), delimiter=sign)
    assert (table.columns, [row.cells for row in table.rows()]) == (header, rows)


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    with suppress(Unreadable):
        table = opened(folder, content)
        for row in table.rows():
            assert len(row.cells) >= len(table.columns)
            "".join(cell for cell in row.cells if isinstance(cell, str)).encode()
