"""Files of map makers: GeoPackage, Shapefile in its archive, KML and KMZ."""

import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, box

from formats.reading import Table, Unreadable, open_table

RODEZ = (2.5752, 44.3506)
LAMBERT_93 = (666_152.0, 6_361_500.0)


def written(path: Path, shapes: list[Any] | None, crs: str | None = "EPSG:4326", **options: Any) -> Path:
    columns = options.pop("columns", {"nom": ["Épicerie à côté", None], "siret": [83425678900012.0, 1.5]})
    driver = {".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[path.suffix]
    wkb = shapely.to_wkb(np.array(shapes, dtype=object)) if shapes else None
    pyogrio.raw.write(
        path, wkb, [np.array(values) for values in columns.values()], list(columns), driver=driver, crs=crs,
        geometry_type=options.pop("kind", "Point" if shapes else None), **options,
    )  # fmt: skip
    return path


def archive(folder: Path, *stems: str, without: str = "none") -> Path:
    path = folder / "listing.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.iterdir()):
            if file.stem in stems and file.suffix not in (".zip", without):
                packed.write(file, f"données/{file.name}")
    return path


def read(table: Table) -> tuple[list[str], list[tuple[Any, ...]], list[tuple[str, int | None]]]:
    rows = [row.cells for row in table.rows()]
    return table.columns, rows, [(remark.code, remark.line) for remark in table.remarks]


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(Unreadable) as refusal:
        list(open_table(path, path.name, **options).rows())
    return refusal.value.code


def near(place: tuple[Any, ...]) -> bool:
    return abs(place[0] - RODEZ[0]) < 0.01 and abs(place[1] - RODEZ[1]) < 0.01


@pytest.mark.filterwarnings("ignore:.*crs.*:UserWarning")
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154"])
def test_geopackage(tmp_path: Path, crs: str) -> None:
    at = Point(RODEZ if crs == "EPSG:4326" else LAMBERT_93)
    table = open_table(written(tmp_path / "listing.gpkg", [at, None], crs), "listing.gpkg")
    columns, rows, remarks = read(table)
    assert (table.format, table.layer, table.total, columns) == (
        "gpkg", "listing", 2, ["nom", "siret", "geometry.lon", "geometry.lat"],
    )  # fmt: skip
    assert rows[0][:2] == ("Épicerie à côté", 83425678900012) and near(rows[0][2:])
    assert rows[1] == (None, 1.5, None, None)
    assert remarks == ([("projected", None)] if crs == "EPSG:2154" else [])


def test_geopackage_of_several_layers_and_a_table_without_place(tmp_path: Path) -> None:
    path = written(tmp_path / "listing.gpkg", None, None, layer="table", columns={"nom": ["a"]})
    written(path, [box(2, 44, 3, 45)], layer="zones", columns={"nom": ["z"]}, kind="Polygon", append=True)
    table = open_table(path, path.name)
    assert (table.layer, table.choices) == ("zones", ["zones", "table"])
    assert read(table)[2] == [("other-layers", None), ("representative-point", 1)]
    assert read(open_table(path, path.name, layer="table")) == (["nom"], [("a",)], [])
    assert refused(path, layer="rien") == "no-layer"


@pytest.mark.filterwarnings("ignore:.*crs.*:UserWarning")
def test_geopackage_of_a_plane_that_is_nowhere_or_of_any_kind_with_heights(tmp_path: Path) -> None:
    nowhere = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]'
    path = written(tmp_path / "listing.gpkg", [Point(LAMBERT_93)], nowhere, columns={"nom": ["a"]})
    assert read(open_table(path, path.name))[1:] == ([("a", *LAMBERT_93)], [("no-projection", 1)])
    path.unlink()
    written(path, [Point(*RODEZ, 500)], kind="Unknown", columns={"nom": ["a"]})
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET z = 1")
    database.close()
    assert read(open_table(path, path.name))[1] == [("a", *RODEZ)]


def test_another_database_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "listing.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE x (y)")
    database.close()
    assert refused(path) in ("no-layer", "damaged")
    path.write_bytes(path.read_bytes()[:600])
    assert refused(path) in ("no-layer", "damaged")


@pytest.mark.filterwarnings("ignore:.*crs.*:UserWarning")
@pytest.mark.parametrize("encoding", ["UTF-8", "CP1252"])
def test_shapefile_whatever_its_encoding_says(tmp_path: Path, encoding: str) -> None:
    written(tmp_path / "lieux.shp", [Point(LAMBERT_93), Point(LAMBERT_93)], "EPSG:2154", encoding=encoding)
    table = open_table(archive(tmp_path, "lieux", without=".cpg"), "listing.zip")
    columns, rows, remarks = read(table)
    assert (table.format, table.layer, columns[:2]) == ("shapefile", "données/lieux", ["nom", "siret"])
    assert rows[0][:2] == ("Épicerie à côté", 83425678900012) and near(rows[0][2:])
    assert remarks == [("projected", None)]


