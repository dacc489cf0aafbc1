"""What a report reads of the initiatives themselves: how many, of what form, since when, linked to whom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from django.db.models import Count

from diagnosis import formulas
from diagnosis.model import Actor, Bridge, Form, Year
from diagnosis.models import YEARS, Figures
from diagnosis.zones import commune_ids
from directory.models import LINK_IN_FORCE, Initiative, Link, ServedTerritory
from directory.querysets import InitiativeQuerySet
from directory.search import territories_q
from territories.models import Territory

LISTED = 400  # initiatives that have links


def active_only(territory: Territory) -> int:
    """How many serve a territory and are established elsewhere."""
    serving = ServedTerritory.objects.filter(territory=territory).values("initiative")
    established = territories_q((territory,), served=False)
    return Initiative.objects.visible().filter(pk__in=serving).exclude(established).count()


def legal_forms(initiatives: InitiativeQuerySet) -> list[Form]:
    """The legal forms present, the most common first."""
    rows = initiatives.order_by().values("legal_form").annotate(n=Count("pk")).order_by("-n", "legal_form")
    return [Form(code, n) for code, n in rows.values_list("legal_form", "n")]


@dataclass(frozen=True, slots=True)
class Web:
    """R1 to R3: the measures of the web of links, who lies between the others, who has links."""

    measures: formulas.Network | None
    bridges: list[Bridge]
    actors: list[Actor]


def network_of(initiatives: InitiativeQuerySet) -> Web:
    """The web of the links in force today, between initiatives that everyone may read."""
    inside = initiatives.values("pk")
    public = Initiative.objects.visible().order_by().values("pk")
    today = Link.objects.filter(LINK_IN_FORCE).order_by().values_list("origin", "target")
    # Two looks by an index where « or » would read every link of the directory.
    found = today.filter(origin__in=inside, target__in=public).union(
        today.filter(target__in=inside, origin__in=public)
    )
    ids, pairs = list(initiatives.values_list("pk", flat=True)), list(found)
    measures = formulas.network(ids, pairs)
    if measures is None:
        return Web(None, [], [])
    return Web(measures, bridges_of(measures), actors_of(set(ids), pairs))


def bridges_of(measures: formulas.Network) -> list[Bridge]:
    """By name: the list ranks nobody."""
    named = Initiative.objects.in_bulk([pk for pk, _between in measures.bridges])
    found = [(named[pk], between) for pk, between in measures.bridges]
    found.sort(key=lambda pair: pair[0].name_sort)
    return [Bridge(each.slug, each.name, 100 * between) for each, between in found]


def actors_of(inside: set[int], pairs: list[tuple[int, int]]) -> list[Actor]:
    """Those of the territory that have a link, by name; none where they are more than LISTED."""
    linked = inside & set(chain.from_iterable(pairs))
    if len(linked) > LISTED:
        return []
    partners: dict[int, set[int]] = {pk: set() for pk in linked}
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if one in partners:
                partners[one].add(other)
    rows = Initiative.objects.filter(pk__in=linked).order_by("name_sort", "pk")
    named = list(rows.values_list("pk", "slug", "name"))
    places = {pk: place for place, (pk, _slug, _name) in enumerate(named)}
    found = []
    for pk, slug, name in named:
        here = sorted(places[each] for each in partners[pk] & linked)
        found.append(Actor(slug, name, tuple(here), len(partners[pk] - inside)))
    return found


def evolution(territory: Territory, last: int) -> list[Year]:
    """T1: what was counted of the ten years up to ``last``, that of the counting."""
    rows = Figures.objects.filter(pk=territory.pk) or Figures.objects.filter(pk__in=commune_ids(territory))
    counted = np.zeros((3, YEARS), dtype=int)
    for by_year in rows.values_list("by_year", flat=True):
        counted += np.reshape(by_year, (3, YEARS))
    years = range(last - YEARS + 1, last + 1)
    return [Year(year, *map(int, of_year)) for year, of_year in zip(years, counted.T, strict=True)]
