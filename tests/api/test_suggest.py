"""Suggestions while a person types."""

from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.address_service import address_service, give
from tests.api.conftest import Ask, World


def test_a_few_letters_give_places_initiatives_and_sectors(world: World, ask: Ask) -> None:
    found = ask("suggest", q="ouest").json
    assert set(found) == {"places", "initiatives", "sectors", "addresses"}
    place = found["places"][0]
    assert (place["type"], place["ids"], place["population"]) == ("commune", ["commune-01001"], 900)
    assert (place["point"], place["bbox"]) == ([0.5, 45.5], [0, 45, 1, 46])


@pytest.mark.parametrize("text", ["coopérati", "COOPERATIVE", "coop", "des Bords coop", "cooperative  bo"])
def test_initiatives_are_found_by_the_words_of_their_names(world: World, ask: Ask, text: str) -> None:
    found = ask("suggest", q=text).json["initiatives"]
    assert found
    assert all("oopérative" in initiative["name"] for initiative in found)


def test_names_that_begin_so_come_first(world: World, ask: Ask) -> None:
    factories.make_initiative("Zoé et son jardin", slug="zoe")
    factories.make_initiative("Jardin de Zoé", slug="jardin-de-zoe")
    names = [initiative["name"] for initiative in ask("suggest", q="zoé").json["initiatives"]]
    assert names == ["Zoé et son jardin", "Jardin de Zoé"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("alim", "alimentation"),
        ("AMAP", "alimentation--amap-paniers"),
        ("food", "alimentation"),
        ("épicerie coop", "alimentation--epicerie-cooperative"),
    ],
)
def test_sectors_are_found_by_label_and_synonym_in_both_languages(
    world: World, ask: Ask, text: str, slug: str
) -> None:
    found = ask("suggest", q=text).json["sectors"]
    assert slug in [term["id"] for term in found]


@pytest.mark.parametrize(
    "text", ["e", "a", "du", "atelier", "01", "50 %", "a_b", "l'", "§ 3", "x&|!():*", "<b>", "  x "]
)
def test_there_are_never_ten_of_a_kind_nor_an_error(world: World, ask: Ask, text: str) -> None:
    answer = ask("suggest", q=text)
    assert answer.status == 200
    assert all(len(found) < 10 for found in answer.json.values())


@pytest.mark.parametrize("name", ["draft", "hidden", "archived", "closed", "planned"])
def test_suggestions_are_published_and_open_ones_only(world: World, ask: Ask, name: str) -> None:
    assert ask("suggest", q=f"epicerie {name}").json["initiatives"] == []


def test_they_cost_few_queries(
    world: World, ask: Ask, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        ask("suggest", q="cooperative")


@pytest.mark.parametrize("among", ["places", "initiatives", "sectors"])
def test_what_is_not_asked_for_is_empty(world: World, ask: Ask, among: str) -> None:
    every = ask("suggest", q="ouest").json | ask("suggest", q="coop", among="initiatives,sectors").json
    assert set(every) == {"places", "initiatives", "sectors", "addresses"}
    text = "ouest" if among == "places" else "coop"
    found = ask("suggest", q=text, among=among).json
    assert [name for name, members in found.items() if members] == [among]
    assert found[among] == ask("suggest", q=text).json[among]


def test_an_initiative_bears_its_main_sector(world: World, ask: Ask) -> None:
    found = ask("suggest", q="cooperative").json["initiatives"]
    assert {each["id"]: each["sector"] for each in found} == {
        each["id"]: ask(f"initiatives/{each['id']}").json["properties"]["sector"] for each in found
    }


def test_street_addresses_are_given_where_they_are_asked_for(world: World, ask: Ask, settings: Any) -> None:
    assert ask("suggest", q="rue du moulin", among="addresses").json["addresses"] == []
    caches["addresses"].clear()
    with address_service() as service:
        settings.ADDRESS_SERVICE_URL = service.url
        assert ask("suggest", q="rue du moulin").json["addresses"] == []
        assert service.asked == []
        found = ask("suggest", q="rue du moulin", among="addresses").json
        assert found["places"] == found["initiatives"] == found["sectors"] == []
        assert found["addresses"][0] == {
            "label": "12 Rue du Moulin 23500 Felletin",
            "name": "12 Rue du Moulin",
            "postcode": "23500",
            "city": "Felletin",
            "point": [2.173456, 45.883456],
        }
        service.answering = lambda handler: give(handler, "{}", 500)
        failed = ask("suggest", q="rue du lac", among="addresses")
        assert (failed.status, failed.json["addresses"]) == (200, [])


def test_addresses_are_not_asked_for_without_end(world: World, ask: Ask, settings: Any) -> None:
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "addresses": "2/min"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    settings.ADDRESS_SERVICE_URL = "http://127.0.0.1:9"
    statuses = [ask("suggest", q="rue du lac", among="addresses").status for _time in range(3)]
    assert statuses == [200, 200, 429]
    assert ask("suggest", q="rue du lac").status == 200
    caches["addresses"].clear()
