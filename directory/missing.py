"""What a record lacks, as anybody may see it: the one list of to-dos that the search, the pages and exports
share."""

from __future__ import annotations

from django.db.models import BooleanField, F, Func, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from directory.ages import to_confirm_before
from directory.models import ACTIVITIES_PER_SECTOR, Precision


class Missing(TextChoices):
    CONTACT = "contact", _("sans moyen de contact")
    ACTIVITY = "activity", _("sans activité précise")
    POSITION = "position", _("placées à la commune seulement, ou nulle part")
    DESCRIPTION = "description", _("sans description")
    CONFIRMATION = "confirmation", _("à reconfirmer : rien depuis 24 mois")


def missing_q(what: str) -> Q:
    """Those that lack it. A position that was blurred on purpose lacks nothing."""
    if what == Missing.CONTACT:
        return Q(email="", phone="", website="")
    if what == Missing.ACTIVITY:  # whole sectors only, which end in two zeros
        return Q(
            Func(
                F("activities"),
                template="NOT EXISTS (SELECT FROM unnest(%(expressions)s) AS a"
                f" WHERE mod(a, {ACTIVITIES_PER_SECTOR}) <> 0)",
                output_field=BooleanField(),
            )
        )
    if what == Missing.POSITION:
        return Q(location=None) | Q(precision=Precision.COMMUNE)
    if what == Missing.DESCRIPTION:
        return Q(summary="", description="")
    return Q(vouched_at__lte=to_confirm_before())
