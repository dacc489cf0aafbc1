"""All of France, loaded once for these tests and rolled back."""

from collections.abc import Iterator

import pytest
import shapely
from django.db import connection, transaction
from django.db.models import F, Sum
from pytest_django import DjangoDbBlocker

from territories import official
from territories.coverage import approximate_km2
from territories.drafts import BANDS
from territories.gazetteer import BEGINNING, locate, resolve, suggest
from territories.geometry import Point
from territories.loading import Report, france_is_loaded, load_france
from territories.models import Territory, TerritoryChange, TerritoryOutline
from tests.plans import plan

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def report(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Report]:
    with django_db_blocker.unblock(), transaction.atomic():
        loaded = load_france()
        connection.check_constraints()  # now, or every test would check the whole load when it ends
        yield loaded
        transaction.set_rollback(True)


def outlines(kind: str) -> dict[str, shapely.MultiPolygon]:
    rows = Territory.objects.with_geometry().of_kind(kind).exclude(geometry=None)
    return {row.pk: shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows}


def holes_in(outline: shapely.MultiPolygon) -> list[shapely.Polygon]:
    return [shapely.Polygon(ring) for part in outline.geoms for ring in part.interiors]


def test_counts(report: Report) -> None:
    assert report.counts == {
        "country": (1, 1),
        "region": (26, 18),
        "departement": (109, 101),
        "epci": (1_255, 1_255),
        "commune": (34_969, 34_871),
        "arrondissement": (45, 45),
    }
    assert report.written.created == sum(every for every, _drawn in report.counts.values())
    assert france_is_loaded()


def test_what_has_no_outline_says_so() -> None:
    bare = Territory.objects.without_geometry()
    assert set(bare.values_list("outline_note", flat=True)) == {"absent", "detached"}
    detached = bare.filter(outline_note="detached")
    assert set(detached.values_list("code", flat=True)) == {"15031", "15035", "15047", "15171"}
    neussargues = Territory.objects.get(pk="commune-15141")
    for commune in detached:
        assert commune.chief_place == neussargues.chief_place
        assert commune.chief_place_source == "elsewhere"
    absent = bare.of_kind("commune").filter(outline_note="absent")
    assert absent.count() == absent.filter(departement__status="com").count() == 94
    assert not absent.exclude(chief_place=None).exists()


def test_the_four_built_communes() -> None:
    """Their areas by Insee, in km²."""
    known = {"12218": 106.8, "14581": 46.6, "49126": 157.7, "69114": 13.6}
    for code, area in known.items():
        commune = Territory.objects.get(pk=f"commune-{code}")
        assert commune.outline_note == "built"
        assert commune.area_km2 == pytest.approx(area, rel=0.02)


def test_every_listed_hole_is_filled_by_its_commune() -> None:
    for hole in official.holes():
        found = locate(Point(hole.point.x, hole.point.y))
        if hole.foreign:
            assert found is None
        else:
            assert found is not None
            assert hole.commune in ("", found.code)


def test_the_spanish_enclave_is_the_only_hole_in_the_country() -> None:
    holes = holes_in(outlines("country")["country-FR"])
    (llivia,) = [hole for hole in holes if approximate_km2(hole) > 1e-6]
    assert approximate_km2(llivia) == pytest.approx(12.9, abs=0.2)
    assert llivia.covers(shapely.Point(1.974, 42.473))


def test_communes_are_one_coverage() -> None:
    cells = outlines("commune")
    assert shapely.coverage_is_valid(list(cells.values()))
    assert all(part.exterior.is_ccw for cell in cells.values() for part in cell.geoms)


@pytest.mark.parametrize("kind", ["region", "departement", "epci"])
def test_holes_of_larger_territories_are_true_enclaves(kind: str) -> None:
    """What is inside a hole belongs to another territory of that kind, to none, or to Spain."""
    communes = dict(Territory.objects.of_kind("commune").values_list("pk", f"{kind}_id"))
    enclaves = 0
    for identifier, outline in outlines(kind).items():
        for hole in holes_in(outline):
            inside = shapely.point_on_surface(hole)
            found = locate(Point(inside.x, inside.y))
            enclaves += 1
            if found is None:
                assert approximate_km2(hole) == pytest.approx(12.9, abs=0.2)
            else:
                assert communes[found.pk] != identifier
    assert enclaves > 0


