"""Files of outlines: three formats, any known projection, and refusals that name what is wrong."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import Point, Polygon, box

from formats.geodata import GeodataError, read_outlines

AUBUSSON = box(2.15, 45.94, 2.19, 45.97)
GUERET = box(1.85, 46.15, 1.89, 46.19)
DRIVERS = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}


def write(path: Path, shapes: list[Any], crs: str | None = "EPSG:4326", **columns: list[Any]) -> Path:
    """A file with these polygons; the extension says the format."""
    columns = columns or {"code": ["a", "b"][: len(shapes)], "nom": ["Aubusson", "Guéret"][: len(shapes)]}
    fields = {name: np.array(values, dtype=object) for name, values in columns.items()}
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)), list(fields.values()), list(fields),
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown", crs=crs, driver=DRIVERS[path.suffix],
        layer=path.stem,
    )  # fmt: skip
    return path


@pytest.mark.parametrize("suffix", sorted(DRIVERS))
def test_reads(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"zones{suffix}", [AUBUSSON, GUERET])
    rows = read_outlines(path, ["code", "nom"])
    assert len(rows) == 2
    assert rows.columns == {"code": ["a", "b"], "nom": ["Aubusson", "Guéret"]}
    assert [polygon.equals(shape) for polygon, shape in zip(rows.polygons, [AUBUSSON, GUERET], strict=True)]
    assert rows.polygons[0].symmetric_difference(AUBUSSON).area < 1e-9


@pytest.mark.parametrize("crs", ["EPSG:2154", "EPSG:3857", "EPSG:31370", "EPSG:4258"])
@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_other_projections_are_transformed(tmp_path: Path, suffix: str, crs: str) -> None:
    from pyproj import Transformer

    forth = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    there = shapely.transform(AUBUSSON, forth.transform, interleaved=False)
    path = write(tmp_path / f"zones{suffix}", [there], crs)
    back = read_outlines(path, ["code"]).polygons[0]
    assert back.symmetric_difference(AUBUSSON).area < AUBUSSON.area * 0.01


def test_values_become_text(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(AUBUSSON)), "properties": properties}
        for properties in ({"a": 23008, "b": 1.5, "c": None}, {"a": None, "b": 2.0, "c": " x "})
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    rows = read_outlines(path, ["a", "b", "c"])
    assert rows.columns == {"a": ["23008", ""], "b": ["1.5", "2"], "c": ["", "x"]}


def refusal(path: Path, columns: tuple[str, ...] = ("code", "nom"), layer: str = "") -> str:
    with pytest.raises(GeodataError) as caught:
        read_outlines(path, columns, layer)
    said = str(caught.value)
    assert path.name in said
    return said


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.gpkg", [AUBUSSON])
    assert "no column 'insee'; it has code, nom" in refusal(path, ("code", "insee"))


def test_points_are_refused(tmp_path: Path) -> None:
    assert "row 1 is a Point" in refusal(write(tmp_path / "zones.geojson", [Point(2, 45)]))


def test_a_line_among_polygons_is_refused(tmp_path: Path) -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    assert "row 2 is a LineString" in refusal(write(tmp_path / "zones.geojson", [AUBUSSON, line]))


def test_an_invalid_polygon_is_refused(tmp_path: Path) -> None:
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    said = refusal(write(tmp_path / "zones.gpkg", [AUBUSSON, bow_tie]))
    assert "row 2 is invalid: Self-intersection" in said


def test_a_row_without_geometry_is_refused(tmp_path: Path) -> None:
    assert "row 2 has no geometry" in refusal(write(tmp_path / "zones.geojson", [AUBUSSON, None]))


def test_a_missing_projection_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.shp", [AUBUSSON])
    path.with_suffix(".prj").unlink()
    assert "projection is missing" in refusal(path)


def test_an_unknown_projection_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.shp", [AUBUSSON])
    path.with_suffix(".prj").write_text('LOCAL_CS["my garden",UNIT["metre",1]]')
    assert "projection" in refusal(path)


def test_a_wrong_projection_is_refused(tmp_path: Path) -> None:
    """Metres of the Lambert grid, said to be degrees."""
    path = write(tmp_path / "zones.shp", [box(600_000, 6_500_000, 601_000, 6_501_000)], "EPSG:4326")
    assert "outside the Earth" in refusal(path)


def test_no_row(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert refusal(path, ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"not a map", "neither GeoJSON"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "neither GeoJSON"),
        (b"\x89PNG\r\n", "neither GeoJSON"),
        (b'{"type": "FeatureColl', "cannot be read"),
        (b"{}", "cannot be read"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "cannot be read"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 200, "cannot be read"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "zones.geojson"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "absent.gpkg")
    assert "no such file" in refusal(tmp_path)


def test_several_layers_must_be_chosen_from(tmp_path: Path) -> None:
    path = write(tmp_path / "zones.gpkg", [AUBUSSON])
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([GUERET], dtype=object)), [np.array(["z"], dtype=object)], ["code"],
        geometry_type="Polygon", crs="EPSG:4326", driver="GPKG", layer="other", append=True,
    )  # fmt: skip
    assert "name one of zones, other" in refusal(path, ("code",))
    assert "no layer 'x'" in refusal(path, ("code",), "x")
    assert read_outlines(path, ["code"], "other").columns == {"code": ["z"]}


def test_a_geopackage_without_a_map(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (x)")
    assert refusal(path)
