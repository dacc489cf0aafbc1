"""Boxes and points at the door."""

import pytest

from territories.geometry import BBox, Point


def test_point_is_longitude_first() -> None:
    assert Point.parse("2.1697,45.956") == Point(2.1697, 45.956)
    assert Point.parse("-0,-90") == Point(0, -90)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1,2,3", "a,b", "nan,1", "1,inf", "1e400,1", "1_0,2", "1;2", "181,0", "0,-90.1", "١,٢", " "],
)
def test_point_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Point.parse(text)


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,x", "1,50,2,40", "0,0,200,1", "0,-91,1,1", "nan,0,1,1"])
def test_box_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        BBox.parse(text)


def test_box_in_one_part() -> None:
    assert BBox.parse("-5,41,10,51").parts() == [(-5, 41, 10, 51)]


def test_box_across_the_antimeridian_is_two() -> None:
    """170 → 180 | -180 → -170"""
    assert BBox.parse("170,-20,-170,-10").parts() == [(170, -20, 180, -10), (-180, -20, -170, -10)]


def test_text_of_a_box_parses_back() -> None:
    box = BBox(-0.1, 1e-7, 179.999, 90)
    assert BBox.parse(str(box)) == box
