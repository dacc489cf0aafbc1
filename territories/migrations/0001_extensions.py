"""PostgreSQL extensions, and the folding that every accent-proof comparison uses."""

from django.contrib.postgres.operations import CreateExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() is only STABLE: naming its dictionary makes the folding IMMUTABLE in truth, so that
# it may stand in indexes and generated columns. The schema is written out because a restored
# dump runs with an empty search path.
FOLD = """
CREATE FUNCTION public.f_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1))
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        CreateExtension("postgis"),
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(FOLD, "DROP FUNCTION public.f_fold(text)"),
    ]
