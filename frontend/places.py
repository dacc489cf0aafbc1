"""A place as a person types it: to one territory, or to a few to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from frontend.addresses import search_address, without
from territories.gazetteer import Place, suggest
from territories.models import Kind
from territories.names import WORD, fold

MOST = 8
OUTWEIGHS = 10


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place, and the address of the same search there."""

    place: Place
    kind: str
    href: str


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """What a typed place gave: ``sure`` where it can only mean the first one."""

    typed: str
    choices: list[PlaceChoice]
    sure: bool


def place_answer(data: QueryDict, params: dict[str, str]) -> PlaceAnswer | None:
    """The answer to ``place=``; None where nothing was typed. ``params`` is the rest of the search."""
    typed = " ".join(data.get("place", "").replace("\x00", " ").split())[:100]
    if not typed:
        return None
    rest = without(params, "territory", "bbox", "near")
    labels = dict(Kind.choices)
    found = [
        PlaceChoice(
            place, str(labels.get(place.type, "")), search_address(rest, territory=",".join(place.ids[:100]))
        )
        for place in suggest(typed, MOST)
    ]
    return PlaceAnswer(typed, found, sure=is_sure([choice.place for choice in found], typed))


def is_sure(places: list[Place], typed: str) -> bool:
    """One place only; or the first is what was typed, and its namesakes are far smaller or are it
    (Paris is a commune and a département)."""
    if len(places) < 2:
        return len(places) == 1
    if not is_meant(places[0], typed):
        return False
    people = places[0].population or 0
    others = [place for place in places[1:] if is_meant(place, typed)]
    return all(
        other.population == people or (other.population or 0) * OUTWEIGHS <= people for other in others
    )


def is_meant(place: Place, typed: str) -> bool:
    """Typed by its whole name, or by its number for a département."""
    if place.id == f"departement-{typed.upper()}":
        return True
    return WORD.findall(fold(place.name)) == WORD.findall(fold(typed))
