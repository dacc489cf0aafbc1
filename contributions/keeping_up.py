"""What was proposed follows what it is about: a listing that becomes another, a commune that does."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from contributions.models import Photo, Proposal
from directory.models import Initiative
from directory.signals import initiatives_merged
from territories.models import Territory
from territories.signals import territories_loaded

COPIED = ("epci", "departement", "region", "country")


@receiver(initiatives_merged)
def follow_listing(kept: Initiative, gone: Initiative, **kwargs: Any) -> None:
    """Proposals go over to the listing that is kept, and so does a photograph where it has none."""
    Proposal.objects.filter(initiative=gone).update(initiative=kept)
    if not Photo.objects.filter(initiative=kept).exists():
        Photo.objects.filter(initiative=gone).update(initiative=kept)


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **kwargs: Any) -> None:
    """After a load: what waits for a commune that is no more, or proposes it, is of its successor from now
    on, whose own territories are copied again."""
    gone = vanished or {}
    placed = Q(commune__isnull=False) | Q(fields__has_key="commune")
    for row in Proposal.objects.filter(placed).select_related("commune"):
        for values in (row.fields, row.before):
            if values.get("commune") in gone:
                values["commune"] = gone[values["commune"]]
        if commune := row.commune:
            if commune.pk in gone:
                commune = row.commune = _successor(gone[commune.pk])
            for name in COPIED:
                setattr(row, f"{name}_id", getattr(commune, f"{name}_id") if commune else None)
        row.save(update_fields=["commune", "fields", "before", *COPIED])


def _successor(pk: str | None) -> Territory | None:
    return Territory.objects.defer("geometry").filter(pk=pk).first() if pk else None
