"""The write side: slugs, places, provenance, merges, and what follows a new perimeter."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point

from directory import publishing
from directory.models import Initiative, Merge, ServedTerritory
from directory.places import follow_territories
from territories.models import Territory
from tests.factories import make_territory

Make = Callable[..., Initiative]


def new(**fields: object) -> Initiative:
    return Initiative(**{"name": "L’Épicerie d’à côté", "activities": [101]} | fields)


def test_a_slug_is_minted_once_from_the_name_then_the_place_then_a_number(
    country: dict[str, Territory],
) -> None:
    slugs = [publishing.save(new(commune=country["Ham"]), ["name"], "t", "t").slug for _ in range(3)]
    assert slugs == ["l-epicerie-d-a-cote", "l-epicerie-d-a-cote-ham", "l-epicerie-d-a-cote-ham-2"]
    made = Initiative.objects.get(slug=slugs[0])
    made.name = "Autre nom"
    assert publishing.save(made, ["name"], "t", "t").slug == slugs[0]
    assert publishing.mint_slug("🌱🌱") == "initiative"


def test_a_point_gives_the_commune_and_a_commune_gives_its_chief_place(country: dict[str, Territory]) -> None:
    placed = publishing.save(new(location=Point(2.5, 45.2, srid=4326)), ["location"], "t", "t")
    assert (placed.commune, placed.precision) == (country["Saint-Loup"], "address")
    named = publishing.save(new(commune=country["Ham"]), ["commune"], "t", "t")
    assert (named.location, named.precision) == (country["Ham"].chief_place, "commune")
    first = make_territory("arrondissement", "02901", "1er", commune=country["Rive"], box=(3, 45, 3.5, 46))
    inside, outside = (
        publishing.save(new(location=Point(lon, 45.5, srid=4326)), ["location"], "t", "t")
        for lon in (3.49, 3.51)
    )
    assert (inside.commune, inside.arrondissement) == (country["Rive"], first)
    assert (outside.commune, outside.arrondissement) == (country["Rive"], None)
    far = publishing.save(new(location=Point(40, 10, srid=4326)), ["location"], "t", "t")
    assert far.commune is None


def test_provenance_is_written_by_field(country: dict[str, Territory]) -> None:
    made = publishing.save(new(), ["name", "activities"], "account 1", "administration")
    made.summary = "Des légumes."
    made = publishing.save(made, ["summary"], "account 2", "courrier")
    assert {name: note["by"] for name, note in made.provenance.items()} == {
        "name": "account 1", "activities": "account 1", "summary": "account 2"
    }  # fmt: skip


def test_a_merged_listing_leads_to_the_kept_one_for_ever(initiative: Make) -> None:
    first, second, third = initiative(slug="un"), initiative(slug="deux"), initiative(slug="trois")
    publishing.merge(kept=second, gone=first)
    publishing.merge(kept=third, gone=second)
    assert dict(Merge.objects.values_list("slug", "target__slug")) == {"un": "trois", "deux": "trois"}
    assert publishing.mint_slug("Un") == "un-2", "a slug is never given twice"
    with pytest.raises(ValueError, match="itself"):
        publishing.merge(kept=third, gone=third)


def test_initiatives_follow_a_new_perimeter_without_being_touched(
    initiative: Make, country: dict[str, Territory]
) -> None:
    made = initiative(commune=country["Ham"])
    declared = initiative(departement=country["Ouestland"])
    Territory.objects.filter(pk__in=["commune-01001", "departement-01"]).update(region=None)
    Territory.objects.filter(pk="commune-01001").update(epci=None)
    assert follow_territories() == 2
    before = made.updated_at
    for row in (made, declared):
        row.refresh_from_db()
        assert row.region is None
    assert made.epci is None
    assert made.updated_at == before
    assert follow_territories() == 0


def test_initiatives_of_a_vanished_commune_go_to_its_successor(
    initiative: Make, country: dict[str, Territory]
) -> None:
    made = initiative(commune=country["Bourg"])
    for served in ("Bourg", "Ham"):
        ServedTerritory.objects.create(initiative=made, territory=country[served])
    follow_territories(vanished={"commune-01002": "commune-01001"})
    made.refresh_from_db()
    assert made.commune == country["Ham"]
    assert list(made.served.all()) == [country["Ham"]]
