"""What imports hold of a listing goes over to the one that it becomes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from directory.models import Initiative
from directory.signals import initiatives_merged
from exchange.models import NeverSame


@receiver(initiatives_merged)
def go_over(kept: Initiative, gone: Initiative, **_more: Any) -> None:
    """What a person said is not it, but where whoever merges says it is. Lines of imports do not: undone,
    such an import would take away the listing that is kept for one that it did not make."""
    for record in kept.source_records.all():  # those of both, by now
        said_of = NeverSame.objects.filter(source=record.source_id, key=record.external_id)
        said_of.filter(initiative__in=[kept, gone]).delete()
    for row in NeverSame.objects.filter(initiative=gone):
        if not kept.never_same.filter(source=row.source_id, key=row.key).exists():
            row.initiative = kept
            row.save(update_fields=["initiative"])
