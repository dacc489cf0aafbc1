"""What a list of codes, a circle and a drawn outline take, and what each refuses, by name."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as some

from territories.drawn import MOST_POSITIONS, from_outline
from territories.errors import InvalidPerimeter
from territories.models import Territory
from territories.perimeters import around, from_codes, of_territory
from tests.factories import make_former_commune, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]
FELLETIN, AUBUSSON = "commune-23079", "commune-23008"


def polygon(*corners: tuple[float, float]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def box(west: float, south: float, east: float, north: float) -> str:
    return polygon((west, south), (east, south), (east, north), (west, north))


@pytest.mark.parametrize(
    "text",
    [
        "23079\n23008", "code_insee\n23079\n\n23008\n23079", "23079 Felletin\r\n23008 aubusson",
        "23079;23008", "23079, 23008", "23079;Felletin;1560\n23008;Aubusson;3200",
        "commune-23079\nCOMMUNE-23008",
    ],
)  # fmt: skip
def test_codes_however_they_are_pasted(text: str) -> None:
    found = from_codes(text)
    assert found.ids == [AUBUSSON, FELLETIN]
    assert (found.told, found.faults) == ([], [])


def test_each_code_in_error_is_named_with_its_line() -> None:
    paris = make_territory("commune", "75056", "Paris")
    make_territory("arrondissement", "75101", "Paris 1er Arrondissement", commune=paris)
    found = from_codes("23079\n\n99999\nFelletin\n75101\n23500\n200099999\ncustom-rien")
    said = {(fault.line, fault.typed): fault.why for fault in found.faults}
    assert found.ids == [FELLETIN]
    assert said[3, "99999"] == "aucune commune ne porte ce code"
    assert said[4, "Felletin"].startswith("ce n’est pas un code")
    assert "75056" in said[5, "75101"]
    assert "code postal" in said[6, "23500"] and "Felletin (23079)" in said[6, "23500"]
    assert said[7, "200099999"] == said[8, "custom-rien"] == "aucun territoire ne porte ce code"


def test_what_is_read_otherwise_than_typed_is_told() -> None:
    make_territory("commune", "01004", "Ambérieu-en-Bugey")
    make_former_commune("23999", "Vieille-Commune", Territory.objects.get(pk=AUBUSSON))
    found = from_codes("1004\n23999 Vieille-Commune\n200044014\n23079 Guéret")
    whole = Territory.objects.communes_of(Territory.objects.get(pk="epci-200044014"))
    assert set(found.ids) == {"commune-01004", *whole.values_list("pk", flat=True)}
    assert [line[:9] for line in found.told] == ["Ligne 1 :", "Ligne 2 :", "Ligne 3 :", "Ligne 4 :"]
    assert "« Guéret »" in found.told[3] and f"{whole.count()} communes" in found.told[2]


@given(some.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    from_codes(text)


def test_a_circle_takes_what_is_just_inside_and_leaves_what_is_just_outside() -> None:
    centre = Territory.objects.get(pk=FELLETIN)
    assert centre.chief_place
    with connection.cursor() as cursor:  # another way of measuring: PostGIS
        cursor.execute(
            "SELECT id FROM territories_territory WHERE kind = 'commune' AND"
            " public.ST_DWithin(chief_place::public.geography, %s::public.geography, 25000)",
            [f"SRID=4326;{centre.chief_place.wkt}"],
        )
        expected = {pk for (pk,) in cursor.fetchall()}
    found = around(centre, 25)
    assert set(found.ids) == expected and len(expected) > 30
    assert "25 km ou moins de celui de Felletin" in found.rule
    for kilometres in (0, 101):
        with pytest.raises(InvalidPerimeter, match="1 à 100 km"):
            around(centre, kilometres)
    unplaced = make_territory("commune", "97801", "Saint-Martin")
    with pytest.raises(InvalidPerimeter, match="Saint-Martin"):
        around(unplaced, 10)


def test_an_outline_takes_the_communes_whose_chief_place_is_inside() -> None:
    place = Territory.objects.get(pk=FELLETIN).chief_place
    assert place
    near = 0.0001
    found = from_outline(box(place.x - near, place.y - near, place.x + near, place.y + near))
    assert found.ids == [FELLETIN] and "chef-lieu est à l’intérieur" in found.rule
    on_the_line = from_outline(box(place.x, place.y - near, place.x + near, place.y + near))
    assert on_the_line.ids == [FELLETIN]
    with pytest.raises(InvalidPerimeter, match="qui touche Felletin"):
        from_outline(box(place.x + near, place.y - near, place.x + 2 * near, place.y + near))
    feature = json.dumps({"type": "Feature", "geometry": json.loads(box(2.1, 45.8, 2.3, 46.0))})
    assert FELLETIN in from_outline(feature).ids


@pytest.mark.parametrize(
    ("outline", "said"),
    [
        (box(-8, 46, -7, 47), "en mer ou hors de France"),
        (polygon((2, 45), (3, 46), (3, 45), (2, 46)), "se croise"),
        (polygon((2, 45), (3, 46), (2, 45)), "n’entoure rien"),
        (box(200, 45, 201, 46), "sort de la carte"),
        (polygon(*((2 + i / 1e5, 46.0) for i in range(MOST_POSITIONS))), "trop de points"),
        ("[" * 100_000, "n’a pas pu être lu"), ("{", "n’a pas pu être lu"), ("null", "n’a pas pu être lu"),
        ('{"type":"Point","coordinates":[2,46]}', "n’a pas pu être lu"), ("", "n’a pas pu être lu"),
        ('{"type":"Polygon","coordinates":[[[1],[2],[3],[1]]]}', "n’a pas pu être lu"),
        ('{"type":"Polygon","coordinates":[[[NaN,2],[3,4],[4,5],[NaN,2]]]}', "n’a pas pu être lu"),
        ('{"type":"Polygon","coordinates":[[[1%s,2],[3,4],[4,5]]]}' % ("0" * 400), "n’a pas pu être lu"),
        ('{"type":"Polygon","coordinates":"abc"}', "n’a pas pu être lu"), ("\x00", "n’a pas pu être lu"),
    ],
)  # fmt: skip
def test_an_outline_that_is_none_is_refused_by_what_is_wrong(outline: str, said: str) -> None:
    with pytest.raises(InvalidPerimeter, match=said):
        from_outline(outline)


def test_too_many_communes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    creuse = Territory.objects.get(pk="departement-23")
    number = len(of_territory(creuse).communes)
    monkeypatch.setattr("territories.perimeters.MOST_COMMUNES", number)
    assert len(of_territory(creuse).communes) == number
    monkeypatch.setattr("territories.perimeters.MOST_COMMUNES", number - 1)
    with pytest.raises(InvalidPerimeter, match="c’est trop"):
        of_territory(creuse)
    assert "c’est trop" in from_codes("23").faults[0].why
