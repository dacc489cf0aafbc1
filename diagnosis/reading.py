"""What a report reads of the initiatives themselves: how many, of what form, since when, linked to whom."""

from __future__ import annotations

import numpy as np
from django.db.models import Count

from diagnosis import formulas
from diagnosis.model import Bridge, Form, Year
from diagnosis.models import YEARS, Figures
from diagnosis.zones import commune_ids
from directory.models import Initiative, Link, ServedTerritory
from directory.querysets import InitiativeQuerySet
from directory.search import territories_q
from territories.models import Territory


def active_only(territory: Territory) -> int:
    """How many serve a territory and are established elsewhere."""
    serving = ServedTerritory.objects.filter(territory=territory).values("initiative")
    established = territories_q((territory,), served=False)
    return Initiative.objects.visible().filter(pk__in=serving).exclude(established).count()


def legal_forms(initiatives: InitiativeQuerySet) -> list[Form]:
    """The legal forms present, the most common first."""
    rows = initiatives.order_by().values("legal_form").annotate(n=Count("pk")).order_by("-n", "legal_form")
    return [Form(code, n) for code, n in rows.values_list("legal_form", "n")]


def network_of(
    initiatives: InitiativeQuerySet,
) -> tuple[formulas.Network | None, list[Bridge]]:
    """R1 to R3 from the links declared today, and the actors that lie between the others."""
    actors = list(initiatives.values_list("pk", flat=True))
    today = Link.objects.filter(until=None).order_by().values_list("origin", "target")
    inside = initiatives.values("pk")
    # Two looks by an index where « or » would read every link of the directory.
    links = today.filter(origin__in=inside).union(today.filter(target__in=inside))
    web = formulas.network(actors, list(links))
    if web is None:
        return None, []
    named = Initiative.objects.in_bulk([pk for pk, _between in web.bridges])
    # By name: the list ranks nobody.
    found = sorted(((named[pk], between) for pk, between in web.bridges), key=lambda pair: pair[0].name_sort)
    return web, [Bridge(each.slug, each.name, 100 * between) for each, between in found]


def evolution(territory: Territory, last: int) -> list[Year]:
    """T1: what was counted of the ten years up to ``last``, that of the counting."""
    rows = Figures.objects.filter(pk=territory.pk) or Figures.objects.filter(pk__in=commune_ids(territory))
    counted = np.zeros((3, YEARS), dtype=int)
    for by_year in rows.values_list("by_year", flat=True):
        counted += np.reshape(by_year, (3, YEARS))
    years = range(last - YEARS + 1, last + 1)
    return [Year(year, *map(int, of_year)) for year, of_year in zip(years, counted.T, strict=True)]
