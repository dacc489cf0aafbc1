"""The page of a territory, on real ones."""

import json
import re

import pytest
from django.test import Client

from directory.models import Initiative
from territories.models import Kind, Territory
from tests.factories import make_former_commune, make_initiative, make_territory
from tests.frontend.reading import count_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

SOME = ["departement-23", "commune-23008", "epci-200044014", "region-75", "country-FR", "commune-87085"]


@pytest.mark.parametrize("id", SOME)
def test_it_counts_as_the_list_and_the_api_do(client: Client, id: str) -> None:
    html = text_of(client, f"/territoires/{id}/")
    listed = count_in(text_of(client, f"/?territory={id}"))
    matched = client.get(f"/api/v1/initiatives?territory={id}&limit=1").json()["numberMatched"]
    counted = re.findall(rf'<a href="/\?territory={id}">(\d+)</a>', html)
    assert int(counted[0]) == listed == matched


def test_it_counts_by_sector_as_the_list_does(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/")
    bars = re.findall(
        r'<a href="(/\?territory=departement-23&amp;sector=[a-z]+)">.*?class="bars-count">(\d+)<',
        html,
        flags=re.S,
    )
    assert len(bars) > 3
    for address, count in bars:
        assert count_in(text_of(client, address.replace("&amp;", "&"))) == int(count)


def test_key_figures_carry_their_source(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/")
    creuse = Territory.objects.get(pk="departement-23")
    assert creuse.population is not None
    assert re.search(rf"{creuse.population:,}".replace(",", r"\s"), html)
    assert creuse.population_edition in html
    assert re.search(r"5\s599\skm²", html)
    assert creuse.source in html.replace("&#x27;", "'")


def test_what_encloses_it_is_linked(client: Client) -> None:
    html = text_of(client, "/territoires/commune-23008/")
    for id in ("country-FR", "region-75", "departement-23"):
        assert f'href="/territoires/{id}/"' in html


def test_neighbours_are_linked(client: Client) -> None:
    html = text_of(client, "/territoires/commune-23008/").partition("Territoires voisins")[2]
    assert 'href="/territoires/commune-23024/"' in html  # Blessac
    assert 'href="/territoires/commune-87085/"' not in html  # Limoges
    assert "Territoires voisins" not in text_of(client, "/territoires/country-FR/")


def test_it_is_drawn_in_what_frames_it(client: Client) -> None:
    html = text_of(client, "/territoires/commune-23008/")
    assert 'class="drawing-ground"' in html
    assert 'class="drawing-figure"' in html


def test_the_country_is_drawn_by_its_mainland(client: Client) -> None:
    html = text_of(client, "/territoires/country-FR/")
    ground = re.findall(r'class="drawing-ground"[^>]* d="([^"]+)"', html)[0]
    corners = [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", ground)]
    inside = [x for x, y in corners if 0 <= x <= 320 and 0 <= y <= 400]
    assert len(inside) > 3
    # Creuse and Haute-Vienne, all there is of the country here, are where they are in the mainland
    assert 90 < min(inside) < max(inside) < 190
    assert html.count('class="drawing-dot"') > 1


def test_the_overseas_are_drawn_beside_the_country(client: Client) -> None:
    far = make_territory("departement", "974", "La Réunion", box=(55.2, -21.4, 55.8, -20.9))
    make_initiative("Là-bas", at=(55.5, -21.1), departement=far)
    html = text_of(client, "/territoires/country-FR/")
    inset = html.split('class="insets"')[1].split("</ul>")[0]
    assert 'href="/territoires/departement-974/"' in inset
    assert inset.count("<svg") == inset.count('class="drawing-ground"') == 1
    assert "insets" not in text_of(client, "/territoires/departement-23/")


def test_a_commune_without_initiatives_leads_to_what_is_around(client: Client) -> None:
    html = text_of(client, "/territoires/commune-23008/")
    count = count_in(text_of(client, "/?territory=departement-23"))
    assert f'<a href="/?territory=departement-23">{count} initiatives : Creuse</a>' in html


def test_dots_are_the_places_of_its_initiatives(client: Client) -> None:
    html = text_of(client, "/territoires/departement-23/")
    placed = Initiative.objects.visible().filter(departement="departement-23", location__isnull=False)
    places = {point.coords for point in placed.values_list("location", flat=True)}
    assert html.count('class="drawing-dot"') == len(places) > 3


def test_a_former_commune_leads_to_the_present_one(client: Client) -> None:
    make_former_commune("23999", "Ancienne", Territory.objects.get(pk="commune-23008"))
    response = client.get("/territoires/commune-23999/")
    assert response.status_code == 301
    assert response["Location"] == "/territoires/commune-23008/"


def test_a_territory_without_outline_says_why(client: Client) -> None:
    Territory.objects.create(
        id="commune-98611", kind=Kind.COMMUNE, code="98611", name="Alo", slug="alo", outline_note="absent"
    )
    html = text_of(client, "/territoires/commune-98611/")
    assert "Aucun contour dans les données ouvertes utilisées." in html
    assert '<svg class="drawing"' not in html
    assert "Aucune initiative n’est encore inscrite ici." in html


@pytest.mark.parametrize("id", ["departement-999", "rien", "%00", "x" * 4_000, "commune-23008x", "é"])
def test_nothing_there_is_a_plain_404(client: Client, id: str) -> None:
    assert client.get(f"/territoires/{id}/").status_code == 404


def test_a_page_asks_little_of_the_database(client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(21):  # type: ignore[operator]
        text_of(client, "/territoires/departement-23/")


def test_search_engines_read_where_it_is_and_the_way_down_to_it(client: Client) -> None:
    html = text_of(client, "/en/territoires/commune-23008/")
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.S)
    place, trail = (json.loads(each) for each in found)
    assert (place["@type"], place["identifier"]) == ("AdministrativeArea", "23008")
    assert place["url"] == "http://testserver/en/territoires/commune-23008/"
    south, west, north, east = (float(edge) for edge in place["geo"]["box"].split())
    aubusson = Territory.objects.get(pk="commune-23008").chief_place
    assert aubusson is not None
    assert south < aubusson.y < north
    assert west < aubusson.x < east
    steps = [step["item"].rstrip("/").rpartition("/")[2] for step in trail["itemListElement"]]
    assert steps[:3] == ["country-FR", "region-75", "departement-23"]
    assert steps[-1] == "commune-23008"
    assert place["containedInPlace"]["url"].endswith(f"/{steps[-2]}/")
    country = text_of(client, "/territoires/country-FR/")
    assert '"@type": "Country"' in country
    assert "containedInPlace" not in country


def test_two_initiatives_that_a_drawing_cannot_tell_apart_are_one_dot(client: Client) -> None:
    made = make_territory(Kind.DEPARTEMENT, "9X", "Carré", box=(0, 0, 6.4, 6.4))  # 640 cells of 0.01°
    for lon in (3.001, 3.004, 3.021):
        make_initiative(at=(lon, 3), departement=made)
    html = text_of(client, "/territoires/departement-9X/")
    assert html.count('class="drawing-dot"') == 2
    assert count_in(text_of(client, "/?territory=departement-9X")) == 3
