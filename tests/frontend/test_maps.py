"""The maps of a diagnosis say what its table says, where it is."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from django.contrib.gis.geos import Point
from django.template.loader import render_to_string
from django.test import Client
from pyproj import Geod

from diagnosis import counting
from diagnosis.model import Report
from diagnosis.report import report
from frontend.diagnosis.classes import around
from frontend.diagnosis.drawn import MapDrawing
from frontend.diagnosis.maps import DISTANCES, maps_of
from printing.plates import grouped, panels, parts_of
from territories.models import Territory
from tests.factories import make_commune, make_initiative, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]
FELLETIN, AUBUSSON = "commune-23079", "commune-23008"


@pytest.fixture
def creuse_report() -> Report:
    counting.count_everything()
    return report(Territory.objects.get(pk="departement-23"))


@pytest.fixture
def drawn(creuse_report: Report) -> dict[str, MapDrawing]:
    return {each.code: each for each in maps_of(creuse_report)}


def test_areas_of_circles_are_as_the_numbers(creuse_report: Report, drawn: dict[str, MapDrawing]) -> None:
    held = {cell.id: cell.count for cell in creuse_report.cells}
    sizes = {row.id: row.size for row in drawn["N"].rows if row.size}
    assert set(sizes) == {id for id, n in held.items() if n} and len(sizes) > 5
    most = max(held, key=lambda id: held[id])
    for id, size in sizes.items():
        assert size**2 / sizes[most] ** 2 == pytest.approx(held[id] / held[most], rel=0.03)
    assert len(drawn["N"].frames[0].circles) == len(sizes)


def test_each_part_has_the_shade_that_the_legend_gives_its_value(
    creuse_report: Report, drawn: dict[str, MapDrawing]
) -> None:
    reach = {cell.id: cell.reach[0] for cell in creuse_report.cells}
    bounds = [0, 2_000, 5_000, 10_000, 20_000, math.inf]
    for row in drawn["A2"].rows:
        metres = reach[row.id]
        assert metres is not None and bounds[row.rank - 1] <= metres <= bounds[row.rank]
    for each in drawn.values():
        if each.ramp:
            assert sum(shade.count for shade in each.classes) == len(creuse_report.cells)
            assert {row.rank for row in each.rows} == {rank for rank, _colour, _path in each.frames[0].layers}


def test_a_value_on_a_bound_is_in_one_class() -> None:
    assert [DISTANCES.rank(metres) for metres in (2_000, 2_001, 20_000, 20_001)] == [1, 2, 4, 5]
    beside = around(4.0)
    assert beside.breaks == (2.0, 3.2, 5.0, 8.0)
    assert [beside.rank(value) for value in (1.94, 1.96, 2.0, 4.0, 4.9, 5.0, 8.0)] == [1, 2, 2, 3, 3, 4, 5]
    assert around(0.0321).breaks == (0.016, 0.026, 0.04, 0.064)  # one sector, in a sparse country


def test_what_is_not_known_is_hatched_and_counted(creuse_report: Report) -> None:
    cells = [replace(cell, reach=()) if cell.id == FELLETIN else cell for cell in creuse_report.cells]
    far = {each.code: each for each in maps_of(replace(creuse_report, cells=cells))}["A2"]
    (row,) = [row for row in far.rows if row.id == FELLETIN]
    assert (row.rank, row.values[-1]) == (0, "inconnue")
    assert (far.classes[-1].label, far.classes[-1].count) == ("donnée inconnue", 1)
    assert f"url(#{far.key}-trame)" in render_to_string("frontend/diagnosis/_map.html", {"map": far})


def test_places_are_where_they_are(drawn: dict[str, MapDrawing]) -> None:
    """On the plate two communes are as far apart as on the ground, by its scale bar."""
    panel = drawn["N"].frames[0].panel
    one, other = (Territory.objects.get(pk=id).label_point for id in (FELLETIN, AUBUSSON))
    assert one and other
    ground = Geod(ellps="WGS84").inv(one.x, one.y, other.x, other.y)[2]
    units = math.dist(panel.points[FELLETIN], panel.points[AUBUSSON])
    assert units * panel.scale.kilometres / panel.scale.length == pytest.approx(ground / 1_000, rel=0.02)
    x, y = panel.points[FELLETIN]
    start = re.match(r"M(-?\d+) (-?\d+)", panel.paths[FELLETIN])
    assert start and math.dist((x, y), tuple(map(int, start.groups()))) < 40
    assert panel.points[AUBUSSON][1] < panel.points[FELLETIN][1], "north is up"


def test_few_initiatives_get_no_map_of_densities() -> None:
    """Ten make one, nine do not, and the first map says why."""
    felletin = Territory.objects.get(pk=FELLETIN)
    epci = Territory.objects.get(pk="epci-200044014")
    counting.count_everything()
    lacking = 9 - report(epci).zone.count
    assert lacking > 0
    for _number in range(lacking):
        make_initiative(commune=felletin)
    counting.count_everything()
    nine = maps_of(report(epci))
    assert [each.code for each in nine] == ["N", "A2"] and "Moins de 10" in " ".join(nine[0].notes)
    make_initiative(commune=felletin)
    counting.count_everything()
    assert [each.code for each in maps_of(report(epci))] == ["N", "D3", "A2"]


def test_one_sector_and_one_commune(creuse_report: Report) -> None:
    energy = maps_of(creuse_report, "energie")
    assert [each.code for each in energy] == ["N", "A2"] and energy[0].title.endswith(": Énergie")
    alone = maps_of(report(Territory.objects.get(pk="commune-23091")))
    assert [each.code for each in alone] == ["N"] and alone[0].notes == ["Aucune initiative connue ici."]


def test_lands_overseas_have_their_frames() -> None:
    make_commune("97105", "Basse-Terre", box=(-61.75, 15.95, -61.7, 16.05))
    make_commune("97209", "Fort-de-France", box=(-61.1, 14.6, -61.0, 14.7))
    make_commune("98735", "Papeete", box=(-149.6, -17.6, -149.5, -17.5))
    ids = [FELLETIN, "commune-97105", "commune-97209", "commune-98735"]
    names = [(each.name, each.ids) for each in grouped(ids)]
    assert names == [
        ("", [FELLETIN]), ("Guadeloupe", ["commune-97105"]), ("Martinique", ["commune-97209"]),
    ]  # fmt: skip
    assert [each.name for each in grouped(["commune-98735"])] == [""], "alone, it is drawn"
    frames = panels(ids, "country-FR")
    assert frames[1].y == frames[2].y > frames[0].height and frames[1].x < frames[2].x
    assert grouped([]) == [] and panels(["commune-00000"], "country-FR") == []


def test_the_map_that_moves_gets_the_parts_of_the_drawn_one(
    client: Client, drawn: dict[str, MapDrawing]
) -> None:
    found = client.get(drawn["N"].parts_url).json()
    assert {each["id"] for each in found["features"]} == {row.id for row in drawn["N"].rows}
    assert all(each["geometry"]["coordinates"] for each in found["features"])


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("departement-99", "commune"), ("departement-23", "custom"), ("departement-23", "x" * 10_000),
        ("commune-23079", "region"), ("%00", "commune"),
    ],
)  # fmt: skip
def test_no_parts_of_what_is_not_there(client: Client, id: str, kind: str) -> None:
    assert client.get(f"/territoires/{id}/contours/{kind}/").status_code == 404


def test_a_part_that_goes_beyond_is_cut_at_the_border() -> None:
    """An intercommunality over two départements, on the map of one of them; whole on that of the country."""
    make_territory("departement", "98", box=(2.0, 45.0, 3.0, 46.0))
    make_territory("epci", "1", box=(2.5, 45.2, 3.5, 45.8), label_point=Point(3.2, 45.5, srid=4326))
    (within,) = parts_of(["epci-1"], "departement-98")
    assert within.outline.bounds == (2.5, 45.2, 3.0, 45.8)
    assert within.at[0] < 3, "its name stands in what is left"
    (whole,) = parts_of(["epci-1"], "country-FR")
    assert whole.outline.bounds == (2.5, 45.2, 3.5, 45.8) and whole.at == (3.2, 45.5)
