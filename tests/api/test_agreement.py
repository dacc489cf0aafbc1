"""Two roads that must agree: the faces of one search; the fast GeoJSON and a plain serializer."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import caches
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from directory.features import features
from directory.missing import Missing
from directory.models import Activity, Initiative, LegalForm, Sector
from directory.paging import Row
from tests import factories
from tests.api.conftest import LEGAL_FORMS, Ask, World

QUICK = settings(max_examples=20)
LONG = settings(QUICK, max_examples=300)
BASE = "https://example.org"

# -- Random criteria -------------------------------------------------------------------------------

SLUGS = [f"initiative-{number:02d}" for number in range(36)]
SECTORS = ["alimentation", "culture", "commerce", "finance", "alimentation--amap-paniers", "energie"]
TERRITORIES = [
    "commune-01001",
    "commune-01002",
    "departement-01",
    "epci-200000001",
    "region-99",
    "country-FR",
    "commune-98801",
    "commune-01003",
]
WORDS = ["epicerie", "cooperative", "ressourceri", "jardin bords", "une", "épicrie", "centre", "Ouest", "zzz"]
longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)


def some_of(values: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(",".join)


def truth() -> st.SearchStrategy[str]:
    return st.sampled_from(["true", "false"])


def days() -> st.SearchStrategy[str]:
    return st.dates(date(2025, 12, 1), date(2026, 10, 1)).map(str)


near_by = st.tuples(st.floats(-0.5, 2.5), st.floats(44.5, 46.5)).map(lambda point: f"{point[0]},{point[1]}")
boxes = st.tuples(longitudes, latitudes, longitudes, latitudes).map(
    lambda box: f"{box[0]},{min(box[1], box[3])},{box[2]},{max(box[1], box[3])}"
)
near_boxes = st.tuples(
    st.floats(-0.2, 1), st.floats(44.9, 45.5), st.floats(1, 2.2), st.floats(45.5, 46.1)
).map(lambda box: ",".join(map(str, box)))
PARAMS: dict[str, st.SearchStrategy[str]] = {
    "q": st.sampled_from(WORDS),
    "sector": some_of(SECTORS),
    "territory": some_of(TERRITORIES),
    "ptce": st.just("pole"),
    "network": st.just("reseau"),
    "legal_form": some_of(LEGAL_FORMS),
    "charter": truth(),
    "testimony": truth(),
    "example": truth(),
    "placed": truth(),
    "missing": some_of(Missing.values),
    "bbox": near_boxes | boxes,
    "near": near_by,
    "verified_since": days(),
    "verified_before": days(),
    "updated_since": days(),
    "ids": some_of(SLUGS),
    "listing": st.just("choix"),
    "ordering": st.sampled_from(["name", "-updated", "-created"]),
}


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(PARAMS)), max_size=3, unique=True))
    asked = {name: draw(PARAMS[name]) for name in names}
    if "near" in asked and draw(st.booleans()):
        asked["radius"] = str(draw(st.integers(1, 200_000)))
    if "territory" in asked and draw(st.booleans()):
        asked["served"] = draw(truth())
    return asked


def check_agreement(ask: Ask, asked: dict[str, str], limit: int) -> None:
    caches["visitors"].clear()  # asking for everything is counted
    whole = ask("initiatives", **asked, limit="all").json
    ids = [feature["id"] for feature in whole["features"]]
    assert whole["numberMatched"] == whole["numberReturned"] == len(ids) == len(set(ids))
    assert paged(ask, asked, limit, whole["numberMatched"]) == ids
    rows = csv.DictReader(io.StringIO(ask("initiatives", **asked, format="csv").text))
    assert [row["id"] for row in rows] == ids
    check_facets(ask, asked, whole["features"])
    check_map(ask, asked)


def paged(ask: Ask, asked: dict[str, str], limit: int, matched: int) -> list[str]:
    page = ask("initiatives", **asked, limit=limit)
    found = page.ids
    while following := [link["href"] for link in page.json["links"] if link["rel"] == "next"]:
        assert page.json["numberMatched"] == matched
        page = ask(following[0])
        found += page.ids
    return found


def check_facets(ask: Ask, asked: dict[str, str], found: list[Any]) -> None:
    counts = ask("facets", **asked).json
    assert counts["numberMatched"] == len(found)
    assert counts["withoutPlace"] == sum(feature["geometry"] is None for feature in found)
    for facet, values in (
        ("sector", lambda said: said["sectors"]),
        ("legal_form", lambda said: [said["legal_form"]]),
    ):
        others = {name: value for name, value in asked.items() if name != facet}
        listed = ask("initiatives", **others, limit="all").json["features"]
        assert counts[facet] == Counter(
            value for feature in listed for value in values(feature["properties"])
        )
    for facet, slug in (("ptce", "pole"), ("network", "reseau")):
        own = ask("initiatives", **{**asked, facet: slug}).json["numberMatched"]
        assert counts[facet].get(slug, 0) == own


def check_map(ask: Ask, asked: dict[str, str]) -> None:
    """The map counts what the list has in the aligned box, at coarse and fine zooms."""
    others = {name: value for name, value in asked.items() if name != "bbox"}
    for zoom in (0, 7, 22):
        view = ask("map", **others, bbox=asked.get("bbox", "-180,-90,180,90"), zoom=zoom).json
        inside = ask("initiatives", **others, bbox=",".join(map(str, view["bbox"])), limit="all")
        counts = [feature["properties"].get("count", 1) for feature in view["features"]]
        assert sum(counts) == view["numberMatched"] == inside.json["numberMatched"]
        singles = [feature["id"] for feature in view["features"] if "count" not in feature["properties"]]
        assert set(singles) <= set(inside.ids)


@QUICK
@given(asked=criteria(), limit=st.integers(1, 40))
def test_every_face_of_a_search_gives_the_same(
    world: World, ask: Ask, asked: dict[str, str], limit: int
) -> None:
    check_agreement(ask, asked, limit)


@pytest.mark.slow
@LONG
@given(asked=criteria(), limit=st.integers(1, 40))
def test_every_face_of_a_search_gives_the_same_at_length(
    world: World, ask: Ask, asked: dict[str, str], limit: int
) -> None:
    check_agreement(ask, asked, limit)


# -- Random rows -----------------------------------------------------------------------------------


class PlainSerializer(GeoFeatureModelSerializer):
    """What DRF-GIS writes of an initiative with no thought for speed: the reference."""

    id = serializers.CharField(source="slug")
    sector = serializers.SerializerMethodField()
    sectors = serializers.SerializerMethodField()
    activities = serializers.SerializerMethodField()
    commune = serializers.SerializerMethodField()
    departement = serializers.SerializerMethodField()
    postcode = serializers.SerializerMethodField()
    precision = serializers.SerializerMethodField()
    website = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    verified_at = serializers.DateTimeField(default_timezone=UTC)
    updated_at = serializers.DateTimeField(default_timezone=UTC)
    example = serializers.SerializerMethodField()
    location = GeometryField(precision=6)

    class Meta:
        model = Initiative
        geo_field = "location"
        id_field = False
        fields = [
            "id",
            "name",
            "summary",
            "sector",
            "sectors",
            "activities",
            "legal_form",
            "commune",
            "postcode",
            "departement",
            "precision",
            "website",
            "url",
            "verified_at",
            "updated_at",
            "source",
            "example",
        ]

    def get_sector(self, row: Initiative) -> str:
        return Sector.objects.get(pk=row.activities[0] // 100).slug

    def get_sectors(self, row: Initiative) -> list[str]:
        ids = {activity // 100 for activity in row.activities}
        return list(Sector.objects.filter(pk__in=ids).order_by("pk").values_list("slug", flat=True))

    def get_activities(self, row: Initiative) -> list[str]:
        slugs = dict(Activity.objects.values_list("pk", "slug"))
        return [slugs[pk] for pk in row.activities if pk in slugs]

    def get_commune(self, row: Initiative) -> dict[str, str] | None:
        return {"id": row.commune.pk, "name": row.commune.name} if row.commune else None

    def get_departement(self, row: Initiative) -> dict[str, str] | None:
        return {"id": row.departement.pk, "name": row.departement.name} if row.departement else None

    def get_postcode(self, row: Initiative) -> str | None:
        return row.postcode or None

    def get_precision(self, row: Initiative) -> str | None:
        return row.precision or None

    def get_website(self, row: Initiative) -> str | None:
        return row.website or None

    def get_source(self, row: Initiative) -> str | None:
        return row.source or None

    def get_url(self, row: Initiative) -> str:
        return f"{BASE}/initiatives/{row.slug}/"

    def get_example(self, row: Initiative) -> bool:
        return row.origin == "example"


# Everything that PostgreSQL can hold: all but NUL and halves of surrogate pairs.
signs = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.text(signs, max_size=40) | st.sampled_from(
    [
        '"',
        "\\",
        '"},{"',
        "\x01\x1f\x7f\x85\u2028\u2029\ufeff",
        "👩🏽‍🌾 « été »",
        "</script>",
        "'",
        "\n\r\t",
        "%s",
        "e\u0301",
    ]
)
edges = st.sampled_from(
    [0.0, -0.0, 180.0, -180.0, 179.9999999, -179.9999999, 1e-7, -1e-7, 0.0000005, 2.1234565]
)
poles = st.sampled_from([90.0, -90.0, 89.9999999, 0.0, -0.0, 85.0511288, -85.0511288, 1e-9])
# Every road to a listing rounds its point; PostgreSQL takes the radians of 5e-324 for an underflow.
normal = st.floats(-90, 90, allow_subnormal=False)
points = st.none() | st.tuples(longitudes | edges, normal | poles)
moments = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
listings = st.fixed_dictionaries(
    {
        "name": texts.filter(bool),
        "summary": texts,
        "source": texts,
        "postcode": texts,
        "website": texts,
        "activities": st.lists(
            st.sampled_from([100, 101, 102, 300, 501, 601, 1401]), min_size=1, max_size=6, unique=True
        ),
        "legal_form": st.sampled_from(LegalForm.values),
        "origin": st.sampled_from(["real", "example"]),
        "verified_at": moments,
        "at": points,
        "where": st.sampled_from(["commune", "departement", None]),
    }
)


def check_rows(world: World, made: list[dict[str, Any]]) -> None:
    with transaction.atomic():  # undone below: each example begins with the world alone
        rows = [stored(world, dict(fields)) for fields in made]
        fast = [json.loads(text) for text in features([Row(row.pk, None) for row in rows], BASE)]
        plain = json.loads(json.dumps(PlainSerializer(rows, many=True).data))["features"]
        transaction.set_rollback(True)
    assert [comparable(feature) for feature in fast] == [comparable(feature) for feature in plain]
    for ours, theirs in zip(fast, plain, strict=True):
        check_point(ours["geometry"], theirs["geometry"])


def stored(world: World, fields: dict[str, Any]) -> Initiative:
    where = fields.pop("where")
    place = {where: world.territories["west" if where == "commune" else "departement"]} if where else {}
    made = factories.make_initiative(**fields, **place)
    return Initiative.objects.get(pk=made.pk)


def comparable(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties, with moments as moments: both ways of writing a fraction of a second are right."""
    said = dict(feature["properties"])
    for name in ("verified_at", "updated_at"):
        said[name] = said[name] and datetime.fromisoformat(said[name])
    return said


