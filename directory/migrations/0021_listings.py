"""Listings: a note, what a frozen one was before, and which picks a hand made."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0020_one_point_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="frozen_count",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="nombre d’initiatives ce jour-là"
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="note",
            field=models.TextField(blank=True, verbose_name="présentation"),
        ),
        migrations.AddField(
            model_name="listing",
            name="thawed_criteria",
            field=models.TextField(blank=True, null=True, verbose_name="critères avant d’être figée"),
        ),
        migrations.AddField(
            model_name="listing",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="changée le"),
        ),
        migrations.AddField(
            model_name="listingpick",
            name="by_hand",
            field=models.BooleanField(default=True, verbose_name="à la main (sinon en figeant)"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("frozen_at__isnull", False),
                    models.Q(("frozen_count", None), ("thawed_criteria", None)),
                    _connector="OR",
                ),
                name="listing_thaws_when_frozen",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__length__range", (1, 300))), name="listing_name_said"
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("note__length__lte", 2000)), name="listing_note_bounded"
            ),
        ),
        migrations.AddConstraint(
            model_name="listingpick",
            constraint=models.CheckConstraint(
                condition=models.Q(("included", True), ("by_hand", True), _connector="OR"),
                name="pick_taken_out_by_hand",
            ),
        ),
    ]
