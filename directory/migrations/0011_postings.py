"""Which initiatives hold each word, kept ready, so that a common word is counted without reading its rows.

``directory_posting`` says, as of one moment, which visible initiatives hold each lexeme; triggers append the ids
of what has changed since, one row each, and update none, so that no writer waits for another. Readers put
both together (directory/postings.py); ``postings rebuild`` starts from a later moment. Functions name their
schema, because a restored dump runs with an empty search path. docs/counts.md describes them.
"""

from django.db import migrations

TABLES = """
-- ids of the visible initiatives that hold a lexeme, and of those whose name does; as bits by id, the first
-- one lowest, where they are many.
CREATE TABLE public.directory_posting (
    lexeme text COLLATE "C" NOT NULL, ids bigint[], named_ids bigint[], bits bytea, named_bits bytea
);
-- read by searches: a lexeme, or all that begin so
CREATE INDEX directory_posting_lexeme ON public.directory_posting (lexeme);

-- One row once they are made: a name of their own each time.
CREATE TABLE public.directory_posting_base (generation uuid NOT NULL);

-- What changed since. A null says that everything did.
CREATE TABLE public.directory_posting_change (initiative_id bigint);
"""

HELD = "SELECT {sign} AS sign, id, search FROM {source} WHERE publication = 'published' AND activity_state = 'open'"
BEFORE, AFTER = HELD.format(sign=-1, source="old_rows"), HELD.format(sign=1, source="new_rows")
CHANGED = {
    "insert": f"SELECT id FROM ({AFTER}) AS r",
    # Rows that are found by the same words as before cancel out.
    "update": f"""SELECT DISTINCT id FROM (
        SELECT id FROM ({BEFORE} UNION ALL {AFTER}) AS r GROUP BY id, search HAVING sum(sign) <> 0
    ) AS changed""",
    "delete": f"SELECT id FROM ({BEFORE}) AS r",
    "truncate": "VALUES (NULL::bigint)",
}
REFERENCING = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
    "truncate": "",
}
TRIGGERS = "".join(
    f"""
CREATE FUNCTION public.directory_posting_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.directory_posting_change {changed};
    RETURN NULL;
END $$;
CREATE TRIGGER posting_{event} AFTER {event.upper()} ON public.directory_initiative
    {REFERENCING[event]} FOR EACH STATEMENT EXECUTE FUNCTION public.directory_posting_{event}();
"""
    for event, changed in CHANGED.items()
)
REVERSE = (
    "".join(
        f"DROP TRIGGER posting_{event} ON public.directory_initiative;"
        f" DROP FUNCTION public.directory_posting_{event}();\n"
        for event in CHANGED
    )
    + "DROP TABLE public.directory_posting, public.directory_posting_base, public.directory_posting_change;"
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0010_quicker_rebuild")]
    operations = [migrations.RunSQL(TABLES + TRIGGERS, REVERSE)]
