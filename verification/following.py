"""What verification holds of a listing, or of a territory, goes over to the one that it becomes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from directory.models import Initiative
from directory.signals import initiatives_merged
from territories.signals import territories_loaded
from verification.models import Asked, Campaign


@receiver(initiatives_merged)
def go_over(kept: Initiative, gone: Initiative, **_sent: Any) -> None:
    """Answers go with it, and its place in a campaign, unless the one kept has a place there."""
    gone.answers.update(initiative=kept)
    there = Asked.objects.filter(initiative=kept).values("campaign")
    gone.asked_in.exclude(campaign__in=there).update(initiative=kept)


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **_sent: Any) -> None:
    for old, new in (vanished or {}).items():
        if new:
            Campaign.objects.filter(territory=old).update(territory=new)
