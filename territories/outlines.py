"""Outlines as GeoJSON bytes, ready to send. Hot SQL of this room, with gazetteer.py."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import connection

from territories.drafts import BANDS, FULL_DECIMALS
from territories.gazetteer import resolve
from territories.geometry import BBox
from territories.models import Kind

# The greatest zoom at which a kind of territory is what the base map draws; communes beyond.
DRAWN_UP_TO = {6: Kind.REGION, 8: Kind.DEPARTEMENT, 10: Kind.EPCI}
FINER_TO_COARSER = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.COUNTRY)
MAX_FEATURES = 1_000

FEATURE = """
'{{"type":"Feature","id":' || to_json(t.id)::text
|| CASE WHEN t.envelope IS NULL THEN '' ELSE ',"bbox":' || json_build_array(
       round(public.ST_XMin(t.envelope)::numeric, 5), round(public.ST_YMin(t.envelope)::numeric, 5),
       round(public.ST_XMax(t.envelope)::numeric, 5), round(public.ST_YMax(t.envelope)::numeric, 5))::text END
|| ',"geometry":' || coalesce({geometry}, 'null')
|| ',"properties":' || json_build_object('id', t.id, 'kind', t.kind, 'code', t.code, 'name', t.name, 'label',
       CASE WHEN t.label_point IS NOT NULL THEN json_build_array(
           round(public.ST_X(t.label_point)::numeric, 5),
           round(public.ST_Y(t.label_point)::numeric, 5)) END)::text
|| '}}'
"""
FULL = f"public.ST_AsGeoJSON(t.geometry, {FULL_DECIMALS}, 0)"
BANDED = "o.geojson"

ONE = """
SELECT convert_to({feature}, 'UTF8') FROM territories_territory AS t
  LEFT JOIN territories_territoryoutline AS o ON o.territory_id = t.id AND o.band = %(band)s
 WHERE t.id = %(id)s
"""
FROM_BAND = """
  FROM territories_territoryoutline AS o JOIN territories_territory AS t ON t.id = o.territory_id
 WHERE o.band = %(band)s AND t.kind = ANY(%(kinds)s) AND t.listed AND ({boxes})
"""
FROM_FULL = """
  FROM territories_territory AS t WHERE t.kind = ANY(%(kinds)s) AND t.listed AND ({boxes})
"""
COUNT = "SELECT count(*) {source}"
# The largest first, so that what a cap leaves out is what is seen least.
MANY = """
SELECT convert_to(coalesce(string_agg(feature, ',' ORDER BY area_km2 DESC NULLS LAST, id), ''), 'UTF8'),
       count(*)
  FROM (SELECT {feature} AS feature, t.area_km2, t.id {source}
         ORDER BY t.area_km2 DESC NULLS LAST, t.id LIMIT %(limit)s) AS drawn
"""


def band_of(zoom: int) -> int | None:
    """The band that serves a map zoom; None where the full outline does."""
    return next((band for band in sorted(BANDS) if zoom <= band), None)


def outline(territory_id: str, zoom: int) -> bytes:
    """One territory as a GeoJSON Feature, as detailed as the zoom needs. UnknownTerritory.

    ``geometry`` is null where there is no outline; ``label`` is where its name reads best.
    """
    territory = resolve(territory_id)
    band = band_of(zoom)
    geometry = FULL if band is None else BANDED
    with connection.cursor() as cursor:
        sql = ONE.format(feature=FEATURE.format(geometry=geometry))
        cursor.execute(sql, {"id": territory.pk, "band": band})
        return bytes(cursor.fetchone()[0])


def kinds_at(zoom: int) -> tuple[Kind, ...]:
    """What the base map draws at this zoom, then the coarser kinds to fall back on."""
    kind = next((kind for most, kind in sorted(DRAWN_UP_TO.items()) if zoom <= most), Kind.COMMUNE)
    return FINER_TO_COARSER[FINER_TO_COARSER.index(kind) :]


def outlines_in(bbox: BBox, zoom: int, kinds: Collection[str] = (), limit: int = MAX_FEATURES) -> bytes:
    """The outlines that meet a box, as a GeoJSON FeatureCollection for a map without tiles.

    Without ``kinds`` the kind follows the zoom, and gives way to a coarser one where more than
    ``limit`` would come. ``kinds`` says what is drawn, ``numberMatched`` how many there are.
    """
    if kinds:
        return collection(bbox, zoom, list(kinds), limit)
    matched = 0
    for kind in kinds_at(zoom):
        matched = number_matched(bbox, zoom, [kind])
        if 0 < matched <= limit:
            break
    return collection(bbox, zoom, [str(kind)], limit, matched)


def source_of(bbox: BBox, zoom: int) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE for what meets the box, and their parameters."""
    band = band_of(zoom)
    column = "t.geometry" if band is None else "o.geometry"
    given: dict[str, Any] = {"band": band}
    boxes = []
    for part, edges in enumerate(bbox.parts()):
        names = [f"box{part}_{side}" for side in "wsen"]
        given |= dict(zip(names, edges, strict=True))
        corners = ", ".join(f"%({name})s" for name in names)
        boxes.append(f"public.ST_Intersects({column}, public.ST_MakeEnvelope({corners}, 4326))")
    return (FROM_FULL if band is None else FROM_BAND).format(boxes=" OR ".join(boxes)), given


def number_matched(bbox: BBox, zoom: int, kinds: list[str]) -> int:
    source, given = source_of(bbox, zoom)
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(source=source), {**given, "kinds": [str(kind) for kind in kinds]})
        return int(cursor.fetchone()[0])


def collection(bbox: BBox, zoom: int, kinds: list[str], limit: int, matched: int | None = None) -> bytes:
    if matched is None:
        matched = number_matched(bbox, zoom, kinds)
    source, given = source_of(bbox, zoom)
    feature = FEATURE.format(geometry=FULL if band_of(zoom) is None else BANDED)
    with connection.cursor() as cursor:
        sql = MANY.format(feature=feature, source=source)
        cursor.execute(sql, {**given, "kinds": kinds, "limit": limit})
        features, returned = cursor.fetchone()
    head = {
        "type": "FeatureCollection",
        "kinds": kinds,
        "zoom": zoom,
        "numberMatched": matched,
        "numberReturned": returned,
    }
    return json.dumps(head)[:-1].encode() + b', "features": [' + bytes(features) + b"]}"
