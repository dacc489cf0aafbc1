"""What levers and saved diagnoses do when communes become one: they go to the new one."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from diagnosis.lever import Lever
from diagnosis.models import SavedDiagnosis
from territories.signals import territories_loaded


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **_more: Any) -> None:
    """A saved diagnosis keeps the name and the figures of its day: only where it is found, and who answers
    for it, change. What was offered in a territory that nothing succeeds stays in the history."""
    for old, new in (vanished or {}).items():
        if new:
            Lever.objects.filter(territory=old).update(territory=new)
            for name in ("territory", "authority"):
                SavedDiagnosis.objects.filter(**{name: old}).update(**{name: new})
