"""The map and the list, as the server writes them."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from directory.models import Grouping, Initiative
from directory.querysets import InitiativeQuerySet
from frontend.choices import MOST_GROUPINGS
from territories.models import Kind, Territory
from tests.frontend.reading import count_in, every_slug, slugs_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

FILTERS = [
    "",
    "territory=departement-23",
    "territory=departement-23,departement-87&sector=culture",
    "territory=commune-23008",
    "territory=epci-200044014",
    "q=épicerie",
    "q=recyclerie&placed=true",
    "sector=energie,habitat",
    "placed=false",
    "legal_form=association&ordering=-updated",
    "bbox=1.5,45.5,2.6,46.5",
    "near=2.17,45.95&radius=20000",
    "example=false",
    "q=zzzzzzz",
]


@pytest.mark.parametrize("query", FILTERS)
def test_the_page_the_api_and_the_table_give_the_same(client: Client, query: str) -> None:
    page = text_of(client, f"/?{query}")
    api: Any = client.get(f"/api/v1/initiatives?{query}" + ("&limit=1000" if query else "limit=1000"))
    found = api.json()
    table = take(client, f"/api/v1/initiatives?{query}" + ("&format=csv" if query else "format=csv"))
    ids = [feature["id"] for feature in found["features"]]
    assert count_in(page) == found["numberMatched"] == len(ids)
    assert every_slug(client, f"/?{query}") == ids
    assert [row["id"] for row in csv.DictReader(io.StringIO(table))] == ids


def take(client: Client, address: str) -> str:
    response: Any = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")


def test_the_filters_tried_are_not_all_empty_nor_all_full(client: Client) -> None:
    counts = {query: count_in(text_of(client, f"/?{query}")) for query in FILTERS}
    assert (
        counts["territory=departement-23"]
        == Initiative.objects.filter(departement="departement-23").count()
        > 5
    )
    assert counts["q=zzzzzzz"] == counts["example=false"] == 0
    assert len(set(counts.values())) > 7


def test_what_has_no_place_is_counted_and_listed(client: Client) -> None:
    html = text_of(client, "/")
    found: InitiativeQuerySet = Initiative.objects.visible()
    placed, unplaced = found.filter(location__isnull=False).count(), found.filter(location=None).count()
    assert placed and unplaced
    assert f"{placed} sur la carte, {unplaced} sans lieu précis." in html
    assert count_in(text_of(client, "/?placed=false")) == unplaced


def test_a_box_says_how_many_it_cannot_hold_and_leads_to_them(client: Client) -> None:
    html = text_of(client, "/?bbox=1.5,45.5,2.6,46.5&q=coopérative")
    number, address = left_out(html)
    assert number == count_in(text_of(client, address)) > 0
    assert "bbox" not in address


def left_out(html: str) -> tuple[int, str]:
    address, number = re.findall(r'href="([^"]*placed=false)"[^>]*>(\d+) autres? répond', html)[0]
    return int(number), address.replace("&amp;", "&")


BAD = [
    ("bbox=1,2,3", "Zone de la carte"),
    ("bbox=NaN,1,2,3", "Zone de la carte"),
    ("bbox=" + "9" * 10_000, "Zone de la carte"),
    ("near=inf,1", "Autour d’un point"),
    ("near=2.17,45.95&radius=0", "Rayon"),
    ("near=2.17,45.95&radius=" + "9" * 400, "Rayon"),
    ("radius=5", "Rayon"),
    ("q=" + "x" * 10_000, "Mots cherchés"),
    ("q=%00", "Mots cherchés"),
    ("q=%21%21", "Mots cherchés"),
    ("sector=rien", "Secteurs et activités"),
    ("sector=%00", "Secteurs et activités"),
    ("sector=a,,b", "Secteurs et activités"),
    ("territory=departement-999", "Territoire"),
    ("territory=%00", "Territoire"),
    ("served=oui", "Territoires desservis"),
    ("ptce=rien", "PTCE"),
    ("network=%F0%9F%90%8C", "Réseau"),
    ("legal_form=sarl", "Forme juridique"),
    ("example=1", "Données d’exemple"),
    ("placed=peut-être", "Lieu connu"),
    ("verified_since=hier", "Vérifiées depuis"),
    ("updated_since=2026-02-30", "Mises à jour depuis"),
    ("ids=personne", "Initiatives choisies"),
    ("listing=rien", "Liste"),
    ("listing=%00", "Liste"),
    ("ordering=hasard", "Ordre"),
    ("ordering=distance", "Ordre"),
    ("cursor=abc", "Page"),
    ("cursor=%00", "Page"),
    ("cursor=" + "x" * 10_000, "Page"),
]


@pytest.mark.parametrize(("query", "name"), BAD, ids=[query[:30] for query, _name in BAD])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_bad_input_is_said_above_the_results(
    client: Client, query: str, name: str, headers: dict[str, str]
) -> None:
    html = text_of(client, f"/?{query}", **headers)
    assert f"<strong>{name}</strong>" in html
    if not headers:
        assert html.index('<div id="refus"') < html.index(f"<strong>{name}</strong>") < html.index("<form")
    assert slugs_in(html)
    assert "\x00" not in html


@pytest.mark.parametrize(
    "query", ["q=&sector=&bbox=&near=", "utm_source=x&fbclid=%00", "place=%00", "place=%20"]
)
def test_blanks_and_strangers_are_passed_over(client: Client, query: str) -> None:
    html = text_of(client, f"/?{query}")
    assert "n’a pas été comprise" not in html
    assert count_in(html) == Initiative.objects.visible().count()


def test_markup_in_a_value_is_text(client: Client) -> None:
    html = text_of(client, "/?q=%3Cscript%3Ealert(1)%3C/script%3E&bbox=%3Cimg%20src=x%3E&place=%3Cb%3E")
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "« &lt;b&gt; »" in html


def test_active_filters_can_be_taken_off_one_by_one(client: Client) -> None:
    html = text_of(client, "/?territory=departement-23,departement-87&served=true&sector=culture&q=bois")
    tokens = dict(
        reversed(pair) for pair in re.findall(r'<a class="token" href="([^"]+)"[^>]*>([^<]+)<svg', html)
    )
    assert set(tokens) == {
        "« bois »",
        "Culture, médias et patrimoine",
        "Creuse",
        "Haute-Vienne",
        "ou qui desservent ce territoire",
    }
    assert (
        tokens["Creuse"].replace("&amp;", "&")
        == "/?q=bois&sector=culture&territory=departement-87&served=true"
    )
    assert (
        "served"
        not in text_of(client, "/?territory=departement-23&served=true").split('class="token"')[1][:40]
    )


def test_an_order_goes_with_what_it_needs(client: Client) -> None:
    html = text_of(client, "/?q=bois&ordering=relevance&sector=habitat")
    without_words = re.findall(r'<a class="token" href="([^"]+)"[^>]*>« bois »', html)[0]
    assert without_words == "/?sector=habitat"


@pytest.mark.parametrize(
    ("typed", "territory"),
    [
        ("Guéret", "commune-23096"),
        ("gueret", "commune-23096"),
        ("23", "departement-23"),
        ("haute vienne", "departement-87"),
    ],
)
def test_a_place_typed_in_words_becomes_a_territory(client: Client, typed: str, territory: str) -> None:
    response = client.get("/", {"place": typed, "sector": "culture", "bbox": "0,0,1,1"})
    assert response.status_code == 302
    assert response["Location"] == f"/?sector=culture&territory={territory}"


def test_a_place_that_may_be_several_is_asked(client: Client) -> None:
    html = text_of(client, "/?place=saint&q=bois")
    links = re.findall(r'href="(/\?q=bois&amp;territory=commune-[^"]+)"', html)
    assert len(links) > 2
    assert "Lequel cherchez-vous ?" in html


def test_a_place_that_does_not_exist_is_said(client: Client) -> None:
    assert "Aucun lieu ne s’appelle « xyzzyxyz »" in text_of(client, "/?place=xyzzyxyz")


def test_an_example_is_flagged_on_its_card(client: Client) -> None:
    html = text_of(client, "/")
    assert html.count('<span class="flag">donnée d’exemple, à vérifier</span>') == len(slugs_in(html)) == 20


def test_one_address_answers_a_page_or_a_fragment(client: Client) -> None:
    page, fragment = client.get("/?q=bois"), client.get("/?q=bois", headers={"HX-Request": "true"})
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in fragment["Vary"]
    assert b"<html" in page.content
    assert b"<html" not in fragment.content
    assert slugs_in(page.content.decode()) == slugs_in(fragment.content.decode())


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("", "?q=bois", True),
        ("?q=bois", "?q=bois", False),
        ("?q=bois", "?q=bois&bbox=1,45,2,46", True),  # the first move
        ("?q=bois&bbox=1,45,2,46", "?q=bois&bbox=1,45,2,47", False),
        ("?q=bois&bbox=1,45,2,46", "?q=bois", True),
        ("?q=bois&bbox=1,45,2,46", "?sector=energie&bbox=1,45,2,46", True),
    ],
)
def test_a_new_search_is_a_step_and_so_is_the_first_move_of_the_map(
    client: Client, before: str, after: str, *, step: bool
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/{before}"}
    answer = client.get(f"/{after}", headers=headers)
    assert answer["HX-Push-Url" if step else "HX-Replace-Url"] == f"/{after}"
    assert answer.has_header("HX-Push-Url") is step


MOVED = "bbox=1.40625,45.58329,2.8125,46.558861"


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("", MOVED, True),
        (f"sector=energie&{MOVED}", "sector=energie", True),
        ("q=bois&cursor=x", f"q=bois&{MOVED}", True),
        ("q=bois", f"q=bois&sector=energie&{MOVED}", False),
        (None, MOVED, False),
    ],
)
def test_when_the_map_moves_sectors_are_counted_and_the_other_filters_are_left_for_later(
    client: Client, before: str | None, after: str, *, moved: bool
) -> None:
    headers = {"HX-Request": "true"}
    if before is not None:
        headers["HX-Current-URL"] = f"http://testserver/?{before}"
    page, fragment = text_of(client, f"/?{after}"), text_of(client, f"/?{after}", **headers)
    assert chips(fragment) == chips(page)
    assert any(chips(page).values())
    assert ('id="plus"' in fragment) is not moved
    later = re.findall(r'data-more="([^"]*)"', fragment)
    assert later == ([f"/filtres/?{after}".replace("&", "&amp;")] if moved else [])
    assert "data-more=" not in page
    if moved:
        assert checks(text_of(client, later[0].replace("&amp;", "&"))) == checks(page)


def chips(html: str) -> dict[str, str]:
    """The count of each sector."""
    return dict(re.findall(r'id="s-([^"]+)".*?class="chip-count">([^<]*)<', html, re.DOTALL))


def checks(html: str) -> list[tuple[str, ...]]:
    """The other filters: their name, whether they are chosen, their label and their count."""
    found = re.findall(
        r'id="([afpn]-[^"]+)"[^>]*?( checked)?> <span>([^<]*)</span> <span class="check-count">([^<]*)<', html
    )
    assert found
    return found


def test_of_thousands_of_networks_the_greatest_are_offered_and_those_chosen(client: Client) -> None:
    free = Initiative.objects.visible().exclude(pk__in=Grouping.objects.values("initiative"))
    initiatives = list(free.order_by("pk")[: MOST_GROUPINGS + 2])
    for number, runner in enumerate(initiatives):
        Grouping.objects.create(
            kind="network", slug=f"reseau-{number:02}", name=f"Réseau {number:02}", initiative=runner,
            published=True,
        )  # fmt: skip
    last = f"n-reseau-{MOST_GROUPINGS + 1}"
    few, chosen = text_of(client, "/"), text_of(client, f"/?network={last[2:]},reseau-00")
    offered = [name for name, *_rest in checks(few) if name.startswith("n-")]
    assert len(offered) == MOST_GROUPINGS
    assert last not in offered
    assert f"Les {MOST_GROUPINGS} qui comptent le plus d’initiatives." in few
    assert (last, " checked") in [(name, checked) for name, checked, *_rest in checks(chosen)]


def test_the_next_page_follows_and_a_cursor_of_another_search_is_set_aside(client: Client) -> None:
    first = text_of(client, "/")
    second = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    assert not set(slugs_in(text_of(client, second))) & set(slugs_in(first))
    elsewhere = second.replace("/?", "/?sector=culture&")
    assert "<strong>Page</strong>" in text_of(client, elsewhere)


def test_in_english_under_its_own_address(client: Client) -> None:
    html = text_of(client, "/en/?territory=departement-23")
    assert '<html lang="en">' in html
    assert "Food and farming" in html
    assert 'href="/en/initiatives/' in html
    assert 'href="/?territory=departement-23" hreflang="fr"' in html
    assert 'rel="canonical" href="http://testserver/en/?territory=departement-23"' in html
    assert 'hreflang="en" href="http://testserver/en/?territory=departement-23"' in html
    assert 'hreflang="fr" href="http://testserver/?territory=departement-23"' in html


def test_the_addresses_declared_are_those_of_the_search_and_not_of_its_page(client: Client) -> None:
    second = re.findall(r'rel="next" href="([^"]+)"', text_of(client, "/?utm_source=x"))[0]
    html = text_of(client, second.replace("&amp;", "&"))
    assert 'rel="canonical" href="http://testserver/"' in html
    assert 'hreflang="en" href="http://testserver/en/"' in html
    assert re.search(r'<a id="langue" href="/en/\?cursor=[^"]+"', html)


def test_a_fragment_brings_the_title_the_addresses_and_the_other_language(client: Client) -> None:
    fragment = text_of(client, "/?q=&territory=departement-23&sector=", **{"HX-Request": "true"})
    assert "<title>Initiatives : Creuse" in fragment
    swapped = re.findall(r"<(?:a|link)[^>]*hx-swap-oob[^>]*>", fragment)
    found = [dict(re.findall(r' (id|href)="([^"]+)"', tag)) for tag in swapped]
    assert {tag["id"]: tag["href"] for tag in found} == {
        "adresse": "http://testserver/?territory=departement-23",
        "adresse-fr": "http://testserver/?territory=departement-23",
        "adresse-en": "http://testserver/en/?territory=departement-23",
        "langue": "/en/?territory=departement-23",
        "adresse-oembed": (
            "http://testserver/oembed?url=http%3A%2F%2Ftestserver%2F%3Fterritory%3Ddepartement-23"
        ),
    }


def test_nothing_here_leads_to_what_is_around(client: Client) -> None:
    html = text_of(client, "/?territory=commune-23008&sector=culture,energie")
    assert count_in(html) == 0
    around = re.findall(r'<a href="([^"]+)" hx-get[^>]*>(\d+) initiatives? : ([^<]+)</a>', html)
    assert "Creuse" in [name for _href, _count, name in around]
    counts = [int(count) for _href, count, _name in around]
    assert counts == sorted(set(counts))
    for href, count, _name in around:
        assert count_in(text_of(client, href.replace("&amp;", "&"))) == int(count) > 0
    assert "Aux alentours" not in text_of(client, "/?territory=departement-23")


def test_only_territories_with_an_outline_are_pointed_out(client: Client) -> None:
    Territory.objects.create(
        id="commune-97801", kind=Kind.COMMUNE, code="97801", name="Saint-Martin", slug="saint-martin"
    )
    html = text_of(client, "/?territory=commune-97801,departement-23")
    assert 'data-territories="departement-23"' in html


def test_where_the_map_opens(client: Client) -> None:
    def extent(query: str) -> list[float]:
        found = re.findall(r'data-extent="([^"]+)"', text_of(client, f"/?{query}"))[0]
        return [float(edge) for edge in found.split(",")]

    assert extent("") == [-5.2, 41.3, 9.6, 51.1]
    west, south, east, north = extent("territory=departement-23")
    assert 1.3 < west < 1.5 and 45.6 < south < 45.7 and 2.5 < east < 2.7 and 46.4 < north < 46.5
    west, south, east, north = extent("near=2.17,45.95&radius=10000")
    assert west < 2.17 - 0.12 and east > 2.17 + 0.12 and east - west < 0.4
    assert south < 45.87 and north > 46.03


def test_a_page_asks_as_much_of_the_database_for_twenty_as_for_one(
    client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(14):
        text_of(client, "/")
    with django_assert_max_num_queries(23):  # one commune, nothing there: what is around is counted
        text_of(client, "/?territory=commune-23008&sector=culture")
    with django_assert_max_num_queries(16):
        text_of(client, "/?territory=departement-23&sector=culture")


def test_the_concept_is_defined_in_the_words_of_those_who_named_it(client: Client) -> None:
    definition = (
        "« Un Circuit court économique et solidaire (CCES) est une forme d'échange économique valorisant"
        " le lien social, la coopération, la transparence et l'équité entre les acteurs de l'échange. »"
    )
    assert definition in client.get("/").text
