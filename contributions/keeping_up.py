"""What was proposed follows what it is about: a listing that becomes another, a commune that does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.dispatch import receiver

from contributions.models import LastTold, Photo, Proposal, Unwanted
from contributions.moderating import newest_event
from directory.models import Initiative
from directory.signals import initiatives_merged
from directory.ties import owners
from territories.models import Territory
from territories.signals import territories_loaded

COPIED = ("epci", "departement", "region", "country")


@receiver(initiatives_merged)
def follow_listing(kept: Initiative, gone: Initiative, team: Collection[int] = (), **kwargs: Any) -> None:
    """Proposals go over to the listing that is kept, and so does a photograph where it has none; claims that
    wait for a mail do not: their letter speaks of another page."""
    Proposal.objects.filter(initiative=gone).update(initiative=kept)
    if not Photo.objects.filter(initiative=kept).exists():
        Photo.objects.filter(initiative=gone).update(initiative=kept)
    gone.claims.exclude(state="waiting").update(initiative=kept)
    if team:
        _follow_team(kept, gone, team)


def _follow_team(kept: Initiative, gone: Initiative, team: Collection[int]) -> None:
    """Whom it invited, which letters it does without; what the page was before it came is no news to it."""
    waiting = kept.colleague_invitations.filter(state="waiting").values(low=Lower("address"))
    theirs = gone.colleague_invitations.filter(invited_by__in=team).annotate(low=Lower("address"))
    theirs.exclude(state="waiting", low__in=waiting).update(initiative=kept)
    unwanted = Unwanted.objects.filter(initiative=gone, person__in=team)
    unwanted.exclude(person__in=owners(kept)).update(initiative=kept)
    LastTold.objects.get_or_create(initiative=kept, defaults={"event": newest_event(kept)})


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
