"""Two départements of one région, and initiatives scattered over them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from territories.models import Territory
from tests.factories import make_commune, make_initiative, make_territory


@pytest.fixture
def country(db: None, taxonomy: None) -> dict[str, Territory]:
    return draw_country()


def draw_country() -> dict[str, Territory]:
    """Two départements of one région; an intercommunality over both; a commune without any."""
    france = make_territory("country", "FR", "France", population=3_300)
    region = make_territory("region", "75", "Région", country=france, population=3_300)
    creuse = make_territory("departement", "23", "Creuse", region=region, country=france, population=2_100)
    correze = make_territory("departement", "19", "Corrèze", region=region, country=france, population=1_200)
    epci = make_territory("epci", "200000001", "Entre deux", region=region, country=france, population=1_900)
    above = {"region": region, "country": france}
    box = (2.0, 45.8, 2.1, 45.9)
    felletin = make_commune(
        "23079", "Felletin", departement=creuse, epci=epci, population=1_500, box=box, **above
    )
    box = (2.3, 45.8, 2.4, 45.9)
    gioux = make_commune("23091", "Gioux", departement=creuse, population=600, box=box, **above)
    box = (2.1, 45.6, 2.2, 45.7)
    peret = make_commune("19159", "Péret", departement=correze, epci=epci, population=400, box=box, **above)
    box = (2.3, 45.5, 2.4, 45.6)
    ussel = make_commune("19275", "Ussel", departement=correze, population=800, box=box, **above)
    return {t.name: t for t in (france, region, creuse, correze, epci, felletin, gioux, peret, ussel)}


COMMUNES = ("Felletin", "Gioux", "Péret", "Ussel")


def scatter(country: dict[str, Territory], many: int, seed: int) -> None:
    """Initiatives of one to three sectors, in communes, in a département, or nowhere; some not public."""
    dice = random.Random(seed)
    for _number in range(many):
        where: dict[str, Any] = {}
        kind = dice.random()
        if kind < 0.8:
            commune = country[dice.choice(COMMUNES)]
            assert commune.chief_place
            at = (commune.chief_place.x + dice.uniform(-0.05, 0.05), commune.chief_place.y)
            where = {"commune": commune, "at": at}
        elif kind < 0.9:
            where = {"departement": country["Creuse"]}
        state = dice.choice(["published"] * 5 + ["draft", "hidden"])
        activities = [100 * dice.randint(1, 14) for _sector in range(dice.randint(1, 3))]
        activity = dice.choice(["open"] * 5 + ["closed", "planned"])
        make_initiative(
            activities=sorted(set(activities)), publication=state, activity_state=activity, **where
        )
