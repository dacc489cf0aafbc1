"""Custom territories: a dated set of communes, everything else of which follows from its communes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import shapely
from django.db import transaction
from django.utils.text import slugify

from territories import writing
from territories.drafts import BANDS, Draft, follow_from, label, place_seat, seat_of
from territories.errors import InvalidPerimeter
from territories.models import CustomCommune, Kind, OutlineNote, Territory, TerritoryOutline


def as_shapely(geometry: Any) -> Any:
    return None if geometry is None else shapely.from_wkb(bytes(geometry.wkb))


def commune_drafts(ids: Collection[str]) -> dict[str, Draft]:
    """Communes as they are in the database, with their outlines."""
    drafts = {}
    rows = Territory.objects.with_geometry().of_kind(Kind.COMMUNE).filter(id__in=ids)
    for row in rows.order_by("id"):
        drafts[row.id] = Draft(
            row.kind,
            row.code,
            row.name,
            country=row.country_id,
            region=row.region_id,
            departement=row.departement_id,
            population=row.population,
            population_edition=row.population_edition,
            vintage=row.vintage,
            geometry=as_shapely(row.geometry),
            chief_place=as_shapely(row.chief_place),
        )
    for outline in TerritoryOutline.objects.filter(territory__in=drafts, band__in=BANDS):
        drafts[outline.territory_id].outlines[outline.band] = as_shapely(outline.geometry)
    return drafts


def same(values: Iterable[str | None]) -> str | None:
    """The value that all share, or None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def drawn_up(code: str, name: str, communes: Collection[Draft]) -> Draft:
    """A custom territory from its communes: outline, population, chief place, common parents."""
    draft = Draft(Kind.CUSTOM, code, name)
    follow_from(draft, list(communes))
    place_seat(draft, seat_of(list(communes)))
    label([draft])
    draft.country = same(commune.country for commune in communes)
    draft.region = same(commune.region for commune in communes)
    draft.departement = same(commune.departement for commune in communes)
    draft.vintage = max((commune.vintage or 0 for commune in communes), default=0) or None
    draft.population_edition = same(c.population_edition for c in communes if c.population is not None) or ""
    draft.outline_note = "" if draft.geometry is not None else OutlineNote.ABSENT
    return draft


@transaction.atomic
def define_custom(
    name: str,
    communes: Collection[str],
    *,
    dated: date,
    source: str = "",
    owner: int | None = None,
    slug: str = "",
    listed: bool = True,
) -> Territory:
    """Creates or redefines the custom territory ``custom-<slug>`` from ids of communes.

    ``owner`` is the key of a person; one that is not ``listed`` is found by its address only.
    InvalidPerimeter names what is not a commune.
    """
    code = slug or slugify(name)
    if not code:
        raise InvalidPerimeter("a custom territory needs a name with letters or digits")
    drafts = commune_drafts(set(communes))
    unknown = sorted(set(communes) - drafts.keys())
    if unknown or not drafts:
        named = ", ".join(unknown[:10])
        raise InvalidPerimeter(f"not communes: {named}" if named else f"{name}: a perimeter without commune")
    draft = drawn_up(code, name, list(drafts.values()))
    draft.source, draft.owner, draft.dated = source, owner, dated
    writing.write_territories([draft])
    Territory.objects.filter(id=draft.id).update(owner=owner, dated=dated, listed=listed)
    kept = CustomCommune.objects.filter(territory=draft.id)
    kept.exclude(commune__in=drafts).delete()
    CustomCommune.objects.bulk_create(
        [CustomCommune(territory_id=draft.id, commune_id=identifier) for identifier in drafts],
        ignore_conflicts=True,
    )
    writing.sync_names([draft.id])
    return Territory.objects.get(id=draft.id)


@transaction.atomic
def refresh_customs(ids: Collection[str] | None = None) -> int:
    """Brings custom territories (all of them by default) up to date with their communes; how many."""
    customs = Territory.objects.of_kind(Kind.CUSTOM)
    if ids is not None:
        customs = customs.filter(id__in=ids)
    refreshed = 0
    for custom in customs.order_by("id"):
        drafts = commune_drafts({row.commune_id for row in custom.custom_communes.all()})
        if not drafts:
            continue
        draft = drawn_up(custom.code, custom.name, list(drafts.values()))
        draft.source, draft.owner, draft.dated = custom.source, custom.owner_id, custom.dated
        draft.status = custom.status
        writing.write_territories([draft])
        refreshed += 1
    return refreshed


def follow_successors(vanished: Mapping[str, str | None]) -> None:
    """In every perimeter, what succeeds a commune takes its place; one without successor leaves."""
    for row in CustomCommune.objects.filter(commune__in=vanished):
        successor = vanished[row.commune_id]
        if successor is not None:
            CustomCommune.objects.bulk_create(
                [CustomCommune(territory_id=row.territory_id, commune_id=successor)], ignore_conflicts=True
            )
        row.delete()
