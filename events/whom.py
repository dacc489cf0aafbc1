"""Whom and where somebody means by what she types: one place or organisation, or none rather than a guess."""

from __future__ import annotations

from directory.models import Initiative
from directory.suggest import suggest_initiatives
from events.models import Event
from territories.gazetteer import Match, suggest
from territories.models import Kind, Territory
from territories.names import fold

LOOKED_AT = 20


def town_of(typed: str, event: Event) -> Territory | None:
    """The commune of this whole name, by code or postcode if need be. Of namesakes, the only one in the
    département of the event; else None."""
    found = [place.id for place in suggest(typed, LOOKED_AT) if place.match <= Match.FORMER]
    communes = list(Territory.objects.filter(pk__in=found, kind=Kind.COMMUNE).defer("geometry"))
    if len(communes) > 1 and event.commune:
        communes = [each for each in communes if each.departement_id == event.commune.departement_id]
    return communes[0] if len(communes) == 1 else None


def recognised(structure: str, commune: Territory | None) -> Initiative | None:
    """The published initiative of exactly this name, but for accents and capitals; of namesakes, the only one
    in that commune."""
    if not structure.strip():
        return None
    same = [
        each.slug for each in suggest_initiatives(structure, LOOKED_AT) if fold(each.name) == fold(structure)
    ]
    found = list(Initiative.objects.visible().filter(slug__in=same).defer("search", "location"))
    if len(found) > 1 and commune is not None:
        found = [each for each in found if each.commune_id == commune.pk]
    return found[0] if len(found) == 1 else None
