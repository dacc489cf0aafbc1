"""The diagnosis as a page: what a reader finds in it, asks of it, and is refused."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from diagnosis import counting
from diagnosis.sheet import ORDER
from territories.models import Territory
from tests.diagnosis.conftest import country as country
from tests.diagnosis.conftest import draw_country, scatter
from tests.factories import make_commune, make_initiative, make_territory
from tests.kept import Rows, bring

pytestmark = pytest.mark.django_db
COUNTED: Rows = {}
CREUSE = "/territoires/departement-23/diagnostic/"


@pytest.fixture
def counted(taxonomy: None) -> dict[str, Territory]:
    bring(COUNTED, count)
    return {each.name: each for each in Territory.objects.all()}


def count() -> None:
    scatter(draw_country(), 90, 5)
    counting.count_everything()


def words(html: str) -> str:
    """What is read on a page, on one line, without the spaces that lines do not break at."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_the_twelve_chapters_follow_one_another(client: Client, counted: dict[str, Territory]) -> None:
    html = page(client, CREUSE)
    numbers = re.findall(r'<h2 id="\w+-titre"><span class="chapter-number">(\d+)</span>', html)
    assert numbers == [str(n) for n in range(1, 13)]
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    assert len(re.findall(r'id="([^"]+)"', html)) == len(anchors), "an id twice"
    for chart in re.findall(r'<svg class="chart chart-([\w-]+)"', html):
        after = html.partition(f'<svg class="chart chart-{chart}"')[2].partition("</section>")[0]
        assert "<table" in after, f"{chart} is not followed by its table"
    assert f'href="{CREUSE}"' in page(client, "/territoires/departement-23/")


