"""Counting anew a million initiatives: in memory, and sectors looked up by mask.

The sectors of each mask are found once for all (there are a few hundred masks) instead of trying thirty bits
on every cell. docs/counts.md describes the tables.
"""

from django.db import migrations

TRUTH = """
CREATE OR REPLACE FUNCTION public.directory_pyramid_truth() RETURNS TABLE (
    level integer, x integer, y integer, mask integer, n integer, sum_lon double precision,
    sum_lat double precision, ids bigint, west integer, south integer, east integer, north integer
) LANGUAGE sql STABLE AS $$
    WITH finest AS MATERIALIZED (
        SELECT tile_x >> 8 AS x, tile_y >> 8 AS y, sector_mask AS mask, count(*)::integer AS n,
               sum(round(lon * 1e6)) AS sum_lon, sum(round(lat * 1e6)) AS sum_lat, bit_xor(id) AS ids,
               min(floor(lon * 1e6))::integer AS west, min(floor(lat * 1e6))::integer AS south,
               max(ceil(lon * 1e6))::integer AS east, max(ceil(lat * 1e6))::integer AS north
        FROM (
            SELECT id, tile_x, tile_y, sector_mask, public.ST_X(location) AS lon, public.ST_Y(location) AS lat
            FROM public.directory_initiative WHERE publication = 'published' AND activity_state = 'open'
        ) AS r
        WHERE lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 GROUP BY 1, 2, 3
    ),
    by_mask AS MATERIALIZED (
        SELECT level, x >> (16 - level) AS x, y >> (16 - level) AS y, mask, sum(n)::integer AS n,
               sum(sum_lon) AS sum_lon, sum(sum_lat) AS sum_lat, bit_xor(ids) AS ids,
               min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north
        FROM finest CROSS JOIN (VALUES (8), (10), (12), (14), (16)) AS l(level) GROUP BY 1, 2, 3, 4
    ),
    bits AS MATERIALIZED (
        SELECT mask, 1 << bit AS bit FROM (SELECT DISTINCT mask FROM finest) AS m
        CROSS JOIN generate_series(0, 29) AS bit WHERE mask >> bit & 1 = 1
    )
    TABLE by_mask
    UNION ALL
    SELECT level + 100, x, y, 0, sum(n)::integer, sum(sum_lon), sum(sum_lat), bit_xor(ids),
           min(west), min(south), max(east), max(north)
    FROM by_mask WHERE level < 14 GROUP BY level, x, y
    UNION ALL
    SELECT level + 100, x, y, bit, sum(n)::integer, 0, 0, 0, NULL, NULL, NULL, NULL
    FROM by_mask JOIN bits USING (mask) WHERE level < 14 GROUP BY level, x, y, bit
$$;
-- what it groups does not fit in what a query of a page may take
ALTER FUNCTION public.directory_rebuild_counts() SET work_mem = '256MB';
"""
# The other way of counting the same may stay.
REVERSE = "ALTER FUNCTION public.directory_rebuild_counts() RESET work_mem;"


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_legal_form_index")]
    operations = [migrations.RunSQL(TRUTH, REVERSE)]
