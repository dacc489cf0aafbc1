"""How figures are written: rounded, never cut; a little is not nothing, almost all is not all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils import translation

from diagnosis.model import Figure
from diagnosis.wording import basis_of, distance, interval_of, measured, number, percent, unit_of, value_of


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    with translation.override("fr"):  # whatever the last test left
        yield


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0, 1, "0 %"), (100, 1, "100 %"), (0.04, 1, "moins de 0,1 %"), (0.05001, 1, "0,1 %"),
        (99.94, 1, "99,9 %"), (99.96, 1, "plus de 99,9 %"), (54.55, 0, "55 %"), (-7.4, 0, "−7 %"),
    ],
)  # fmt: skip
def test_shares(value: float, decimals: int, written: str) -> None:
    assert percent(value, decimals).replace("\u00a0", " ") == written


def test_numbers_are_rounded_and_keep_their_sign() -> None:
    assert number(3.4624, 1) == "3,5"
    assert number(-0.04, 1) == "0,0"
    assert number(-2) == "−2"
    with translation.override("en"):
        assert number(68952941) == "68,952,941"


@pytest.mark.parametrize(
    ("metres", "written"), [(999.4, "999 m"), (1_000, "1,0 km"), (19_949, "19,9 km"), (20_000, "20 km")]
)
def test_distances(metres: float, written: str) -> None:
    assert distance(metres).replace("\u00a0", " ") == written


def test_a_small_density_has_two_decimals() -> None:
    figure = Figure("D1", 0.125, "per_10000", 77, low=0.09, high=0.1562)
    assert value_of(figure) == "0,12"
    assert interval_of(figure) == "de 0,09 à 0,16"
    assert value_of(Figure("D1", 1.0, "per_10000", 77)) == "1,0"
    none = Figure("D1", 0.0, "per_10000", 0, references={"country-FR": 0.026})
    assert (value_of(none), measured(none, 0.026)) == ("0,00", "0,03")
    assert measured(replace(none, references={"country-FR": 2.6}), 0.85) == "0,8"


def test_a_gap_says_its_way_and_cases_are_named() -> None:
    assert value_of(Figure("C1", 22.4, "percent", 40)).replace("\u00a0", " ") == "+22 %"
    assert basis_of(Figure("C1", 22.4, "percent", 40)) == "40 initiatives"
    for gap, written in ((0.4, "0 %"), (-0.3, "0 %"), (99.6, "+100 %"), (-99.8, "−100 %"), (250, "+250 %")):
        assert value_of(Figure("C1", gap, "percent", 40)).replace("\u00a0", " ") == written
    assert basis_of(Figure("A2", 3920.0, "metres", 1)) == "1 commune"
    assert basis_of(Figure("N", 40.0, "count", 40)) == ""


def test_an_official_density_says_its_unit_and_what_has_a_sign_does_not_say_it_twice() -> None:
    assert unit_of("E2", "per_10000") == "pour 10 000 habitants"
    assert unit_of("E2", "percent") == unit_of("E2", "count") == ""
