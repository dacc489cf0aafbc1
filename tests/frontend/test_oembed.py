"""oEmbed: from the address of a page to the frame that shows it elsewhere."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client, override_settings

from directory.models import Initiative, Merge
from tests.factories import make_grouping
from tests.frontend.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

SITE = "http://testserver"


def ask(client: Client, url: str, more: str = "") -> Any:
    return client.get(f"/oembed?url={quote(url, safe='')}{more}")


def frame_of(told: dict[str, Any]) -> tuple[str, str]:
    """Address and accessible name of the frame."""
    pattern = (
        r'<iframe src="([^"]+)" title="([^"]+)" width="\d+" height="\d+" loading="lazy" style=.*></iframe>'
    )
    found = re.fullmatch(pattern, told["html"])
    assert found is not None, told["html"]
    return unescape(found[1]).removeprefix(SITE), unescape(found[2])


@pytest.fixture
def groupings() -> None:
    make_grouping("pole-essai", "ptce", name="Pôle d’essai")
    make_grouping("reseau-essai", "network", name="Réseau d’essai")


PAGES = [
    ("/", "/embed/", "Les initiatives de Maillage"),
    ("/en/", "/en/embed/", "The initiatives of Maillage"),
    ("/?q=&sector=culture&territory=departement-23", "/embed/?sector=culture&territory=departement-23",
     "Initiatives : Culture, médias et patrimoine, Creuse"),
    ("/territoires/departement-23/", "/embed/?territory=departement-23", "Initiatives : Creuse"),
    ("/en/territoires/departement-23/", "/en/embed/?territory=departement-23", "Initiatives: Creuse"),
    ("/ptce/pole-essai/", "/embed/?ptce=pole-essai", "Initiatives : Pôle d’essai"),
    ("/reseaux/reseau-essai/", "/embed/?network=reseau-essai", "Initiatives : Réseau d’essai"),
    ("/secteurs/culture/", "/embed/?sector=culture", "Initiatives : Culture, médias et patrimoine"),
    ("/en/secteurs/alimentation/", "/en/embed/?sector=alimentation", "Initiatives: Food and farming"),
    ("/initiatives/ambiance-bois/", "/embed/initiatives/ambiance-bois/", "Ambiance Bois"),
    ("/embed/initiatives/ambiance-bois/", "/embed/initiatives/ambiance-bois/", "Ambiance Bois"),
    ("/embed/?show=map&colour=blue&title=Ici", "/embed/?show=map&colour=blue&title=Ici", "Ici"),
]  # fmt: skip


@pytest.mark.usefixtures("groupings")
@pytest.mark.parametrize(("page", "address", "title"), PAGES, ids=[page for page, *_ in PAGES])
def test_a_page_has_its_frame(client: Client, page: str, address: str, title: str) -> None:
    response = ask(client, SITE + page)
    assert response.status_code == 200
    told = response.json()
    assert (told["version"], told["type"], told["provider_name"]) == ("1.0", "rich", "Maillage")
    assert told["provider_url"] == f"{SITE}/"
    assert told["title"] == title
    assert frame_of(told) == (address, title)
    assert client.get(address).status_code == 200


def test_a_frame_is_no_larger_than_asked(client: Client) -> None:
    usual = ask(client, f"{SITE}/").json()
    assert (usual["width"], usual["height"]) == (800, 600)
    smaller = ask(client, f"{SITE}/", "&maxwidth=799&maxheight=599").json()
    assert (smaller["width"], smaller["height"]) == (799, 599)
    assert 'width="799" height="599"' in smaller["html"]
    larger = ask(client, f"{SITE}/", "&maxwidth=801&maxheight=601").json()
    assert (larger["width"], larger["height"]) == (800, 600)


@pytest.mark.parametrize(
    "url",
    [
        "https://ailleurs.example.org/", "http://testserver.example.org/", "http://testserver@evil.example.org/",
        "http://testserver:81/", "//testserver/", "/", "ftp://testserver/", "javascript:alert(1)", "http://[::1",
        f"{SITE}/a-propos/", f"{SITE}/rien/", f"{SITE}/territoires/", f"{SITE}/territoires/departement-999/",
        f"{SITE}/ptce/rien/", f"{SITE}/reseaux/rien/", f"{SITE}/secteurs/rien/", f"{SITE}/initiatives/rien/",
        f"{SITE}/initiatives/%00/", f"{SITE}/secteurs/%00/", f"{SITE}/territoires/%00/", f"{SITE}/de/",
        f"{SITE}/api/v1/initiatives", f"{SITE}/embed/configurer/", f"{SITE}/admin/",
    ],
)  # fmt: skip
def test_what_is_not_a_page_of_ours_has_none(client: Client, url: str) -> None:
    assert ask(client, url).status_code == 404


def test_what_is_not_published_has_none(client: Client) -> None:
    Initiative.objects.filter(slug="ambiance-bois").update(publication="hidden")
    make_grouping("brouillon", published=False)
    assert ask(client, f"{SITE}/initiatives/ambiance-bois/").status_code == 404
    assert ask(client, f"{SITE}/ptce/brouillon/").status_code == 404


def test_a_merged_initiative_shows_the_one_it_went_into(client: Client) -> None:
    Merge.objects.create(slug="ancienne", target=Initiative.objects.get(slug="ambiance-bois"))
    told = ask(client, f"{SITE}/initiatives/ancienne/").json()
    assert frame_of(told)[0] == "/embed/initiatives/ambiance-bois/"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url=", 400),
        ("url=%00", 400),
        ("url=http://testserver/&maxwidth=0", 400),
        ("url=http://testserver/&maxheight=beaucoup", 400),
        ("url=http://testserver/&maxwidth=" + "9" * 400, 400),
        ("url=http://testserver/" + "x" * 10_000, 400),
        ("url=http://testserver/&format=xml", 501),
        ("url=http://testserver/&format=%00", 400),
        ("url=http://testserver/&format=json", 200),
        ("url=http://testserver/&theme=dark&lang=fr", 200),
        ("url=http://ailleurs.example.org/&url=http://testserver/", 200),
        ("url=http://testserver/%3Fq%3D%2500%26bbox%3D1", 200),
    ],
)
def test_what_cannot_be_answered_is_said(client: Client, query: str, status: int) -> None:
    response = client.get(f"/oembed?{query}")
    assert response.status_code == status
    if status == 400:
        assert next(iter(response.json()["error"])) in ("url", "maxwidth", "maxheight", "format")


def test_any_page_may_read_it_and_no_one_may_write(client: Client) -> None:
    response = ask(client, f"{SITE}/")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"] == "application/json"
    assert "Set-Cookie" not in response
    assert ask(client, "http://ailleurs.example.org/")["Access-Control-Allow-Origin"] == "*"
    assert client.post("/oembed").status_code == 405


@override_settings(ALLOWED_HOSTS=["carte.example.org"])
def test_the_host_that_was_asked_is_ours(client: Client) -> None:
    asked = {"Host": "carte.example.org"}
    assert client.get("/oembed?url=http://carte.example.org/", headers=asked).status_code == 200
    assert client.get("/oembed?url=https://carte.example.org/", headers=asked).status_code == 200
    assert client.get("/oembed?url=http://testserver/", headers=asked).status_code == 404


@pytest.mark.usefixtures("groupings")
@pytest.mark.parametrize("page", [page for page, *_ in PAGES])
def test_every_such_page_says_where_to_ask(client: Client, page: str) -> None:
    html = text_of(client, page)
    link = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', html)
    assert link is not None
    parts = urlsplit(unescape(link[1]))
    told = client.get(f"{parts.path}?{parts.query}").json()
    assert told == ask(client, SITE + page).json()


def test_other_pages_do_not(client: Client) -> None:
    assert "json+oembed" not in text_of(client, "/a-propos/")
    assert b"json+oembed" not in client.get("/initiatives/rien/").content
