"""JSON as a table: one row for each object of a list, what lies within it as columns with dotted names.

Read from one end to the other, twice: for the names of columns, then for the rows. Nothing is kept but the
object at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import ijson
import numpy as np

from formats.reading.numbers import mended
from formats.reading.positions import KINDS, Projection, position
from formats.reading.table import EXACT, LAT, LON, Remarks, Row, Table, Unreadable, Value
from formats.reading.text import CHUNK, Text

DEEPEST = 6
# Of a document; those of a place are eight or nine.
MOST_LEVELS = 60
QUOTE, OPENING, CLOSING = ord('"'), tuple(b"[{"), tuple(b"]}")
JOINED = "; "
# Of OpenFairDB's answers, both lists are entries: within the frame that was asked for, and around it.
OPENFAIRDB = ("visible", "invisible")
# Overpass, Opendatasoft and CKAN keep what matters one level down, under these names.
COLLECTION, FEATURES = "FeatureCollection", "features"
LIFTED = ("properties", "fields", "tags")

Item = dict[str, Any]


@dataclass
class Lists:
    """The lists of objects in a document, by their path (``""`` at the top), with how many each has, and what
    stands beside them: the texts of the first level."""

    counts: dict[str, int]
    beside: dict[str, Any]
    lines: bool = False


def open_objects(text: Text, *, layer: str, most_columns: int) -> Table:
    """GeoJSON, GoGoCarto, OpenFairDB, or any JSON with a list of objects. Unreadable."""
    check_depth(text)
    opening = Remarks()
    text, count = mended(text)
    if count:
        opening.add("no-number", count=count)
    lists = lists_of(text)
    paths, kind = chosen(lists, layer)
    others = [path for path in lists.counts if path not in paths]
    if others and not layer:
        opening.add("other-lists", names=JOINED.join(f"{path} ({lists.counts[path]})" for path in others))
    source = Items(text, paths, lists.lines)
    columns: dict[str, None] = {}
    for item in islice(source.read(), 1):
        kind = kind or kind_of(item, lists)
    projection = Projection(named_projection(lists.beside) if kind == "geojson" else "")
    for item in source.read():
        columns.update(dict.fromkeys(flattened(item, projection, None, 0)))
        if len(columns) > most_columns:
            raise Unreadable("too-many-columns", count=len(columns), most=most_columns)
    names = in_order(columns)

    def read(remarks: Remarks) -> Iterator[Row]:
        projection.say(remarks)
        for rank, item in enumerate(source.read(), 1):
            cells = flattened(item, projection, remarks, rank)
            if cells:
                yield Row(rank, tuple(cells.get(name) for name in names))

    return Table(
        kind or "json", names, read, encoding=text.encoding, layer=JOINED.join(paths), opening=opening,
        choices=list(lists.counts),
    )  # fmt: skip


def in_order(columns: Iterable[str]) -> list[str]:
    """As they come, the place last."""
    return [name for name in columns if name not in (LON, LAT)] + [n for n in (LON, LAT) if n in columns]


@dataclass
class Items:
    """The objects of some lists of a document, one after the other."""

    text: Text
    paths: list[str]
    lines: bool

    def read(self) -> Iterator[Item]:
        for path in self.paths:
            prefix = f"{path}.item" if path else "" if self.lines else "item"
            with self.text.stream() as file:
                try:
                    found = ijson.items(file, prefix, use_float=True, multiple_values=self.lines)
                    yield from (item for item in found if isinstance(item, dict))
                except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
                    raise Unreadable("bad-json", error=error) from error


def check_depth(text: Text) -> None:
    """Refuses what is nested so deep that reading it would take for ever: each level costs all above it."""
    inside = depth = 0
    rest = b""
    with text.stream() as file:
        while chunk := file.read(CHUNK):
            # Without escaped signs, quotes part strings from the rest.
            chunk = (rest + chunk).replace(b"\\\\", b"")
            rest = b"\\" if chunk.endswith(b"\\") else b""
            signs = np.frombuffer(chunk.removesuffix(rest).replace(b'\\"', b""), dtype=np.uint8)
            quoted = np.logical_xor.accumulate(np.concatenate(([inside], signs == QUOTE)).astype(bool))
            inside = int(quoted[-1])
            opened = np.isin(signs, OPENING).astype(np.int64) - np.isin(signs, CLOSING)
            levels = depth + np.cumsum(opened * ~quoted[1:])
            if levels.size:
                depth = int(levels[-1])
                if levels.max() > MOST_LEVELS:
                    raise Unreadable("too-deep")


def lists_of(text: Text) -> Lists:
    """Where the lists of objects are: at the top, or up to two levels below. A document is looked at no
    further than where that is clear."""
    found = Lists({}, {})
    tops = 0
    with text.stream() as file:
        try:
            for prefix, event, value in ijson.parse(file, use_float=True, multiple_values=True):
                if event == "start_map":
                    tops += not prefix
                    counted(prefix, found.counts)
                    named = FEATURES in found.counts and found.beside.get("type") == COLLECTION
                    if named or "" in found.counts:
                        return found
                elif event in ("string", "number") and prefix.count(".") < 4 and len(found.beside) < 50:
                    found.beside[prefix] = value
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise Unreadable("bad-json", error=error) from error
    if tops > 1:  # one object on each line
        return Lists({"": tops}, {}, lines=True)
    if not found.counts:
        empty = not tops or found.beside.get("type") == COLLECTION
        raise Unreadable("no-rows" if empty else "no-list")
    return found


def counted(prefix: str, counts: dict[str, int]) -> None:
    if prefix == "item" or (prefix.endswith(".item") and "item" not in prefix[:-5].split(".")):
        path = prefix[: -len("item")].rstrip(".")
        if path.count(".") < 2:
            counts[path] = counts.get(path, 0) + 1


def chosen(lists: Lists, layer: str) -> tuple[list[str], str]:
    """The lists to read, and the format where they tell it."""
    if layer and layer not in lists.counts:
        raise Unreadable("no-layer", asked=layer, names=JOINED.join(lists.counts))
    if layer:
        return [layer], ""
    if lists.beside.get("type") == COLLECTION and FEATURES in lists.counts:
        return [FEATURES], "geojson"
    entries = [name for name in OPENFAIRDB if name in lists.counts]
    if entries and set(lists.counts) <= {*OPENFAIRDB}:
        return entries, "openfairdb"
    return [max(lists.counts, key=lambda path: lists.counts[path])], ""


def kind_of(item: Item, lists: Lists) -> str:
    if item.get("type") == "Feature" and "geometry" in item:
        return "geojson"
    if {"geo", "address"} <= set(item) and ("ontology" in lists.beside or "licence" in lists.beside):
        return "gogocarto"
    if {"lat", "lng", "title", "license"} <= set(item):
        return "openfairdb"
    return "json"


def named_projection(beside: dict[str, Any]) -> str:
    """What the ``crs`` of older GeoJSON names."""
    return str(beside.get("crs.properties.name", ""))


def flattened(item: Item, projection: Projection, remarks: Remarks | None, rank: int) -> dict[str, Value]:
    """The cells of an object, blank ones left out; those of its properties under their own names."""
    cells: dict[str, Value] = {}
    feature = item.get("type") == "Feature"
    lifted = next((name for name in LIFTED if isinstance(item.get(name), dict)), "")
    if lifted == "properties" and not feature:
        lifted = ""
    for name, value in item.items():
        if name != lifted and not (feature and name == "type"):
            put(cells, name, value, 1, projection, remarks, rank)
    for name, value in item[lifted].items() if lifted else ():
        own = f"{lifted}.{name}" if name in cells else name
        put(cells, own, value, 1, projection, remarks, rank)
    return {name: value for name, value in cells.items() if value is not None}


def put(
    cells: dict[str, Value], name: str, value: Any, level: int,
    projection: Projection, remarks: Remarks | None, rank: int,
) -> None:  # fmt: skip
    if isinstance(value, dict):
        if value.get("type") in KINDS and ("coordinates" in value or "geometries" in value):
            place = position(value, projection, remarks, rank)
            if place:
                cells[f"{name}.lon"], cells[f"{name}.lat"] = place
        elif level >= DEEPEST:
            cells[name] = as_json(value)
        else:
            for key, inner in value.items():
                put(cells, f"{name}.{key}", inner, level + 1, projection, remarks, rank)
    elif isinstance(value, list):
        listed(cells, name, value)
    elif isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        cells[name] = int(value)  # some programs write all numbers of a column with decimals, or none
    elif not (isinstance(value, str) and not value.strip()):
        cells[name] = value


def listed(cells: dict[str, Value], name: str, values: list[Any]) -> None:
    """A list as one cell; of objects, one for each of their keys."""
    plain = [value for value in values if not isinstance(value, dict | list)]
    if len(values) == 2 and all(isinstance(value, float) for value in values):
        cells[name] = ", ".join(map(repr, values))  # a place, as others write it
    elif len(plain) == len(values):
        cells[name] = JOINED.join(written(value) for value in plain if value not in (None, "")) or None
    elif all(isinstance(value, dict) for value in values):
        keys = dict.fromkeys(key for value in values for key in value)
        for key in keys:
            texts = [written(value.get(key)) for value in values]
            cells[f"{name}.{key}"] = JOINED.join(texts) if any(texts) else None
    else:
        cells[name] = as_json(values)


def as_json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise Unreadable("too-deep") from None


def written(value: Any) -> str:
    if value is None:
        return ""
    return as_json(value) if isinstance(value, dict | list | bool) else str(value)
