"""The list of an event, built around its venue: where one looks, and what is asked there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from directory.filters import SearchForm
from directory.models import Listing
from events.models import Event
from frontend.around import DECIMALS
from frontend.quantities import length
from territories.geometry import Point
from territories.models import Kind, Territory

# In metres: from a walk to a day’s journey.
RADII = (5_000, 10_000, 20_000, 30_000, 50_000, 100_000)
OFFERED = "30000"
SEVERAL = ("sector", "legal_form", "ptce", "network")
ONE = ("charter", "testimony")
ABOVE = ("commune", "epci", "departement", "region")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one may look: ``value`` is a radius in metres, or the id of a territory."""

    value: str
    label: str


def centre_of(event: Event) -> Point | None:
    """Its point, else the town hall of its commune; None where neither is known."""
    point = event.point or (event.commune and event.commune.chief_place)
    return Point(round(point.x, DECIMALS), round(point.y, DECIMALS)) if point else None


def places(event: Event) -> list[Place]:
    """Around the venue, then the territories that comprise it or that its organisers answer for."""
    found = []
    if centre_of(event):
        venue = event.commune.name if event.commune else event.venue
        said = _("à moins de {radius} de {venue}")
        found = [Place(str(each), said.format(radius=length(each), venue=venue)) for each in RADII]
    ids: list[str | None] = []
    if commune := event.commune:
        ids += [commune.pk, *(getattr(commune, f"{name}_id") for name in ABOVE[1:])]
        customs = Territory.objects.of_kind(Kind.CUSTOM).filter(listed=True, custom_communes__commune=commune)
        ids += customs.order_by("name").values_list("pk", flat=True)
    for each in event.organisers.select_related("grouping"):
        ids += [each.territory_id, each.grouping.perimeter_id if each.grouping else None]
    wanted = list(dict.fromkeys(filter(None, ids)))
    named = Territory.objects.in_bulk(wanted)
    return found + [
        Place(pk, f"{named[pk].name} ({named[pk].get_kind_display()})") for pk in wanted if pk in named
    ]


def asked(event: Event, data: QueryDict, offered: list[Place]) -> SearchForm:
    """The search that the form asks, in the filter language; what it does not offer is left out."""
    where = data.get("where", "")
    params: dict[str, str] = {}
    if where not in {each.value for each in offered}:
        where = next((each.value for each in offered if each.value == OFFERED), "")
        where = where or next((each.value for each in offered), "")
    centre = centre_of(event)
    if where.isdigit() and centre:
        params |= {"near": str(centre), "radius": where}
    elif where:
        params["territory"] = where
    params |= {name: ",".join(data.getlist(name)) for name in SEVERAL if any(data.getlist(name))}
    params |= {name: "true" for name in ONE if data.get(name) == "true"}
    return SearchForm(QueryDict(urlencode(params)))


def as_it_is(event: Event, listing: Listing | None, offered: list[Place]) -> QueryDict:
    """The form as the list of the event has it now, as far as the form can say it."""
    saved = QueryDict((listing and (listing.criteria or listing.thawed_criteria)) or "")
    data = QueryDict(mutable=True)
    near = saved.get("near") == str(centre_of(event))
    data["where"] = saved.get("radius", "") if near else saved.get("territory", "")
    for name in SEVERAL:
        if saved.get(name):
            data.setlist(name, saved[name].split(","))
    for name in ONE:
        data[name] = saved.get(name, "")
    return data


def where_of(form: SearchForm) -> str:
    """Which of the places a search is at."""
    params = form.criteria().params
    return params.get("radius") or params.get("territory") or ""
