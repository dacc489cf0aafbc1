"""Counts that are always exact: a pyramid of cells for the map, tallies for the facets, a version.

Triggers append signed rows and update none, so that no writer waits for another; readers sum what
they see; ``directory_fold()`` replaces what was appended by its sums. Functions name their schema,
because a restored dump runs with an empty search path. Tables and functions are described in
docs/counts.md, and read by directory/pyramid.py.
"""

from django.db import migrations, models

TABLES = """
-- n initiatives of a cell, by sector mask at levels 8, 10, 12, 14 and 16. At levels 108, 110 and 112, whatever the mask:
-- all of the cell under mask 0, and under the bit of each sector how many are in it. Positions are in
-- millionths of a degree (whole numbers: sums of doubles are exact up to 9e15). The ids are combined by
-- exclusive or: of one initiative alone, they are its id. The box holds every member; it may be wider
-- after some left, until the rebuilding.
CREATE TABLE public.directory_pyramid (
    sum_lon double precision NOT NULL, sum_lat double precision NOT NULL, ids bigint NOT NULL,
    x integer NOT NULL, y integer NOT NULL, mask integer NOT NULL, n integer NOT NULL,
    west integer, south integer, east integer, north integer,
    level smallint NOT NULL, waiting boolean NOT NULL DEFAULT true
);
-- read by the map, and by counts in an aligned box
CREATE INDEX directory_pyramid_cells ON public.directory_pyramid (level, x, y);
-- read by the fold
CREATE INDEX directory_pyramid_waiting ON public.directory_pyramid (level) WHERE waiting;

-- n visible initiatives by sector mask (facet "mask") or by activity, and by legal form and place.
CREATE TABLE public.directory_tally (
    n bigint NOT NULL, key integer NOT NULL, placed boolean NOT NULL,
    waiting boolean NOT NULL DEFAULT true, facet text NOT NULL, legal_form text NOT NULL
);
-- read by the facets
CREATE INDEX directory_tally_facet ON public.directory_tally (facet);
-- read by the fold
CREATE INDEX directory_tally_waiting ON public.directory_tally (facet) WHERE waiting;

-- A row per statement that changed what can be read. The sum only grows, in the order of commits.
CREATE TABLE public.directory_version (n bigint NOT NULL);
INSERT INTO public.directory_version VALUES (1);
"""

VISIBLE = "publication = 'published' AND activity_state = 'open'"

# Visible rows with their sign. Of an update, those that count as before cancel out; no join, because
# plpgsql would keep its plan for one row when a million come.
ROWS = """
    SELECT {sign} AS sign, id, sector_mask, legal_form, activities, tile_x, tile_y,
           location IS NOT NULL AS placed, public.ST_X(location) AS lon, public.ST_Y(location) AS lat
    FROM {source} WHERE {visible}
"""
BOTH = """
    SELECT sum(sign)::integer AS sign, id, sector_mask, legal_form, activities, tile_x, tile_y, placed, lon, lat
    FROM ({before} UNION ALL {after}) AS r
    GROUP BY id, sector_mask, legal_form, activities, tile_x, tile_y, placed, lon, lat HAVING sum(sign) <> 0
"""

