"""Pages that inform, and what they promise."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.frontend.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("taxonomy")]

PATHS = [
    "/comprendre/", "/glossaire/", "/a-propos/", "/mentions-legales/", "/donnees-personnelles/",
    "/accessibilite/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_each_is_there_in_both_languages_and_in_the_footer(client: Client, path: str) -> None:
    french, english = text_of(client, path), text_of(client, f"/en{path}")
    assert re.findall("<h1>(.*)</h1>", french) != re.findall("<h1>(.*)</h1>", english)
    footer = french.partition("<footer")[2]
    assert all(f'href="{each}"' in footer for each in PATHS)


def test_the_concept_is_defined_in_the_words_of_those_who_named_it(client: Client) -> None:
    definition = (
        "« Un Circuit court économique et solidaire (CCES) est une forme d'échange économique valorisant"
        " le lien social, la coopération, la transparence et l'équité entre les acteurs de l'échange. »"
    )
    for path in ("/glossaire/cces/", "/a-propos/", "/comprendre/"):
        assert definition in text_of(client, path).replace("&#x27;", "'")


def test_what_the_operator_has_not_said_is_said_so(client: Client) -> None:
    html = text_of(client, "/mentions-legales/")
    assert html.count("L’exploitant de ce site n’a pas encore dit") == 3
    for path in ("/donnees-personnelles/", "/accessibilite/"):
        assert "L’exploitant de ce site n’a pas encore dit comment lui écrire." in text_of(client, path)


def test_what_the_operator_says_is_shown_and_cannot_break_the_page(client: Client, settings: Any) -> None:
    settings.OPERATOR = "Association <b>Exemple</b>"
    settings.OPERATOR_CONTACT = "contact@example.org"
    settings.OPERATOR_HOSTING = "Hébergeur Exemple"
    html = text_of(client, "/mentions-legales/")
    for text in ("Association &lt;b&gt;Exemple&lt;/b&gt;", "contact@example.org", "Hébergeur Exemple"):
        assert text in html
    assert "n’a pas encore dit" not in html


def test_the_tile_server_is_named_where_there_is_one(client: Client, settings: Any) -> None:
    assert "ne demandent rien à un autre serveur" in text_of(client, "/mentions-legales/")
    settings.MAP_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    assert "d’un autre serveur : tiles.example.org" in text_of(client, "/mentions-legales/")


def test_the_address_service_is_named_where_there_is_one(client: Client, settings: Any) -> None:
    pages = ("/mentions-legales/", "/donnees-personnelles/")
    assert not any("d’adresses" in text_of(client, page) for page in pages)
    settings.ADDRESS_SERVICE_URL = "https://adresses.example.org/geocodage"
    assert all("adresses.example.org" in text_of(client, page) for page in pages)


@pytest.mark.parametrize("path", [*PATHS, "/", "/territoires/", "/secteurs/energie/"])
def test_no_cookie_as_promised(client: Client, path: str) -> None:
    assert not client.get(path).cookies


def test_information_asks_nothing_of_the_database(client: Client, django_assert_num_queries: Any) -> None:
    for path in PATHS:
        with django_assert_num_queries(0):
            text_of(client, path)


def test_a_newcomer_is_led_to_the_map_the_territories_and_the_networks(client: Client) -> None:
    html = text_of(client, "/comprendre/").partition("<main")[2].partition("</main>")[0]
    assert 'class="button button-strong" href="/"' in html
    for path in ("/territoires/", "/?sector=cooperation", "/glossaire/cces/", "/glossaire/"):
        assert f'href="{path}"' in html
        assert client.get(path).status_code == 200
    header = text_of(client, "/").partition("</header>")[0]
    assert 'href="/comprendre/">Comprendre</a>' in header
