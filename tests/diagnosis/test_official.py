"""Official figures: loaded whole or refused by line and column, and shown with their year and source."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diagnosis import counting, official, stored
from diagnosis.errors import OfficialRefused
from diagnosis.models import OfficialFigure, OfficialSeries
from diagnosis.report import report
from territories.models import Territory

pytestmark = pytest.mark.django_db
SERIES: dict[str, Any] = {"code": "E1", "year": 2023, "source": "INSEE, FLORES 2023"}
TABLE = "kind;code;value\ndepartement;23;13,5\nrégion;75;11,2\ncountry;FR;10.4\ncommune;23079;\n"


def load(table: str, kind: str = "", **fields: Any) -> official.Loaded:
    return official.load(OfficialSeries(**SERIES | fields), table.encode(), kind)


def refused(table: str, kind: str = "", **fields: Any) -> list[str]:
    with pytest.raises(OfficialRefused) as why:
        load(table, kind, **fields)
    with translation.override("en"):
        return [official.said(fault) for fault in why.value.faults]


def test_a_figure_is_shown_beside_those_around_with_its_year_and_source(
    country: dict[str, Territory],
) -> None:
    assert load(TABLE) == official.Loaded(figures=3, blank=1)
    counting.count_everything()
    made = report(country["Creuse"], ["departement-19"])
    figure = made.figure("E1")
    assert (figure.value, figure.unit, figure.note) == (13.5, "percent", "")
    assert figure.references["region-75"] == 11.2 and figure.references["country-FR"] == 10.4
    assert figure.references["departement-19"] is None, "a peer without one"
    [said] = made.official
    assert (said.year, said.source) == (2023, "INSEE, FLORES 2023")
    assert "emploi" in said.label


def test_where_none_was_loaded_the_report_says_so(country: dict[str, Territory]) -> None:
    counting.count_everything()
    assert report(country["Creuse"]).figure("E1").note == "no-official"
    load(TABLE)
    felletin = report(country["Felletin"]).figure("E1")
    assert felletin.value is None and felletin.note == "unpublished", "its value is not published"
    assert felletin.references["departement-23"] == 13.5


def test_a_series_takes_the_place_of_the_one_before_and_reports_are_made_anew(
    country: dict[str, Territory],
) -> None:
    load(TABLE)
    counting.count_everything()
    stored.store()
    load("code,value\n23,14\n", kind="departement", year=2024)
    assert list(OfficialFigure.objects.values_list("territory", "value")) == [("departement-23", 14.0)]
    assert stored.read(country["Creuse"]).official[0].year == 2024
    assert stored.read(country["France"]).official[0].year == 2023, "until the worker made it again"
    stored.store()
    assert stored.read(country["France"]).official[0].year == 2024
    official.remove(OfficialSeries.objects.get(pk="E1"))
    assert stored.read(country["Creuse"]).figure("E1").value is None


def test_another_series_has_the_name_that_it_was_given(country: dict[str, Territory]) -> None:
    series = OfficialSeries(**SERIES | {"code": "E2", "unit": "count"})
    with pytest.raises(ValidationError) as lacking:
        series.full_clean()
    assert set(lacking.value.message_dict) == {"name_fr", "name_en"}
    load("code,value\n23,123456\n", "departement", code="E2", unit="count", name_fr="Emplois", name_en="Jobs")
    counting.count_everything()
    made = report(country["Creuse"])
    assert made.figure("E2").value == 123456 and made.official[0].label == "Emplois"
    assert made.figure("E1").note == "no-official"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("code,value\n23,1", "line 2: column “kind”: say of what kind the territory is (country, region,"
         " departement, epci, commune)"),
        ("kind,code,value\ncanton,23,1", "line 2: column “kind”: “canton” is not a kind of territory"),
        ("kind,code,value\nregion,75,1\ndepartement,99,1",
         "line 3: column “code”: no territory of this kind has the code “99”"),
        ("kind,code,value\ndepartement,,1", "line 2: column “code”: the code is missing"),
        ("kind,code,value\nregion,75,1\n\nrégion,75,1", "line 4: column “code”: this territory is already at"
         " line 2"),
        ("kind,code,value\nregion,75,s", "line 2: column “value”: “s” is not a number"),
        ("kind,code,value\nregion,75,100.1", "line 2: column “value”: 100.1 is out of bounds"),
        ("kind,code,value\nregion,75,-0.1", "line 2: column “value”: -0.1 is out of bounds"),
        ("kind,code\nregion,75", "line 1: the column “value” is missing"),
        ("kind,code,value,note\n",
         "line 1: the column “note” is unknown; possible columns: code, value, kind"),
        ("kind,code,value\nregion,75,", "no value"),
        ("", "line 1: no header; columns expected: code, value"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_column(country: dict[str, Territory], table: str, said: str) -> None:
    load(TABLE)
    assert refused(table) == [said]
    assert OfficialFigure.objects.count() == 3, "nothing was changed"


def test_the_bounds_of_a_percentage_are_among_them(country: dict[str, Territory]) -> None:
    assert load("kind,code,value\nregion,75,100\ncountry,FR,0\n").figures == 2


def test_twenty_faults_are_told_at_once(country: dict[str, Territory]) -> None:
    assert len(refused("kind,code,value\n" + "region,0,1\n" * 30)) == 20


def test_the_command_loads_a_file(country: dict[str, Territory], tmp_path: Path) -> None:
    path, told = tmp_path / "e1.csv", io.StringIO()
    path.write_text(TABLE, encoding="utf-8")
    given = {"year": 2023, "source": "INSEE, FLORES 2023", "stdout": told}
    call_command("load_official", "E1", path, **given)
    assert "E1: 3 territories, 1 without a value" in told.getvalue()
    path.write_text("kind,code,value\nregion,0,1", encoding="utf-8")
    with pytest.raises(CommandError, match="line 2: column “code”"):
        call_command("load_official", "E1", path, **given)
    with pytest.raises(CommandError, match="e2.csv"):
        call_command("load_official", "E1", tmp_path / "e2.csv", **given)
    with pytest.raises(CommandError, match="code"):
        call_command("load_official", "X", path, **given)


def test_the_administration_loads_a_table_or_says_what_is_wrong(
    country: dict[str, Territory], admin_client: Client
) -> None:
    address = reverse("admin:diagnosis_officialseries_add")
    given = SERIES | {"unit": "percent", "kind": "", "link": "", "name_fr": "", "name_en": ""}

    def send(table: str) -> HttpResponse:
        return admin_client.post(address, given | {"table": SimpleUploadedFile("e1.csv", table.encode())})

    refusal = send("kind;code;value\nregion;0;1\nregion;75;x\n").content.decode()
    assert "ligne 2 : colonne « code » : aucun territoire de cette nature n’a le code « 0 »" in refusal
    assert "ligne 3 : colonne « value » : « x » n’est pas un nombre" in refusal
    assert not OfficialSeries.objects.exists()
    assert send(TABLE).status_code == 302
    assert OfficialFigure.objects.count() == 3
    changed = reverse("admin:diagnosis_officialseries_change", args=["E1"])
    table = SimpleUploadedFile("e1.csv", b"kind,code,value\nregion,75,9\n")
    assert admin_client.post(changed, given | {"year": 2024, "table": table}).status_code == 302
    assert OfficialSeries.objects.get().year == 2024
    assert list(OfficialFigure.objects.values_list("value", flat=True)) == [9.0]
    admin_client.post(reverse("admin:diagnosis_officialseries_delete", args=["E1"]), {"post": "yes"})
    assert not OfficialSeries.objects.exists()


def test_the_page_says_the_year_and_the_source(country: dict[str, Territory], client: Client) -> None:
    load(TABLE)
    counting.count_everything()
    page = client.get("/territoires/departement-23/diagnostic/").content.decode()
    assert "Source : INSEE, FLORES 2023 ; millésime 2023" in page
    assert "13,5" in page and "11,2" in page
