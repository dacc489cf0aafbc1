"""The pages of a PTCE, of a network and of a sector."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from directory.models import Grouping, PtceStatus
from tests.factories import join, make_commune, make_grouping, make_initiative, make_territory
from tests.frontend.reading import count_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def creuse(taxonomy: None) -> Any:
    return make_territory("departement", "23", "Creuse", box=(1, 45, 3, 47))


@pytest.fixture
def pole(creuse: Any) -> Grouping:
    """A PTCE with two members and one that runs it; three more whose membership is not in force."""
    bourg = make_commune("23030", "Bourganeuf", box=(1.7, 45.9, 1.8, 46), departement=creuse)
    runs = make_initiative("La Maison", slug="la-maison", at=(1.75, 45.95), commune=bourg)
    members = (
        make_initiative("Le Four", slug="le-four", at=(1.71, 45.91), commune=bourg),
        make_initiative("Le Moulin", slug="le-moulin"),
    )
    made = make_grouping("pole", "ptce", members, name="Le Pôle", initiative=runs, perimeter=creuse)
    join(made, make_initiative("Pas encore", slug="pas-encore"), member_agreed_at=None)
    join(made, make_initiative("Partie", slug="partie"), until=date(2024, 1, 1))
    join(made, make_initiative("Cachée", slug="cachee", publication="hidden"))
    return made


def figures(html: str) -> list[int]:
    return [int(text) for text in re.findall(r"<dd>(?:<a [^>]+>)?(\d+)(?:</a>)?<span", html)]


def test_it_counts_as_the_list_and_the_api_do(client: Client, pole: Grouping) -> None:
    html = text_of(client, "/ptce/pole/")
    found, members = figures(html)
    assert found == count_in(text_of(client, "/?ptce=pole")) == 3
    assert members == client.get("/api/v1/ptces/pole").json()["members"] == 2
    assert 'href="/?ptce=pole"' in html
    assert 'href="/api/v1/ptces/pole"' in html


def test_members_in_force_only(client: Client, pole: Grouping) -> None:
    html = text_of(client, "/ptce/pole/")
    for name in ("La Maison", "Le Four", "Le Moulin"):
        assert name in html
    for name in ("Pas encore", "Partie", "Cachée"):
        assert name not in html


def test_where_it_is_and_who_runs_it(client: Client, pole: Grouping) -> None:
    html = text_of(client, "/ptce/pole/")
    assert 'href="/territoires/departement-23/"' in html
    assert html.count('href="/initiatives/la-maison/"') == 2  # in the list and as the one that runs it
    assert html.count('class="drawing-dot"') == 2
    assert "Un point par lieu : Creuse." in html


def test_what_falls_outside_its_perimeter_is_counted(client: Client, pole: Grouping) -> None:
    join(pole, make_initiative("Au loin", at=(5, 44)))
    html = text_of(client, "/ptce/pole/")
    assert html.count('class="drawing-dot"') == 2
    assert "1 lieu est hors du cadre." in html


def test_a_status_carries_its_year_and_its_source(client: Client, pole: Grouping) -> None:
    assert "Aucun statut n’est connu de Maillage" in text_of(client, "/ptce/pole/")
    PtceStatus.objects.create(grouping=pole, year=2021, status="émergent", source="liste du ministère")
    html = text_of(client, "/ptce/pole/")
    assert re.search(r"<dt>2021</dt><dd>émergent .*Source : liste du ministère", html)
    assert "Aucun statut" not in html


def test_what_is_not_known_is_said(client: Client, creuse: Any) -> None:
    hidden = make_initiative("Cachée", publication="draft")
    make_grouping("vide", "network", initiative=hidden, name="Vide")
    html = text_of(client, "/reseaux/vide/")
    assert "Son périmètre n’est pas renseigné." in html
    assert "L’initiative qui l’anime n’est pas renseignée." in html
    assert "Aucune adhésion n’est encore confirmée des deux côtés." in html
    assert "Cachée" not in html
    assert "Reconnaissance" not in html  # a network has no such status


@pytest.mark.parametrize(
    "path", ["/reseaux/pole/", "/ptce/rien/", "/ptce/%00/", "/reseaux/é/", f"/ptce/{'a' * 5_000}/",
             "/secteurs/rien/", "/secteurs/%00/"],
)  # fmt: skip
def test_nothing_there_is_a_plain_404(client: Client, pole: Grouping, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "Il n’y a rien à cette adresse" in response.content.decode()


def test_what_is_not_published_is_not_there(client: Client, pole: Grouping) -> None:
    Grouping.objects.update(published=False, updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert client.get("/ptce/pole/").status_code == 404


def test_other_pages_lead_to_it(client: Client, pole: Grouping) -> None:
    assert 'href="/en/ptce/pole/"' in text_of(client, "/en/initiatives/le-four/")
    assert 'href="/ptce/pole/"' in text_of(client, "/territoires/departement-23/")


def test_a_sector_counts_as_the_list_does(client: Client, pole: Grouping) -> None:
    make_initiative("Deux fois", activities=[103, 202])
    html = text_of(client, "/secteurs/alimentation/")
    assert figures(html) == [count_in(text_of(client, "/?sector=alimentation"))]
    buttons = re.findall(r'<a class="button" href="(/\?sector=[a-z-]+--[a-z-]+)">(\d+) initiative', html)
    assert len(buttons) == 2
    for address, count in buttons:
        assert count_in(text_of(client, address)) == int(count)
    assert 'id="alimentation--jardins"' in html


def test_an_activity_leads_to_its_place_on_the_page_of_its_sector(client: Client, creuse: Any) -> None:
    response = client.get("/en/secteurs/alimentation--jardins/")
    assert response.status_code == 301
    assert response["Location"] == "/en/secteurs/alimentation/#alimentation--jardins"


def test_an_initiative_leads_to_its_sectors(client: Client, pole: Grouping) -> None:
    assert 'href="/secteurs/alimentation/"' in text_of(client, "/initiatives/le-four/")


@pytest.mark.parametrize(("path", "most"), [("/ptce/pole/", 14), ("/secteurs/alimentation/", 18)])
def test_a_page_asks_little_of_the_database(
    client: Client, pole: Grouping, django_assert_max_num_queries: Any, path: str, most: int
) -> None:
    for _time in range(5):
        join(pole, make_initiative())
    with django_assert_max_num_queries(most):
        text_of(client, path)
