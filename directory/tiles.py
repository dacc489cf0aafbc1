"""Hot SQL of vector tiles: criteria and a tile of the web-mercator grid in, its bytes out.

Up to zoom 12 a tile holds clusters, one for each cell of the map (four by four to a tile); from 13 on,
the initiatives themselves. A row belongs to the cell whose number it stores, hence to one tile of each
zoom: the counts of the tiles of a zoom sum to what matches and has a place. Format: Mapbox Vector Tile 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from directory import pyramid
from directory.grid import STORED_LEVEL, Cells, level_of
from directory.search import SearchCriteria
from territories.geometry import BBox

LAYER = "initiatives"
FIRST_ZOOM_OF_POINTS = 13


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as maps number them: ``x`` from the west, ``y`` from the north, both below 2 to the ``zoom``."""

    zoom: int
    x: int
    y: int

    @property
    def cells(self) -> Cells:
        """The cells of the map that it is made of."""
        return Cells(self.zoom, 4 * self.x, 4 * self.y, 4 * self.x + 4, 4 * self.y + 4)

    @property
    def frame(self) -> BBox:
        """A box around all that belongs to it, a metre too wide."""
        box = self.cells.box
        return BBox(
            max(box.west - pyramid.EDGE, -180), max(box.south - pyramid.EDGE, -90),
            min(box.east + pyramid.EDGE, 180), min(box.north + pyramid.EDGE, 90),
        )  # fmt: skip


# A row of the pyramid, or one like it for each row that matches; positions in millionths of a degree.
STORED = """
    SELECT x >> {down} AS x, y >> {down} AS y, mask, n, sum_lon, sum_lat, ids FROM directory_pyramid
    WHERE level = {level} AND x BETWEEN {west} AND {east} AND y BETWEEN {top} AND {bottom} {of_sectors}
"""
MATCHED = """
    SELECT tile_x >> {shift} AS x, tile_y >> {shift} AS y, mask, 1 AS n, round(ST_X(at) * 1e6) AS sum_lon,
           round(ST_Y(at) * 1e6) AS sum_lat, id AS ids
    FROM ({matched}) AS m(id, tile_x, tile_y, mask, at) WHERE {in_tile}
"""
IN_TILE = "tile_x BETWEEN {west} AND {east} AND tile_y BETWEEN {top} AND {bottom}"

# Nothing that belongs to the tile is clipped; the grid ends where its square does.
DRAWN = """ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint({lon},
    greatest(least({lat}, 85.0511287798), -85.0511287798)), 4326), 3857),
    ST_TileEnvelope({zoom}, {x}, {y}), 4096, 0, false)"""

CLUSTERS = """
WITH parts AS MATERIALIZED ({parts}),
cells AS (
    SELECT x, y, sum(n)::integer AS n, sum(sum_lon) / sum(n) / 1e6 AS lon, sum(sum_lat) / sum(n) / 1e6 AS lat,
           bit_xor(ids) AS ids
    FROM parts GROUP BY x, y HAVING sum(n) > 0
),
mixes AS (
    SELECT x, y, json_object_agg(slug, n ORDER BY n DESC, id)::text AS sectors,
           (array_agg(slug ORDER BY n DESC, id))[1] AS sector
    FROM (
        SELECT x, y, s.id, s.slug, sum(n) AS n
        FROM (SELECT x, y, mask, sum(n) AS n FROM parts GROUP BY 1, 2, 3) AS p
        JOIN directory_sector s ON p.mask >> (s.id - 1) & 1 = 1 GROUP BY x, y, s.id, s.slug HAVING sum(n) > 0
    ) AS counted GROUP BY x, y
)
SELECT ST_AsMVT(t, '{layer}', 4096, 'geom') FROM (
    SELECT {drawn} AS geom, cells.n AS count, coalesce(s.slug, mixes.sector) AS sector, mixes.sectors,
           i.slug AS id, i.name, c.name AS commune, %s::text || '/initiatives/' || i.slug || '/' AS url
    FROM cells LEFT JOIN mixes USING (x, y)
    LEFT JOIN directory_initiative i ON i.id = CASE WHEN cells.n = 1 THEN cells.ids END
    LEFT JOIN directory_sector s ON s.id = i.main_sector
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    ORDER BY cells.y, cells.x
) AS t
"""
POINTS = """
SELECT ST_AsMVT(t, '{layer}', 4096, 'geom') FROM (
    SELECT {drawn} AS geom, 1 AS count, s.slug AS sector, i.slug AS id, i.name, c.name AS commune,
           %s::text || '/initiatives/' || i.slug || '/' AS url
    FROM ({matched}) AS m(id, tile_x, tile_y, at)
    JOIN directory_initiative i ON i.id = m.id
    LEFT JOIN directory_sector s ON s.id = i.main_sector
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    WHERE {in_tile} ORDER BY i.id
) AS t
"""


