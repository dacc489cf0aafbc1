"""What coordinates may mean: the pure part, without a map."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from exchange.readings import Reading, given, is_nowhere, mends, positions

# Felletin, as each projection has it.
LON, LAT = 2.173311, 45.884903


def codes_at(reading: Reading, lon: float = LON, lat: float = LAT) -> set[str]:
    found = list(mends(reading))
    return {
        each.code
        for each, (x, y) in zip(found, positions(found), strict=True)
        if abs(x - lon) < 1e-3 and abs(y - lat) < 1e-3
    }


def test_degrees_come_before_metres() -> None:
    degrees, metres = {"latitude": LAT, "longitude": LON}, {"x": 635000.0, "y": 6531000.0}
    assert given({**degrees, **metres}) == Reading("given", LON, LAT, 4326, 0)
    assert given({"latitude": LAT, **metres}) == Reading("given", 635000, 6531000, 2154, 0)


NO_POSITIONS: list[dict[str, object]] = [
    {}, {"latitude": 45.0}, {"latitude": "nan", "longitude": 2}, {"x": None, "y": 1},
    {"latitude": [1], "longitude": 2}, {"x": float("inf"), "y": 1.0},
]  # fmt: skip


@pytest.mark.parametrize("fields", NO_POSITIONS)
def test_what_is_no_pair_of_numbers_is_no_position(fields: dict[str, object]) -> None:
    assert given(fields) is None


def test_zero_zero_is_nowhere_and_greenwich_is_somewhere() -> None:
    assert is_nowhere(Reading("given", 0.0, 0.0))
    assert is_nowhere(Reading("given", 0.0, 0.0, 2154))
    assert not is_nowhere(Reading("given", 0.0, 48.2))


@pytest.mark.parametrize(
    ("x", "y", "srid", "code"),
    [
        (LAT, LON, 4326, "swapped"),
        (-LON, LAT, 4326, "sign-of-longitude"),
        (LON, -LAT, 4326, "sign-of-latitude"),
        (-LAT, LON, 4326, "swapped-and-sign"),
        (LON, LAT, 2154, "degrees"),
        (635887.5, 6532027.9, 4326, "lambert-93"),
        (6532027.9, 635887.5, 2154, "lambert-93-swapped"),
        (241931.9, 5761924.0, 4326, "web-mercator"),
        (587329.0, 2098306.1, 2154, "lambert-2"),
        (1635828.2, 4298671.4, 2154, "conic"),
        (2173311, 45884903, 4326, "decimal-mark"),
        (2173, 45884903, 4326, "decimal-mark"),
    ],
)
def test_each_fault_has_its_reading(x: float, y: float, srid: int, code: str) -> None:
    assert code in codes_at(Reading("given", x, y, srid))


@examples(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False),
          st.sampled_from([4326, 2154]))  # fmt: skip
def test_no_numbers_break_it(x: float, y: float, srid: int) -> None:
    read = [Reading("given", x, y, srid), *mends(Reading("given", x, y, srid))]
    found = positions(read)
    assert found.shape == (len(read), 2)
    known = found[found[:, 0] == found[:, 0]]
    assert (abs(known[:, 0]) <= 180).all()
    assert (abs(known[:, 1]) <= 90).all()
