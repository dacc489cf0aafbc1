import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("diagnosis", "0006_examples_of_saved")]

    operations = [
        migrations.AddField(
            model_name="figures",
            name="by_year",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveIntegerField(), default=list, size=None, verbose_name="par année"
            ),
        ),
        # What was counted before lacks this: no edition, and everything is counted anew at the next start.
        migrations.RunSQL("DELETE FROM diagnosis_edition", migrations.RunSQL.noop),
    ]
