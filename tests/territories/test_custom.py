"""Custom territories follow from their communes."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from territories.custom import define_custom, refresh_customs
from territories.drafts import BANDS
from territories.errors import InvalidPerimeter
from territories.gazetteer import suggest
from territories.models import Territory
from territories.writing import sync_names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]
DATED = date(2026, 1, 1)
PAIR = ["commune-23008", "commune-23096"]


def test_everything_follows() -> None:
    custom = define_custom("Pays d’Aubusson", PAIR, dated=DATED, source="délibération du 1er janvier 2026")
    members = list(Territory.objects.filter(pk__in=PAIR))
    assert custom.pk == "custom-pays-daubusson"
    assert custom.population == sum(member.population or 0 for member in members)
    assert custom.area_km2 == pytest.approx(sum(member.area_km2 or 0 for member in members))
    assert custom.chief_place == Territory.objects.get(pk="commune-23096").chief_place
    assert (custom.departement_id, custom.region_id, custom.country_id) == (
        "departement-23", "region-75", "country-FR",
    )  # fmt: skip
    assert set(custom.outlines.values_list("band", flat=True)) == set(BANDS)
    assert suggest("pays d'aubusson")[0].id == custom.pk


def test_across_two_departements_it_has_none() -> None:
    custom = define_custom("Deux", ["commune-23008", "commune-87085"], dated=DATED)
    assert (custom.departement_id, custom.region_id) == (None, "region-75")


def test_defined_again_it_is_replaced() -> None:
    define_custom("Pays", PAIR, dated=DATED, slug="pays")
    custom = define_custom("Pays neuf", ["commune-23176"], dated=date(2027, 1, 1), slug="pays")
    assert set(custom.communes.values_list("pk", flat=True)) == {"commune-23176"}
    assert (custom.name, custom.dated) == ("Pays neuf", date(2027, 1, 1))
    assert custom.population == Territory.objects.get(pk="commune-23176").population


@pytest.mark.parametrize(
    ("name", "communes", "said"),
    [
        ("Vide", [], "without commune"),
        ("Faux", ["commune-00000"], "commune-00000"),
        ("Faux", ["departement-23"], "departement-23"),
        ("!!!", PAIR, "name"),
    ],
)
def test_refusals(name: str, communes: list[str], said: str) -> None:
    with pytest.raises(InvalidPerimeter, match=said):
        define_custom(name, communes, dated=DATED)
    assert not Territory.objects.of_kind("custom").exists()


def test_refresh_follows_the_communes() -> None:
    custom = define_custom("Pays", PAIR, dated=DATED)
    Territory.objects.filter(pk="commune-23008").update(population=1_000_000)
    assert refresh_customs() == 1
    custom.refresh_from_db()
    assert custom.population is not None
    assert custom.population > 1_000_000
    assert custom.chief_place == Territory.objects.get(pk="commune-23008").chief_place


def test_one_that_is_not_listed_stays_so_and_has_no_name_to_be_found_by() -> None:
    custom = define_custom("Jardin secret", PAIR, dated=DATED, listed=False)
    refresh_customs()
    sync_names()
    custom.refresh_from_db()
    assert not custom.listed and not custom.names.exists()
    assert suggest("jardin secret") == [] and suggest(custom.pk)[0].id == custom.pk


def test_the_database_demands_a_date() -> None:
    with pytest.raises(IntegrityError, match="territory_custom_is_dated"), transaction.atomic():
        Territory.objects.create(id="custom-x", kind="custom", code="x", name="X", slug="x")


def test_the_database_demands_that_an_id_says_what_it_is() -> None:
    with pytest.raises(IntegrityError, match="territory_id_is_kind_and_code"), transaction.atomic():
        Territory.objects.create(id="x", kind="epci", code="x", name="X", slug="x")


def test_the_database_refuses_an_invalid_outline() -> None:
    bow_tie = "SRID=4326;MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))"
    with pytest.raises(IntegrityError, match="territory_geometry_valid"), transaction.atomic():
        Territory.objects.filter(pk="commune-23008").update(geometry=bow_tie)
