"""The one search: one case just inside and one just outside of every border, radius and state.

The places are those drawn in conftest.py.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from pyproj import Geod

from directory.ages import to_confirm_before
from directory.models import Grouping, Initiative, Listing, ListingPick, ServedTerritory
from territories import geometry
from territories.models import CustomCommune, Kind, Territory
from tests.directory.conftest import criteria, found
from tests.factories import join

Make = Callable[..., Initiative]
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("fields", "listed"),
    [
        ({}, True),
        ({"publication": "draft"}, False),
        ({"publication": "hidden"}, False),
        ({"publication": "archived"}, False),
        ({"activity_state": "closed"}, False),
        ({"activity_state": "planned"}, False),
        ({"origin": "example"}, True),
        ({"origin": "synthetic"}, True),
    ],
)
def test_lists_hold_what_is_published_and_open(
    initiative: Make, fields: dict[str, str], listed: bool
) -> None:
    initiative("Ici", **fields)
    assert (found("") == ["Ici"]) is listed


@pytest.mark.parametrize("centre", [(2.0, 46.0), (0.0, 45.0), (179.999, -17.0), (10.0, 89.99), (-61.5, 16.2)])
def test_the_radius_is_metres_on_the_ellipsoid(initiative: Make, centre: tuple[float, float]) -> None:
    """Around each centre, in eight directions, one point 5 m inside 10 km and one 5 m outside."""
    sql = "SELECT ST_AsText(ST_Project(ST_Point(%s, %s)::geography, %s, radians(%s))::geometry)"
    with connection.cursor() as cursor:
        for bearing in range(0, 360, 45):
            for metres, name in [(9_995, "inside"), (10_005, "outside")]:
                cursor.execute(sql, [*centre, metres, bearing])
                point = Point.from_ewkt("SRID=4326;" + cursor.fetchone()[0])
                initiative(name, at=((point.x + 180) % 360 - 180, point.y))
    lon, lat = centre
    assert found(f"near={lon},{lat}&radius=10000") == ["inside"] * 8


def test_results_come_by_distance_which_is_said_in_metres(initiative: Make) -> None:
    initiative("Far", at=(2.1, 46))
    initiative("Near", at=(2.01, 46))
    initiative("Nowhere")
    rows = criteria("near=2,46&radius=200000").ordered()
    assert [row.name for row in rows] == ["Near", "Far"]
    ellipsoid = Geod(ellps="WGS84")
    for row in rows:
        assert row.distance.m == pytest.approx(
            ellipsoid.inv(2, 46, row.location.x, row.location.y)[2], abs=0.01
        )


def test_the_box_around_a_point_holds_its_circle_even_at_the_pole_and_the_antimeridian() -> None:
    assert geometry.BBox.around(geometry.Point(179.99, 0), 10_000).parts()[1][0] == -180
    assert geometry.BBox.around(geometry.Point(0, 89.99), 10_000).parts() == [
        (-180, pytest.approx(89.89, abs=0.01), 180, 90)
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (1.0, 45.0, True), (2.0, 46.0, True), (1.5, 45.5, True),
        (0.9999999, 45.5, False), (2.0000001, 45.5, False),
        (1.5, 44.9999999, False), (1.5, 46.0000001, False),
    ],
)  # fmt: skip
def test_a_box_holds_its_edges_and_not_a_centimetre_more(
    initiative: Make, lon: float, lat: float, inside: bool
) -> None:
    initiative("Ici", at=(lon, lat))
    assert (found("bbox=1,45,2,46") == ["Ici"]) is inside


@pytest.mark.parametrize("box", ["1.5,45.5,1.5,45.5", "1.5,45,1.5,46", "1,45.5,2,45.5"])
def test_a_box_may_be_a_line_or_a_point(initiative: Make, box: str) -> None:
    initiative("Ici", at=(1.5, 45.5))
    initiative("À côté", at=(1.5000001, 45.5000001))
    assert found(f"bbox={box}") == ["Ici"]


def test_a_box_may_cross_the_antimeridian(initiative: Make) -> None:
    for name, lon in [("Fidji", 179.5), ("Wallis", -178.5), ("Paris", 2.3)]:
        initiative(name, at=(lon, -15))
    assert found("bbox=179,-20,-178,-10") == ["Fidji", "Wallis"]


def test_the_meridian_of_greenwich_is_a_place_like_any_other(initiative: Make) -> None:
    initiative("Zéro", at=(0.0, 0.0))
    assert found("placed=true") == ["Zéro"]
    assert found("bbox=-1,-1,1,1") == ["Zéro"]
    assert found("near=0,0&radius=1") == ["Zéro"]


@pytest.mark.parametrize(
    ("territory", "names"),
    [
        ("commune-01001", ["Un"]),
        ("commune-01001,commune-02002", ["Quatre", "Un"]),
        ("epci-200000001", ["Deux", "Trois", "Un"]),
        ("departement-01", ["Deux", "Sans lieu", "Un"]),
        ("departement-02", ["Quatre", "Trois"]),
        ("region-99", ["Deux", "Quatre", "Sans lieu", "Trois", "Un"]),
        ("country-FR", ["Deux", "Quatre", "Sans lieu", "Trois", "Un"]),
        ("custom-rives", ["Quatre", "Un"]),
        ("custom-rives,commune-01002", ["Deux", "Quatre", "Un"]),
    ],
)
def test_established_in_a_territory_of_any_kind(
    initiative: Make, country: dict[str, Territory], territory: str, names: list[str]
) -> None:
    for name, commune in [("Un", "Ham"), ("Deux", "Bourg"), ("Trois", "Saint-Loup"), ("Quatre", "Rive")]:
        initiative(name, commune=country[commune])
    initiative("Sans lieu", departement=country["Ouestland"])
    initiative("Nulle part")
    custom = Territory.objects.create(
        id="custom-rives", kind=Kind.CUSTOM, code="rives", name="Rives", slug="rives", dated="2026-01-01"
    )
    for commune in ("Ham", "Rive"):
        CustomCommune.objects.create(territory=custom, commune=country[commune])
    assert found(f"territory={territory}") == names


def test_serving_a_territory_is_not_being_established_in_it(
    initiative: Make, country: dict[str, Territory]
) -> None:
    initiative("Ancrée", commune=country["Ham"])
    ServedTerritory.objects.create(initiative=initiative("Itinérante"), territory=country["Ham"])
    assert found("territory=commune-01001") == ["Ancrée"]
    assert found("territory=commune-01001&served=false") == ["Ancrée"]
    assert found("territory=commune-01001&served=true") == ["Ancrée", "Itinérante"]


def test_a_sector_holds_all_its_activities_and_one_that_was_not_said(initiative: Make) -> None:
    initiative("Amap", activities=[101])
    initiative("Alimentation, sans dire quoi", activities=[100])
    initiative("Énergie et amap", activities=[201, 101])
    initiative("Énergie", activities=[202])
    assert found("sector=alimentation") == ["Alimentation, sans dire quoi", "Amap", "Énergie et amap"]
    assert found("sector=alimentation--amap-paniers") == ["Amap", "Énergie et amap"]
    assert found("sector=energie,alimentation--amap-paniers") == ["Amap", "Énergie", "Énergie et amap"]


def test_members_count_once_both_sides_agreed_and_until_they_leave(initiative: Make, ptce: Grouping) -> None:
    join(ptce, initiative("Membre"))
    join(ptce, initiative("Demande"), grouping_agreed_at=None)
    join(ptce, initiative("Invitée"), member_agreed_at=None)
    join(ptce, initiative("Partie"), until="2025-01-01")
    assert found("ptce=pole") == ["Membre", "Pôle"]
    with pytest.raises(Exception, match="network"):
        criteria("network=pole")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("legal_form=scic", ["Scic"]), ("legal_form=scic,association", ["Asso", "Scic"]),
        ("example=true", ["Scic"]), ("example=false", ["Asso", "Rien"]),
        ("placed=true", ["Asso"]), ("placed=false", ["Rien", "Scic"]),
        ("testimony=true", ["Asso"]), ("testimony=false", ["Rien", "Scic"]),
        ("charter=true", ["Rien"]), ("charter=false", ["Asso", "Scic"]),
    ],
)  # fmt: skip
def test_yes_no_and_either(initiative: Make, query: str, names: list[str]) -> None:
    initiative("Scic", legal_form="scic", origin="example")
    initiative("Asso", legal_form="association", at=(0, 0), accepts_testimony=True)
    initiative("Rien", charter_signatory=True)
    assert found(query) == names


def test_days_begin_at_midnight_of_the_site(initiative: Make) -> None:
    midnight = datetime(2026, 6, 1, tzinfo=PARIS)
    initiative("Après", verified_at=midnight)
    initiative("Avant", verified_at=midnight - timedelta(seconds=1))
    initiative("Jamais")
    assert found("verified_since=2026-06-01") == ["Après"]
    assert found("verified_before=2026-06-01") == ["Avant", "Jamais"]
    assert found("verified_before=2026-06-02") == ["Après", "Avant", "Jamais"]
    Initiative.objects.filter(name="Avant").update(updated_at=midnight - timedelta(seconds=1))
    assert found("updated_since=2026-06-01") == ["Après", "Jamais"]


def test_what_a_record_lacks(initiative: Make) -> None:
    """A position that was blurred on purpose lacks nothing; either of two is enough."""
    full = {"email": "a@example.org", "summary": "Une phrase.", "at": (2, 46)}
    initiative("Complète", **full)
    initiative("Floutée", **full | {"precision": "blurred"})
    initiative("Muette", **full | {"email": ""})
    initiative("Jointe", **full | {"email": "", "website": "https://example.org"})
    initiative("Vague", **full | {"activities": [100, 200]})
    initiative("Précise", **full | {"activities": [100, 205]})
    initiative("Au bourg", **full | {"precision": "commune"})
    initiative("Nulle part", **full | {"at": None})
    initiative("Sans mot", **full | {"summary": ""})
    assert found("missing=contact") == ["Muette"]
    assert found("missing=activity") == ["Vague"]
    assert found("missing=position") == ["Au bourg", "Nulle part"]
    assert found("missing=description") == ["Sans mot"]
    assert found("missing=contact,activity") == ["Muette", "Vague"]


def test_to_be_confirmed_again_after_24_months(initiative: Make) -> None:
    """Just inside and just outside; what a person wrote counts, what an import wrote does not."""
    limit = to_confirm_before()
    within, beyond = limit + timedelta(seconds=1), limit
    written = {"at": within.isoformat(), "by": "account 3", "from": "site"}
    made = {
        "Dedans": initiative("Dedans"), "Dehors": initiative("Dehors"), "Vérifiée": initiative("Vérifiée"),
        "Écrite": initiative("Écrite", provenance={"name": written}),
        "Importée": initiative("Importée", provenance={"name": {**written, "by": "FAROS"}}),
    }  # fmt: skip
    for name, row in made.items():
        Initiative.objects.filter(pk=row.pk).update(created_at=within if name == "Dedans" else beyond)
    Initiative.objects.filter(name="Vérifiée").update(verified_at=within)
    assert found("missing=confirmation") == ["Dehors", "Importée"]


def test_hand_picked_ids_and_a_listing(initiative: Make) -> None:
    un, deux, trois = (initiative(name, activities=[201]) for name in ("Un", "Deux", "Trois"))
    assert found(f"ids={un.slug},{trois.slug}") == ["Trois", "Un"]
    initiative("Autre", activities=[301])
    live = Listing.objects.create(slug="forum", name="Forum", criteria="sector=energie")
    ListingPick.objects.create(listing=live, initiative=deux, included=False)
    ListingPick.objects.create(listing=live, initiative=Initiative.objects.get(name="Autre"))
    assert found("listing=forum") == ["Autre", "Trois", "Un"]
    assert found("listing=forum&sector=energie") == ["Trois", "Un"]
    Listing.objects.create(slug="main", name="À la main")
    assert found("listing=main") == []


def test_names_sort_without_case_nor_accents(initiative: Make) -> None:
    for name in ("zèbre", "Été", "abeille", "Étang", "Zoé"):
        initiative(name)
    assert found("") == ["abeille", "Étang", "Été", "zèbre", "Zoé"]
