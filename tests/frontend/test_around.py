"""From a commune to what is within a few kilometres of it."""

import re

import pytest
from django.test import Client

from directory.models import Initiative
from tests.factories import make_initiative
from tests.frontend.reading import count_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

LINK = re.compile(r'<li><a class="button" href="([^"]+)" hx-get[^>]+>([\d\s]+km) <span class="muted">(\d+)<')


def offered(client: Client, address: str) -> list[tuple[str, str, int]]:
    found = LINK.findall(text_of(client, address))
    return [(href.replace("&amp;", "&"), words.replace("\xa0", " "), int(n)) for href, words, n in found]


def test_a_search_in_a_commune_offers_what_is_around(client: Client) -> None:
    links = offered(client, "/?territory=commune-23079&sector=reemploi")
    assert [words for _href, words, _n in links] == ["50 km"]
    for href, _words, number in links:
        html = text_of(client, href)
        assert count_in(html) == number > 1
        assert "Felletin et 50\xa0km alentour" in html
        assert "sector=reemploi" in href and "territory" not in href


def test_just_inside_and_just_outside_of_a_radius(client: Client) -> None:
    here = "/?q=passementerie&territory=commune-23079"
    hall = (2.1733, 45.8849)
    degree = 111_142  # metres in a degree of latitude there
    for north, expected in [(9_990, ["10 km", 1]), (10_010, ["20 km", 1])]:
        Initiative.objects.filter(name="Passementerie").delete()
        make_initiative("Passementerie", at=(hall[0], hall[1] + north / degree))
        assert [part for _href, *found in offered(client, here) for part in found] == expected


@pytest.mark.parametrize("query", ["", "territory=departement-23", "territory=commune-23079,commune-23008"])
def test_only_one_commune_has_surroundings(client: Client, query: str) -> None:
    assert offered(client, f"/?{query}") == []


def test_a_point_is_named_after_the_commune_it_lies_in(client: Client) -> None:
    assert "à moins de 5\xa0km d’un point choisi (Felletin)" in text_of(
        client, "/?near=2.175,45.887&radius=5000"
    )
    assert "à moins de 5\xa0km du point choisi" in text_of(client, "/?near=-40,20&radius=5000")
