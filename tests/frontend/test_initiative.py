"""The page of an initiative."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from itertools import combinations
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client

from accounts.models import User
from directory.models import Initiative, Link, LinkKind, Merge, ServedTerritory, Source, SourceRecord
from tests.factories import make_commune, make_grouping, make_initiative, make_territory
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bourg(taxonomy: None) -> Any:
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
    with django_assert_max_num_queries(17):
        text_of(client, "/initiatives/l-atelier/")


def linked(html: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.S)
    return [json.loads(each) for each in found]


def test_linked_data_tells_where_since_when_and_with_whom(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(
        founded="2011-04-02", founded_precision="month", street="1, rue du Four", legal_form="scop"
    )
    make_grouping("un-reseau", "network", (atelier,), name="Un réseau")
    make_grouping("pas-encore", "network", published=False)
    ServedTerritory.objects.create(initiative=atelier, territory=make_commune("23002", "Ahun"))
    about, trail = linked(text_of(client, "/initiatives/l-atelier/?utm_source=x"))
    assert about["@type"] == "LocalBusiness"
    assert about["@id"] == about["url"] == "http://testserver/initiatives/l-atelier/"
    assert about["sameAs"] == ["https://www.atelier.example/"]
    assert about["foundingDate"] == "2011-04"
    assert about["telephone"] == "0555000000"
    assert about["address"]["streetAddress"] == "1, rue du Four"
    assert (about["geo"]["longitude"], about["geo"]["latitude"]) == (1.75, 45.95)
    assert about["areaServed"] == [{"@type": "AdministrativeArea", "name": "Ahun"}]
    assert about["memberOf"] == [
        {"@type": "Organization", "name": "Un réseau", "url": "http://testserver/reseaux/un-reseau/"}
    ]
    assert [step["name"] for step in trail["itemListElement"]] == ["Creuse", "Bourganeuf", "L’Atelier"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"legal_form": "association", "street": "1, rue du Four"}, "NGO"),
        ({"legal_form": "public"}, "GovernmentOrganization"),
        ({"legal_form": "scop", "street": "1, rue du Four"}, "LocalBusiness"),
        ({"legal_form": "scop", "street": ""}, "Organization"),
        ({"legal_form": "scop", "street": "1, rue du Four", "precision": "blurred"}, "Organization"),
    ],
)
def test_linked_data_calls_a_business_what_one_can_go_to(
    client: Client, atelier: Initiative, fields: dict[str, str], kind: str
) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(**fields)
    about = linked(text_of(client, "/initiatives/l-atelier/"))[0]
    assert about["@type"] == kind
    assert ("geo" in about or "location" in about) == (fields.get("precision") != "blurred")


def test_an_itinerary_leads_as_near_as_the_point_is_known(client: Client, atelier: Initiative) -> None:
    html = text_of(client, "/initiatives/l-atelier/")
    assert (
        'rel="noopener" href="https://www.openstreetmap.org/directions?route=%3B45.950000%2C1.750000"' in html
    )
    assert 'href="geo:45.950000,1.750000?q=45.950000%2C1.750000"' in html
    assert "Itinéraire (OpenStreetMap)" in html
    Initiative.objects.filter(pk=atelier.pk).update(precision="commune")
    assert "Itinéraire vers la commune (OpenStreetMap)" in text_of(client, "/initiatives/l-atelier/")
    Initiative.objects.filter(pk=atelier.pk).update(precision="blurred")
    assert "Itinéraire" not in text_of(client, "/initiatives/l-atelier/"), "a blurred place is not led to"
    Initiative.objects.filter(pk=atelier.pk).update(precision="", location=None)
    assert "Itinéraire" not in text_of(client, "/initiatives/l-atelier/")


def test_the_longitude_of_greenwich_is_a_place(client: Client, atelier: Initiative) -> None:
    Initiative.objects.filter(pk=atelier.pk).update(location="SRID=4326;POINT(0 45)")
    assert 'href="geo:45.000000,0.000000?' in text_of(client, "/initiatives/l-atelier/")


def test_sources_are_named_with_their_licence(client: Client, atelier: Initiative) -> None:
    source = Source.objects.create(
        slug="annuaire",
        name="Annuaire des ateliers",
        url="https://annuaire.example/",
        licence="Licence Ouverte 2.0",
    )
    seen = datetime(2026, 3, 4, 12, tzinfo=UTC)
    SourceRecord.objects.create(
        initiative=atelier, source=source, external_id="7", first_seen=seen, last_seen=seen
    )
    text = re.sub(r"<[^>]+>", "", text_of(client, "/initiatives/l-atelier/"))
    assert "Annuaire des ateliers, Licence Ouverte 2.0 vue le 4 mars 2026" in text
    assert "base Maillage : ODbL 1.0" in text


def test_who_verified_is_an_account_and_is_not_named(client: Client, atelier: Initiative) -> None:
    person = User.objects.create_user("moderation@example.org", name="Nom de la personne")
    Initiative.objects.filter(pk=atelier.pk).update(verified_at=datetime.now(UTC), verified_by=person)
    html = text_of(client, "/initiatives/l-atelier/")
    assert "vérifié le" in html
    assert "Nom de la personne" not in html
    assert "moderation@" not in html


def test_it_can_be_shared_without_a_script(client: Client, atelier: Initiative) -> None:
    html = text_of(client, "/en/initiatives/l-atelier/?q=a")
    plain = "http://testserver/en/initiatives/l-atelier/"
    assert f'<a class="breakable" href="{plain}">{plain}</a>' in html
    mail = unescape(re.findall(r'href="(mailto:[^"]+)"', html)[0])
    assert mail == f"mailto:?subject=L%E2%80%99Atelier&body={quote(plain, safe='')}"
    assert re.search(r"<li data-scripted hidden><button[^>]*data-share-link", html)
    assert f"<span data-print-address>{plain}</span>" in html


def link(atelier: Initiative, kind: LinkKind, name: str, inward: bool = False) -> None:
    other = make_initiative(name)
    ends = (other, atelier) if inward else (atelier, other)
    Link.objects.create(origin=ends[0], target=ends[1], kind=kind)


def drawn(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.findall(r'<svg class="circuit".*?</svg>', html, flags=re.S)[0])


def test_links_are_drawn_with_the_way_they_go(client: Client, atelier: Initiative) -> None:
    assert 'class="circuit"' not in text_of(client, "/initiatives/l-atelier/")
    link(atelier, LinkKind.SUPPLIES, "Reçoit & mange")
    link(atelier, LinkKind.SUPPLIES, "Donne", inward=True)
    link(atelier, LinkKind.PARTNERS, "Partage")
    svg = drawn(text_of(client, "/initiatives/l-atelier/"))
    assert len(svg.findall("a")) == 3
    assert len([path for path in svg.iter("path") if path.get("class") == "circuit-head"]) == 4
    tops = {each.get("aria-label"): float(each.find("rect").get("y")) for each in svg.findall("a")}  # type: ignore
    heart = float(svg.find("rect").get("y"))  # type: ignore
    assert tops["L’Atelier est fournie par Donne"] < heart < tops["L’Atelier fournit Reçoit & mange"]
    assert tops["L’Atelier est partenaire de Partage"] > heart


def test_the_drawing_has_twelve_links_and_says_how_many_more(client: Client, atelier: Initiative) -> None:
    for n in range(12):
        link(atelier, LinkKind.HOSTS, f"Hébergée {n}", inward=n % 2 == 0)
    html = text_of(client, "/initiatives/l-atelier/")
    assert len(drawn(html).findall("a")) == 12
    assert "dans la liste" not in html
    for n in range(2):
        link(atelier, LinkKind.HOSTS, f"Une de plus {n}")
    html = text_of(client, "/initiatives/l-atelier/")
    assert len(drawn(html).findall("a")) == 12
    assert "et 2 autres, dans la liste" in html
    assert html.count("L’Atelier héberge <a") + html.count("L’Atelier est hébergée par <a") == 14


def test_nothing_of_the_drawing_runs_over_its_edges_or_another_box(
    client: Client, atelier: Initiative
) -> None:
    for n, kind in enumerate([*LinkKind, *LinkKind]):
        link(atelier, kind, "Un nom aussi long que possible " * (n % 3 + 1), inward=n % 2 == 0)
    svg = drawn(text_of(client, "/initiatives/l-atelier/"))
    _left, _top, wide, tall = (float(each) for each in svg.get("viewBox", "").split())
    boxes = [
        [float(rect.get(name)) for name in ("x", "y", "width", "height")]  # type: ignore
        for rect in svg.iter("rect")
    ]
    for x, y, w, h in boxes:
        assert 0 <= x < x + w <= wide
        assert 0 <= y < y + h <= tall
    for one, other in combinations(boxes, 2):
        apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        assert apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
