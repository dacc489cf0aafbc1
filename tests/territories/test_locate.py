"""Point to commune. Sketches of one-degree communes at the equator and higher up."""

import pytest
from pyproj import Geod

from territories.gazetteer import REACH, containing, locate
from territories.geometry import BBox, Point
from tests.territories.conftest import drawn

pytestmark = pytest.mark.django_db
ELLIPSOID = Geod(ellps="WGS84")


def beyond(lon: float, lat: float, azimuth: float, metres: float) -> Point:
    """The point reached from here by going so many metres on the ellipsoid."""
    east, north, _back = ELLIPSOID.fwd(lon, lat, azimuth, metres)
    return Point(east, north)


@pytest.fixture
def two_communes() -> None:
    """
    lat 46 +--------+--------+
           | 01001  | 01002  |      sea
    lat 45 +--------+--------+
         lon 0      1        2
    """
    drawn("commune", "01001", (0, 45, 1, 46))
    drawn("commune", "01002", (1, 45, 2, 46))
    drawn("departement", "01", (0, 45, 2, 46))


def code_at(point: Point) -> str | None:
    found = locate(point)
    return found.code if found is not None else None


def test_inside(two_communes: None) -> None:
    assert code_at(Point(0.5, 45.5)) == "01001"
    assert code_at(Point(1.5, 45.5)) == "01002"


def test_the_meridian_of_greenwich_is_a_place(two_communes: None) -> None:
    assert code_at(Point(0, 45.5)) == "01001"


def test_a_shared_border_gives_the_first_code_always(two_communes: None) -> None:
    assert {code_at(Point(1, 45 + step / 10)) for step in range(1, 10)} == {"01001"}


@pytest.mark.parametrize("azimuth", [45, 90, 135])
def test_just_inside_and_just_outside_the_reach_to_the_east(two_communes: None, azimuth: int) -> None:
    """From the corner on the coast, 199 m is the commune's, 201 m is the sea's."""
    assert code_at(beyond(2, 45.5, 90, REACH - 1)) == "01002"
    assert code_at(beyond(2, 45.5, 90, REACH + 1)) is None
    corner = (2, 46) if azimuth < 90 else (2, 45)
    assert code_at(beyond(*corner, azimuth, REACH - 1)) == "01002"


def test_just_inside_and_just_outside_the_reach_to_the_north(two_communes: None) -> None:
    """The parallel that bounds the box is no geodesic: the reach is measured at its end."""
    assert code_at(beyond(2, 46, 0, REACH - 1)) == "01002"
    assert code_at(beyond(2, 46, 0, REACH + 1)) is None


def test_the_nearest_in_metres_not_in_degrees() -> None:
    """At 60° north a degree of longitude is half a degree of latitude.

    lat 60.0018 +----+   North is 0.0010° (111 m) away,
                | N  |   East 0.0015° (84 m).
    lat 60.0010 +----+
    lat 60         ×   +----+
                       | E  |
    """
    drawn("commune", "1", (9.99, 60.0010, 10.01, 60.0018))
    drawn("commune", "2", (10.0015, 59.99, 10.01, 60.0005))
    assert code_at(Point(10, 60)) == "2"


def test_across_the_antimeridian() -> None:
    drawn("commune", "1", (-180, -17, -179, -16))
    assert code_at(beyond(-180, -16.5, 270, 150)) == "1"
    assert code_at(beyond(-180, -16.5, 270, 250)) is None


@pytest.mark.parametrize(("lon", "lat"), [(0, 90), (0, -90), (180, 89.9999), (-180, 0), (-30, 40)])
def test_nowhere(two_communes: None, lon: float, lat: float) -> None:
    assert locate(Point(lon, lat)) is None


@pytest.mark.parametrize(("lon", "lat"), [(0, 0), (5, 46), (-179.9999, 70), (179.9999, -85), (12, 89.999)])
@pytest.mark.parametrize("metres", [1, REACH, 200_000])
def test_the_box_around_a_point_holds_its_circle(lon: float, lat: float, metres: float) -> None:
    box = BBox.around(Point(lon, lat), metres)
    for azimuth in range(0, 360, 15):
        point = beyond(lon, lat, azimuth, metres)
        assert any(
            west <= point.lon <= east and south <= point.lat <= north
            for west, south, east, north in box.parts()
        )


def test_a_large_neighbour_of_another_kind_is_not_a_commune() -> None:
    drawn("departement", "01", (0, 45, 2, 46))
    assert locate(Point(1, 45.5)) is None


def test_real_places(creuse: None, db: None) -> None:
    aubusson = locate(Point(2.1697, 45.9560))
    assert aubusson is not None
    assert aubusson.id == "commune-23008"
    assert {territory.id for territory in containing(aubusson)} == {
        "country-FR", "region-75", "departement-23", aubusson.epci_id,
    }  # fmt: skip