@pytest.mark.filterwarnings("ignore:.*crs.*:UserWarning")
def test_shapefile_without_its_projection_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    written(tmp_path / "lieux.shp", [Point(LAMBERT_93)], "EPSG:2154", columns={"nom": ["a"]})
    _columns, rows, remarks = read(open_table(archive(tmp_path, "lieux", without=".prj"), "listing.zip"))
    assert rows == [("a", *LAMBERT_93)]
    assert remarks == [("no-projection", 1)]


def test_several_shapefiles_and_one_without_its_table(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.shp", [Point(RODEZ)], columns={"nom": [name]})
    table = open_table(archive(tmp_path, "a", "b"), "listing.zip")
    assert (table.layer, table.choices) == ("données/a", ["données/a", "données/b"])
    assert read(table)[2] == [("other-layers", None)]
    assert read(open_table(tmp_path / "listing.zip", "listing.zip", layer="données/b"))[1][0][0] == "b"
    assert refused(archive(tmp_path, "a", without=".dbf")) == "damaged"
    assert refused(archive(tmp_path, "a", without=".shx")) in ("damaged",)


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Carte</name>
<Folder><name>Épiceries</name>
 <Placemark><name>Le Lien</name><description><![CDATA[<b>Bar</b>]]></description>
  <ExtendedData><Data name="tél"><value>05 65 00 00 00</value></Data>
   <Data name="name"><value>x</value></Data></ExtendedData>
  <Point><coordinates> 2.5752,44.3506,0 </coordinates></Point></Placemark>
</Folder>
<Placemark><name>Tournée</name><LineString><coordinates>2,44 3,44</coordinates></LineString></Placemark>
<Placemark><name>Nulle part</name><Point><coordinates>là</coordinates></Point></Placemark>
</Document></kml>"""


def test_kml(tmp_path: Path) -> None:
    path = tmp_path / "listing.kml"
    path.write_text(KML)
    columns, rows, remarks = read(open_table(path, path.name))
    assert columns == ["name", "description", "tél", "data.name", "folder", "geometry.lon", "geometry.lat"]
    assert rows[0] == ("Le Lien", "<b>Bar</b>", "05 65 00 00 00", "x", "Épiceries", *RODEZ)
    line = rows[1]
    assert line[0] == "Tournée" and LineString([(2, 44), (3, 44)]).distance(Point(line[-2:])) < 1e-9
    assert rows[2][0] == "Nulle part" and rows[2][-1] is None
    assert remarks == [("representative-point", 2), ("bad-geometry", 3)]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_kml_in_the_encoding_that_it_says(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.kml").write_bytes(KML.replace("UTF-8", encoding).encode(encoding))
    assert read(open_table(tmp_path / "a.kml", "a.kml"))[1][0][4] == "Épiceries"


def test_kmz(tmp_path: Path) -> None:
    path = tmp_path / "listing.kmz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("doc.kml", KML)
        packed.writestr("images/a.png", b"x")
    table = open_table(path, path.name)
    assert (table.format, len(read(table)[1]), read(table)[2][0]) == ("kml", 3, ("representative-point", 2))


def test_a_thousand_million_laughs(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path = tmp_path / "listing.kml"
    path.write_text(
        KML.replace("<kml", f'<!DOCTYPE k [<!ENTITY l0 "lol">{lol}]><kml', 1).replace("Le Lien", "&l9;")
    )
    assert refused(path) == "entities"
    path.write_text(KML.replace("<kml", '<!DOCTYPE k SYSTEM "http://127.0.0.1/x.dtd"><kml', 1))
    assert refused(path) == "entities"
    path.write_text(KML.replace("Le Lien", "<b>" * 100_000 + "</b>" * 100_000))
    assert refused(path) == "too-deep"


@pytest.mark.parametrize("content", [KML[:-40], KML.replace("</name>", "", 1)])
def test_broken_xml(tmp_path: Path, content: str) -> None:
    path = tmp_path / "listing.kml"
    path.write_text(content)
    assert refused(path) == "damaged"


def test_other_xml_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "listing.kml"
    path.write_text('<?xml version="1.0"?><OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')
    assert refused(path) == "unknown-format"
