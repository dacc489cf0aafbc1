"""The taxonomy."""

from pytest_django import DjangoAssertNumQueries

from tests.api.conftest import Ask, World


def test_the_whole_taxonomy_in_both_languages(world: World, ask: Ask) -> None:
    answer = ask("sectors")
    sectors = answer.json["sectors"]
    assert len(sectors) == 14
    assert sum(len(sector["activities"]) for sector in sectors) == 67
    terms = [term for sector in sectors for term in (sector, *sector["activities"])]
    assert all(set(term["labels"]) == {"fr", "en"} for term in terms)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_it_costs_three_queries(
    world: World, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        ask("sectors")
