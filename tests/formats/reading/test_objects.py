"""JSON of maps and directories: each object is a row, what lies within it columns."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formats.reading import Table, Unreadable, open_table

# What readers look for, at random places.
KEYS = [
    "type", "Feature", "FeatureCollection", "Point", "features", "properties", "geometry", "coordinates",
    "crs", "name", "data", "geo", "tags", "fields", "visible", "item", "a.b", "",
]  # fmt: skip
LAMBERT = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}


def opened(folder: Path, content: Any, name: str = "a.json", **options: Any) -> Table:
    path = folder / "listing"
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    path.write_bytes(content)
    return open_table(path, name, **options)


def read(table: Table) -> list[dict[str, Any]]:
    return [
        {name: cell for name, cell in zip(table.columns, row.cells, strict=True) if cell is not None}
        for row in table.rows()
    ]


def said(table: Table) -> list[tuple[str, int | None]]:
    list(table.rows())
    return [(remark.code, remark.line) for remark in table.remarks]


def refused(folder: Path, content: Any, **options: Any) -> str:
    with pytest.raises(Unreadable) as refusal:
        list(opened(folder, content, **options).rows())
    return refusal.value.code


def feature(kind: str | None, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates} if kind else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **beside, "features": list(features)}


def test_geojson(tmp_path: Path) -> None:
    table = opened(
        tmp_path,
        collection(
            {"id": 7, **feature("Point", [2.57, 44.35], nom="Le Lien", type="bar", adresse={"rue": "1"})},
            feature(None, None, nom="Sans lieu", tags=["bio", "vrac"]),
        ),
        "a.geojson",
    )  # fmt: skip
    assert (table.format, table.layer, table.columns[-2:]) == (
        "geojson",
        "features",
        ["geometry.lon", "geometry.lat"],
    )
    assert read(table) == [
        {"id": 7, "nom": "Le Lien", "type": "bar", "adresse.rue": "1",
         "geometry.lon": 2.57, "geometry.lat": 44.35},
        {"nom": "Sans lieu", "tags": "bio; vrac"},
    ]  # fmt: skip
    assert [row.line for row in table.rows()] == [1, 2]
    assert said(table) == []


def test_links_before_the_features_are_not_the_listing(tmp_path: Path) -> None:
    links = {"type": "FeatureCollection", "links": [{"rel": "self", "href": "https://a.example/"}]}
    features = {"features": [feature("Point", [1.87, 46.17], nom="A")]}
    assert read(opened(tmp_path, links | features))[0]["nom"] == "A"


def test_geometries_that_are_no_points(tmp_path: Path) -> None:
    square = [[[2.0, 44.0], [3.0, 44.0], [3.0, 45.0], [2.0, 45.0], [2.0, 44.0]]]
    horseshoe = [
        [
            [0.0, 0.0],
            [3.0, 0.0],
            [3.0, 3.0],
            [2.0, 3.0],
            [2.0, 1.0],
            [1.0, 1.0],
            [1.0, 3.0],
            [0.0, 3.0],
            [0.0, 0.0],
        ]
    ]
    table = opened(
        tmp_path,
        collection(
            feature("Polygon", square, n="a"), feature("Polygon", horseshoe, n="b"),
            feature("Point", ["x", 1], n="c"), feature("Polygon", [[[1.0, 1.0]]], n="d"),
            feature("Point", [], n="e"), feature("Point", [None, None], n=2.0),
        ),
    )  # fmt: skip
    inside, around, *others = read(table)
    assert 2 < inside["geometry.lon"] < 3 and 44 < inside["geometry.lat"] < 45
    assert not (1 < around["geometry.lon"] < 2 and around["geometry.lat"] > 1)  # not in the gap
    assert others == [{"n": "c"}, {"n": "d"}, {"n": "e"}, {"n": 2}]
    assert said(table) == [
        ("representative-point", 1), ("representative-point", 2), ("bad-geometry", 3), ("bad-geometry", 4),
    ]  # fmt: skip


def test_a_projection_named_and_one_that_is_not(tmp_path: Path) -> None:
    rodez = feature("Point", [667000.0, 6361000.0], nom="Rodez")
    table = opened(tmp_path, collection(rodez, crs=LAMBERT))
    place = read(table)[0]
    assert (round(place["geometry.lon"], 1), round(place["geometry.lat"], 1)) == (2.6, 44.3)
    assert said(table) == [("projected", None)]
    bare = opened(tmp_path, collection(rodez))
    assert read(bare)[0]["geometry.lon"] == 667000.0
    assert said(bare) == [("no-projection", 1)]


def test_gogocarto(tmp_path: Path) -> None:
    element = {
        "id": "4ab", "name": "Le Lien", "geo": {"latitude": 44.35, "longitude": 2.57},
        "address": {"streetAddress": "1 rue Haute", "addressLocality": "Rodez", "postalCode": "12000"},
        "categories": ["Épicerie", "Bar"],
        "categoriesFull": [{"id": 1, "name": "Épicerie"}, {"id": 2, "name": "Bar"}],
        "openHours": {"Mo": "09:00-12:00"}, "images": [],
    }  # fmt: skip
    table = opened(tmp_path, {"licence": "ODbL", "ontology": "gogofull", "data": [element]})
    assert (table.format, table.layer) == ("gogocarto", "data")
    assert read(table) == [
        {
            "id": "4ab", "name": "Le Lien", "geo.latitude": 44.35, "geo.longitude": 2.57,
            "address.streetAddress": "1 rue Haute", "address.addressLocality": "Rodez",
            "address.postalCode": "12000", "categories": "Épicerie; Bar",
            "categoriesFull.id": "1; 2", "categoriesFull.name": "Épicerie; Bar",
            "openHours.Mo": "09:00-12:00",
        }
    ]  # fmt: skip


def test_openfairdb(tmp_path: Path) -> None:
    entry = {"id": "a1", "lat": 44.35, "lng": 2.57, "title": "Le Lien", "tags": ["bio"], "license": "CC0-1.0"}
    found = opened(tmp_path, {"visible": [entry], "invisible": [{**entry, "id": "b2"}]})
    assert (found.format, [row["id"] for row in read(found)]) == ("openfairdb", ["a1", "b2"])
    assert opened(tmp_path, [entry]).format == "openfairdb"


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ([{"nom": "a"}, {"nom": "b", "n": 2}], [{"nom": "a"}, {"nom": "b", "n": 2}]),
        ('{"nom": "a"}\n{"nom": "b"}\n', [{"nom": "a"}, {"nom": "b"}]),
        (
            {"elements": [{"id": 1, "tags": {"name": "a", "id": "x"}}]},
            [{"id": 1, "name": "a", "tags.id": "x"}],
        ),
        (
            [{"recordid": "r", "fields": {"nom": "a", "geo": [44.35, 2.57]}}],
            [{"recordid": "r", "nom": "a", "geo": "44.35, 2.57"}],
        ),
        ({"result": {"records": [{"nom": "a"}], "n": 1}}, [{"nom": "a"}]),
        ('[{"nom": "a\\u0000b\\ud800"}]', [{"nom": "ab?"}]),
    ],
)
def test_json_of_other_shapes(tmp_path: Path, content: Any, rows: list[dict[str, Any]]) -> None:
    assert read(opened(tmp_path, content)) == rows


def test_numbers_that_json_does_not_know_are_blank_and_said(tmp_path: Path) -> None:
    text = '[{"nom": "NaN, \\"NaN\\"", "effectif": NaN, "x": -Infinity}, {"nom": "B", "effectif": 2}]'
    table = opened(tmp_path, text)
    assert read(table) == [{"nom": 'NaN, "NaN"'}, {"nom": "B", "effectif": 2}]
    assert ("no-number", None) in said(table)
    plain = opened(tmp_path, [{"nom": "NaN"}])
    assert (read(plain), said(plain)) == ([{"nom": "NaN"}], [])
    assert refused(tmp_path, '[{"nom": NaNa}]') == "bad-json"
    many = ",".join('{"nom": "A", "effectif": NaN}' for _n in range(100_000))  # over several pieces
    assert sum(1 for _row in opened(tmp_path, f"[{many}]").rows()) == 100_000


@pytest.mark.parametrize("content", [{".": [{"a": 1}]}, {"": {"": [{"a": 1}]}}])
def test_lists_that_no_path_names_are_refused(tmp_path: Path, content: Any) -> None:
    assert refused(tmp_path, content) == "no-rows"


def test_of_several_lists_the_longest_and_the_others_said(tmp_path: Path) -> None:
    content = {"groupes": [{"g": 1}], "lieux": [{"nom": "a"}, {"nom": "b"}]}
    table = opened(tmp_path, content)
    assert (table.layer, table.choices) == ("lieux", ["groupes", "lieux"])
    assert said(table) == [("other-lists", None)]
    assert read(opened(tmp_path, content, layer="groupes")) == [{"g": 1}]
    assert refused(tmp_path, content, layer="rien") == "no-layer"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    content = json.dumps([{"nom": "Épicerie à côté"}], ensure_ascii=False).encode(encoding)
    assert read(opened(tmp_path, content)) == [{"nom": "Épicerie à côté"}]


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[{"a": 1}, {"a":', "bad-json"), ("[]", "no-rows"), ('{"a": 1}', "no-list"),
        (collection(), "no-rows"),
        (f'[{{"a": {DEEP}}}]', "too-deep"), (f'{{"a": {DEEP}}}', "too-deep"),
        ([{f"c{n}": 1 for n in range(501)}], "too-many-columns"), ([{"a": "x" * 100_001}], "cell-too-long"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, content: Any, code: str) -> None:
    assert refused(tmp_path, content) == code


def test_as_deep_and_as_wide_as_allowed(tmp_path: Path) -> None:
    value: Any = 1
    for _ in range(58):
        value = {"x": value}
    assert len(read(opened(tmp_path, [value]))) == 1
    assert refused(tmp_path, [{"x": {"x": {"x": value}}}]) == "too-deep"
    assert read(opened(tmp_path, [{"nom": "[" * 70 + '\\" ' + "{" * 70}])) != []  # signs of a text
    assert len(opened(tmp_path, [{f"c{n}": 1 for n in range(500)}]).columns) == 500


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=8) | st.sampled_from(KEYS)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(values)
@example([{"name": {"type": []}}])
@example([{"name": {"type": {"type": "Point"}, "coordinates": {}}}])
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    """Whatever lies within, whatever it is called: rows as wide as the columns, that a database can hold."""
    with suppress(Unreadable):
        table = opened(tmp_path_factory.getbasetemp(), content)
        for row in table.rows():
            assert len(row.cells) == len(table.columns)
            json.dumps(row.cells, ensure_ascii=False).encode()
