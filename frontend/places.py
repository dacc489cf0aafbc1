"""A place as a person types it: to one territory, or to a few to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from frontend.addresses import search_address, without
from territories.gazetteer import Place, suggest
from territories.models import Kind
from territories.names import WORD, fold

MOST = 8


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
    same = [choice for choice in found if is_meant(choice.place, typed)]
    return PlaceAnswer(typed, found, sure=len(found) == 1 or len(same) == 1 and same[0] is found[0])


def is_meant(place: Place, typed: str) -> bool:
    """Typed by its whole name, or by its number for a département."""
    if place.id == f"departement-{typed.upper()}":
        return True
    return WORD.findall(fold(place.name)) == WORD.findall(fold(typed))
