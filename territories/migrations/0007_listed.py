from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territories', '0006_former_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='territory',
            name='listed',
            field=models.BooleanField(db_default=True, verbose_name='proposé dans les listes et la recherche'),
        ),
    ]
