"""What leaves of a selection, read back by programs that know nothing of us: the same initiatives, the same
number, the same order and the same values in every form, on the page and in the API."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pyogrio.raw
import pytest
import shapely
import vobject
from django.test import Client
from hypothesis import given, settings
from python_calamine import CalamineWorkbook

from directory.columns import NAMES
from directory.models import Contact, Initiative, Source
from exchange import making
from exchange.outgoing import COLUMNS
from tests import factories
from tests.frontend.reading import count_in, every_slug, text_of
from tests.frontend.test_agreement import searches

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]
NIGHTMARE = '=HYPERLINK("http://x") ; « é » & <b>,\n🌻 \u202bעברית\x07'


def body(client: Client, form: str, asked: dict[str, Any], where: str = "") -> bytes:
    address = where or f"/emporter/{form}/"
    response: Any = client.get(address, {**asked, **({"format": form} if where else {})})
    assert response.status_code == 200 and response.streaming, response.content[:500]
    return b"".join(response.streaming_content)


def of_csv(text: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def of_book(data: bytes) -> list[dict[str, Any]]:
    """The rows of the first sheet, under the names of machines."""
    _titles, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    names = [each.name for each in COLUMNS if each.name != "distance" or len(rows[0]) == len(COLUMNS)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def of_map(data: bytes, form: str, folder: Path) -> list[dict[str, Any]]:
    """What GDAL reads."""
    path = folder / f"read.{form}"
    path.write_bytes(data)
    meta, _ids, shapes, values = pyogrio.raw.read(path, layer=0)
    columns = dict(zip(meta["fields"], values, strict=True))
    return [
        {name: cells[row] for name, cells in columns.items()} | {"point": shape and shapely.from_wkb(shape)}
        for row, shape in enumerate(shapes)
    ]


def of_cards(data: bytes) -> list[Any]:
    return list(vobject.readComponents(data.decode()))


def id_of(card: Any) -> str:
    return str(card.uid.value).rstrip("/").rpartition("/")[2]


@settings(max_examples=4)
@given(asked=searches)
def test_every_form_holds_what_the_page_shows_in_its_order(
    client: Client, tmp_path_factory: pytest.TempPathFactory, asked: dict[str, str]
) -> None:
    address, folder = f"/?{urlencode(asked)}", tmp_path_factory.mktemp("read")
    shown = every_slug(client, address)
    assert len(shown) == count_in(text_of(client, address))
    if not shown:
        return
    api = "/api/v1/initiatives"
    # in KML a placemark itself may have an id
    found = {
        "csv": [row["id"] for row in of_csv(body(client, "csv", asked, api))],
        "csv-fr": [row["Identifiant"] for row in of_csv(body(client, "csv-fr", asked), ";")],
        "xlsx": [row["id"] for row in of_book(body(client, "xlsx", asked))],
        "xlsx of the API": [row["id"] for row in of_book(body(client, "xlsx", asked, api))],
        "ods": [row["id"] for row in of_book(body(client, "ods", asked))],
        "geojson": [each["id"] for each in json.loads(body(client, "geojson", asked))["features"]],
        "gpkg": [row["id"] for row in of_map(body(client, "gpkg", asked), "gpkg", folder)],
        "kml": [row["identifier"] for row in of_map(body(client, "kml", asked), "kml", folder)],
        "vcf": [id_of(card) for card in of_cards(body(client, "vcf", asked, api))],
    }
    assert [form for form, ids in found.items() if ids != shown] == []


def test_the_columns_are_one_list_and_none_is_of_a_person() -> None:
    assert sorted(each.name for each in COLUMNS) == sorted(NAMES)
    assert not [name for name in NAMES if "mail" in name or "contact" in name]


@pytest.fixture
def hard() -> Initiative:
    """An initiative on which every form may stumble, with a person whom none may hold."""
    made = factories.make_initiative(
        NIGHTMARE, slug="difficile", at=(-1.5, -2.25), summary="-1+1", phone="+33555123456",
        postcode="01000", street="@rue", siret="00012345600012", website="https://example.org/?a=1&b=2",
        email="quelquun@example.org", verified_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
        activities=[101, 801],
    )  # fmt: skip
    now = datetime(2026, 2, 3, tzinfo=UTC)
    for name, licence in (("Annuaire A", "Licence Ouverte 2.0"), ("Carte B", "")):
        source = Source.objects.create(slug=name[-1].lower(), name=name, licence=licence)
        made.source_records.create(source=source, external_id="1", first_seen=now, last_seen=now)
    Contact.objects.create(initiative=made, name="Camille Essai", email="camille@example.org")
    return made


ASKED = {"ids": "difficile"}


def test_cells_keep_their_types_and_run_nothing_in_a_spreadsheet(client: Client, hard: Initiative) -> None:
    data = body(client, "xlsx", ASKED)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet, about = book.worksheets
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == (
        "B2",
        f"A1:{sheet.cell(2, len(header)).coordinate}",
    )
    assert row["Nom"].data_type == "s" and row["Nom"].value == NIGHTMARE.replace("\x07", "")
    assert row["En une phrase"].data_type == "s" and row["En une phrase"].value == "-1+1"
    assert (row["Longitude"].value, row["Latitude"].value) == (-1.5, -2.25)
    assert [row[name].value for name in ("Code postal", "SIRET", "Téléphone")] == [
        "01000", "00012345600012", "05 55 12 34 56",
    ]  # fmt: skip
    assert row["Vérifiée le"].value == datetime(2026, 2, 1, 0, 30), "as the clock of the site says"
    assert row["Accepte de témoigner"].value is False
    assert row["Sources et licences"].value == "Annuaire A (Licence Ouverte 2.0); Carte B"
    said = {str(left.value): right.value for left, right in about.iter_rows(max_col=2) if left.value}
    assert (said["Nombre d’initiatives"], said["Initiatives choisies"]) == (1, "1 initiative choisie")
    assert "ODbL 1.0" in said["Licence de la base"] and isinstance(said["Date"], datetime)
    assert said["Sources reprises"] == "Annuaire A · Licence Ouverte 2.0 · 1 initiative"
    [ods] = of_book(body(client, "ods", ASKED))
    assert ods["name"] == row["Nom"].value and ods["longitude"] == -1.5 and ods["postcode"] == "01000"
    assert ods["testimony"] is False and ods["verified_at"] == datetime(2026, 2, 1, 0, 30)


def test_french_spreadsheets_open_theirs_at_once(client: Client, hard: Initiative) -> None:
    data = body(client, "csv-fr", ASKED)
    assert data.startswith(b"\xef\xbb\xbfNom;")
    [row] = of_csv(data, ";")
    assert row["Nom"].startswith("'=HYPERLINK") and row["En une phrase"] == "'-1+1"
    assert row["Adresse"] == "'@rue"
    assert (row["Longitude"], row["Téléphone"]) == ("-1,5", "05 55 12 34 56")
    assert (row["Vérifiée le"], row["Accepte de témoigner"]) == ("01/02/2026 00:30", "non")
    [plain] = of_csv(body(client, "csv", ASKED))
    assert (plain["longitude"], plain["phone"]) == ("-1.5", "+33555123456")
    assert plain["name"].startswith("'=") and plain["street"] == "'@rue"


@pytest.mark.parametrize("form", ["gpkg", "kml"])
def test_maps_place_it_and_say_the_licences(
    client: Client, hard: Initiative, form: str, tmp_path: Path
) -> None:
    data = body(client, form, ASKED)
    [row] = of_map(data, form, tmp_path)
    assert (row["point"].x, row["point"].y) == (-1.5, -2.25)
    assert row["licences"] == "Annuaire A (Licence Ouverte 2.0); Carte B"
    if form == "gpkg":
        _meta, _ids, _shapes, (what, value) = pyogrio.raw.read(tmp_path / "read.gpkg", layer="À propos")
        assert dict(zip(what, value, strict=True))["Nombre d’initiatives"] == "1"
    else:
        assert "Licence Ouverte 2.0" in data.decode().split("<Placemark>")[0]


def test_an_address_book_reads_the_cards(client: Client, hard: Initiative) -> None:
    data = body(client, "vcf", ASKED)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    [card] = of_cards(data)
    assert card.fn.value == NIGHTMARE.replace("\x07", "")
    assert (card.tel.value, card.adr.value.code) == ("+33555123456", "01000")
    assert card.geo.value == "-2.250000;-1.500000"
    assert "Licence Ouverte 2.0" in card.note.value


@pytest.mark.parametrize("form", ["csv", "csv-fr", "geojson", "kml", "vcf", "xlsx", "ods", "gpkg"])
def test_no_public_file_holds_a_person(client: Client, hard: Initiative, form: str, tmp_path: Path) -> None:
    data = body(client, form, ASKED)
    if form == "xlsx":
        cells = openpyxl.load_workbook(io.BytesIO(data))
        data = str([list(sheet.values) for sheet in cells.worksheets]).encode()
    elif form == "ods":
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        data = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names]).encode()
    assert b"HYPERLINK" in data
    assert b"camille" not in data.lower() and b"quelquun" not in data


def test_what_is_too_long_or_paged_is_refused_by_the_api(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("limit", "5"), ("cursor", "x")):
        refused = client.get("/api/v1/initiatives", {"format": "xlsx", name: value})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, name)
    monkeypatch.setattr(making, "DIRECT", 1)
    refused = client.get("/api/v1/initiatives", {"format": "ods"})
    assert refused.status_code == 400 and "/emporter/ods/" in refused.json()["errors"][0]["detail"]
