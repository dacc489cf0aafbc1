"""Each initiative's own part of its GeoJSON, written once when it is saved rather than each time it is read.

It holds the row's own fields and the slugs of its sectors and activities, whose changes rewrite it; names
of places and the site's address are joined when read (directory/features.py), so that nothing is stale.
It stands beside the row, so that what scans initiatives reads no more than before. Functions name their
schema, because a restored dump runs with an empty search path.
"""

from django.db import migrations

TABLE = """
-- feature: a GeoJSON feature without its two closing braces. sectors, activities: slugs joined by ";".
CREATE TABLE public.directory_fragment (
    initiative_id bigint PRIMARY KEY, slug text NOT NULL, commune_id text, departement_id text,
    sectors text NOT NULL, activities text NOT NULL, feature text NOT NULL
) WITH (fillfactor = 90);
"""

# Coordinates go to the grid first: printed to six decimals, 1e-9 would come out as it is. The slugs of the
# taxonomy are gathered once for a statement, not looked up row by row.
WRITE = """
    WITH terms AS MATERIALIZED (SELECT
        (SELECT jsonb_object_agg(s.id, s.slug) FROM public.directory_sector s) AS sectors,
        (SELECT jsonb_object_agg(a.id, a.slug) FROM public.directory_activity a) AS activities
    )
    INSERT INTO public.directory_fragment AS f
        (initiative_id, slug, commune_id, departement_id, sectors, activities, feature)
    SELECT i.id, i.slug, i.commune_id, i.departement_id,
           array_to_string(p.sectors, ';'), array_to_string(p.activities, ';'),
           '{{"type":"Feature","id":' || to_json(i.slug) || ',"geometry":'
           || coalesce(public.ST_AsGeoJSON(public.ST_SnapToGrid(i.location, 0.000001), 6, 0), 'null')
           || ',"properties":' || left(row_to_json(p)::text, -1)
    FROM {source} AS i CROSS JOIN terms AS t CROSS JOIN LATERAL (SELECT
        i.slug AS id, i.name, i.summary, t.sectors ->> (i.activities[1] / 100)::text AS sector,
        array_remove(ARRAY(
            SELECT t.sectors ->> u.id::text FROM (SELECT DISTINCT id / 100 FROM unnest(i.activities) AS a(id)) AS u(id)
            ORDER BY u.id
        ), NULL) AS sectors,
        array_remove(ARRAY(
            SELECT t.activities ->> u.id::text FROM unnest(i.activities) WITH ORDINALITY AS u(id, place)
            ORDER BY u.place
        ), NULL) AS activities,
        i.legal_form,
        nullif(i.postcode, '') AS postcode, nullif(i.precision, '') AS precision,
        nullif(i.website, '') AS website,
        to_char(i.verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS verified_at,
        to_char(i.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at,
        nullif(i.source, '') AS source, i.origin = 'example' AS example
    ) AS p
    ON CONFLICT (initiative_id) DO UPDATE SET
        slug = excluded.slug, commune_id = excluded.commune_id, departement_id = excluded.departement_id,
        sectors = excluded.sectors, activities = excluded.activities, feature = excluded.feature
    WHERE (f.slug, f.commune_id, f.departement_id, f.sectors, f.activities, f.feature) IS DISTINCT FROM
        (excluded.slug, excluded.commune_id, excluded.departement_id, excluded.sectors, excluded.activities,
         excluded.feature);
"""

FUNCTION = """
CREATE FUNCTION public.directory_fragments_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {body}
    RETURN NULL;
END $$;
"""
DOING = {
    "written": WRITE.format(source="new_rows"),
    "deleted": "DELETE FROM public.directory_fragment f USING old_rows o WHERE f.initiative_id = o.id;",
    "truncated": "TRUNCATE public.directory_fragment;",
    # A term of the taxonomy came, went or has another slug: whoever bears it is written again.
    "of_sector": WRITE.format(
        source="(SELECT * FROM public.directory_initiative"
        " WHERE sector_mask & (1 << (coalesce(NEW.id, OLD.id) - 1)) <> 0)"
    ),
    "of_activity": WRITE.format(
        source="(SELECT * FROM public.directory_initiative"
        " WHERE activities && ARRAY[coalesce(NEW.id, OLD.id)]::smallint[])"
    ),
}
FUNCTIONS = "".join(FUNCTION.format(name=name, body=body) for name, body in DOING.items())
DROP_FUNCTIONS = "".join(f"DROP FUNCTION public.directory_fragments_{name}();\n" for name in DOING)

TRIGGERS = """
CREATE TRIGGER fragments_insert AFTER INSERT ON public.directory_initiative
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.directory_fragments_written();
CREATE TRIGGER fragments_update AFTER UPDATE ON public.directory_initiative
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.directory_fragments_written();
CREATE TRIGGER fragments_delete AFTER DELETE ON public.directory_initiative
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.directory_fragments_deleted();
CREATE TRIGGER fragments_truncate AFTER TRUNCATE ON public.directory_initiative
    FOR EACH STATEMENT EXECUTE FUNCTION public.directory_fragments_truncated();
"""
# The taxonomy is loaded again at each start: only a slug that changed is worth writing.
TERMS = {"": "INSERT OR DELETE", "_renamed": "UPDATE"}
TRIGGERS += "".join(
    f"CREATE TRIGGER fragments_term{name} AFTER {event} ON public.directory_{term} FOR EACH ROW"
    + (" WHEN (OLD.slug IS DISTINCT FROM NEW.slug)" if name else "")
    + f" EXECUTE FUNCTION public.directory_fragments_of_{term}();\n"
    for term in ("sector", "activity")
    for name, event in TERMS.items()
)
DROP_TRIGGERS = """
DROP TRIGGER fragments_term ON public.directory_activity;
DROP TRIGGER fragments_term_renamed ON public.directory_activity;
DROP TRIGGER fragments_term ON public.directory_sector;
DROP TRIGGER fragments_term_renamed ON public.directory_sector;
DROP TRIGGER fragments_truncate ON public.directory_initiative;
DROP TRIGGER fragments_delete ON public.directory_initiative;
DROP TRIGGER fragments_update ON public.directory_initiative;
DROP TRIGGER fragments_insert ON public.directory_initiative;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_pyramid")]
    operations = [
        migrations.RunSQL(
            TABLE + FUNCTIONS + TRIGGERS + WRITE.format(source="public.directory_initiative"),
            DROP_TRIGGERS + DROP_FUNCTIONS + "DROP TABLE public.directory_fragment;",
        )
    ]
