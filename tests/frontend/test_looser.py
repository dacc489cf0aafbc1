"""A search that finds nothing says what finds something: with one filter less, or farther away."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from directory.filters import SearchForm
from frontend.looser import LOOSER, MOST, looser
from tests.frontend.reading import count_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

OFFERED = re.compile(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a> <span class="muted">([^<]+)</span>')


def offered(html: str) -> list[tuple[str, str, str]]:
    """(address, words, count in words) of each way out."""
    empty = html.partition('<div class="empty">')[2]
    return [tuple(map(unescape, found)) for found in OFFERED.findall(empty)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=laine&sector=finance&placed=true", ["sans « laine »", "dans tous les secteurs"]),
        ("q=bois&bbox=-5,48,-4.9,48.1", ["sans se limiter à la zone de la carte"]),
        ("near=2.17,45.7&radius=1000", ["20"]),
        ("sector=energie&near=-30,40&radius=100000", ["sans se limiter aux alentours"]),
        ("q=bois&charter=true", ["signataires de la charte ou non"]),
        ("q=bois&verified_since=2199-01-01", ["quelle que soit la date de vérification"]),
        ("example=false&legal_form=association", ["données d’exemple ou non"]),
    ],
)
def test_each_way_out_finds_what_it_says(client: Client, query: str, words: list[str]) -> None:
    html = text_of(client, f"/?{query}")
    assert count_in(html) == 0
    found = offered(html)
    for address, _words, count in found:
        number = count_in(text_of(client, address))
        assert number > 0
        assert count.startswith(f"{number} initiative")
    assert [word for word in words if any(word in said for _address, said, _count in found)] == words


def test_a_search_that_no_single_filter_saves_says_to_take_one_away(client: Client) -> None:
    html = text_of(client, "/?q=zzzzzz&verified_since=2199-01-01")
    assert offered(html) == []
    assert "Retirez un filtre ci-dessus" in html


def test_territories_around_come_before_and_the_territory_is_not_given_up_twice(client: Client) -> None:
    html = text_of(client, "/?territory=commune-23008&q=laine&sector=finance")
    assert "sans se limiter au territoire" not in html


def test_a_search_that_finds_something_offers_nothing(client: Client) -> None:
    assert "En élargissant la recherche" not in text_of(client, "/?q=bois")


def test_a_few_counts_whatever_is_asked(django_assert_max_num_queries: Any) -> None:
    asked = QueryDict(
        "q=zzzz&sector=energie&territory=departement-23&legal_form=scic&placed=true&charter=true"
        "&testimony=true&example=false&verified_since=2199-01-01&updated_since=2199-01-01&bbox=1,45,2,46"
    )
    criteria = SearchForm(asked).criteria()
    assert len(set(criteria.params) & set(LOOSER)) > MOST
    with django_assert_max_num_queries(MOST):
        assert looser(criteria) == []