@pytest.mark.parametrize("many", [0, 1, 12])
def test_every_territory_has_its_page(client: Client, country: dict[str, Territory], many: int) -> None:
    """With nothing, with little, with enough to compare; every message leads to a figure of the page."""
    for _number in range(many):
        make_initiative(commune=country["Felletin"], at=(2.05, 45.85))
    counting.count_everything()
    for name in ("Creuse", "Entre deux", "Région", "France", "Felletin", "Gioux"):
        html = page(client, f"/territoires/{country[name].pk}/diagnostic/")
        anchors = set(re.findall(r'id="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors, name
        assert set(re.findall(r'href="/indicateurs/#([^"]+)"', html)) <= set(ORDER)
        assert ("Aucune initiative n’est connue ici" in words(html)) == (many == 0 or name == "Gioux")


def test_a_commune_is_read_at_each_scale(client: Client, counted: dict[str, Territory]) -> None:
    html = page(client, f"/territoires/{counted['Felletin'].pk}/diagnostic/?sector=energie")
    scales = html.partition('class="scales"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', scales) == [
        f"/territoires/{counted[name].pk}/diagnostic/?sector=energie"
        for name in ("Felletin", "Entre deux", "Creuse", "Région", "France")
    ]
    over = page(client, f"/territoires/{counted['Entre deux'].pk}/diagnostic/").partition('class="scales"')[2]
    assert 'href="/territoires/departement-23/diagnostic/"' in over.partition("</nav>")[0]  # for most of it


def test_one_sector_is_looked_at_closely(client: Client, counted: dict[str, Territory]) -> None:
    html = page(client, CREUSE + "?sector=energie")
    assert 'id="secteur"' in html and "De près : Énergie" in words(html)
    assert 'id="secteur"' not in page(client, CREUSE)


def test_an_unknown_sector_is_said_above_the_whole(client: Client, counted: dict[str, Territory]) -> None:
    html = page(client, CREUSE + "?sector=rien%00&autre=1")
    assert "Aucun secteur ne s’appelle « rien »" in words(html) and 'id="methode"' in html


def test_peers_are_swapped_and_the_address_can_be_shared(
    client: Client, counted: dict[str, Territory]
) -> None:
    sent = client.get(CREUSE, {"peers": ["departement-19", "departement-19"], "sector": "energie"})
    assert sent.status_code == 302
    assert sent["Location"] == CREUSE + "?sector=energie&peers=departement-19"
    html = page(client, sent["Location"])
    kept = re.findall(r'<input type="checkbox" name="peers" value="([^"]+)" checked>', html)
    assert kept == ["departement-19"]


def test_a_peer_is_added_by_its_name(client: Client, counted: dict[str, Territory]) -> None:
    added = client.get(CREUSE, {"add": "corrèze"})
    assert (added.status_code, added["Location"]) == (302, CREUSE + "?peers=departement-19")
    assert "Aucun territoire de cette nature (département) ne s’appelle « Felletin »" in words(
        page(client, CREUSE + "?add=Felletin")
    )


def test_namesakes_are_offered_as_peers(client: Client, counted: dict[str, Territory]) -> None:
    for code in ("19901", "19902"):
        make_commune(code, "Saint-Pierre", departement=counted["Corrèze"], population=100)
    html = page(
        client, f"/territoires/{counted['Gioux'].pk}/diagnostic/?add=saint-pierre&peers=commune-19159"
    )
    assert "peut désigner plusieurs territoires" in words(html)
    for code in ("19901", "19902"):
        assert f"?peers=commune-19159,commune-{code}#semblables" in html


def test_peers_that_cannot_be_read_do_not_break_the_page(
    client: Client, counted: dict[str, Territory]
) -> None:
    for peers in ("rien", "x" * 9_000, "departement-23", ",,,", "%00", "departement-99,'"):
        response = client.get(f"{CREUSE}?peers={peers}&peers={peers}", follow=True)
        assert response.status_code == 200 and 'id="methode"' in response.content.decode()
    assert "Aucun territoire n’a l’identifiant « rien »" in words(page(client, f"{CREUSE}?peers=rien"))


def test_a_peer_is_of_the_same_kind(client: Client, counted: dict[str, Territory]) -> None:
    """A région, or a commune of it, would be counted with its départements."""
    html = words(page(client, f"{CREUSE}?peers=region-75,commune-23091,departement-19"))
    assert html.count("ne se compare pas à ce territoire") == 2


def test_ten_peers_at_most(client: Client, counted: dict[str, Territory]) -> None:
    ids = [make_territory("departement", f"8{n}", f"D{n}", population=900).pk for n in range(10)]
    counting.count_everything()
    assert "Dix territoires au plus" not in page(client, f"{CREUSE}?peers={','.join(ids)}")
    html = page(client, f"{CREUSE}?peers={','.join([*ids, 'departement-19'])}")
    assert "Dix territoires au plus" in html and 'value="departement-19" checked' not in html


def test_an_unknown_territory_has_none(client: Client, counted: dict[str, Territory]) -> None:
    page(client, "/territoires/departement-99/diagnostic/", 404)
    page(client, "/territoires/" + "x" * 400 + "/diagnostic/", 404)


def test_before_anything_was_counted_the_page_says_so(client: Client, country: dict[str, Territory]) -> None:
    assert "ne sont pas encore comptés" in words(page(client, CREUSE, 503))
    compared = "/diagnostic/comparer/?a=departement-23&b=departement-19"
    assert "ne sont pas encore comptés" in words(page(client, compared, 503))


def test_examples_are_said_to_be_examples(client: Client, country: dict[str, Territory]) -> None:
    make_initiative(commune=country["Felletin"], origin="example")
    make_initiative(commune=country["Felletin"])
    counting.count_everything()
    assert "1 initiative d’exemple entre dans ces chiffres" in words(page(client, CREUSE))
    assert "d’exemple" not in words(page(client, f"/territoires/{country['Gioux'].pk}/diagnostic/"))


# -- Coming to it ---------------------------------------------------------------------------------


def test_a_commune_is_offered_at_each_scale_and_a_departement_at_once(
    client: Client, counted: dict[str, Territory]
) -> None:
    html = page(client, "/diagnostic/?place=felletin")
    for name in ("Felletin", "Entre deux", "Creuse", "Région", "France"):
        assert f'href="/territoires/{counted[name].pk}/diagnostic/"' in html
    assert client.get("/diagnostic/?place=creuse")["Location"] == CREUSE


def test_a_place_that_nobody_knows(client: Client, counted: dict[str, Territory]) -> None:
    assert "Aucun lieu ne s’appelle « qwxz »" in words(page(client, "/diagnostic/?place=qwxz%00"))
    page(client, "/diagnostic/?place=" + "é" * 5_000)
    assert "Aucun lieu" not in page(client, "/diagnostic/")


def test_two_territories_side_by_side(client: Client, counted: dict[str, Territory]) -> None:
    named = client.get("/diagnostic/comparer/?first=creuse&second=corrèze")
    assert named["Location"] == "/diagnostic/comparer/?a=departement-23&b=departement-19"
    html = page(client, named["Location"])
    rows = re.findall(r"<tr><th scope=\"row\">Initiatives établies ici</th>(.*?)</tr>", html)
    shown = [int(cell) for cell in re.findall(r">(\d+)<", rows[0])]
    for territory, count in zip(("Creuse", "Corrèze"), shown, strict=True):
        own = words(page(client, f"/territoires/{counted[territory].pk}/diagnostic/"))
        assert f"Initiatives connues {count} " in own


def test_a_pair_that_cannot_be_read_is_asked_again(client: Client, counted: dict[str, Territory]) -> None:
    html = words(page(client, "/diagnostic/comparer/?a=rien&b=departement-19&second=qwxz"))
    assert "Aucun territoire n’a l’identifiant « rien »" in html and "ne s’appelle « qwxz »" in html
    assert "Les indicateurs, face à face" not in html


def test_every_indicator_has_its_sheet(client: Client, db: None) -> None:
    html = page(client, "/indicateurs/")
    assert all(f'<section class="chapter" id="{code}"' in html for code in ORDER)
    assert "Territories that are alike" not in html and "similar" in page(client, "/en/indicateurs/")
