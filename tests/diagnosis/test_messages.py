"""What elected members are told, and what they are not told where little is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from diagnosis import counting
from diagnosis.model import Report
from diagnosis.report import report
from territories.models import Territory
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def told(country: dict[str, Territory], here: int, elsewhere: int = 0, name: str = "Creuse") -> Report:
    """The report of a territory with so many initiatives in Felletin (Creuse) and in Ussel (Corrèze)."""
    for where, many in (("Felletin", here), ("Ussel", elsewhere)):
        for _number in range(many):
            make_initiative(commune=country[where], at=(2.05, 45.85))
    counting.count_everything()
    return report(country[name])


def texts(made: Report) -> str:
    with translation.override("fr"):  # whatever the last test left
        return " ".join(each.text for each in made.messages).replace("\u00a0", " ")


@pytest.mark.parametrize(("many", "rated"), [(9, False), (10, True)])
def test_rates_are_compared_from_ten_initiatives(
    country: dict[str, Territory], many: int, rated: bool
) -> None:
    said = texts(told(country, many, 2))
    assert ("À population égale" in said) == rated
    assert (f"Avec {many} initiatives, une de plus ou de moins change tout" in said) != rated


def test_a_rate_is_said_to_differ_only_beyond_chance(country: dict[str, Territory]) -> None:
    """40 for 2,100 inhabitants are 136 to 259 for 10,000 with chance allowed for; 40 for 3,300 are 121."""
    assert "il y en a plus ici : 190,5 pour 10 000 habitants, contre 121,2 (Région)" in texts(
        told(country, 40)
    )


def test_a_gap_that_chance_explains_is_none(country: dict[str, Territory]) -> None:
    assert "ni plus ni moins qu’autour, au hasard près" in texts(told(country, 12, 6))


@pytest.mark.parametrize(("empty", "thin"), [(4, False), (5, True)])
def test_where_half_of_what_resembles_is_empty_nothing_is_compared(
    country: dict[str, Territory], empty: int, thin: bool
) -> None:
    made = told(country, 12, 2)
    peers = [replace(made.references[0], id=f"peer-{n}", count=0 if n < empty else 3) for n in range(10)]
    said = texts(replace(made, peers=peers))
    assert (f"{empty} territoires similaires sur 10 n’ont aucune initiative connue" in said) == thin
    assert ("À population égale" in said) != thin


def test_where_there_is_none_the_nearest_is_told(country: dict[str, Territory]) -> None:
    """Three tenths of a degree to the east, at this latitude."""
    said = texts(told(country, 2, name="Gioux"))
    assert said.startswith("Gioux : aucune initiative connue.")
    assert "Du chef-lieu, l’initiative la plus proche est à 23 km à vol d’oiseau." in said
    assert "À population égale" not in said and "Prudence" not in said


def test_a_doubt_is_always_among_five_messages(country: dict[str, Territory]) -> None:
    made = told(country, 30, 3)
    assert len(made.messages) <= 5
    assert texts(made).endswith("Prudence : aucune fiche n’a été vérifiée par une personne.")


def test_an_empty_map_is_said_to_be_far_from_complete(country: dict[str, Territory]) -> None:
    """One sector of fourteen is known: thirteen are far from everybody."""
    said = texts(told(country, 12))
    assert "Pour 13 secteurs sur 14, presque personne n’a d’initiative connue à 10 km ou moins" in said


def test_they_are_told_in_english(country: dict[str, Territory]) -> None:
    made = told(country, 1)
    with translation.override("en"):
        assert (
            made.messages[0].text == "Creuse: 1 known initiative for 2,100 inhabitants, in 1 of 14 sectors."
        )
