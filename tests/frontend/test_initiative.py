"""The page of an initiative."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from directory.models import Initiative, Link, LinkKind, Merge
from directory.taxonomy import load_taxonomy
from tests.factories import make_commune, make_grouping, make_initiative, make_territory
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bourg() -> Any:
    load_taxonomy()
    above = make_territory("departement", "23", "Creuse", box=(1, 45, 3, 47))
    return make_commune("23030", "Bourganeuf", box=(1.7, 45.9, 1.8, 46), departement=above)


@pytest.fixture
def atelier(bourg: Any) -> Initiative:
    return make_initiative(
        "L’Atelier", at=(1.75, 45.95), slug="l-atelier", commune=bourg, activities=[701, 501],
        summary="Répare et partage.", website="https://www.atelier.example/", phone="0555000000",
        email="bonjour@atelier.example", source="site de l’atelier", precision="street",
    )  # fmt: skip


def test_it_says_what_where_and_how_to_get_in_touch(client: Client, atelier: Initiative) -> None:
    html = text_of(client, "/initiatives/l-atelier/")
    assert "<h1>L’Atelier</h1>" in html
    assert "Répare et partage." in html
    assert 'href="tel:+33555000000">05' in html
    assert 'href="https://www.atelier.example/">atelier.example</a>' in html
    assert "Précision du point : rue." in html
    assert 'href="/territoires/commune-23030/"' in html
    assert 'href="/territoires/departement-23/"' in html
    assert html.count('class="tag tag-link') == 2
    assert "à vérifier" in html


def test_no_electronic_address_in_the_source(client: Client, atelier: Initiative) -> None:
    assert "bonjour@" not in text_of(client, "/initiatives/l-atelier/")


def test_where_is_drawn(client: Client, atelier: Initiative) -> None:
    html = text_of(client, "/initiatives/l-atelier/")
    assert html.count('<path class="drawing-') == 2
    x, y = re.findall(r'class="drawing-dot" cx="([\d.]+)" cy="([\d.]+)"', html)[0]
    # the dot is inside the commune that is drawn around it
    corners = re.findall(
        r"([\d.]+) ([\d.]+)", re.findall(r'class="drawing-figure"[^>]* d="([^"]+)"', html)[0]
    )
    xs, ys = [float(a) for a, _b in corners], [float(b) for _a, b in corners]
    assert min(xs) < float(x) < max(xs)
    assert min(ys) < float(y) < max(ys)


def test_verified_says_when(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(verified_at=datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert "vérifié le 4 mars 2026" in text_of(client, "/initiatives/l-atelier/")


def test_what_was_never_published_is_not_there(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(publication="draft")
    assert client.get("/initiatives/l-atelier/").status_code == 404


@pytest.mark.parametrize("publication", ["hidden", "archived"])
@pytest.mark.parametrize("slug", ["l-atelier", "ancien-atelier"])
def test_what_was_withdrawn_is_gone_with_all_it_said_and_a_way_on(
    client: Client, atelier: Initiative, publication: str, slug: str
) -> None:
    Merge.objects.create(slug="ancien-atelier", target=atelier)
    Initiative.objects.filter(pk=atelier.pk).update(publication=publication, name="Nom unique et secret")
    response = client.get(f"/initiatives/{slug}/")
    html = response.content.decode()
    assert response.status_code == 410
    assert "Cette initiative n’est plus dans l’annuaire" in html
    assert not any(told in html for told in ("secret", atelier.summary or "—", "atelier"))
    assert 'name="q"' in html and f'href="/territoires/{atelier.departement_id}/"' in html


def test_closed_stays_readable_and_says_so(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(
        activity_state="closed", closed="2024-01-01", closed_precision="year"
    )
    html = text_of(client, "/initiatives/l-atelier/")
    assert "Cette initiative a fermé." in html
    assert "Fermeture : 2024." in html


def test_a_merged_name_leads_to_the_one_kept(client: Client, atelier: Initiative) -> None:
    Merge.objects.create(slug="ancien-atelier", target=atelier)
    response = client.get("/en/initiatives/ancien-atelier/")
    assert response.status_code == 301
    assert response["Location"] == "/en/initiatives/l-atelier/"


@pytest.mark.parametrize("slug", ["rien", "%00", "a" * 5_000, "../../etc", "é"])
def test_nothing_there_is_a_plain_404(client: Client, bourg: Any, slug: str) -> None:
    response = client.get(f"/initiatives/{slug}/")
    assert response.status_code == 404
    assert "Il n’y a rien à cette adresse" in response.content.decode()


def test_linked_data_holds_and_cannot_break_out(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(name="</script><b>&", summary="\u2028 « é » \"'")
    html = text_of(client, "/initiatives/l-atelier/")
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.S)
    data = json.loads(found[0])
    assert data["name"] == "</script><b>&"
    assert data["description"] == "\u2028 « é » \"'"
    assert data["location"]["geo"]["longitude"] == 1.75
    assert "email" not in data


def test_links_are_sentences_seen_from_both_ends(client: Client, atelier: Initiative) -> None:
    other = make_initiative("La Ferme", slug="la-ferme")
    hidden = make_initiative("Cachée", slug="cachee", publication="hidden")
    Link.objects.create(origin=other, target=atelier, kind=LinkKind.SUPPLIES)
    Link.objects.create(origin=atelier, target=hidden, kind=LinkKind.HOSTS)
    here = re.sub(r"<[^>]+>", "", text_of(client, "/initiatives/l-atelier/"))
    there = re.sub(r"<[^>]+>", "", text_of(client, "/initiatives/la-ferme/"))
    assert "L’Atelier est fournie par La Ferme." in here
    assert "La Ferme fournit L’Atelier." in there
    assert "Cachée" not in here


def test_groupings_lead_to_their_members(client: Client, atelier: Initiative) -> None:
    make_grouping("un-pole", "ptce", (atelier,))
    make_grouping("un-reseau", "network", (atelier,))
    html = text_of(client, "/initiatives/l-atelier/")
    assert 'href="/ptce/un-pole/"' in html
    assert 'href="/reseaux/un-reseau/"' in html


def test_an_example_says_so(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(origin="example")
    html = text_of(client, "/initiatives/l-atelier/")
    assert "Donnée d’exemple, à vérifier" in html
    assert "ceux que dit la source, à sa date ; à vérifier" in html
    assert "Mise à jour" not in html


def test_the_date_of_what_an_organisation_told_is_said(client: Client, atelier: Initiative) -> None:
    assert "<dt>Mise à jour</dt>" in text_of(client, "/initiatives/l-atelier/")


def test_other_languages_are_declared(client: Client, atelier: Initiative) -> None:
    html = text_of(client, "/en/initiatives/l-atelier/")
    assert '<link rel="canonical" href="http://testserver/en/initiatives/l-atelier/"' in html
    assert '<link rel="alternate" hreflang="fr" href="http://testserver/initiatives/l-atelier/"' in html


def test_one_page_asks_little_of_the_database(
    client: Client, atelier: Initiative, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        text_of(client, "/initiatives/l-atelier/")
