"""A small country, drawn: two départements of two communes each, one degree wide.

    lon 0        1        2        3        4
lat 46 +--------+--------+--------+--------+
       | Ham    | Bourg  | Saint- | Rive   |
       | 01001  | 01002  | Loup   | 02002  |
       |        |        | 02001  |        |
    45 +--------+--------+--------+--------+
         département 01    département 02
         EPCI 200000001 = Ham + Bourg + Saint-Loup
"""

from collections.abc import Callable
from functools import partial

import pytest
from django.http import QueryDict

from directory.filters import SearchForm
from directory.models import Grouping, Initiative
from directory.search import SearchCriteria
from territories.models import Kind, Territory
from tests.factories import make_commune, make_grouping, make_initiative, make_territory


@pytest.fixture
def country(taxonomy: None) -> dict[str, Territory]:
    """The territories of the drawing, by name."""
    france = make_territory(Kind.COUNTRY, "FR", "France", box=columns(0, 4))
    region = make_territory(Kind.REGION, "99", "Région", box=columns(0, 4), country=france)
    above = {"country": france, "region": region}
    west = make_territory(Kind.DEPARTEMENT, "01", "Ouestland", box=columns(0, 2), **above)
    east = make_territory(Kind.DEPARTEMENT, "02", "Estland", box=columns(2, 4), **above)
    epci = make_territory(Kind.EPCI, "200000001", "CC des Trois", box=columns(0, 3), country=france)
    commune = partial(make_commune, **above)
    places = [
        commune("01001", "Ham", box=columns(0, 1), departement=west, epci=epci, population=900),
        commune("01002", "Bourg", box=columns(1, 2), departement=west, epci=epci, population=90),
        commune("02001", "Saint-Loup", box=columns(2, 3), departement=east, epci=epci, population=9),
        commune("02002", "Rive", box=columns(3, 4), departement=east, population=5),
    ]
    return {place.name: place for place in [france, region, west, east, epci, *places]}


def columns(west: float, east: float) -> tuple[float, float, float, float]:
    return west, 45, east, 46


@pytest.fixture
def initiative(taxonomy: None) -> Callable[..., Initiative]:
    """Makes a published, open initiative; ``at=(lon, lat)`` places it."""
    return make_initiative


@pytest.fixture
def ptce(initiative: Callable[..., Initiative]) -> Grouping:
    return make_grouping("pole", name="Pôle", initiative=initiative("Pôle"))


def criteria(query: str) -> SearchCriteria:
    """The criteria of a query string, which must be flawless."""
    form = SearchForm(QueryDict(query), strict=True)
    form.check()
    return form.criteria()


def found(query: str) -> list[str]:
    """Names of the initiatives that a query string finds, in their order."""
    return list(criteria(query).ordered().values_list("name", flat=True))
