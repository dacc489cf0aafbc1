"""The write side: official territories in, checked, upserted, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import ProtectedError

from territories import france, official, writing
from territories.custom import follow_successors, refresh_customs
from territories.errors import LoadRefused
from territories.models import Kind, Territory, TerritoryChange
from territories.signals import territories_loaded

OFFICIAL_KINDS = (
    Kind.COUNTRY, Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI, Kind.COMMUNE, Kind.ARRONDISSEMENT
)  # fmt: skip

Step = Callable[[str], None]
# How many stages load_france names, for a progress bar.
STEPS = 7


@dataclass(slots=True)
class Report:
    """What a load of France did."""

    written: writing.Written
    counts: dict[str, tuple[int, int]]
    customs: int
    vanished: dict[str, str | None]
    former_codes: int
    assembled: france.France = field(repr=False)


def no_step(_name: str) -> None:
    pass


def france_is_loaded() -> bool:
    """Whether every commune of the official table is in the database."""
    loaded = Territory.objects.of_kind(Kind.COMMUNE).filter(country=france.COUNTRY).count()
    return loaded >= official.commune_count()


def departements_with(asked: Collection[str]) -> set[str]:
    """The asked départements and those that are loaded already: a part adds to what is there."""
    present = Territory.objects.of_kind(Kind.DEPARTEMENT).filter(country=france.COUNTRY)
    return {*asked, *present.values_list("code", flat=True)}


def load_france(departements: Collection[str] | None = None, step: Step = no_step) -> Report:
    """Loads France, or adds some of its départements, and brings everything derived up to date.

    ``step`` hears the name of each stage. LoadRefused if a code is unknown, or if a territory that
    no longer exists is still referred to and nothing succeeds it; nothing is then written.
    """
    if departements is not None:
        france.check_departements(departements)
        departements = departements_with(departements)
    return write_france(france.put_together(departements, step), step)


def write_france(assembled: france.France, step: Step = no_step) -> Report:
    """Writes what was put together, and what follows from it, in one transaction."""
    with transaction.atomic():
        step("writing")
        written = writing.write_territories(assembled.territories)
        writing.write_changes(assembled.changes, official.VINTAGE)
        step("names and custom territories")
        vanished = replace_vanished([draft.id for draft in assembled.territories])
        customs = refresh_customs()
        writing.sync_names()
        writing.analyze()
        step("rooms above")
        territories_loaded.send(sender=Territory, vanished=vanished)
        delete_vanished(vanished)
    return Report(written, counts_of(assembled), customs, vanished, len(assembled.changes), assembled)


def counts_of(assembled: france.France) -> dict[str, tuple[int, int]]:
    """By kind: how many territories, and how many of them with an outline."""
    every = Counter(str(draft.kind) for draft in assembled.territories)
    drawn = Counter(str(draft.kind) for draft in assembled.territories if draft.geometry is not None)
    return {kind: (every[kind], drawn[kind]) for kind in every}


def replace_vanished(present: Sequence[str]) -> dict[str, str | None]:
    """Territories that are no more, each with its successor; custom territories follow theirs."""
    gone = writing.vanished_ids(present, [str(kind) for kind in OFFICIAL_KINDS], france.COUNTRY)
    codes = {identifier.partition("-")[2]: identifier for identifier in gone}
    changes = TerritoryChange.objects.filter(kind=Kind.COMMUNE, code__in=codes)
    successors = {f"{change.kind}-{change.code}": change.successor_id for change in changes}
    vanished = {identifier: successors.get(identifier) for identifier in gone}
    follow_successors(vanished)
    return vanished


def delete_vanished(vanished: Collection[str]) -> None:
    """Communes first: nothing may point at what is deleted."""
    try:
        for kind in reversed(OFFICIAL_KINDS):
            Territory.objects.filter(id__in=vanished, kind=kind).delete()
    except ProtectedError as error:
        held = sorted({str(getattr(row, "pk", row)) for row in error.protected_objects})[:5]
        raise LoadRefused(
            f"territories that no longer exist are still referred to, by {', '.join(held)}"
        ) from error
