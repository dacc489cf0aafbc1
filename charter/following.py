"""What signatures do when two listings of one organisation become one: they go with it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.dispatch import receiver

from charter.models import HOLDS, Signature
from directory.models import Initiative
from directory.signals import initiatives_merged


@receiver(initiatives_merged)
def follow(sender: type[Initiative], kept: Initiative, gone: Initiative, **_more: Any) -> None:
    """Where both had signed the same version, the signature of the one that is kept stands."""
    for row in Signature.objects.filter(initiative=gone):
        standing = Signature.objects.filter(HOLDS, initiative=kept, version=row.version_id)
        if row.state == "held" and standing.exists():
            row.delete()
        else:
            row.initiative = kept
            row.save(update_fields=["initiative"])
    chain(kept)


def chain(initiative: Initiative) -> None:
    """Each signature that holds renews the one of the version before: a signatory counts once."""
    held = list(Signature.objects.filter(HOLDS, initiative=initiative).order_by("version__number"))
    wrong = [(older, newer) for older, newer in pairwise(held) if newer.renews_id != older.pk]
    # Set aside first: a signature is renewed by one other at most.
    Signature.objects.filter(pk__in=[newer.pk for _older, newer in wrong]).update(renews=None)
    for older, newer in wrong:
        newer.renews = older
        newer.save(update_fields=["renews"])