# The finest cells first, the others from them. What lies beyond the world (or has no coordinates) is in
# no box, so in no cell.
CELLS = """
    finest AS MATERIALIZED (
        SELECT tile_x >> 8 AS x, tile_y >> 8 AS y, sector_mask AS mask, sum(sign)::integer AS n,
               sum(sign * round(lon * 1e6)) AS sum_lon, sum(sign * round(lat * 1e6)) AS sum_lat,
               bit_xor(id) AS ids,
               min(CASE WHEN sign > 0 THEN floor(lon * 1e6) END)::integer AS west,
               min(CASE WHEN sign > 0 THEN floor(lat * 1e6) END)::integer AS south,
               max(CASE WHEN sign > 0 THEN ceil(lon * 1e6) END)::integer AS east,
               max(CASE WHEN sign > 0 THEN ceil(lat * 1e6) END)::integer AS north
        FROM {rows} AS r WHERE lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 GROUP BY 1, 2, 3
    ),
    by_mask AS MATERIALIZED (
        SELECT level, x >> (16 - level) AS x, y >> (16 - level) AS y, mask, sum(n)::integer AS n,
               sum(sum_lon) AS sum_lon, sum(sum_lat) AS sum_lat, bit_xor(ids) AS ids,
               min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north
        FROM finest CROSS JOIN (VALUES (8), (10), (12), (14), (16)) AS l(level) GROUP BY 1, 2, 3, 4
    ),
    cells AS (
        TABLE by_mask
        UNION ALL
        SELECT level + 100, x, y, 0, sum(n)::integer, sum(sum_lon), sum(sum_lat), bit_xor(ids),
               min(west), min(south), max(east), max(north)
        FROM by_mask WHERE level < 14 GROUP BY level, x, y
        UNION ALL
        SELECT level + 100, x, y, 1 << bit, sum(n)::integer, 0, 0, 0, NULL, NULL, NULL, NULL
        FROM by_mask CROSS JOIN generate_series(0, 29) AS bit WHERE level < 14 AND mask >> bit & 1 = 1
        GROUP BY level, x, y, bit HAVING sum(n) <> 0
    )
"""
TALLIES = """
    SELECT 'mask' AS facet, sector_mask AS key, legal_form, placed, sum(sign)::bigint AS n
    FROM {rows} AS r GROUP BY 2, 3, 4 HAVING sum(sign) <> 0
    UNION ALL
    SELECT 'activity', a.id, legal_form, placed, sum(sign)::bigint
    FROM {rows} AS r CROSS JOIN LATERAL (SELECT DISTINCT unnest(activities) AS id) AS a
    GROUP BY 2, 3, 4 HAVING sum(sign) <> 0
"""
CELL_COLUMNS = "level, x, y, mask, n, sum_lon, sum_lat, ids, west, south, east, north"
TALLY_COLUMNS = "facet, key, legal_form, placed, n"

COUNT = """
CREATE FUNCTION public.directory_count_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED ({rows}), {cells},
    pyramid AS (INSERT INTO public.directory_pyramid ({cell_columns}) TABLE cells)
    INSERT INTO public.directory_tally ({tally_columns}) {tallies};
    RETURN NULL;
END $$;
"""


def count(name: str, rows: str) -> str:
    return COUNT.format(
        name=name, rows=rows, cells=CELLS.format(rows="changed"), tallies=TALLIES.format(rows="changed"),
        cell_columns=CELL_COLUMNS, tally_columns=TALLY_COLUMNS,
    )


def rows(sign: int, source: str) -> str:
    return ROWS.format(sign=sign, source=source, visible=VISIBLE)


BEFORE, AFTER = rows(-1, "old_rows"), rows(1, "new_rows")

# A truncation takes its lock before this runs; only READ COMMITTED then sees all that was committed.
TRUNCATED = f"""
CREATE FUNCTION public.directory_count_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'Initiatives are truncated at READ COMMITTED only, or their counts would be wrong.';
    END IF;
    INSERT INTO public.directory_pyramid ({CELL_COLUMNS})
    SELECT level, x, y, mask, -sum(n), -sum(sum_lon), -sum(sum_lat), bit_xor(ids),
           NULL, NULL, NULL, NULL
    FROM public.directory_pyramid GROUP BY level, x, y, mask;
    INSERT INTO public.directory_tally ({TALLY_COLUMNS})
    SELECT facet, key, legal_form, placed, -sum(n) FROM public.directory_tally GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;
"""

# The counts as they must be, from the initiatives themselves: for the rebuilding and the checking.
TRUTH = f"""
CREATE FUNCTION public.directory_pyramid_truth() RETURNS TABLE (
    level integer, x integer, y integer, mask integer, n integer, sum_lon double precision,
    sum_lat double precision, ids bigint, west integer, south integer, east integer, north integer
) LANGUAGE sql STABLE AS $$
    WITH {CELLS.format(rows="(" + rows(1, "public.directory_initiative") + ")")} TABLE cells
$$;
CREATE FUNCTION public.directory_tally_truth() RETURNS TABLE (
    facet text, key integer, legal_form text, placed boolean, n bigint
) LANGUAGE sql STABLE AS $$
    WITH visible AS MATERIALIZED ({rows(1, "public.directory_initiative")}) {TALLIES.format(rows="visible")}
$$;
"""