def tile(criteria: SearchCriteria, place: Tile, base: str) -> bytes:
    """The tile's bytes, none where nothing is. ``base`` is the site's address, without a final slash."""
    if place.zoom < FIRST_ZOOM_OF_POINTS:
        sql, params = _clusters(criteria, place, base)
    else:
        sql, params = _points(criteria, place, base)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bytes(cursor.fetchone()[0] or b"")


def _clusters(criteria: SearchCriteria, place: Tile, base: str) -> tuple[str, list[Any]]:
    parts, params = _parts(criteria, place)
    sql = CLUSTERS.format(parts=parts, layer=LAYER, drawn=_drawn(place, "cells.lon", "cells.lat"))
    return sql, [*params, base]


def _parts(criteria: SearchCriteria, place: Tile) -> tuple[str, list[Any]]:
    if pyramid.covers(criteria) and criteria.bbox is None:
        level = next(each for each in pyramid.LEVELS if each >= level_of(place.zoom))
        mask = criteria.sector_mask
        sql = STORED.format(
            level=level,
            down=level - level_of(place.zoom),
            of_sectors=f"AND mask & {mask} <> 0" if mask else "",
            **_numbers(place, level),
        )
        return sql, []
    matched, params = _matched(criteria, place, "pk", "tile_x", "tile_y", "sector_mask", "location")
    shift = STORED_LEVEL - level_of(place.zoom)
    return MATCHED.format(matched=matched, shift=shift, in_tile=_in_tile(place)), params


def _points(criteria: SearchCriteria, place: Tile, base: str) -> tuple[str, list[Any]]:
    matched, params = _matched(criteria, place, "pk", "tile_x", "tile_y", "location")
    drawn = _drawn(place, "ST_X(m.at)", "ST_Y(m.at)")
    sql = POINTS.format(
        matched=matched, layer=LAYER, drawn=drawn, in_tile=_in_tile(place, "m.tile_x", "m.tile_y")
    )
    return sql, [base, *params]


def _matched(criteria: SearchCriteria, place: Tile, *names: str) -> tuple[str, list[Any]]:
    found = replace(criteria, ordering="name").initiatives().framed(place.frame)
    sql, params = pyramid.compiled(found.values_list(*names))
    return sql, list(params)


def _numbers(place: Tile, level: int) -> dict[str, int]:
    """The first and last cells of a level that are in the tile."""
    down = level - place.zoom
    return {
        "west": place.x << down, "east": ((place.x + 1) << down) - 1,
        "top": place.y << down, "bottom": ((place.y + 1) << down) - 1,
    }  # fmt: skip


def _in_tile(place: Tile, x: str = "tile_x", y: str = "tile_y") -> str:
    return IN_TILE.replace("tile_x", x).replace("tile_y", y).format(**_numbers(place, STORED_LEVEL))


def _drawn(place: Tile, lon: str, lat: str) -> str:
    return DRAWN.format(lon=lon, lat=lat, zoom=place.zoom, x=place.x, y=place.y)
