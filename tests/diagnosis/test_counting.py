"""What is counted for each territory is what the search counts there, and sums add up."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from pyproj import Geod

from diagnosis import counting, zones
from diagnosis.models import Edition, Figures
from diagnosis.reading import evolution
from directory.facets import facets
from directory.models import Initiative, Sector
from directory.search import SearchCriteria
from territories.custom import define_custom
from territories.models import Territory
from tests.diagnosis.conftest import scatter
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_figures_are_what_the_search_counts(country: dict[str, Territory], seed: int) -> None:
    scatter(country, 120, seed)
    edition = counting.count_everything()
    slugs = list(Sector.objects.order_by("pk").values_list("slug", flat=True))
    for territory in country.values():
        searched = facets(SearchCriteria(territories=(territory,)))
        row = Figures.objects.get(territory=territory)
        assert row.count == searched.count, territory
        assert row.placed == searched.placed
        assert {s: n for s, n in zip(slugs, row.by_sector, strict=True) if n} == searched.counts["sector"]
        assert sum(row.weights) == pytest.approx(row.count)
    visible = Initiative.objects.visible()
    assert edition.placeless == visible.filter(commune=None, departement=None).count()
    assert Figures.objects.get(pk="country-FR").count + edition.placeless == visible.count()


def test_the_ten_years_that_end_with_this_one_are_counted(country: dict[str, Territory]) -> None:
    """What was founded nine years ago counts, ten years ago no more; drafts and projects never."""
    year, gioux = timezone.localdate().year, country["Gioux"]
    dates = {"founded_precision": "year", "commune": gioux}
    for ago in (0, 9, 9, 10):
        make_initiative(founded=date(year - ago, 1, 1), **dates)
    ended = {"closed": date(year - 1, 12, 31), "closed_precision": "day", "activity_state": "closed"}
    make_initiative(founded=date(year - 12, 1, 1), **ended, **dates)
    make_initiative(founded=date(year, 1, 1), publication="draft", **dates)
    make_initiative(founded=date(year, 1, 1), activity_state="planned", **dates)
    counting.count_everything()
    custom = define_custom("Plateau", [gioux.pk, country["Felletin"].pk], dated=date(2026, 1, 1))
    for place in (gioux, country["Creuse"], country["Entre deux"], country["France"], custom):
        years = evolution(place, year)
        here = place.pk != country["Entre deux"].pk
        assert [each.year for each in years] == list(range(year - 9, year + 1))
        assert (years[0].founded, years[-1].founded) == ((2, 1) if here else (0, 0)), place
        assert sum(each.founded for each in years) == (3 if here else 0)
        assert [each.year for each in years if each.closed] == ([year - 1] if here else [])
        assert years[-1].entered == (5 if here else 0)  # four open ones, and the closed one


def test_sums_add_up_from_communes_to_the_country(country: dict[str, Territory]) -> None:
    scatter(country, 150, 7)
    counting.count_everything()
    of = {name: Figures.objects.get(territory=territory) for name, territory in country.items()}
    vague = Initiative.objects.visible().filter(commune=None, departement=country["Creuse"]).count()
    assert vague  # or the sums below would prove less
    assert of["Creuse"].count == of["Felletin"].count + of["Gioux"].count + vague
    assert of["Corrèze"].count == of["Péret"].count + of["Ussel"].count
    assert of["Région"].count == of["Creuse"].count + of["Corrèze"].count == of["France"].count
    assert of["Entre deux"].count == of["Felletin"].count + of["Péret"].count
    assert of["Région"].by_sector == [
        a + b for a, b in zip(of["Creuse"].by_sector, of["Corrèze"].by_sector, strict=True)
    ]
    assert (of["Creuse"].communes, of["Région"].communes, of["Entre deux"].communes) == (2, 4, 2)
    assert of["Région"].largest_commune == 1_500 and of["Corrèze"].largest_commune == 800


def test_an_initiative_of_two_sectors_counts_once_and_once_in_each(country: dict[str, Territory]) -> None:
    make_initiative(activities=[101, 201], commune=country["Gioux"])
    counting.count_everything()
    row = Figures.objects.get(territory=country["Gioux"])
    assert (row.count, row.by_sector[:3], row.weights[:3]) == (1, [1, 1, 0], [0.5, 0.5, 0.0])


def test_the_nearest_may_be_outside_the_territory(country: dict[str, Territory]) -> None:
    """In metres on the ellipsoid, from the chief place, by sector; none where there is none anywhere."""
    outside = make_initiative(activities=[101], at=(2.2, 45.85))  # in no commune at all
    far = make_initiative(activities=[201], commune=country["Ussel"], at=(2.35, 45.55))
    make_initiative(activities=[301], commune=country["Ussel"], at=(2.05, 45.85), publication="draft")
    counting.count_everything()
    row = Figures.objects.get(territory=country["Felletin"])
    geod, seat = Geod(ellps="WGS84"), country["Felletin"].chief_place
    assert row.reach and seat and outside.location and far.location
    metres = [geod.inv(seat.x, seat.y, each.location.x, each.location.y)[2] for each in (outside, far)]
    assert row.reach[:4] == [
        pytest.approx(metres[0], abs=0.1),
        *(pytest.approx(m, abs=0.1) for m in metres),
        None,
    ]


def test_a_custom_territory_is_the_sum_of_its_communes(country: dict[str, Territory]) -> None:
    scatter(country, 80, 5)
    counting.count_everything()
    pays = define_custom(
        "Le pays", [country["Gioux"].pk, country["Péret"].pk], dated=date(2026, 1, 1), source="test"
    )
    zone = zones.zone(pays)
    of = {name: Figures.objects.get(territory=country[name]) for name in ("Gioux", "Péret")}
    assert zone.count == of["Gioux"].count + of["Péret"].count
    assert list(zone.by_sector) == [
        a + b for a, b in zip(of["Gioux"].by_sector, of["Péret"].by_sector, strict=True)
    ]
    assert (zone.communes, zone.largest_commune) == (2, 600)


def test_counting_anew_replaces_and_knows_when_it_is_not_needed(country: dict[str, Territory]) -> None:
    assert not counting.is_current()
    counting.count_everything()
    assert counting.is_current()
    added = make_initiative(commune=country["Gioux"])
    assert not counting.is_current()
    counting.count_everything()
    assert Figures.objects.get(territory=country["Gioux"]).count == 1
    assert Edition.objects.count() == 1 and Figures.objects.count() == len(country)
    Initiative.objects.filter(pk=added.pk).update(location=Point(2.35, 45.85, srid=4326), precision="address")
    counting.count_everything()
    row = Figures.objects.get(territory=country["Gioux"])
    assert (row.count, row.placed, row.addressed, row.undated, row.fresh) == (1, 1, 1, 1, 1)
