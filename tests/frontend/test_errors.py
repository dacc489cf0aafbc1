"""When a page cannot be given, and what crawlers are told."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from frontend.views import errors
from tests.factories import make_territory


def request_for(path: str) -> HttpRequest:
    return RequestFactory().get(path)


@pytest.mark.parametrize("path", ["/rien/", "/en/nothing/", "/initiatives/"])
def test_nothing_there(client: Client, path: str) -> None:
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 404
    assert ("Il n’y a rien" in html) is not path.startswith("/en/")
    assert 'rel="canonical"' not in html and 'rel="alternate"' not in html
    other = 'href="/" hreflang="fr"' if path.startswith("/en/") else 'href="/en/" hreflang="en"'
    assert f'<a id="langue" {other}' in html


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/initiatives/la-boite-a-outils-felletin/", "la boite outils felletin"),
        ("/rien%22%3E%3Cscript%3E/", "rien script"),
        ("/%00/", ""),
        ("/12/", ""),
    ],
)
@pytest.mark.django_db
def test_nothing_there_offers_to_search_the_words_of_the_address(
    client: Client, path: str, words: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert f'name="q" type="search" maxlength="200" value="{words}"' in response.content.decode()


@pytest.mark.django_db
def test_nothing_there_leads_to_the_territory_that_the_address_names(client: Client) -> None:
    make_territory("commune", "23079", "Felletin")
    html = client.get("/territoires/commune-23079/rien/").content.decode()
    assert 'href="/territoires/commune-23079/">Les initiatives du territoire : Felletin</a>' in html
    assert "du territoire" not in client.get("/territoires/commune-99999/rien/").content.decode()


def test_each_error_has_its_page_and_its_status() -> None:
    with translation.override("fr"):
        for view, status in [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404)]:
            response = view(request_for("/x/"), Exception())
            assert response.status_code == status
            assert b"<h1>" in response.content
        assert errors.broken(request_for("/x/")).status_code == 500


def test_a_fault_of_ours_is_said_without_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError

    # no database fixture: a query here would fail the test
    monkeypatch.setattr("frontend.views.search.SearchForm", fail)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Une erreur de notre côté" in response.content.decode()


def test_crawlers_keep_to_the_pages_of_things(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /api/v1/" in text
    assert "Disallow: /*?" in text
