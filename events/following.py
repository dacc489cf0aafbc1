"""What events do when communes, or listings, become one: they are held, and organised, by the new one."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from directory.models import Initiative
from directory.signals import initiatives_merged
from events.models import Event, Organiser, Registration, Testimony
from territories.models import Territory
from territories.signals import territories_loaded


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **_more: Any) -> None:
    """Of a commune that nothing succeeds, the words of the venue are what is left."""
    for old, new in (vanished or {}).items():
        for model in (Event, Testimony, Registration):
            model._default_manager.filter(commune=old).update(commune=new)
        organise(old, new)


def organise(old: str, new: str | None) -> None:
    """An authority organises once; one that is no more leaves its name."""
    rows = Organiser.objects.filter(territory=old)
    if new:
        rows.exclude(event__organisers__territory=new).update(territory=new)
    else:
        rows.update(territory=None, name=Territory.objects.only("name").get(pk=old).name)


@receiver(initiatives_merged)
def follow_listing(kept: Initiative, gone: Initiative, **_more: Any) -> None:
    """Its events, unless both organise one; those who came for it; what was said of it."""
    rows = Organiser.objects.filter(initiative=gone)
    rows.exclude(event__organisers__initiative=kept).update(initiative=kept)
    for model in (Registration, Testimony):
        model._default_manager.filter(initiative=gone).update(initiative=kept)