def test_the_enclave_of_the_popes_is_vauclusian() -> None:
    """Valréas (84) lies inside Drôme (26)."""
    valreas = Territory.objects.get(pk="commune-84138")
    assert valreas.departement_id == "departement-84"
    assert len(outlines("departement")["departement-84"].geoms) >= 2


@pytest.mark.parametrize("link", ["country", "region", "departement", "epci"])
def test_populations_and_areas_are_sums(link: str) -> None:
    communes = Territory.objects.of_kind("commune").exclude(**{link: None}).order_by()
    for row in communes.values(link).annotate(people=Sum("population"), km2=Sum("area_km2")):
        whole = Territory.objects.get(pk=row[link])
        assert whole.population == row["people"]
        if row["km2"] is not None:
            assert whole.area_km2 == pytest.approx(row["km2"], rel=1e-4)


def test_the_country() -> None:
    france = Territory.objects.get(pk="country-FR")
    assert france.population == 68_952_941
    assert france.area_km2 == pytest.approx(638_000, rel=0.01)
    assert france.chief_place == Territory.objects.get(pk="commune-75056").chief_place


def test_chief_places_are_in_their_outlines() -> None:
    drawn = Territory.objects.of_kind("commune", "arrondissement").exclude(geometry=None)
    assert not drawn.exclude(chief_place__coveredby=F("geometry")).exists()
    assert drawn.filter(chief_place_source="town_hall").count() > 32_800


def test_arrondissements_fill_their_communes() -> None:
    cells, wholes = outlines("arrondissement"), outlines("commune")
    for code in ("75056", "69123", "13055"):
        members = Territory.objects.of_kind("arrondissement").filter(commune=f"commune-{code}")
        parts = [cells[member.pk] for member in members]
        assert shapely.union_all(parts).symmetric_difference(wholes[f"commune-{code}"]).area < 1e-9


@pytest.mark.parametrize("band", sorted(BANDS))
@pytest.mark.parametrize("kind", ["commune", "epci", "departement", "region"])
def test_simplified_neighbours_leave_no_sliver(kind: str, band: int) -> None:
    rows = TerritoryOutline.objects.filter(band=band, territory__kind=kind)
    cells = [shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows]
    assert len(cells) == Territory.objects.of_kind(kind).exclude(geometry=None).count()
    assert shapely.coverage_is_valid(cells)
    assert not shapely.is_empty(cells).any()


def test_known_points() -> None:
    for lon, lat, code in (
        (2.1697, 45.9560, "23008"),
        (2.3640, 48.9630, "93066"),
        (55.4504, -20.8789, "97411"),
    ):
        found = locate(Point(lon, lat))
        assert found is not None
        assert found.code == code
    assert locate(Point(-20, 40)) is None


def test_former_codes_lead_to_present_communes() -> None:
    assert TerritoryChange.objects.count() == 1_992
    communes = set(Territory.objects.of_kind("commune").values_list("code", flat=True))
    for change in TerritoryChange.objects.all():
        assert change.code not in communes
        assert change.successor_id.removeprefix("commune-") in communes
    assert resolve("commune-49069").name == "Orée d'Anjou"


def test_suggestions() -> None:
    expected = {
        "paris": "commune-75056",
        "Paris 18e": "arrondissement-75118",
        "lyon 3eme": "arrondissement-69383",
        "st denis 93": "commune-93066",
        "St-Étienne": "commune-42218",
        "marsseile": "commune-13055",
        "l’hay les roses": "commune-94038",
        "champtoceaux": "commune-49126",
        "2A": "departement-2A",
        "974": "departement-974",
        "bretagne": "region-53",
        "toulouse métropole": "epci-243100518",
        "Aubusson": "commune-23008",
    }
    assert {text: suggest(text)[0].id for text in expected} == expected
    assert suggest("75116")[0].ids == ("arrondissement-75116",)


@pytest.mark.parametrize("text", ["bor", "aubu", "paris 1", "saint-ju"])
def test_a_prefix_is_read_from_its_index(text: str) -> None:
    assert "place_name_prefix" in plan(BEGINNING, {"text": text, "limit": 10}, of="territories_placename")
