"""The cells of the map: aligned outward, and stable."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.grid import MAX_ZOOM, align, zoom_of
from territories.geometry import BBox


def degrees(limit: int) -> st.SearchStrategy[float]:
    """To nine decimals, a tenth of a millimetre: the smallest floats are no places."""
    return st.floats(-limit, limit).map(lambda value: round(value, 9)) | st.sampled_from([-limit, 0.0, limit])


longitudes, latitudes = degrees(180), degrees(90)


@st.composite
def boxes(draw: st.DrawFn) -> BBox:
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return BBox(draw(longitudes), south, draw(longitudes), north)


def holds(outer: BBox, lon: float, lat: float) -> bool:
    return any(w <= lon <= e and s <= lat <= n for w, s, e, n in outer.parts())


@given(boxes(), st.integers(0, MAX_ZOOM))
@example(BBox(0, 0, 0, 0), 22)
@example(BBox(180, -90, -180, 90), 0)
@example(BBox(-180, 90, -180, 90), 5)
def test_the_aligned_box_holds_the_box_and_aligning_twice_changes_nothing(box: BBox, zoom: int) -> None:
    aligned = align(box, zoom)
    for west, south, east, north in box.parts():
        for lon in (west, (west + east) / 2, east):
            for lat in (south, (south + north) / 2, north):
                assert holds(aligned, lon, lat)
    assert align(aligned, zoom) == aligned


@given(boxes(), st.integers(0, MAX_ZOOM - 1))
def test_a_finer_zoom_never_answers_a_wider_box(box: BBox, zoom: int) -> None:
    finer, coarser = align(box, zoom + 1), align(box, zoom)
    assert finer.south >= coarser.south - 1e-6
    assert finer.north <= coarser.north + 1e-6


@given(boxes(), st.integers(0, MAX_ZOOM))
def test_an_aligned_box_is_known_by_its_first_zoom(box: BBox, zoom: int) -> None:
    first = zoom_of(align(box, zoom))
    assert first is not None and first <= zoom
    assert align(align(box, zoom), first) == align(box, zoom)


def test_a_box_off_the_grid_has_no_zoom() -> None:
    assert zoom_of(BBox(1.000001, 45, 2, 46)) is None


@pytest.mark.parametrize(
    ("box", "zoom", "aligned"),
    [
        (BBox(-180, -90, 180, 90), 0, BBox(-180, -90, 180, 90)),
        (BBox(179, -20, -179, -10), 5, BBox(177.1875, -21.943046, -177.1875, -8.407168)),
        (BBox(10, 1, 5, 2), 0, BBox(-180, 0, 180, 66.513261)),
    ],
)
def test_the_world_the_antimeridian_and_a_box_that_meets_itself(box: BBox, zoom: int, aligned: BBox) -> None:
    assert align(box, zoom) == aligned
