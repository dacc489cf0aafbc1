"""The index of what nobody sees is one too many: initiative_location holds every point, for Django makes it
without its condition on PostGIS."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0019_feed")]

    operations = [migrations.RemoveIndex(model_name="initiative", name="initiative_location_unseen")]
