"""Verbs over territories."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from territories.custom import define_custom
from territories.geometry import BBox, Point
from territories.models import Territory
from territories.querysets import commune_q
from tests.factories import make_commune, make_territory
from tests.territories.conftest import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]


@pytest.fixture
def custom() -> Territory:
    """Aubusson and Limoges: a custom territory across two départements."""
    return define_custom("Deux villes", ["commune-23008", "commune-87085"], dated=date(2026, 1, 1))


def ids(queryset) -> set[str]:  # type: ignore[no-untyped-def]
    return set(queryset.values_list("pk", flat=True))


def test_a_list_never_loads_a_polygon() -> None:
    with CaptureQueriesContext(connection) as queries:
        list(Territory.objects.of_kind("departement"))
    assert '"geometry"' not in queries[0]["sql"]
    assert Territory.objects.with_geometry().get(pk="departement-23").geometry.geom_type == "MultiPolygon"


def test_containing_a_point() -> None:
    found = ids(Territory.objects.containing(Point(2.1697, 45.9560)))
    assert found == {"commune-23008", "epci-200044014", "departement-23", "region-75", "country-FR"}


def test_without_geometry() -> None:
    drawn("commune", "98901", None)
    assert ids(Territory.objects.without_geometry()) == {"commune-98901"}


def test_meeting_a_box() -> None:
    found = Territory.objects.of_kind("departement").meeting(BBox(2.1, 45.9, 2.2, 46))
    assert ids(found) == {"departement-23"}


@pytest.mark.parametrize("identifier", ["departement-23", "region-75", "country-FR", "epci-200044014"])
def test_communes_of_official_territories(identifier: str) -> None:
    territory = Territory.objects.get(pk=identifier)
    expected = {
        commune.pk
        for commune in Territory.objects.of_kind("commune")
        if identifier in (commune.departement_id, commune.region_id, commune.country_id, commune.epci_id)
    }
    assert ids(Territory.objects.communes_of(territory)) == expected
    assert expected


def test_communes_of_a_custom_territory(custom: Territory) -> None:
    assert ids(Territory.objects.communes_of(custom)) == {"commune-23008", "commune-87085"}


def test_commune_q_reaches_through_another_model(custom: Territory) -> None:
    from territories.models import CustomCommune

    creuse = Territory.objects.get(pk="departement-23")
    assert CustomCommune.objects.filter(commune_q(creuse, "commune__")).count() == 1


def test_within_a_departement() -> None:
    creuse = Territory.objects.get(pk="departement-23")
    inside = Territory.objects.within(creuse)
    assert set(inside.values_list("kind", flat=True)) == {"commune", "epci"}
    assert ids(inside.of_kind("commune")) == ids(Territory.objects.filter(kind="commune", departement=creuse))
    crossing = Territory.objects.of_kind("commune").filter(epci__in=inside.of_kind("epci"))
    assert ids(crossing) >= ids(inside.of_kind("commune").exclude(epci=None))


def test_within_larger_territories() -> None:
    for identifier in ("region-75", "country-FR"):
        inside = Territory.objects.within(Territory.objects.get(pk=identifier))
        assert ids(inside.of_kind("departement")) == {"departement-23", "departement-87"}
    assert ids(inside.of_kind("region")) == {"region-75"}
    assert ids(Territory.objects.within(Territory.objects.get(pk="commune-23008"))) == set()


def test_within_a_custom_territory(custom: Territory) -> None:
    inside = ids(Territory.objects.within(custom))
    assert {"commune-23008", "commune-87085", "departement-23", "departement-87", "region-75"} <= inside
    assert custom.pk not in inside
    assert custom.pk in ids(Territory.objects.within(Territory.objects.get(pk="departement-23")))


def test_arrondissements_follow_their_commune() -> None:
    paris = drawn("commune", "75056", (2, 48, 3, 49))
    first = drawn("arrondissement", "75101", (2, 48, 2.5, 49), commune=paris)
    assert ids(Territory.objects.within(paris)) == {first.pk}
    assert ids(Territory.objects.enclosing(first)) == {paris.pk}
    assert ids(Territory.objects.communes_of(first)) == {paris.pk}
    assert ids(Territory.objects.within(first)) == set()


def test_enclosing(custom: Territory) -> None:
    aubusson = Territory.objects.get(pk="commune-23008")
    found = ids(Territory.objects.enclosing(aubusson))
    assert found == {"epci-200044014", "departement-23", "region-75", "country-FR", custom.pk}
    assert ids(Territory.objects.enclosing(Territory.objects.get(pk="country-FR"))) == set()


@pytest.mark.parametrize("text", ["aubusson", "AUBUSSON", "Aubuson", "busson"])
def test_named(text: str) -> None:
    assert "commune-23008" in ids(Territory.objects.named(text))


def test_named_nothing() -> None:
    for text in ("zzzzzz", "", "\x00", "%%%%", "_", "٢٣"):
        assert not Territory.objects.named(text).exists()


def test_what_covers_what(db: None) -> None:
    """A set of communes inside another; itself; of two that are the same, the larger kind."""
    paris = make_territory("departement", "75", "Paris")
    city = make_commune("75056", "Paris", departement=paris)
    arrondissement = make_territory("arrondissement", "75118", "Paris 18e", commune=city)
    lozere = make_territory("departement", "48", "Lozère")
    florac = make_commune("48061", "Florac", departement=lozere)
    make_commune("48095", "Mende", departement=lozere)
    everything = Territory.objects.all()
    covered = {
        (outer.name, inner.name)
        for outer in (paris, city, arrondissement, lozere, florac)
        for inner in (paris, city, arrondissement, lozere, florac)
        if outer != inner and everything.covers(outer, inner)
    }
    assert covered == {("Paris", "Paris"), ("Paris", "Paris 18e"), ("Lozère", "Florac")}
    assert everything.covers(paris, city) and not everything.covers(city, paris)
    assert everything.covers(florac, florac)
