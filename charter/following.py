"""What signatures do when two listings of one organisation become one: they go with it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from charter.models import HOLDS, Signature
from charter.renewing import chain
from directory.models import Initiative
from directory.signals import initiatives_merged


@receiver(initiatives_merged)
def follow(sender: type[Initiative], kept: Initiative, gone: Initiative, **_more: Any) -> None:
    """Where both had signed the same version, the signature of the one that is kept stands."""
    for row in Signature.objects.select_for_update().filter(initiative=gone):  # a mandate may be decided now
        standing = Signature.objects.filter(HOLDS, initiative=kept, version=row.version_id)
        if row.state == "held" and standing.exists():
            row.delete()
        else:
            row.initiative = kept
            row.save(update_fields=["initiative"])
    chain(Signature.objects.filter(initiative=kept))
