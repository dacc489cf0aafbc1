"""Which territories share a border.

A B .      A, B, C and D are communes; E is an EPCI drawn over A; F stands off.
C D F      A and D, B and C touch by a corner only.
"""

import pytest

from territories.gazetteer import neighbours
from territories.models import Territory
from tests.factories import make_commune, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn() -> dict[str, Territory]:
    boxes = {
        "A": (0, 1, 1, 2), "B": (1, 1, 2, 2), "C": (0, 0, 1, 1), "D": (1, 0, 2, 1), "F": (2.001, 0, 3, 1),
    }  # fmt: skip
    made = {name: make_commune(f"0000{name}", name, box=box) for name, box in boxes.items()}
    made["E"] = make_territory("epci", "E", "E", box=boxes["A"])
    return made


@pytest.mark.parametrize(
    ("name", "expected"), [("A", "BC"), ("B", "AD"), ("C", "AD"), ("D", "BC"), ("F", "")]
)
def test_a_line_of_border_and_the_same_kind(drawn: dict[str, Territory], name: str, expected: str) -> None:
    assert "".join(sorted(each.name for each in neighbours(drawn[name]))) == expected


def test_other_kinds_keep_to_theirs(drawn: dict[str, Territory]) -> None:
    beside = make_territory("epci", "G", "G", box=(1, 1, 2, 2))
    assert list(neighbours(drawn["E"])) == [beside]


def test_part_of_a_side_is_a_border(drawn: dict[str, Territory]) -> None:
    half = make_commune("0000H", "H", box=(-1, 1.5, 0, 3))
    assert [each.name for each in neighbours(half)] == ["A"]


def test_none_where_there_is_no_outline_nor_meaning(drawn: dict[str, Territory]) -> None:
    assert not neighbours(make_commune("0000X", "X"))
    country = make_territory("country", "AA", box=(0, 0, 1, 1))
    make_territory("country", "BB", box=(1, 0, 2, 1))
    assert not neighbours(country)
    custom = make_territory("custom", "AA", box=(0, 0, 1, 1), dated="2026-01-01")
    make_territory("custom", "BB", box=(0, 0, 2, 1), dated="2026-01-01")
    assert not neighbours(custom)
