"""The folding of place names."""

from django.db import migrations

# Spells out what people abbreviate, so that both sides of a comparison read alike:
# « St-Étienne » → saint etienne, « L’Haÿ » → l hay, « Paris 18ème » → paris 18.
PLACE_FOLD = r"""
CREATE FUNCTION public.f_place_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(public.f_fold($1), '[^a-z0-9]+', ' ', 'g'),
    '\mste\M', 'sainte', 'g'),
    '\mst\M', 'saint', 'g'),
    '\m([0-9]+) ?(er|ere|e|eme|ieme|nd|nde)\M', '\1', 'g'))
"""


class Migration(migrations.Migration):
    dependencies = [("territories", "0002_territory")]
    operations = [migrations.RunSQL(PLACE_FOLD, "DROP FUNCTION public.f_place_fold(text)")]
