"""When a person last vouched for a record, kept by the database; and the letters that ask whether it is true."""

import django.db.models.expressions
from django.db import migrations, models

# What an account wrote of it counts; provenance gives times in ISO 8601 with their zone.
VOUCHED = """
CREATE FUNCTION public.directory_vouched_at(created timestamptz, verified timestamptz, provenance jsonb)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(created, verified, CASE WHEN provenance::text LIKE '%"account %' THEN (
        SELECT max((note->>'at')::timestamptz) FROM jsonb_each(provenance) AS written(field, note)
        WHERE note->>'by' LIKE 'account %' AND note->>'at' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T'
    ) END)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0022_circuit")]

    operations = [
        migrations.RunSQL(
            VOUCHED, "DROP FUNCTION public.directory_vouched_at(timestamptz, timestamptz, jsonb)"
        ),
        migrations.AddField(
            model_name="initiative",
            name="vouched_at",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.Func(
                    models.F("created_at"),
                    models.F("verified_at"),
                    models.F("provenance"),
                    function="public.directory_vouched_at",
                ),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.AddIndex(
            model_name="initiative",
            index=models.Index(
                condition=models.Q(("activity_state", "open"), ("publication", "published")),
                fields=["vouched_at", "id"],
                name="initiative_vouched",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.TextField(
                choices=[
                    ("recorded", "une fiche existe, que l’organisation n’a pas créée"),
                    ("stale", "la fiche sera masquée si personne ne la confirme"),
                    ("verify", "la fiche est-elle toujours vraie ?"),
                ],
                verbose_name="sujet",
            ),
        ),
    ]
