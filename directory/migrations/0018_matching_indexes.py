"""What listings that come in are matched by: SIREN, RNA, address of a site, and places that nobody sees."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models
from django.db.models import F, Func, Q

# The same as exchange.naming.website_key: a test holds them together.
WEBSITE_KEY = r"""
CREATE FUNCTION public.directory_website_key(url text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    regexp_replace(
        split_part(regexp_replace(lower(url COLLATE "C"), '^[a-z]+://(?:www[0-9]?[.])?', ''), '#', 1),
        '[?&](?:utm_|fbclid|gclid).*$', ''
    ),
    '(?:/(?:index|accueil)[.](?:html?|php))?/*$', ''
);
"""
REVERSE = "DROP FUNCTION public.directory_website_key(text)"
VISIBLE = Q(publication="published", activity_state="open")


class Migration(migrations.Migration):
    dependencies = [("directory", "0016_history_by_statement")]

    operations = [
        migrations.RunSQL(WEBSITE_KEY, REVERSE),
        migrations.AddIndex(
            model_name="initiative",
            index=models.Index(
                django.db.models.functions.text.Left("siret", 9),
                condition=~Q(siret=""),
                name="initiative_siren",
            ),
        ),
        migrations.AddIndex(
            model_name="initiative",
            index=models.Index(condition=~Q(rna=""), fields=["rna"], name="initiative_rna"),
        ),
        migrations.AddIndex(
            model_name="initiative",
            index=models.Index(
                Func(F("website"), function="public.directory_website_key"),
                condition=~Q(website=""),
                name="initiative_website",
            ),
        ),
        migrations.AddIndex(
            model_name="initiative",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=~VISIBLE, fields=["location"], name="initiative_location_unseen"
            ),
        ),
    ]
