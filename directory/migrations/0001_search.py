"""French full-text search and the functions that derived columns and triggers call.

The stop words come before ``unaccent``: otherwise "où" or "été" would be indexed. Functions name
their schema, because a restored dump runs with an empty search path; plpgsql is ten times
cheaper than SQL in a generated column.
"""

from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH DICTIONARY public.fr_stop (TEMPLATE = pg_catalog.simple, STOPWORDS = french, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION public.fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION public.fr
    ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word
    WITH public.fr_stop, public.unaccent, pg_catalog.french_stem;
"""

SECTOR_MASK = """
CREATE FUNCTION public.directory_sector_mask(activities smallint[]) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    mask integer := 0;
    activity smallint;
BEGIN
    FOREACH activity IN ARRAY activities LOOP
        mask := mask | (1 << (activity / 100 - 1));
    END LOOP;
    RETURN mask;
END $$;
"""

# Words weigh A in the name, B in the summary, C in the description. Codes of activities, sectors
# and places are lexemes too, marked by § so that no word equals one: a query may then ask for
# "this word, or this activity, or in this commune" in one index scan.
SEARCH_VECTOR = """
CREATE FUNCTION public.directory_search_vector(
    name text, summary text, description text, activities smallint[],
    commune text, departement text, region text
) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    codes text[] := ARRAY[]::text[];
    activity smallint;
    place text;
BEGIN
    FOREACH activity IN ARRAY activities LOOP
        codes := codes || ('§a' || activity) || ('§s' || activity / 100);
    END LOOP;
    FOREACH place IN ARRAY ARRAY[commune, departement, region] LOOP
        IF place IS NOT NULL THEN
            codes := codes || ('§' || place);
        END IF;
    END LOOP;
    RETURN setweight(to_tsvector('public.fr', name), 'A')
        || setweight(to_tsvector('public.fr', summary), 'B')
        || setweight(to_tsvector('public.fr', description), 'C')
        || array_to_tsvector(codes);
END $$;
"""

REVERSE = """
DROP FUNCTION public.directory_search_vector(text, text, text, smallint[], text, text, text);
DROP FUNCTION public.directory_sector_mask(smallint[]);
DROP TEXT SEARCH CONFIGURATION public.fr;
DROP TEXT SEARCH DICTIONARY public.fr_stop;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("territories", "0001_extensions")]
    operations = [migrations.RunSQL(CONFIGURATION + SECTOR_MASK + SEARCH_VECTOR, REVERSE)]
