"""Pages in the frames of other sites: the same search, an own look, no cookie, and who may frame what."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Initiative, Merge
from frontend.accents import GROUNDS, READABLE, accent, contrast, named, properties, readable, themes
from frontend.embedding import HEIGHT, HIGHEST, LONGEST_TITLE, LOWEST
from tests.factories import make_grouping
from tests.frontend.reading import count_in, every_slug, slugs_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

SEARCHES = [
    "",
    "territory=departement-23",
    "sector=energie,habitat&territory=departement-23,departement-87",
    "q=épicerie",
    "bbox=1.5,45.5,2.6,46.5",
    "near=2.17,45.95&radius=20000",
    "placed=false&ordering=-updated",
    "q=zzzzzzz",
]
FRAMED = [
    "/embed/",
    "/en/embed/?show=list&colour=blue",
    "/embed/initiatives/ambiance-bois/",
    "/embed/?bbox=x",
]


@pytest.mark.parametrize("query", SEARCHES)
@pytest.mark.parametrize("look", ["", "show=map&colour=green&title=Chez+nous"])
def test_a_frame_lists_what_the_home_page_does(client: Client, query: str, look: str) -> None:
    assert every_slug(client, f"/embed/?{query}&{look}") == every_slug(client, f"/?{query}")
    assert count_in(text_of(client, f"/embed/?{query}&{look}")) == count_in(text_of(client, f"/?{query}"))


@pytest.mark.parametrize("address", FRAMED)
def test_any_site_may_frame_it_and_it_leaves_nothing_behind(client: Client, address: str) -> None:
    response: Any = client.get(address)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == "*"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert "X-Frame-Options" not in response
    assert "Set-Cookie" not in response
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "address", ["/", "/embed/configurer/", "/initiatives/ambiance-bois/", "/rien/", "/embed/rien/", "/oembed"]
)
def test_no_site_may_frame_the_rest(client: Client, address: str) -> None:
    response: Any = client.get(address)
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_what_stays_in_the_frame_keeps_its_look(client: Client) -> None:
    html = text_of(client, "/embed/?bbox=0,40,6,50&show=map&colour=blue&title=Ici+%26+l%C3%A0")
    inside = re.findall(r'<a [^>]*href="([^"]+)" target="_self"', html)
    kept = [unescape(href) for href in inside if not href.startswith("#")]
    assert len(kept) >= 3  # the next page, the whole search, those without a place
    for href in kept:
        assert href.startswith("/embed/?")
        assert "show=map&colour=blue&title=Ici+%26+l%C3%A0" in href
        assert "<h1>Ici &amp; là</h1>" in text_of(client, href)
    assert (
        unescape(re.findall(r'data-kept="([^"]*)"', html)[0]) == "show=map&colour=blue&title=Ici+%26+l%C3%A0"
    )


def test_what_leaves_the_frame_opens_elsewhere(client: Client) -> None:
    html = text_of(client, "/en/embed/?territory=departement-23")
    assert '<base target="_blank">' in html
    assert '<a href="/en/?territory=departement-23" rel="noopener">' in html
    out = [tag for tag in re.findall(r"<a [^>]*>", html) if "target=" not in tag]
    assert all(re.search(r'href="/en/(initiatives/[^"]+/)?[?"]', tag) for tag in out)


def test_htmx_gets_the_list_alone_with_its_own_address(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/embed/?show=map"}
    response = client.get("/embed/?bbox=1,45,2,46&show=map&utm_source=x", headers=headers)
    assert response["HX-Replace-Url"] == "/embed/?bbox=1,45,2,46&show=map"
    assert b"<html" not in response.content
    assert "HX-Request" in response["Vary"]


def test_there_is_no_header_and_one_line_of_foot(client: Client) -> None:
    html = text_of(client, "/embed/")
    assert "masthead" not in html
    assert "<form" not in html
    assert html.count("<footer") == 1
    assert "ODbL 1.0" in html


def test_a_list_alone_runs_no_script(client: Client) -> None:
    assert "<script" not in text_of(client, "/embed/?show=list")
    assert "data-map-url" not in text_of(client, "/embed/?show=list")
    assert "js/embed" in text_of(client, "/embed/?show=map")


BAD = [
    ("show=carte", "Affichage"),
    ("show=%00", "Affichage"),
    ("show=" + "x" * 10_000, "Affichage"),
    ("colour=12345", "Couleur"),
    ("colour=1234567", "Couleur"),
    ("colour=rouge", "Couleur"),
    ("colour=%00", "Couleur"),
    ("colour=red;}body{display:none", "Couleur"),
    ("colour=" + "f" * 10_000, "Couleur"),
    ("title=%00", "Titre"),
    ("title=" + "x" * (LONGEST_TITLE + 1), "Titre"),
    ("bbox=1,2,3", "Zone de la carte"),
    ("q=%00", "Mots cherchés"),
    ("sector=rien", "Secteurs et activités"),
    ("cursor=%00", "Page"),
]


BAD_ON_PAGES = [
    (page, query, name)
    for page in ("/embed/", "/embed/configurer/")
    for query, name in BAD
    if (page, name) != ("/embed/configurer/", "Page")  # that one has no pages
]


@pytest.mark.parametrize(
    ("page", "query", "name"), BAD_ON_PAGES, ids=[page + query[:30] for page, query, _ in BAD_ON_PAGES]
)
def test_bad_input_is_said_and_the_rest_applied(client: Client, page: str, query: str, name: str) -> None:
    html = text_of(client, f"{page}?{query}&territory=departement-23")
    assert f"<strong>{name}</strong>" in html
    assert "territory=departement-23" in html
    assert "\x00" not in html


def test_what_is_just_right_is_not_refused(client: Client) -> None:
    good = f"show=both&show=list&colour=%23AbCdEf&title={'x' * LONGEST_TITLE}"
    assert "n’a pas été comprise" not in text_of(client, f"/embed/?{good}")
    assert "/embed/colour-abcdef.css" in text_of(client, f"/embed/?{good}")


def test_markup_in_a_title_is_text(client: Client) -> None:
    html = text_of(client, "/embed/?title=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>" in html
    assert "<script>alert" not in html
    code = text_of(client, '/embed/configurer/?title="><script>alert(1)</script>')
    assert "<script>alert" not in code


# -- Colours ------------------------------------------------------------------------------------


def test_the_stylesheet_of_a_colour(client: Client) -> None:
    response = client.get("/embed/colour-1559a8.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=86400" in response["Cache-Control"]
    assert "Set-Cookie" not in response
    light, dark = re.findall(r"--accent: (#[0-9a-f]{6});", response.content.decode())
    assert light == "#1559a8" != dark
    for wrong in ("1559a", "rouge", "1559a8f", "%0A1559a8", "x" * 5_000):
        assert client.get(f"/embed/colour-{wrong}.css").status_code == 404


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}"))
def test_any_colour_is_made_readable_in_both_themes(digits: str) -> None:
    chosen = accent(digits)
    assert chosen is not None
    for theme, colour in [("light", chosen.light), ("dark", chosen.dark)]:
        tokens = themes()[theme]
        given_properties = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", properties(colour, theme)))
        for ground in GROUNDS:
            assert contrast(given_properties["accent"], tokens[ground]) >= READABLE
            assert contrast(given_properties["accent-strong"], tokens[ground]) >= READABLE
        for filled in ("accent", "accent-strong"):
            assert contrast(given_properties["on-accent"], given_properties[filled]) >= READABLE
        assert contrast(tokens["ink"], given_properties["accent-wash"]) >= READABLE


def test_a_readable_colour_is_left_as_it_is() -> None:
    assert readable("#767676", "light") != "#767676"  # 4.5:1 on white, not on our paper
    assert readable("#686868", "light") == "#686868"
    assert readable("#8f8f8f", "dark") != "#8f8f8f"
    assert readable("#949494", "dark") == "#949494"
    assert all(chosen.light == chosen.asked for chosen in map(accent, named()) if chosen)
    assert named()["red"] == themes()["light"]["accent"]


# -- One initiative -----------------------------------------------------------------------------


def test_the_card_of_an_initiative(client: Client) -> None:
    html = text_of(client, "/en/embed/initiatives/ambiance-bois/?colour=violet")
    assert 'href="/en/initiatives/ambiance-bois/" rel="noopener">Ambiance Bois</a></h1>' in html
    assert "/embed/colour-6b3fa0.css" in html
    Merge.objects.create(slug="ancienne", target=Initiative.objects.get(slug="ambiance-bois"))
    assert ">Ambiance Bois</a></h1>" in text_of(client, "/embed/initiatives/ancienne/")


@pytest.mark.parametrize("slug", ["rien", "%00", "x" * 5_000])
def test_a_card_that_is_not_there_says_so_in_its_frame(client: Client, slug: str) -> None:
    response = client.get(f"/embed/initiatives/{slug}/")
    assert response.status_code == 404
    assert "Cette initiative n’est pas, ou n’est plus, dans l’annuaire." in response.content.decode()
    assert "X-Frame-Options" not in response
    Initiative.objects.filter(slug="ambiance-bois").update(publication="hidden")
    assert client.get("/embed/initiatives/ambiance-bois/").status_code == 404


# -- The configurator ---------------------------------------------------------------------------


def code_in(html: str) -> str:
    found = re.search(r'<textarea id="copie-code"[^>]*>([^<]*)</textarea>', html)
    assert found is not None
    return unescape(found[1])


def test_the_code_shows_what_was_composed(client: Client) -> None:
    make_grouping("reseau-essai", "network", tuple(Initiative.objects.visible()[:3]))
    query = (
        "q=&place=&sector=culture&sector=energie&network=reseau-essai"
        "&show=map&colour=&custom=%237A2D5C&title=Chez+nous&height=450&language=en"
    )
    html = text_of(client, f"/embed/configurer/?{query}")
    src = "/en/embed/?sector=culture,energie&network=reseau-essai&show=map&colour=7a2d5c&title=Chez+nous"
    code = code_in(html)
    assert unescape(code) == (
        f'<iframe src="http://testserver{src}" title="Chez nous" width="100%" height="450" loading="lazy"'
        ' style="border:0"></iframe>'
    )
    preview = re.findall(r'<iframe class="preview" src="([^"]+)" title="([^"]+)"', html)[0]
    assert (unescape(preview[0]), preview[1]) == (src, "Aperçu : Chez nous")
    assert client.get(src).status_code == 200


def test_the_link_to_the_settings_brings_them_all_back(client: Client) -> None:
    first = text_of(
        client, "/embed/configurer/?territory=departement-23&show=list&custom=7a2d5c&height=450&language=en"
    )
    link = unescape(re.findall(r'id="copie-lien" type="text" value="([^"]+)"', first)[0])
    again = text_of(client, link.removeprefix("http://testserver"))
    assert code_in(again) == code_in(first)
    assert 'value="list" checked' in again
    assert 'name="custom" type="text" maxlength="7" pattern="#?[0-9a-fA-F]{6}" value="7a2d5c"' in again
    assert 'value="450"' in again
    assert '<option value="en" lang="en" selected>' in again


@pytest.mark.parametrize(
    ("height", "taken"),
    [
        (LOWEST - 1, False),
        (LOWEST, True),
        (HIGHEST, True),
        (HIGHEST + 1, False),
        ("haut", False),
        ("9" * 400, False),
    ],
)
def test_heights_have_limits(client: Client, height: Any, taken: bool) -> None:
    html = text_of(client, f"/embed/configurer/?height={height}")
    assert f'height="{height if taken else HEIGHT}" loading' in code_in(html)
    assert ("<strong>Hauteur</strong>" in html) is not taken


def test_a_colour_that_cannot_be_read_is_said_to_be_adjusted(client: Client) -> None:
    html = text_of(client, "/embed/configurer/?custom=ffff00")
    assert "La couleur #ffff00 ne se lirait pas bien sur tous les fonds" in html
    assert "Sur fond clair : #6e6e00, plus foncée." in html
    assert "Sur fond sombre :" not in html
    assert "ne se lirait pas bien" not in text_of(client, "/embed/configurer/?custom=&colour=green")


def test_a_typed_place_leads_back_with_the_rest(client: Client) -> None:
    response = client.get("/en/embed/configurer/?place=Guéret&sector=culture&show=map&height=450")
    assert response.status_code == 302
    assert response["Location"] == (
        "/en/embed/configurer/?sector=culture&territory=commune-23096&show=map&height=450"
    )
    several = text_of(client, "/embed/configurer/?place=saint&show=map")
    assert len(re.findall(r'href="/embed/configurer/\?territory=commune-\d+&amp;show=map"', several)) > 2


def test_filters_come_off_and_the_look_stays(client: Client) -> None:
    html = text_of(client, "/embed/configurer/?territory=departement-23&sector=culture&show=list&colour=blue")
    tokens = [unescape(href) for href in re.findall(r'<a class="token" href="([^"]+)"', html)]
    assert tokens == [
        "/embed/configurer/?territory=departement-23&show=list&colour=blue",
        "/embed/configurer/?sector=culture&show=list&colour=blue",
    ]


def test_the_preview_alone_for_htmx(client: Client) -> None:
    response = client.get("/embed/configurer/?sector=culture&q=&place=", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert response["HX-Replace-Url"] == "/embed/configurer/?sector=culture"
    assert b'class="preview"' in response.content
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_the_configurator_is_found(client: Client) -> None:
    for page in ("/", "/a-propos/", "/api/docs"):
        assert "/embed/configurer/" in text_of(client, page)
    assert settings.X_FRAME_OPTIONS == "DENY"


def test_a_frame_without_results_says_so(client: Client) -> None:
    html = text_of(client, "/embed/?q=zzzzzzz")
    assert "Aucune initiative ne répond à cette recherche." in html
    assert slugs_in(html) == []
