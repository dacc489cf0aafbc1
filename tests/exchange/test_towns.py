"""The commune that a line declares, whatever it declares it by."""

from typing import Any

import pytest

from exchange.towns import IN_DOUBT, Declared, Gazetteer, Town
from territories.models import PlaceName
from tests.factories import make_commune, make_former_commune, make_territory


@pytest.fixture
def gazetteer(db: None) -> Gazetteer:
    creuse = make_territory("departement", "23", "Creuse")
    paris = make_territory("departement", "75", "Paris")
    other = make_territory("departement", "93", "Seine-Saint-Denis")
    felletin = make_commune(
        "23079", "Felletin", departement=creuse, postcodes=["23500"], box=(2.1, 45.8, 2.2, 45.9)
    )
    make_commune("23091", "Gioux", departement=creuse, postcodes=["23500"])
    make_commune("23096", "Guéret", departement=creuse, postcodes=["23000"])
    make_commune("23247", "Saint-Denis", departement=creuse, postcodes=["23100"])
    make_commune("93066", "Saint-Denis", departement=other, postcodes=["93200", "93210"])
    whole = make_commune(
        "75056", "Paris", departement=paris, postcodes=["75010", "75011"], box=(2.2, 48.8, 2.4, 48.9)
    )
    eleventh = make_territory("arrondissement", "75111", "Paris 11e Arrondissement", commune=whole,
                              departement=paris, postcodes=["75011"], box=(2.3, 48.8, 2.4, 48.9))  # fmt: skip
    PlaceName.objects.create(territory=eleventh, name="Paris 11e", nature="alias")
    PlaceName.objects.create(territory=felletin, name="Beaumont", nature="former")
    make_former_commune("23777", "Beaumont", felletin)
    return Gazetteer()


def town(gazetteer: Gazetteer, **fields: Any) -> Town:
    return gazetteer.town(Declared.of(fields))


FOUND = [
    ({"commune_code": "23079"}, "23079", 0.95),
    ({"commune_code": "23079", "locality": "Felletin"}, "23079", 0.95),
    ({"commune_code": "23777"}, "23079", 0.95),
    ({"locality": "FELLETIN", "postcode": "23500"}, "23079", 0.9),
    ({"locality": "23500 Felletin"}, "23079", 0.9),
    ({"locality": "Beaumont", "postcode": "23500"}, "23079", 0.85),
    ({"locality": "Guéret Cedex 2", "postcode": "23011"}, "23096", 0.8),
    ({"locality": "St Denis (93)"}, "93066", 0.8),
    ({"locality": "Saint Denis", "departement_code": "23"}, "23247", 0.8),
    ({"locality": "Felletain", "postcode": "23500"}, "23079", 0.75),
    ({"locality": "Guéret centre", "postcode": "23000"}, "23096", 0.75),
    ({"locality": "Bourg de Guéret", "postcode": "23000"}, "23096", 0.75),
    ({"postcode": "23000"}, "23096", 0.7),
    ({"locality": "Gioux"}, "23091", 0.7),
    ({"locality": "Le Bourg", "postcode": "23000"}, "23096", 0.65),
]


@pytest.mark.parametrize(("fields", "commune", "score"), FOUND)
def test_a_commune_is_found(gazetteer: Gazetteer, fields: dict[str, str], commune: str, score: float) -> None:
    found = town(gazetteer, **fields)
    assert (found.commune, found.score) == (f"commune-{commune}", score)
    assert found.departement == ("departement-93" if commune == "93066" else "departement-23")


@pytest.mark.parametrize(
    ("fields", "communes"),
    [
        ({"locality": "Saint-Denis"}, ("commune-23247", "commune-93066")),
        ({"postcode": "23500"}, ("commune-23079", "commune-23091")),
        ({"locality": "Le Bourg", "postcode": "23500"}, ("commune-23079", "commune-23091")),
        # a code that the rest of the line speaks against: a point may tell
        ({"commune_code": "23079", "locality": "Gioux"}, ("commune-23079", "commune-23091")),
    ],
)
def test_nobody_picks_one_of_several(
    gazetteer: Gazetteer, fields: dict[str, str], communes: tuple[str, ...]
) -> None:
    found = town(gazetteer, **fields)
    assert (found.commune, found.communes, found.score) == (None, communes, IN_DOUBT)
    assert found.notes[-1]["code"] in ("several-communes", "code-and-name-differ")


def test_a_postcode_taken_for_a_code_gives_way_to_the_name(gazetteer: Gazetteer) -> None:
    found = town(gazetteer, commune_code="23091", locality="Guéret", postcode="23000")
    assert found.commune == "commune-23096"
    assert [note["code"] for note in found.notes] == ["code-and-name-differ"]


@pytest.mark.parametrize(
    ("fields", "inside"),
    [
        ({"locality": "Paris", "postcode": "75011"}, True),
        ({"locality": "Paris 11e"}, True),
        ({"commune_code": "75111"}, True),
        ({"locality": "Paris", "postcode": "75010"}, False),
        ({"locality": "Paris"}, False),
    ],
)
def test_in_paris_it_stands_in_the_arrondissement_that_is_said(
    gazetteer: Gazetteer, fields: dict[str, str], *, inside: bool
) -> None:
    found = town(gazetteer, **fields)
    assert found.commune == "commune-75056"
    assert found.point == pytest.approx((2.35, 48.85) if inside else (2.3, 48.85))


def test_a_departement_alone_is_no_commune(gazetteer: Gazetteer) -> None:
    found = town(gazetteer, departement_code="23")
    assert (found.commune, found.departement, found.notes) == (None, "departement-23", ())
    assert town(gazetteer, departement_code="23", locality="Nulle part").score == IN_DOUBT


def test_a_name_and_a_postcode_that_nobody_knows_are_of_no_departement(gazetteer: Gazetteer) -> None:
    found = town(gazetteer, postcode="23999", locality="Anderlecht")
    assert (found.departement, found.notes[0]["code"]) == (None, "unknown-town")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"locality": "Bruxelles"}, "unknown-town"),
        ({"postcode": "99999"}, "unknown-postcode"),
        ({"commune_code": "99999"}, "unknown-commune-code"),
        ({"locality": "x" * 10_000}, "unknown-town"),
    ],
)
def test_what_is_unknown_is_said(gazetteer: Gazetteer, fields: dict[str, str], code: str) -> None:
    found = town(gazetteer, **fields)
    assert not found.is_said
    assert [note["code"] for note in found.notes] == [code]


def test_nothing_said_is_no_doubt(gazetteer: Gazetteer) -> None:
    assert town(gazetteer) == Town()
