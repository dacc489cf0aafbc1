"""The report says what its figures say, and what it does not know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from diagnosis import counting, formulas
from diagnosis.document import document
from diagnosis.errors import NothingCounted
from diagnosis.frozen import freeze, thaw
from diagnosis.model import Note
from diagnosis.report import report
from diagnosis.sheet import sheets
from directory.models import Link
from territories.models import Territory
from tests.diagnosis.conftest import scatter
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def test_nothing_is_said_before_anything_was_counted(client: Client, country: dict[str, Territory]) -> None:
    with pytest.raises(NothingCounted):
        report(country["Creuse"])
    response = client.get("/api/v1/territories/departement-23/diagnosis")
    assert response.status_code == 404 and "counted" in response.json()["detail"]


def test_every_figure_has_a_value_or_says_why(country: dict[str, Territory]) -> None:
    """Whatever the territory, and whatever is there."""
    for many in (0, 60):
        scatter(country, many, 11)
        counting.count_everything()
        for territory in country.values():
            made = report(territory)
            keys = [(figure.code, figure.sector) for figure in made.figures]
            assert len(keys) == len(set(keys))
            for figure in made.figures:
                assert (figure.value is None) == bool(figure.why) or figure.note == Note.LEFT_OUT, figure
                if figure.low is not None and figure.high is not None and figure.value is not None:
                    assert figure.low <= figure.value <= figure.high
            assert 1 <= len(made.messages) <= 5
            known = {code for code, _sector in keys} | {"C3"}
            assert all(set(message.codes) <= known for message in made.messages)
            json.dumps(document(made), allow_nan=False)  # plain values, no infinity
            assert thaw(json.loads(json.dumps(freeze(made), allow_nan=False))) == made
            assert {code.split("-")[0] for code, _sector in keys} >= sheets().keys() - {"A4", "S5"}


def test_figures_stand_beside_those_around(country: dict[str, Territory]) -> None:
    for _number in range(3):
        make_initiative(commune=country["Felletin"])
    make_initiative(commune=country["Ussel"])
    counting.count_everything()
    made = report(country["Felletin"])
    assert [each.name for each in made.references] == ["Creuse", "Région", "France"]
    density = made.figure("D1")
    assert density.value == pytest.approx(20.0)  # 3 for 1,500
    assert density.references["departement-23"] == pytest.approx(10_000 * 3 / 2_100)
    assert density.references["country-FR"] == pytest.approx(10_000 * 4 / 3_300)
    low, high = formulas.poisson_interval(3)
    assert (density.low, density.high) == (pytest.approx(low / 0.15), pytest.approx(high / 0.15))
    assert made.figure("C1").value == pytest.approx(100 * (20 - 10_000 * 3 / 2_100) / (10_000 * 3 / 2_100))
    assert density.percentile == 100  # of the three other communes


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_a_mix_of_fewer_than_ten_is_not_told(country: dict[str, Territory], n: int, shown: bool) -> None:
    for number in range(n):
        make_initiative(activities=[101 if number % 2 else 201], commune=country["Gioux"])
    counting.count_everything()
    made = report(country["Gioux"])
    for code, sector in (("S1", "alimentation"), ("S2", None), ("S3", None)):
        figure = made.figure(code, sector)
        assert (figure.value is not None) == shown, code
        assert (figure.note == Note.FEW) != shown


def test_the_web_of_links_is_that_of_today(country: dict[str, Territory]) -> None:
    a, b, c = (make_initiative(commune=country["Gioux"]) for _each in range(3))
    away = make_initiative(commune=country["Ussel"])
    for origin, target, until in ((a, b, None), (b, a, None), (b, c, "2020-01-01"), (a, away, None)):
        Link.objects.create(origin=origin, target=target, kind="partners", until=until)
    counting.count_everything()
    made = report(country["Gioux"])
    assert made.figure("R1").value == pytest.approx(100 / 3)  # one pair of three
    assert made.figure("R1-isolated").value == pytest.approx(100 / 3)
    assert made.figure("R2").value == pytest.approx(50)
    told = {each.name: ([made.actors[p].name for p in each.partners], each.elsewhere) for each in made.actors}
    assert told == {a.name: ([b.name], 1), b.name: ([a.name], 0)}


def test_a_link_with_what_is_not_public_is_no_link(country: dict[str, Territory]) -> None:
    a, b = (make_initiative(commune=country["Gioux"]) for _each in range(2))
    drafts = [
        make_initiative(commune=country[place], publication="draft", name="Secret")
        for place in ("Gioux", "Ussel")
    ]
    closed = make_initiative(commune=country["Ussel"], activity_state="closed")
    for target in (b, *drafts, closed):
        Link.objects.create(origin=a, target=target, kind="partners")
    counting.count_everything()
    made = report(country["Gioux"])
    assert made.figure("R2").value == 100
    assert [(each.name, each.elsewhere) for each in made.actors] == [(each.name, 0) for each in (a, b)]
    assert "Secret" not in json.dumps(document(made))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("departement-23/diagnosis", 200), ("custom-rien/diagnosis", 404), ("x/diagnosis", 404),
        ("departement-23/diagnosis?peers=departement-19", 200),
        ("departement-23/diagnosis?peers=rien", 400), ("departement-23/diagnosis?colour=red", 400),
        ("departement-23/diagnosis?peers=" + ",".join(["departement-19"] * 21), 400),
        ("departement-23/diagnosis?peers=%00", 400), ("departement-23/diagnosis?peers=region-75", 400),
    ],
)  # fmt: skip
def test_the_api_gives_the_report(
    client: Client,
    country: dict[str, Territory],
    path: str,
    status: int,
) -> None:
    scatter(country, 40, 3)
    counting.count_everything()
    response = client.get(f"/api/v1/territories/{path}")
    assert response.status_code == status, response.content[:300]
    body: dict[str, Any] = response.json()
    if status == 200:
        assert body["territory"]["id"] == "departement-23"
        told = {(each["code"], each["sector"]): each["value"] for each in body["indicators"]}
        made = report(country["Creuse"], ["departement-19"] if "peers" in path else [])
        assert told == {(each.code, each.sector): each.value for each in made.figures}
        assert "peers" not in path or [each["id"] for each in body["peers"]] == ["departement-19"]
    elif status == 400:
        assert body["errors"][0]["parameter"] in ("peers", "colour")


def test_the_sheets_are_given(client: Client) -> None:
    body = client.get("/api/v1/indicators").json()
    assert [each["code"] for each in body["indicators"]][:3] == ["D1", "D2", "D3"]
