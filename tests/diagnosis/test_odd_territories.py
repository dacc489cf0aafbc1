"""Diagnoses of whatever people compose or ask for: across départements, overlapping, empty, without people,
overseas, a part of a commune. Each gives what is known and says what is not, on the page as in the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from diagnosis.counting import count_everything
from diagnosis.document import document
from diagnosis.frozen import freeze, thaw
from diagnosis.report import report
from diagnosis.zones import zone, zones
from directory.models import Initiative
from territories.custom import define_custom
from territories.models import CustomCommune, Territory
from tests.diagnosis.conftest import scatter
from tests.factories import make_commune, make_territory

pytestmark = pytest.mark.django_db
DATED = date(2026, 11, 22)


def custom(name: str, *communes: Territory) -> Territory:
    return define_custom(name, [each.pk for each in communes], dated=DATED, listed=False)


def told(territory: Territory, *peers: str) -> dict[str, Any]:
    """The report, whole: each figure has a value or says why, and it can be kept and read again."""
    made = report(territory, peers)
    assert [each.code for each in made.figures if each.value is None and not each.note] == []
    assert document(thaw(freeze(made))) == document(made)
    return {each["code"]: each for each in document(made)["indicators"] if each["sector"] is None} | {
        "references": [each.id for each in made.references], "peers": [each.id for each in made.peers],
        "name": made.zone.name, "cells": [each.id for each in made.cells], "messages": len(made.messages),
    }  # fmt: skip


def test_over_two_departements_it_is_beside_that_of_most_of_its_people(country: dict[str, Territory]) -> None:
    scatter(country, 60, seed=3)
    both = custom("Deux rives", country["Gioux"], country["Ussel"])
    other = custom("Autre rive", country["Ussel"], country["Péret"])  # it overlaps the first
    count_everything()
    counted = Initiative.objects.visible().filter(commune__in=[country["Gioux"], country["Ussel"]]).count()
    found = told(both)
    assert (found["N"]["value"], found["name"]) == (counted, "Deux rives")
    assert found["references"] == ["departement-19", "region-75", "country-FR"]  # Ussel has more people
    assert set(found["cells"]) == {country["Gioux"].pk, country["Ussel"].pk}
    beside = told(both, other.pk, country["Entre deux"].pk)
    assert beside["peers"] == [other.pk, country["Entre deux"].pk]
    assert beside["N"]["references"][other.pk] == zone(other).count > 0
    assert zones(["custom-rien", other.pk]) == [zone(other)]


def test_a_commune_that_goes_leaves_what_took_its_place(country: dict[str, Territory]) -> None:
    scatter(country, 30, seed=4)
    made = custom("Seule", country["Ussel"])
    count_everything()
    assert told(made)["N"]["value"] == told(country["Ussel"])["N"]["value"]
    CustomCommune.objects.filter(territory=made).update(commune=country["Péret"])
    assert told(made)["N"]["value"] == told(country["Péret"])["N"]["value"]


@pytest.mark.parametrize("kind", ["empty", "without people", "without outline", "nothing known"])
def test_what_has_nothing_says_so(country: dict[str, Territory], client: Client, kind: str) -> None:
    scatter(country, 30, seed=5)
    above = {"region": country["Région"], "country": country["France"], "departement": country["Creuse"]}
    places = {
        "empty": make_territory("custom", "vide", "Vide", dated=DATED, listed=False),
        "without people": make_commune("23999", "Déserte", population=0, box=(2.5, 45.8, 2.6, 45.9), **above),
        "without outline": make_commune("97801", "Saint-Martin", population=31_000),
        "nothing known": make_commune("98413", "Crozet"),
    }
    count_everything()
    found = told(places[kind])
    assert found["N"]["value"] == 0 and found["messages"] >= 1 and found["peers"] == []
    assert (found["D1"]["value"] is None) == (kind != "without outline")
    for path in ("/api/v1/territories/{}/diagnosis", "/territoires/{}/diagnostic/"):
        assert client.get(path.format(places[kind].pk)).status_code == 200
    for unknown in ("custom-rien", "commune-00000", "a%00b", "x" * 5_000):
        for path in ("/api/v1/territories/{}/diagnosis", "/territoires/{}/diagnostic/"):
            assert client.get(path.format(unknown)).status_code == 404


def test_a_part_of_a_commune_gives_way_to_its_commune(country: dict[str, Territory], client: Client) -> None:
    scatter(country, 30, seed=6)
    part = make_territory(
        "arrondissement", "23901", "Felletin 1er", commune=country["Felletin"], population=9
    )
    count_everything()
    assert told(part)["name"] == "Felletin" and told(part)["N"]["value"] > 0
    for path in ("/api/v1/territories/{}/diagnosis", "/territoires/{}/diagnostic/"):
        moved = client.get(path.format(part.pk))
        assert moved.status_code in (301, 308)
        assert moved["Location"].endswith(path.format(country["Felletin"].pk))


def test_what_nobody_listed_stays_out_of_the_scales_of_others(
    country: dict[str, Territory], client: Client
) -> None:
    made = custom("Jardin secret", country["Ussel"])
    count_everything()
    path = f"/territoires/{country['Ussel'].pk}/diagnostic/"
    assert "Jardin secret" not in client.get(path).content.decode()
    Territory.objects.filter(pk=made.pk).update(listed=True)
    assert "Jardin secret" in client.get(path).content.decode()


def test_it_says_where_its_communes_come_from(country: dict[str, Territory], client: Client) -> None:
    made = define_custom(
        "Autour", [country["Ussel"].pk, country["Gioux"].pk], dated=DATED, source="Communes à 12 km de Gioux"
    )
    count_everything()
    kept = thaw(freeze(report(made))).perimeter
    assert kept and set(kept.communes) == {country["Ussel"].pk, country["Gioux"].pk}
    page = client.get(f"/territoires/{made.pk}/diagnostic/").content.decode()
    assert "Périmètre du 22 novembre 2026" in page and "Communes à 12 km de Gioux" in page
    given = client.get(f"/api/v1/territories/{made.pk}/diagnosis").json()
    assert given["perimeter"] == {"dated": "2026-11-22", "source": "Communes à 12 km de Gioux"}
    official = client.get(f"/api/v1/territories/{country['Creuse'].pk}/diagnosis").json()
    assert official["perimeter"] is None


def test_the_same_ground_under_another_name_is_no_reference(country: dict[str, Territory]) -> None:
    above: dict[str, Any] = {"country": country["France"]}
    above |= {"region": make_territory("region", "06", "Mayotte", **above)}
    above |= {"departement": make_territory("departement", "976", "Mayotte", **above)}
    first = make_commune("97601", "Acoua", population=5_000, **above)
    make_commune("97602", "Bandraboua", population=15_000, **above)
    count_everything()
    assert told(first)["references"] == ["departement-976", "country-FR"]
    assert told(above["departement"])["references"] == told(above["region"])["references"] == ["country-FR"]
