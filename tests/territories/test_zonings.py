"""Territories from a file."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from shapely import box

from territories.custom import refresh_customs
from territories.gazetteer import locate
from territories.geometry import Point
from territories.models import Territory, TerritoryOutline
from tests.formats.test_geodata import write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]


def load(path: Path, **options: Any) -> None:
    given = {
        "kind": "custom",
        "code": "code",
        "name": "nom",
        "dated": date(2026, 1, 1),
        "verbosity": 0,
        **options,
    }
    call_command("load_territories", file=path, **given)


def refusal(path: Path, **options: Any) -> str:
    before = Territory.objects.count()
    with pytest.raises(CommandError) as caught:
        load(path, **options)
    assert Territory.objects.count() == before
    return str(caught.value)


def test_a_zoning_is_the_communes_whose_chief_place_is_inside(tmp_path: Path) -> None:
    """One zone ends just west of Aubusson's chief place, the other just east of it."""
    place = Territory.objects.get(pk="commune-23008").chief_place
    zones = [
        box(place.x - 0.5, place.y - 0.2, place.x - 1e-6, place.y + 0.2),
        box(place.x - 1e-6, place.y - 0.2, place.x + 0.5, place.y + 0.2),
    ]
    agent = get_user_model().objects.create_user("agent@example.org")
    path = write(tmp_path / "zones.gpkg", zones, code=["O", "É 1"], nom=["Ouest", "Est"])
    load(path, source="a source", owner="AGENT@example.org")
    west, east = Territory.objects.get(pk="custom-o"), Territory.objects.get(pk="custom-e-1")
    expected = {
        commune.pk
        for commune in Territory.objects.of_kind("commune")
        if zones[1].covers(shapely.Point(commune.chief_place.x, commune.chief_place.y))
    }
    assert set(east.communes.values_list("pk", flat=True)) == expected
    assert "commune-23008" in expected
    assert not west.communes.filter(pk="commune-23008").exists()
    assert (east.name, east.source, east.owner, east.dated) == ("Est", "a source", agent, date(2026, 1, 1))
    assert refresh_customs() == 2


def test_a_zone_without_commune_refuses_the_whole_file(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.geojson", [box(2, 45.8, 2.3, 46), box(-30, 40, -29, 41)])
    assert "in 'Guéret' (row 2)" in refusal(path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"code": "insee"}, "'insee'"),
        ({"name": "label"}, "'label'"),
        ({"code": ""}, "--code"),
        ({"name": None}, "--name"),
        ({"kind": None}, "--kind"),
        ({"dated": None}, "--dated"),
        ({"owner": "nobody@example.org"}, "--owner"),
        ({"kind": "commune"}, "--country"),
        ({"kind": "commune", "country": "be"}, "--country"),
        ({"kind": "commune", "country": "BE", "parent": ["region"]}, "--parent"),
        ({"kind": "commune", "country": "BE", "parent": ["commune=code"]}, "--parent"),
        ({"kind": "commune", "country": "BE", "parent": ["region=code"]}, "region-BE-a"),
        ({"kind": "commune", "country": "BE", "population": "nom"}, "whole number"),
    ],
)
def test_refusals_name_what_is_wrong(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    path = write(tmp_path / "zones.geojson", [box(2, 45.8, 2.3, 46), box(1.8, 46, 2, 46.3)])
    assert said in refusal(path, **options)


def test_a_code_twice_is_refused(tmp_path: Path) -> None:
    zones = [box(2, 45.8, 2.3, 46), box(1.8, 46, 2, 46.3)]
    path = write(tmp_path / "zones.geojson", zones, code=["a", "a"], nom=["x", "y"])
    assert "more than once" in refusal(path)
    assert "more than once" in refusal(path, kind="commune", country="BE")


def test_a_blank_code_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.geojson", [box(2, 45.8, 2.3, 46)], code=[None], nom=["x"])
    assert "'code' is blank in row 1" in refusal(path)


def test_another_country(tmp_path: Path) -> None:
    """
    lat 51 +----+----+
           | a  | b  |   région R
    lat 50 +----+----+
         lon 4   4.5  5
    """
    regions = write(tmp_path / "regions.shp", [box(4, 50, 5, 51)], code=["R"], nom=["Wallonie"])
    load(regions, kind="region", country="BE", country_name="Belgique", vintage=2025, source="a source")
    communes = write(
        tmp_path / "communes.gpkg", [box(4, 50, 4.5, 51), box(4.5, 50, 5, 51)],
        code=["a", "b"], nom=["Ath", "Namur"], people=[10, 200], region=["R", "R"],
    )  # fmt: skip
    for _again in range(2):
        load(communes, kind="commune", country="BE", population="people", parent=["region=region"])
    belgium = Territory.objects.get(pk="country-BE")
    assert (belgium.name, belgium.population) == ("Belgique", 210)
    namur = Territory.objects.get(pk="commune-BE-b")
    assert (namur.country, namur.region_id, namur.population) == (belgium, "region-BE-R", 200)
    assert namur.area_km2 == pytest.approx(3935, rel=0.01)
    assert belgium.area_km2 == pytest.approx(2 * (namur.area_km2 or 0))
    assert belgium.chief_place == namur.chief_place
    assert TerritoryOutline.objects.filter(territory=namur).exists()
    found = locate(Point(4.2, 50.5))
    assert found is not None
    assert found.name == "Ath"
    france = Territory.objects.get(pk="country-FR")
    assert not Territory.objects.communes_of(france).filter(pk=namur.pk).exists()
