"""Browsing France from région to commune, and what search engines are told."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Initiative
from frontend import sitemaps
from frontend.sitemaps import InEachLanguage
from territories.models import Kind, Territory
from tests.factories import make_grouping, make_initiative
from tests.frontend.reading import count_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def links_to(kind: str, html: str) -> list[str]:
    return re.findall(rf'href="/territoires/({kind}-[0-9A-Z]+)/"', html)


def test_france_opens_on_its_regions_and_departements(client: Client) -> None:
    html = text_of(client, "/territoires/")
    assert set(links_to("region", html)) == set(
        Territory.objects.filter(kind="region").values_list("pk", flat=True)
    )
    assert {"departement-23", "departement-87"} <= set(links_to("departement", html))
    number = Territory.objects.filter(kind="commune", departement="departement-23").count()
    assert re.search(rf'href="/territoires/departement-23/communes/">{number} communes', html)


def test_a_departement_opens_on_its_epci_and_communes(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/communes/")
    inside = Territory.objects.filter(kind="commune", departement="departement-23")
    assert set(links_to("commune", html)) == set(inside.values_list("pk", flat=True))
    assert set(links_to("epci", html)) == set(
        inside.exclude(epci=None).values_list("epci", flat=True).distinct()
    )
    assert len(links_to("commune", html)) == inside.count()


def test_an_epci_opens_on_its_communes(client: Client) -> None:
    html = text_of(client, "/en/territoires/epci-200044014/communes/").replace("/en/", "/")
    inside = Territory.objects.filter(kind="commune", epci="epci-200044014")
    assert sorted(set(links_to("commune", html))) == sorted(inside.values_list("pk", flat=True))


def test_a_commune_bears_the_count_of_its_list(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/communes/")
    counted = re.findall(r'href="/territoires/(commune-\d+)/">[^<]+</a> <strong>(\d+)</strong>', html)
    assert len(counted) > 3
    for id, count in counted:
        assert count_in(text_of(client, f"/?territory={id}")) == int(count)


def test_names_follow_the_alphabet_without_their_accents(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/communes/")
    letters = re.findall(r"<h3>(.)</h3>", html)
    assert letters == sorted(set(letters))
    assert all("A" <= letter <= "Z" for letter in letters)


def test_pages_of_territories_lead_there(client: Client) -> None:
    assert 'href="/territoires/departement-23/communes/"' in text_of(client, "/territoires/departement-23/")
    assert 'href="/territoires/#region-75"' in text_of(client, "/territoires/region-75/")
    assert 'id="region-75"' in text_of(client, "/territoires/")
    assert 'href="/territoires/"' in text_of(client, "/initiatives/ambiance-bois/")


def test_what_has_no_communes_to_list(client: Client) -> None:
    response = client.get("/territoires/region-75/communes/")
    assert (response.status_code, response["Location"]) == (301, "/territoires/#region-75")
    for id in ("commune-23008", "country-FR", "rien", "%00"):
        assert client.get(f"/territoires/{id}/communes/").status_code == 404


@pytest.mark.parametrize(
    # one query of each is the token that says whether anything changed
    ("path", "most"),
    [("/territoires/", 6), ("/territoires/departement-23/communes/", 5)],
)
def test_it_asks_little_of_the_database_and_for_no_polygon(client: Client, path: str, most: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        text_of(client, path)
    assert len(queries) <= most
    assert not any('"geometry"' in query["sql"] for query in queries)


# -- Sitemap -------------------------------------------------------------------------------------


def locations(client: Client, address: str, tag: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    tree = ElementTree.fromstring(response.content)
    return [each.text or "" for each in tree.findall(f"s:{tag}/s:loc", NAMES)]


def test_robots_are_told_where_the_sitemap_is(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Allow: /sitemap-" in text  # or « Disallow: /*? » would close the later pages


def test_the_sitemap_names_every_page_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_grouping("tu", "network", published=False)
    make_initiative("Tue", slug="tue", publication="draft")
    monkeypatch.setattr(sitemaps.Rows, "limit", 101)  # odd: a page may begin with the second language
    found: list[str] = []
    for file in locations(client, "/sitemap.xml", "sitemap"):
        listed = locations(client, file.removeprefix("http://testserver"), "url")
        assert 0 < len(listed) <= 101
        found += listed
    assert len(found) == len(set(found))
    paths = {address.removeprefix("http://testserver") for address in found}
    assert {"/", "/en/", "/territoires/", "/en/secteurs/energie/", "/ptce/de-fil-en-reseaux/"} <= paths
    initiatives = Initiative.objects.published().values_list("slug", flat=True)
    assert {path for path in paths if path.startswith("/initiatives/")} == {
        f"/initiatives/{slug}/" for slug in initiatives
    }
    places = {path for path in paths if re.fullmatch(r"/en/territoires/[^/]+/", path)}
    assert len(places) == Territory.objects.count()
    assert "/reseaux/tu/" not in paths


def test_each_entry_has_its_other_language(client: Client) -> None:
    tree = ElementTree.fromstring(client.get("/sitemap-sectors.xml").content)
    first = tree.findall("s:url", NAMES)[0]
    others = {each.get("hreflang"): each.get("href") for each in first.findall("x:link", NAMES)}
    assert others == {
        "fr": "http://testserver/secteurs/alimentation/",
        "en": "http://testserver/en/secteurs/alimentation/",
    }


def test_what_is_listed_is_there(client: Client) -> None:
    for section in ("pages", "ptce", "networks", "sectors"):
        for address in locations(client, f"/sitemap-{section}.xml", "url")[:4]:
            text_of(client, address.removeprefix("http://testserver"))


def test_a_file_reads_its_own_rows_only_and_no_polygon(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/sitemap-territories.xml")
    assert len(queries) <= 3
    assert all("LIMIT" in query["sql"] or "COUNT" in query["sql"] for query in queries)
    assert not any('"geometry"' in query["sql"] for query in queries)


@pytest.mark.parametrize(
    "address", ["/sitemap-rien.xml", "/sitemap-sectors.xml?p=99", "/sitemap-ptce.xml?p=x"]
)
def test_no_such_file(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_slices_of_pairs_are_those_of_the_whole() -> None:
    rows: Any = Territory.objects.filter(kind=Kind.EPCI).order_by("pk").values_list("pk")[:0]
    assert len(InEachLanguage(rows)) == 0
    rows = Territory.objects.filter(kind=Kind.EPCI).order_by("pk").values_list("pk")
    pairs = InEachLanguage(rows)
    whole = [(row, code) for row in rows for code in sitemaps.LANGUAGES]
    assert pairs[0] == whole[0]
    for start in range(6):
        for stop in range(8):
            assert pairs[start:stop] == whole[start:stop], (start, stop)
