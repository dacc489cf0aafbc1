"""What a role can be asked for: found by name, and named in an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.http import Http404

from directory.models import Grouping, Initiative, RoleKind
from directory.suggest import suggest_initiatives
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.gazetteer import suggest as suggest_places
from territories.models import Kind, Territory

T = TypeVar("T")
Target = Initiative | Grouping | Territory
SHOWN = 12


@dataclass(frozen=True)
class Found:
    """A target on offer: its key in addresses, its name, what tells it from its namesakes."""

    key: str
    name: str
    context: str


def initiatives(text: str) -> list[Found]:
    return [Found(each.slug, each.name, each.commune or "") for each in suggest_initiatives(text, SHOWN)]


def groupings(text: str) -> list[Found]:
    rows = Grouping.objects.filter(published=True, name__unaccent__icontains=text).order_by("name", "pk")
    return [Found(str(each.uuid), each.name, each.get_kind_display()) for each in rows[:SHOWN]]


def territories(text: str) -> list[Found]:
    kinds = dict(Kind.choices)
    places = [place for place in suggest_places(text, SHOWN) if place.type in kinds]
    return [
        Found(place.id, place.name, " · ".join(filter(None, [str(kinds[place.type]), place.context])))
        for place in places
    ]


def initiative(key: str) -> Initiative:
    if "\x00" in key:
        raise Http404
    return _given(Initiative.objects.published().filter(slug=key).first())


def grouping(key: str) -> Grouping:
    try:
        uuid = UUID(key)
    except ValueError:
        raise Http404 from None
    return _given(Grouping.objects.filter(published=True, uuid=uuid).first())


def territory(key: str) -> Territory:
    try:
        return resolve(key)
    except UnknownTerritory:
        raise Http404 from None


def _given(found: T | None) -> T:
    if found is None:
        raise Http404
    return found


FINDERS: dict[str, Callable[[str], list[Found]]] = {
    RoleKind.OWNER: initiatives,
    RoleKind.COORDINATOR: groupings,
    RoleKind.MODERATOR: territories,
    RoleKind.OFFICER: territories,
}
GIVEN: dict[str, Callable[[str], Target]] = {
    RoleKind.OWNER: initiative,
    RoleKind.COORDINATOR: grouping,
    RoleKind.MODERATOR: territory,
    RoleKind.OFFICER: territory,
}
