"""A place as a person types it: to one territory, or to a few to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from frontend.addresses import search_address, without
from territories.gazetteer import Match, Place, suggest
from territories.models import Kind

MOST = 8
# More than are shown: a larger namesake may come after many exact ones.
LOOKED_AT = 20
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
    places = suggest(typed, LOOKED_AT)
    found = [
        PlaceChoice(
            place, str(labels.get(place.type, "")), search_address(rest, territory=",".join(place.ids[:100]))
        )
        for place in places[:MOST]
    ]
    return PlaceAnswer(typed, found, sure=is_sure(places))


def is_sure(places: list[Place]) -> bool:
    """The first is what was typed, and no other can be meant: its namesakes are far smaller, or are it
    (Paris is a commune and a département), and no larger commune has a name that begins so."""
    if not places or not is_meant(places[0]):
        return False
    return not any(rivals(other, places[0]) for other in places[1:])


def is_meant(place: Place) -> bool:
    """Typed by its whole name or number."""
    return place.match <= Match.FORMER


def rivals(other: Place, first: Place) -> bool:
    """Whether a person who typed the whole name of ``first`` may want ``other``."""
    people, others = first.population or 0, other.population or 0
    if is_meant(other):
        if other.type == Kind.EPCI and first.type != Kind.EPCI:
            return False  # people say Lyon for the town
        same = other.type != first.type and others == people
        return not same and others * OUTWEIGHS > people
    return other.match == Match.BEGINNING and other.type == Kind.COMMUNE and others > people