# Only one session folds or rebuilds at a time; nobody else ever deletes or updates these rows.
FOLD = f"""
CREATE FUNCTION public.directory_fold() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
    tallied bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock('public.directory_pyramid'::regclass::bigint) THEN
        RETURN NULL;
    END IF;
    WITH waiting AS (DELETE FROM public.directory_pyramid WHERE waiting RETURNING *),
    touched AS (SELECT DISTINCT level, x, y, mask FROM waiting),
    folded AS (
        DELETE FROM public.directory_pyramid p USING touched t
        WHERE NOT p.waiting AND p.level = t.level AND p.x = t.x AND p.y = t.y AND p.mask = t.mask
        RETURNING p.*
    ),
    summed AS (
        INSERT INTO public.directory_pyramid ({CELL_COLUMNS}, waiting)
        SELECT level, x, y, mask, sum(n), sum(sum_lon), sum(sum_lat), bit_xor(ids),
               min(west), min(south), max(east), max(north), false
        FROM (TABLE waiting UNION ALL TABLE folded) AS every
        GROUP BY level, x, y, mask HAVING sum(n) <> 0
    )
    SELECT count(*) INTO taken FROM waiting;
    WITH waiting AS (DELETE FROM public.directory_tally WHERE waiting RETURNING *),
    touched AS (SELECT DISTINCT facet, key, legal_form, placed FROM waiting),
    folded AS (
        DELETE FROM public.directory_tally p USING touched t
        WHERE NOT p.waiting AND p.facet = t.facet AND p.key = t.key
          AND p.legal_form = t.legal_form AND p.placed = t.placed
        RETURNING p.*
    ),
    summed AS (
        INSERT INTO public.directory_tally ({TALLY_COLUMNS}, waiting)
        SELECT facet, key, legal_form, placed, sum(n), false
        FROM (TABLE waiting UNION ALL TABLE folded) AS every
        GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
    )
    SELECT count(*) INTO tallied FROM waiting;
    WITH noted AS (DELETE FROM public.directory_version RETURNING n)
    INSERT INTO public.directory_version SELECT sum(n) FROM noted HAVING sum(n) IS NOT NULL;
    RETURN taken + tallied;
END $$;
"""

# What is deleted and what is counted are of one snapshot: what others commit meanwhile stays waiting.
REBUILD = f"""
CREATE FUNCTION public.directory_rebuild_counts() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock('public.directory_pyramid'::regclass::bigint);
    LOCK TABLE public.directory_initiative IN ACCESS SHARE MODE;
    WITH gone AS (DELETE FROM public.directory_pyramid)
    INSERT INTO public.directory_pyramid ({CELL_COLUMNS}, waiting)
    SELECT {CELL_COLUMNS}, false FROM public.directory_pyramid_truth() ORDER BY level, x, y;
    WITH gone AS (DELETE FROM public.directory_tally)
    INSERT INTO public.directory_tally ({TALLY_COLUMNS}, waiting)
    SELECT {TALLY_COLUMNS}, false FROM public.directory_tally_truth() ORDER BY facet, key;
    INSERT INTO public.directory_version VALUES (1);
END $$;
"""

NOTE = """
CREATE FUNCTION public.directory_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.directory_version VALUES (1);
    ELSE
        INSERT INTO public.directory_version SELECT 1 WHERE EXISTS (SELECT FROM changed);
    END IF;
    RETURN NULL;
END $$;
"""

REFERENCING = {
    "insert": "REFERENCING NEW TABLE AS {new}",
    "update": "REFERENCING OLD TABLE AS {old} NEW TABLE AS {new}",
    "delete": "REFERENCING OLD TABLE AS {old}",
    "truncate": "",
}
READ = [
    "directory_activity", "directory_consent", "directory_contact", "directory_grouping", "directory_initiative",
    "directory_lexiconword", "directory_link", "directory_listing", "directory_listingpick",
    "directory_membership", "directory_merge", "directory_phrase", "directory_ptcestatus", "directory_sector",
    "directory_servedterritory", "directory_source", "directory_sourcerecord",
    "territories_customcommune", "territories_placename", "territories_territory",
    "territories_territorychange", "territories_territoryoutline",
]


def trigger(table: str, prefix: str, event: str, function: str, **names: str) -> str:
    return (
        f"CREATE TRIGGER {prefix}_{event} AFTER {event.upper()} ON public.{table}"
        f" {REFERENCING[event].format(**names)} FOR EACH STATEMENT EXECUTE FUNCTION public.{function}();\n"
    )


