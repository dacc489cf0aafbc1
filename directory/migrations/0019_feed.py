"""The feed of changes: one row per initiative that was ever public, moved to the end by each change.

Places are numbered by a sequence, which gives its numbers before the transactions that take them are
committed: a reader that trusted it would pass over one that commits late. So a writer, before it takes its
first number, locks the last one that was given, shared, until it ends; a reader goes no further than the
lowest number that is locked in this database. Nobody ever waits for these locks. Read by directory/feed.py.
"""

from django.db import migrations

# The advisory locks of the feed have this in their first two bytes, and a place in the other six.
NAMESPACE = 0x4D61 << 48

TABLES = f"""
CREATE TABLE public.directory_change (
    uuid uuid PRIMARY KEY,
    first bigint NOT NULL,  -- the place where it became public, again after a withdrawal
    place bigint NOT NULL,  -- the place of its last change
    at timestamptz NOT NULL,
    slug text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed', 'planned', 'withdrawn'))
);
-- read by the pages of the feed
CREATE UNIQUE INDEX directory_change_place ON public.directory_change (place, uuid);
-- read where a reading begins at a moment
CREATE INDEX directory_change_at ON public.directory_change (at);
-- read where tombstones are forgotten
CREATE INDEX directory_change_withdrawn ON public.directory_change (at) WHERE state = 'withdrawn';

CREATE SEQUENCE public.directory_change_places;
-- Up to which place tombstones were forgotten.
CREATE TABLE public.directory_feed (forgotten bigint NOT NULL);
INSERT INTO public.directory_feed VALUES (0);

CREATE FUNCTION public.directory_feed_place() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    -- Once in a transaction: the first is the lowest, and locks are few.
    IF coalesce(current_setting('maillage.feed', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared({NAMESPACE} + last_value) FROM public.directory_change_places;
        PERFORM set_config('maillage.feed', 'held', true);
    END IF;
    RETURN nextval('public.directory_change_places');
END $$;

-- The last place such that none up to it may still come. What is committed up to it is seen by the statement
-- that comes next, not by this one: each is read in this order.
CREATE FUNCTION public.directory_feed_end() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    given bigint;
    locked bigint;
BEGIN
    SELECT last_value INTO given FROM public.directory_change_places;
    SELECT min((classid::bigint & 65535) << 32 | objid::bigint) INTO locked FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = {NAMESPACE >> 48}
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(given, locked);
END $$;
"""

# What counts as a change: all that has a history, less the note of who wrote it.
TRACKED = [
    "slug", "name", "language", "summary", "description", "activities", "legal_form", "legal_form_note",
    "siret", "rna", "website", "email", "phone", "street", "postcode", "locality", "location", "precision",
    "commune_id", "arrondissement_id", "departement_id", "founded", "founded_precision", "closed",
    "closed_precision", "opening_hours", "accepts_testimony", "publication", "activity_state", "origin",
    "source", "verified_at", "parent_id",
]  # fmt: skip


def differs(column):
    """As bytes: a dump is restored with an empty search path, where the operators of PostGIS are not found."""
    cast = "::bytea" if column == "location" else ""
    return f"o.{column}{cast} IS DISTINCT FROM n.{column}{cast}"


TELL = """
    INSERT INTO public.directory_change AS c (uuid, first, place, at, slug, state)
    SELECT r.uuid, $1, $1, clock_timestamp(), r.slug, r.state FROM ({rows}) AS r
    ON CONFLICT (uuid) DO UPDATE SET
        first = CASE WHEN c.state = 'withdrawn' THEN excluded.first ELSE c.first END,
        place = excluded.place, at = excluded.at, slug = excluded.slug, state = excluded.state
"""
BURY = """
    UPDATE public.directory_change AS c SET state = 'withdrawn', place = $1, at = clock_timestamp()
    FROM ({rows}) AS r WHERE c.uuid = r.uuid AND c.state <> 'withdrawn'
"""
ADDED = "SELECT uuid, slug, activity_state AS state FROM new_rows WHERE publication = 'published'"
ALTERED = f"""
    SELECT n.uuid, n.slug, n.activity_state AS state FROM new_rows n JOIN old_rows o USING (id)
    WHERE n.publication = 'published' AND (n.uuid <> o.uuid OR {" OR ".join(map(differs, TRACKED))})
"""
# One whose UUID changed is another one.
HIDDEN = """
    SELECT o.uuid FROM old_rows o JOIN new_rows n USING (id)
    WHERE o.publication = 'published' AND (n.publication <> 'published' OR n.uuid <> o.uuid)
"""
GONE = "SELECT uuid FROM old_rows WHERE publication = 'published'"
EVERY = "SELECT uuid FROM public.directory_change"

# Planned each time: a plan made for one row and kept would compare each of a million with all the others.
FUNCTION = """
CREATE FUNCTION public.directory_feed_{name}() RETURNS trigger LANGUAGE plpgsql AS $feed$
DECLARE
    place bigint;
BEGIN
    IF EXISTS ({concerned}) THEN
        place := public.directory_feed_place();
        {body}
    END IF;
    RETURN NULL;
END $feed$;
CREATE TRIGGER feed_{name} AFTER {event} ON public.directory_initiative {referencing}
    FOR EACH STATEMENT EXECUTE FUNCTION public.directory_feed_{name}();
"""
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
CONCERNED = "SELECT FROM {} WHERE publication = 'published'"


def planned(statement, rows):
    return f"EXECUTE $sql$ {statement.format(rows=rows)} $sql$ USING place;"


TRIGGERS = "".join(
    FUNCTION.format(name=name, event=name.upper(), referencing=referencing, concerned=concerned, body=body)
    for name, referencing, concerned, body in [
        ("insert", f"REFERENCING {NEW}", CONCERNED.format("new_rows"), planned(TELL, ADDED)),
        (
            "update", f"REFERENCING {OLD} {NEW}",
            f"{CONCERNED.format('old_rows')} UNION ALL {CONCERNED.format('new_rows')}",
            planned(BURY, HIDDEN) + planned(TELL, ALTERED),
        ),
        ("delete", f"REFERENCING {OLD}", CONCERNED.format("old_rows"), planned(BURY, GONE)),
        ("truncate", "", EVERY, planned(BURY, EVERY)),
    ]
)  # fmt: skip

# What is public already, as of its last change.
BEGIN = """
INSERT INTO public.directory_change (uuid, first, place, at, slug, state)
SELECT i.uuid, p.place, p.place, i.updated_at, i.slug, i.activity_state
FROM (SELECT nextval('public.directory_change_places') AS place OFFSET 0) AS p
LEFT JOIN public.directory_initiative i ON true WHERE i.publication = 'published';
SELECT nextval('public.directory_change_places');
"""

REVERSE = "".join(
    f"DROP TRIGGER feed_{name} ON public.directory_initiative; DROP FUNCTION public.directory_feed_{name}();\n"
    for name in ("insert", "update", "delete", "truncate")
) + """
DROP FUNCTION public.directory_feed_place(), public.directory_feed_end();
DROP TABLE public.directory_change, public.directory_feed;
DROP SEQUENCE public.directory_change_places;
"""


class Migration(migrations.Migration):

    dependencies = [("directory", "0018_matching_indexes")]

    operations = [
        migrations.RunSQL(TABLES, REVERSE),
        migrations.RunSQL(BEGIN, ""),
        migrations.RunSQL(TRIGGERS, ""),
    ]
