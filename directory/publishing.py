"""The write side: one verb, one transaction; provenance is written with the fields."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from directory.models import Initiative, Merge
from directory.places import complete_place
from territories.names import WORD, fold

# How provenance names a person who signed in: by the number of the account, never by name.
ACCOUNT = "account "

# Written by the database or by the verbs: their provenance says nothing.
WITHOUT_PROVENANCE = {"provenance", "slug", "verified_by"}


def mint_slug(name: str, place: str = "") -> str:
    """A slug that no initiative bears nor bore: the name, then with its place, then numbered."""
    base = _slug(name) or "initiative"
    with_place = f"{base}-{_slug(place)}" if place else base
    for candidate in (base, with_place, *(f"{with_place}-{n}" for n in range(2, 10_000))):
        taken = (
            Initiative.objects.filter(slug=candidate).exists()
            or Merge.objects.filter(slug=candidate).exists()
        )
        if not taken:
            return candidate
    raise ValueError(f"No free slug for {name!r}.")


def _slug(text: str) -> str:
    return slugify(" ".join(WORD.findall(fold(text))))


@transaction.atomic
def save(initiative: Initiative, changed: Iterable[str], by: str, source: str) -> Initiative:
    """Save an initiative whose ``changed`` fields ``by`` somebody come from ``source``.

    Mints the slug of a new one, completes its place, notes the provenance of each field.
    """
    complete_place(initiative)
    if not initiative.slug:
        place = initiative.commune.name if initiative.commune else ""
        initiative.slug = mint_slug(initiative.name, place)
    note = {"at": timezone.now().isoformat(), "by": by, "from": source}
    initiative.provenance = {
        **initiative.provenance, **{name: note for name in changed if name not in WITHOUT_PROVENANCE}
    }  # fmt: skip
    initiative.save()
    return initiative


@transaction.atomic
def merge(kept: Initiative, gone: Initiative) -> None:
    """Two listings of one place become one: the address of ``gone`` leads to ``kept`` from now on."""
    if kept.pk == gone.pk:
        raise ValueError("An initiative is not merged with itself.")
    Merge.objects.filter(target=gone).update(target=kept)
    Merge.objects.create(slug=gone.slug, target=kept)
    gone.source_records.update(initiative=kept)
    gone.sites.update(parent=kept)
    gone.delete()
