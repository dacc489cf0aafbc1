"""A place as a person types it: to one territory, or to a few to choose from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from frontend.addresses import search_address, without
from territories.addresses import suggest_addresses
from territories.gazetteer import Match, Place, suggest
from territories.geometry import Point
from territories.models import Kind, Territory

MOST = 8
# More than are shown: a larger namesake may come after many exact ones.
LOOKED_AT = 20
OUTWEIGHS = 10
STREETS_SHOWN = 5
# In metres; as in static/js/chosen.js.
AROUND_ADDRESS = 10_000
DECIMALS = 5  # about a metre
# « 12 rue du Lac » is more likely a street than a misspelt town.
NUMBER = re.compile(r"\d")
# Of a context: « Creuse (23) ».
CODE = re.compile(r"\(\w+\)$")


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place or street address, and the address of the same search there."""

    name: str
    kind: str
    context: str
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
    places = suggest(typed, LOOKED_AT)
    found = territories_among(places, rest)
    if all(place.match == Match.LIKENESS for place in places):
        streets = streets_called(typed, rest)
        found = [*streets, *found] if NUMBER.search(typed) else [*found[: MOST - len(streets)], *streets]
    return PlaceAnswer(typed, found[:MOST], sure=is_sure(places))


def territories_among(places: list[Place], rest: dict[str, str]) -> list[PlaceChoice]:
    return territories_named(places, lambda ids: search_address(rest, territory=ids))


def territories_named(places: list[Place], address: Callable[[str], str]) -> list[PlaceChoice]:
    """Places on offer, each leading where ``address`` says for its ids, joined by commas."""
    labels = {str(kind): str(label) for kind, label in Kind.choices}
    return [
        PlaceChoice(
            place.name,
            labels.get(place.type, _("code postal")),
            place.context,
            address(",".join(place.ids[:100])),
        )
        for place in places[:MOST]
    ]


def streets_called(typed: str, rest: dict[str, str]) -> list[PlaceChoice]:
    """Street addresses, where this site has a service that knows them: the same search around each."""
    return [
        PlaceChoice(
            address.name,
            _("adresse"),
            f"{address.postcode} {address.city}".strip(),
            search_address(rest, near=position(address.point), radius=str(AROUND_ADDRESS)),
        )
        for address in suggest_addresses(typed, STREETS_SHOWN)
    ]


def position(point: Point) -> str:
    return f"{round(point.lon, DECIMALS)!r},{round(point.lat, DECIMALS)!r}"


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


def commune_typed(typed: str) -> Territory:
    """The commune of this whole name, number or code, with its département: where several bear it, the one
    that dwarfs its namesakes. ValidationError names those that it may be."""
    communes = [place for place in suggest(typed, LOOKED_AT) if place.type == Kind.COMMUNE]
    found = [place for place in communes if is_meant(place)]
    if is_sure(found):
        return Territory.objects.select_related("departement").get(pk=found[0].id)
    if found:
        raise ValidationError(
            _("Plusieurs communes portent ce nom : %(names)s. Ajoutez le numéro du département."),
            params={"names": named(found[:6])},
        )
    if communes:
        raise ValidationError(
            _("Aucune commune ne s’appelle « %(typed)s ». Vouliez-vous dire %(names)s ?"),
            params={"typed": typed, "names": named(communes[:3])},
        )
    raise ValidationError(
        _("Aucune commune ne s’appelle « %(typed)s ». Essayez « Aubusson (23) »."), params={"typed": typed}
    )


def named(places: list[Place]) -> str:
    """As they may be typed: Felletin (23)."""
    codes = (CODE.search(place.context) for place in places)
    return ", ".join(
        f"{place.name} {code[0]}" if code else place.name for place, code in zip(places, codes, strict=True)
    )
