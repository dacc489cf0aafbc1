"""What a reader asks of a diagnosis: a place by its name, a sector, the territories to compare with.

Pages are lenient: what cannot be read is said in plain words, above what the rest gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diagnosis.peers import PEERS, may_be_peer, peer_kind
from frontend.addresses import api_address
from frontend.places import LOOKED_AT, is_sure
from territories.errors import UnknownTerritory
from territories.gazetteer import Place, resolve, suggest
from territories.models import Kind, Territory

LONGEST = 100
CHOICES = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A territory that a name may mean. ``scales`` are those around it, from the nearest."""

    territory: Territory
    context: str
    href: str
    scales: list[Territory] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a name gave: ``sure`` where it can only mean the first choice."""

    typed: str
    choices: list[Choice]
    sure: bool


def typed_in(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())[:LONGEST]


def diagnosis_address(id: str, sector: str = "", peers: Iterable[str] = ()) -> str:
    """The address of a diagnosis, of one sector, beside these peers."""
    asked = {"sector": sector, "peers": ",".join(peers)}
    query = urlencode({name: value for name, value in asked.items() if value}, safe=",")
    return reverse("frontend:diagnosis", args=[id]) + (f"?{query}" if query else "")


def files_of(id: str, sector: str = "", peers: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The forms in which a diagnosis is taken away, and their addresses."""
    asked = diagnosis_address(id, sector, peers).partition("?")[1:]
    files = [(form, reverse(f"frontend:diagnosis_{form}", args=[id])) for form in ("pdf", "xlsx", "csv")]
    compared = {"peers": ",".join(peers)}
    return [
        *((form, address + "".join(asked)) for form, address in files),
        ("json", api_address(f"territories/{id}/diagnosis", compared)),
    ]


def places_called(typed: str, kinds: Iterable[str] = Kind.values) -> tuple[list[Territory], bool]:
    """The territories of these kinds that a text may mean, and whether it can only mean the first. A postcode
    means its communes."""
    found = [each for each in suggest(typed, LOOKED_AT) if each.type in (*kinds, "postcode")]
    ids = list(dict.fromkeys(id for each in found for id in each.ids))[:CHOICES]
    known = Territory.objects.in_bulk(ids)
    territories = [known[id] for id in ids if id in known and known[id].kind in tuple(kinds)]
    return territories, sure_of(found, territories)


def sure_of(found: list[Place], territories: list[Territory]) -> bool:
    return bool(territories) and (len(territories) == 1 or len(found[0].ids) == 1 and is_sure(found))


@dataclass(frozen=True, slots=True)
class Peers:
    """The territories that a reader compares with: ids, empty for the most similar; ``added`` is what the
    name of one more gave; ``refused`` says what could not be read."""

    ids: list[str]
    added: Asked | None
    refused: list[str]


def peers_asked(request: HttpRequest, territory: Territory, sector: str) -> Peers:
    """Read ``peers`` (ids, between commas or repeated) and ``add`` (a name)."""
    ids: list[str] = []
    refused: list[str] = []
    given = ",".join(request.GET.getlist("peers")).replace("\x00", "").split(",")
    for id in [each.strip() for each in given if each.strip()][: 5 * PEERS]:
        try:
            other = resolve(id)
        except UnknownTerritory:
            refused.append(_("Aucun territoire n’a l’identifiant « {id} ».").format(id=id[:50]))
            continue
        if may_be_peer(other, territory):
            ids.append(other.pk)
        elif other.pk != territory.pk:
            kind = Kind(peer_kind(territory.kind)).label
            refused.append(
                _("{name} ne se compare pas à ce territoire : choisissez parmi les mêmes ({kind}).").format(
                    name=other.name, kind=kind
                )
            )
    ids = [id for id in dict.fromkeys(ids) if id != territory.pk]
    if len(ids) > PEERS:
        refused.append(_("Dix territoires au plus : les suivants sont laissés de côté."))
    typed = typed_in(request.GET.get("add", ""))
    return Peers(ids[:PEERS], one_more(typed, territory, ids[:PEERS], sector) if typed else None, refused[:5])


def one_more(typed: str, territory: Territory, ids: list[str], sector: str) -> Asked:
    """The territories that a name may add to the peers; the last of ten makes room."""
    found, sure = places_called(typed, [peer_kind(territory.kind)])
    kept = ids[: PEERS - 1]
    choices = [
        Choice(each, context_of(each), diagnosis_address(territory.pk, sector, [*kept, each.pk]))
        for each in found
        if each.pk != territory.pk
    ]
    return Asked(typed, choices, sure and bool(choices) and choices[0].territory == found[0])


def context_of(territory: Territory) -> str:
    """What tells a place from its namesakes: the département or the région around it."""
    around = territory.departement or territory.region
    return around.name if around and around != territory else ""


def asked_for(typed: str) -> Asked:
    """The diagnoses that a name may mean, a commune at each scale around it."""
    found, sure = places_called(typed)
    order = list(Kind.values)
    choices = []
    for each in found:
        around = sorted(
            Territory.objects.listed().enclosing(each), key=lambda place: -order.index(place.kind)
        )
        choices.append(Choice(each, context_of(each), diagnosis_address(each.pk), around))
    return Asked(typed, choices[:1] if sure else choices, sure)
