"""What networks show where a page is shared: a few words, and a picture drawn by the server."""

import re
import struct
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.cache import caches
from django.test import Client

from directory.models import Initiative
from frontend import covers
from frontend.covers import COLUMN, MOST_LINES, SANS, SERIF, SIZES, Cover, broken, fitted, svg_of, width_of
from printing.palette import palette
from tests.factories import make_commune, make_grouping, make_initiative, make_territory
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db

PAGES = {
    "/initiatives/l-atelier/": "/initiatives/l-atelier/image.png",
    "/territoires/departement-23/": "/territoires/departement-23/image.png",
    "/ptce/un-pole/": "/ptce/un-pole/image.png",
    "/reseaux/un-reseau/": "/reseaux/un-reseau/image.png",
    "/secteurs/energie/": "/secteurs/energie/image.png",
}
WITHOUT = ["/", "/territoires/", "/glossaire/", "/donnees-personnelles/"]


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    country = make_territory("country", "FR", "France", box=(0, 44, 4, 48))
    creuse = make_territory("departement", "23", "Creuse", box=(1, 45, 3, 47), country=country)
    bourg = make_commune("23030", "Bourganeuf", box=(1.7, 45.9, 1.8, 46), departement=creuse, country=country)
    made = make_initiative(
        "L’Atelier & <amis>", at=(1.75, 45.95), slug="l-atelier", commune=bourg, summary="Répare « tout »."
    )
    make_grouping("un-pole", "ptce", (made,))
    make_grouping("un-reseau", "network", (made,))
    return made


@pytest.fixture(autouse=True)
def _no_picture_kept() -> Iterator[None]:
    caches["pictures"].clear()
    yield
    caches["pictures"].clear()


def told(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html)
    assert len(found) == len(dict(found)), "each is said once"
    return {name: unescape(value) for name, value in found}


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])  # type: ignore[return-value]


def test_an_initiative_says_what_it_is(client: Client, atelier: Initiative) -> None:
    said = told(text_of(client, "/en/initiatives/l-atelier/"))
    assert said["og:title"] == "L’Atelier & <amis>"
    assert said["og:description"] == "Répare « tout »."
    assert said["og:url"] == "http://testserver/en/initiatives/l-atelier/"
    assert (said["og:locale"], said["og:locale:alternate"]) == ("en_GB", "fr_FR")
    assert said["og:type"] == "article"
    assert said["twitter:card"] == "summary_large_image"
    assert "L’Atelier & <amis>" in said["og:image:alt"]


@pytest.mark.parametrize(("page", "picture"), PAGES.items())
def test_each_thing_has_its_own_picture(client: Client, atelier: Initiative, page: str, picture: str) -> None:
    said = told(text_of(client, page))
    assert said["og:image"] == f"http://testserver{picture}"
    response = client.get(picture)
    assert response["Content-Type"] == "image/png"
    assert (
        size_of(response.content)
        == (int(said["og:image:width"]), int(said["og:image:height"]))
        == (1200, 630)
    )
    assert told(text_of(client, "/en" + page))["og:image"] == f"http://testserver/en{picture}"


@pytest.mark.parametrize("page", WITHOUT)
def test_other_pages_have_the_picture_of_the_site(client: Client, atelier: Initiative, page: str) -> None:
    said = told(text_of(client, page))
    assert re.fullmatch(r"http://testserver/static/img/cover\.[0-9a-f]{12}\.png", said["og:image"])
    assert said["og:title"]
    assert "\n" not in said["og:title"] + said["og:description"]


def test_the_picture_of_the_site_has_the_size_that_is_told() -> None:
    held = Path(settings.BASE_DIR) / "frontend" / "static" / "img" / "cover.png"
    assert size_of(held.read_bytes()) == (1200, 630)


def test_what_is_not_there_says_nothing_and_has_no_picture(client: Client, atelier: Initiative) -> None:
    assert "og:" not in client.get("/rien/").content.decode()
    Initiative.objects.update(publication="hidden")
    for picture in (
        "/initiatives/l-atelier/image.png",
        "/initiatives/%00/image.png",
        "/territoires/commune-99999/image.png",
        "/territoires/%00/image.png",
        "/ptce/%00/image.png",
        "/ptce/un-reseau/image.png",
        "/secteurs/rien/image.png",
        f"/secteurs/{'a' * 5_000}/image.png",
    ):
        assert client.get(picture).status_code == 404, picture


def test_a_picture_is_kept_until_what_it_shows_changes(client: Client, atelier: Initiative) -> None:
    address = "/initiatives/l-atelier/image.png"
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=86400"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Initiative.objects.update(name="Autre nom")
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_picture_is_drawn_once(client: Client, atelier: Initiative, monkeypatch: Any) -> None:
    drawn: list[str] = []
    render = covers.rendered
    monkeypatch.setattr(covers, "rendered", lambda svg: drawn.append(svg) or render(svg))
    bodies = {client.get("/initiatives/l-atelier/image.png").content for _time in range(3)}
    assert (len(drawn), len(bodies)) == (1, 1)


def test_while_others_are_drawn_the_picture_of_the_site_stands_in(
    client: Client, atelier: Initiative, monkeypatch: Any
) -> None:
    monkeypatch.setattr(covers, "PATIENCE", 0.01)
    with covers.drawing_one:
        response = client.get("/initiatives/l-atelier/image.png")
    assert response.status_code == 302
    assert response["Location"].startswith("/static/img/cover.")
    assert response["Cache-Control"] == "no-store"
    assert client.get("/initiatives/l-atelier/image.png").status_code == 200


def test_the_map_on_it_shows_the_commune_and_the_point(client: Client, atelier: Initiative) -> None:
    before = client.get("/initiatives/l-atelier/image.png").content
    Initiative.objects.update(location=Point(2.5, 46.5, srid=4326))
    assert client.get("/initiatives/l-atelier/image.png").content != before


@pytest.mark.parametrize(
    "name",
    [
        "Le",
        "GRAP (Groupement régional alimentaire de proximité)",
        "Anticonstitutionnellement" * 10,
        "L’association des amis " * 40,
        "W" * 200,
        "",
    ],
)
def test_a_name_stays_in_its_column(name: str) -> None:
    size, lines = fitted(name, SERIF, COLUMN, SIZES, MOST_LINES)
    assert 1 <= len(lines) <= MOST_LINES
    assert all(width_of(line, size, SERIF) <= COLUMN for line in lines)


def test_words_are_not_cut_where_they_fit() -> None:
    assert broken("un deux trois", 10, SANS, width_of("un deux", 10, SANS)) == ["un deux", "trois"]
    assert broken("un deux", 10, SANS, width_of("un deux", 10, SANS) - 0.1) == ["un", "deux"]
    size, lines = fitted("mot " * 200, SERIF, COLUMN, SIZES, MOST_LINES)
    assert (size, lines[-1][-1]) == (SIZES[-1], "…")


@pytest.mark.parametrize("name", ["<script>&\"'", "a\x0b\x1fb\ufffe\ud800c", "🌱 épicerie", "\u202e"])
def test_any_name_makes_a_picture(name: str) -> None:
    svg = svg_of(Cover(name, place=name, label=name, icon="zap", sector="energie"))
    ElementTree.fromstring(svg)
    assert size_of(covers.rendered(svg)) == (1200, 630)


def test_colours_are_those_of_the_style_sheets() -> None:
    assert palette()["sector-energie"] != palette()["sector-culture"]
    svg = svg_of(Cover("L’Atelier", icon="zap", sector="energie"))
    assert palette()["sector-energie"] in svg
    assert 'fill=""' not in svg
    assert 'stroke=""' not in svg