def check_point(ours: Any, theirs: Any) -> None:
    if theirs is None:
        assert ours is None
        return
    assert ours["type"] == theirs["type"] == "Point"
    for here, there in zip(ours["coordinates"], theirs["coordinates"], strict=True):
        # Rounding may fall on either side of half a millionth of a degree.
        assert abs(here - there) <= 1.000001e-6
        assert here == round(here, 6)


@QUICK
@given(made=st.lists(listings, min_size=1, max_size=4))
def test_the_fast_geojson_is_what_a_plain_serializer_writes(world: World, made: list[dict[str, Any]]) -> None:
    check_rows(world, made)


@pytest.mark.slow
@LONG
@given(made=st.lists(listings, min_size=1, max_size=4))
def test_the_fast_geojson_is_what_a_plain_serializer_writes_at_length(
    world: World, made: list[dict[str, Any]]
) -> None:
    check_rows(world, made)


def test_coordinates_of_six_decimals_are_exact(world: World) -> None:
    positions = [(2.123456, 45.654321), (0.0, 0.0), (180.0, -90.0), (-180.0, 90.0), (-0.000001, 0.000001)]
    rows = [factories.make_initiative("x", at=position) for position in positions]
    found = [
        json.loads(text)["geometry"]["coordinates"]
        for text in features([Row(row.pk, None) for row in rows], BASE)
    ]
    assert found == [list(position) for position in positions]
    assert Point(*found[0]).tuple == positions[0]