TRIGGERS = "".join(
    trigger("directory_initiative", "count", event, f"directory_count_{event}", old="old_rows", new="new_rows")
    for event in REFERENCING
) + "".join(
    trigger(table, "note", event, "directory_note_change", old="changed_from" if event == "update" else "changed",
            new="changed")
    for table in READ for event in REFERENCING
)
DROP_TRIGGERS = "".join(
    f"DROP TRIGGER count_{event} ON public.directory_initiative;\n" for event in REFERENCING
) + "".join(f"DROP TRIGGER note_{event} ON public.{table};\n" for table in READ for event in REFERENCING)

# Two writers that learn one new word each keep their own row of it, instead of the second waiting
# for the first to commit; rebuild_lexicon makes one of them again.
LEXICON = """
ALTER TABLE public.directory_lexiconword DROP CONSTRAINT directory_lexiconword_pkey;
ALTER TABLE public.directory_lexiconword
    ADD COLUMN id bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY;
ALTER INDEX public.directory_lexiconword_word_a8a1169b_like RENAME TO lexicon_words;
"""
UNLEXICON = """
DELETE FROM public.directory_lexiconword a USING public.directory_lexiconword b
WHERE a.word = b.word AND a.id > b.id;
ALTER INDEX public.lexicon_words RENAME TO directory_lexiconword_word_a8a1169b_like;
ALTER TABLE public.directory_lexiconword DROP CONSTRAINT directory_lexiconword_pkey, DROP COLUMN id;
ALTER TABLE public.directory_lexiconword ADD PRIMARY KEY (word);
"""
LEARN_WORDS = r"""
CREATE OR REPLACE FUNCTION public.directory_learn_words(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.directory_lexiconword (word)
    SELECT word FROM (SELECT DISTINCT word FROM (
        SELECT regexp_split_to_table(
            public.f_fold(concat_ws(' ', i.name, i.summary, i.description, c.name, d.name)), '[^[:alnum:]]+'
        ) AS word
        FROM public.directory_initiative i
        LEFT JOIN public.territories_territory c ON c.id = i.commune_id
        LEFT JOIN public.territories_territory d ON d.id = i.departement_id
        WHERE i.id = ANY (ids) AND i.publication = 'published'
    ) AS said WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]') AS words
    WHERE NOT EXISTS (SELECT FROM public.directory_lexiconword l WHERE l.word = words.word);
END $$;
"""
OLD_LEARN_WORDS = LEARN_WORDS.replace(
    "WHERE NOT EXISTS (SELECT FROM public.directory_lexiconword l WHERE l.word = words.word);",
    "ORDER BY word ON CONFLICT DO NOTHING;",
)

REVERSE = DROP_TRIGGERS + """
DROP FUNCTION public.directory_note_change();
DROP FUNCTION public.directory_rebuild_counts();
DROP FUNCTION public.directory_fold();
DROP FUNCTION public.directory_pyramid_truth();
DROP FUNCTION public.directory_tally_truth();
DROP FUNCTION public.directory_count_insert();
DROP FUNCTION public.directory_count_update();
DROP FUNCTION public.directory_count_delete();
DROP FUNCTION public.directory_count_truncate();
DROP TABLE public.directory_pyramid, public.directory_tally, public.directory_version;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_report"), ("territories", "0006_former_names")]
    operations = [
        migrations.RunSQL(LEARN_WORDS, OLD_LEARN_WORDS),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(LEXICON, UNLEXICON)],
            [
                migrations.AlterField("lexiconword", "word", models.TextField()),
                migrations.AddField(
                    "lexiconword", "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    preserve_default=False,
                ),
                migrations.AddIndex(
                    "lexiconword",
                    models.Index(fields=["word"], name="lexicon_words", opclasses=["text_pattern_ops"]),
                ),
            ],
        ),
        migrations.RunSQL(
            TABLES
            + count("insert", AFTER)
            + count("update", BOTH.format(before=BEFORE, after=AFTER))
            + count("delete", BEFORE)
            + TRUNCATED + TRUTH + FOLD + REBUILD + NOTE + TRIGGERS
            + "SELECT public.directory_rebuild_counts();",
            REVERSE,
        ),
    ]
