"""A diagnosis taken away: four faces, one set of figures."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext

from diagnosis import counting, stored
from diagnosis.model import Figure
from diagnosis.stored import read
from diagnosis.wording import name_of, value_of
from frontend.diagnosis import heavy
from territories.models import Territory
from tests.diagnosis.conftest import country as country
from tests.diagnosis.conftest import draw_country, scatter
from tests.factories import make_initiative
from tests.kept import Rows, bring

pytestmark = pytest.mark.django_db
COUNTED: Rows = {}
CREUSE = "/territoires/departement-23/diagnostic"
# 16 digits in a spreadsheet, 17 elsewhere.
CLOSE = 1e-14


@pytest.fixture
def counted(taxonomy: None) -> dict[str, Territory]:
    bring(COUNTED, count)
    return {each.name: each for each in Territory.objects.all()}


def count() -> None:
    scatter(draw_country(), 90, 5)
    counting.count_everything()
    stored.store()


def rows_of_book(body: bytes, sheet: str = "Chiffres") -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return list(book[sheet].iter_rows(values_only=True))


def rows_of_text(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def text_of(body: bytes) -> str:
    """The words of a PDF, whatever the spaces between them."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages]
    return squeezed(" ".join(pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def number(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if cell else None


@pytest.mark.parametrize(
    "place",
    [
        "epci-200000001",
        pytest.param("departement-23", marks=pytest.mark.slow),
        pytest.param("commune-23091", marks=pytest.mark.slow),
    ],
)
def test_the_four_faces_have_the_same_figures(
    client: Client, counted: dict[str, Territory], place: str
) -> None:
    """API and tables to the last digit; page and PDF as they are written in words."""
    said = client.get(f"/api/v1/territories/{place}/diagnosis").json()["indicators"]
    base = f"/territoires/{place}/diagnostic"
    book = rows_of_book(client.get(f"{base}.xlsx").content)[1:]
    text = rows_of_text(client.get(f"{base}.csv").content)[1:]
    assert len(said) == len(book) == len(text) > 100
    for figure, cells, typed in zip(said, book, text, strict=True):
        assert figure["code"] == cells[0] == typed[0]
        values = [figure["value"], figure["low"], figure["high"], figure["n"], figure["percentile"]]
        for column, value in zip((3, 5, 6, 7, 10), values, strict=True):
            assert cells[column] == (None if value is None else pytest.approx(value, rel=CLOSE))
            assert number(typed[column]) == (None if value is None else pytest.approx(value, rel=CLOSE))
        beside = [value for value in figure["references"].values() if value is not None]
        assert [v for v in cells[14:] if v is not None] == pytest.approx(beside, rel=CLOSE)
        assert [number(v) for v in typed[14:] if v] == pytest.approx(beside, rel=CLOSE)
    # A PDF takes seconds: one is enough.
    printed = text_of(client.get(f"{base}.pdf").content) if place == "departement-23" else ""
    shown = squeezed(strip_tags(client.get(f"{base}/").content.decode()))
    # One commune alone is told by its distances.
    mixed = () if place.startswith("commune") else ("A1-5", "A1-10", "A2", "S2", "S3")
    for code in ("N", "D1", "D2", "K1-verified", "K1-fresh", *mixed):
        figure = next(each for each in said if (each["code"], each["sector"]) == (code, None))
        fields = {name: figure[name] for name in ("code", "value", "unit")}
        words = squeezed(f"{name_of(code)} {value_of(Figure(**fields))}")
        assert not printed or words in printed, words
        assert words in shown, words


def test_every_row_has_its_unit_date_source_and_perimeter(
    client: Client, counted: dict[str, Territory]
) -> None:
    rows = rows_of_book(client.get(f"{CREUSE}.xlsx").content)
    assert rows[0][:4] == ("Code", "Indicateur", "Secteur", "Valeur")
    for row in rows[1:]:
        assert row[4] and row[11] and row[12] == "Creuse (departement-23)" and row[13], row
        assert row[3] is not None or row[9], f"{row[0]}: a value, or why there is none"


def test_the_workbook_names_the_initiatives_that_count(client: Client, counted: dict[str, Territory]) -> None:
    make_initiative(name="=HYPERLINK(1)", commune=counted["Gioux"], slug="formule")
    make_initiative(name="Brouillon", commune=counted["Gioux"], publication="draft")
    counting.count_everything()
    rows = rows_of_book(client.get(f"{CREUSE}.xlsx").content, "Initiatives")[3:]
    names = [row[0] for row in rows]
    assert "=HYPERLINK(1)" in names and "Brouillon" not in names
    assert len(names) == read(counted["Creuse"]).zone.count
    assert any(str(row[-1]).endswith("/initiatives/formule/") for row in rows)


@pytest.mark.slow
def test_the_pdf_is_tagged_and_has_twelve_pages_at_most(
    client: Client, counted: dict[str, Territory]
) -> None:
    for number in range(150):
        make_initiative(name=f"Initiative au nom plutôt long {number}", commune=counted["Gioux"])
    counting.count_everything()
    response = client.get(f"{CREUSE}.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Robots-Tag"] == "noindex"
    assert re.search(r'inline; filename="diagnostic-departement-23-\d{4}-\d\d-\d\d\.pdf"',
                     response["Content-Disposition"])  # fmt: skip
    file = pypdf.PdfReader(io.BytesIO(response.content))
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr" and "/StructTreeRoot" in root
    assert file.metadata and file.metadata.title == "Diagnostic territorial : Creuse"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert 3 <= len(file.pages) <= 12
    for page_number, page in enumerate(file.pages, 1):
        words = squeezed(page.extract_text())
        assert f"{page_number} / {len(file.pages)}" in words
        assert "Fiabilité (K1)" in words and "Données du" in words
    assert "Initiative au nom plutôt long 149" in text_of(response.content), "the list at the end"
    assert client.get(f"{CREUSE}.pdf").content == response.content, "made once"


@pytest.mark.slow
def test_the_pdf_speaks_english_too(client: Client, counted: dict[str, Territory]) -> None:
    body = client.get(f"/en{CREUSE}.pdf?sector=energie").content
    assert pypdf.PdfReader(io.BytesIO(body)).trailer["/Root"]["/Lang"] == "en"
    text = text_of(body)
    with translation.override("en"):
        close = gettext("De près : %(label)s") % {"label": "Energy"}
    assert "Territorial diagnosis" in text and close in text


def test_a_territory_without_any_initiative_has_all_its_files(
    client: Client, country: dict[str, Territory]
) -> None:
    counting.count_everything()
    for form in ("pdf", "xlsx", "csv"):
        assert client.get(f"{CREUSE}.{form}").status_code == 200
    assert "sans objet" in text_of(client.get(f"{CREUSE}.pdf").content)


def test_sector_and_peers_are_those_of_the_page(client: Client, counted: dict[str, Territory]) -> None:
    page = client.get(f"{CREUSE}/?sector=energie&peers=departement-19").content.decode()
    for form in ("pdf", "xlsx", "csv"):
        assert f'href="{CREUSE}.{form}?sector=energie&amp;peers=departement-19"' in page
    header = rows_of_text(client.get(f"{CREUSE}.csv?peers=departement-19").content)[0]
    assert "Corrèze (departement-19)" in header


@pytest.mark.parametrize("query", ["?sector=nimporte", "?peers=departement-99", "?peers=%00"])
def test_what_cannot_be_read_is_told_by_the_page(
    client: Client, counted: dict[str, Territory], query: str
) -> None:
    response = client.get(f"{CREUSE}.csv{query}")
    if response.status_code == 200:  # nothing was asked
        assert query == "?peers=%00"
    else:
        assert response.status_code == 302 and response["Location"].startswith(f"{CREUSE}/?")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_an_unknown_territory_is_not_found(client: Client, country: dict[str, Territory], form: str) -> None:
    assert client.get(f"/territoires/departement-99/diagnostic.{form}").status_code == 404
    assert client.get(f"{CREUSE}.{form}").status_code == 503, "nothing was counted yet"


def test_while_others_are_made_one_is_asked_to_come_back(
    client: Client, counted: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "PATIENCE", 0.05)
    with heavy.turn():
        answered: list[Any] = []
        waiter = threading.Thread(target=lambda: answered.append(tried()))
        waiter.start()
        waiter.join()
        assert answered == ["busy"], "after its patience"
        response = client.get(f"{CREUSE}.csv")
        assert response.status_code == 503 and response["Retry-After"] == "30"
    assert client.get(f"{CREUSE}.csv").status_code == 200


def tried() -> str:
    try:
        with heavy.turn():
            return "made"
    except heavy.TooBusy:
        return "busy"


@pytest.mark.slow
def test_the_same_figures_make_the_same_files(client: Client, counted: dict[str, Territory]) -> None:
    for form in ("xlsx", "csv"):
        first, second = (client.get(f"{CREUSE}.{form}") for _each in range(2))
        assert first.content == second.content
        again = client.get(f"{CREUSE}.{form}", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304


@pytest.mark.slow
def test_a_command_writes_all_of_them_into_a_folder(counted: dict[str, Territory], tmp_path: Path) -> None:
    call_command("print_diagnosis", "commune-23091", to=tmp_path, verbosity=0, stdout=io.StringIO())
    names = {path.suffix: path for path in tmp_path.iterdir()}
    assert names.keys() == {".html", ".pdf", ".xlsx", ".csv", ".json"}
    page = names[".html"].read_text(encoding="utf-8")
    assert "<h1>Gioux</h1>" in page and "<style>" in page
    assert "<script" not in page and '<link rel="stylesheet"' not in page and 'href="/' not in page
    said = json.loads(names[".json"].read_text(encoding="utf-8"))
    assert said["territory"]["id"] == "commune-23091"
    assert names[".pdf"].read_bytes().startswith(b"%PDF-")
    with pytest.raises(CommandError, match="departement-99"):
        call_command("print_diagnosis", "departement-99", to=tmp_path)
