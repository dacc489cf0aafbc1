"""Suggestions are ordered by population without a join."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

WEIGH = """
UPDATE territories_placename AS n SET weight = coalesce(t.population, -1)
  FROM territories_territory AS t WHERE t.id = n.territory_id
"""


class Migration(migrations.Migration):
    dependencies = [("territories", "0004_gazetteer")]
    operations = [
        migrations.AddField("placename", "weight", models.IntegerField(default=-1)),
        migrations.RunSQL(WEIGH, migrations.RunSQL.noop),
        migrations.AlterField(
            "customcommune",
            "commune",
            models.ForeignKey(
                limit_choices_to={"kind": "commune"},
                on_delete=django.db.models.deletion.PROTECT,
                related_name="in_customs",
                to="territories.territory",
            ),
        ),
        migrations.RemoveIndex("placename", "place_name_trigrams"),
        migrations.AddIndex(
            "placename",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("folded", name="gin_trgm_ops"),
                name="place_name_trigrams",
                fastupdate=False,
            ),
        ),
    ]
