"""What a report reads of the initiatives themselves: how many, of what form, since when, linked to whom."""

from __future__ import annotations

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from diagnosis import formulas
from diagnosis.model import Bridge, Form, Year
from directory.models import ActivityState, Initiative, Link, ServedTerritory
from directory.querysets import InitiativeQuerySet
from directory.search import territories_q
from territories.models import Territory

YEARS = 10


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
    links = Link.objects.filter(until=None, origin__in=initiatives.values("pk")) | Link.objects.filter(
        until=None, target__in=initiatives.values("pk")
    )
    web = formulas.network(actors, list(links.values_list("origin", "target").distinct()))
    if web is None:
        return None, []
    named = Initiative.objects.in_bulk([pk for pk, _between in web.bridges])
    # By name: the list ranks nobody.
    found = sorted(((named[pk], between) for pk, between in web.bridges), key=lambda pair: pair[0].name_sort)
    return web, [Bridge(each.slug, each.name, 100 * between) for each, between in found]


def evolution(territory: Territory) -> list[Year]:
    """T1: the last ten years, of published initiatives, those that closed included."""
    open_or_closed = Q(activity_state__in=[ActivityState.OPEN, ActivityState.CLOSED])
    found = Initiative.objects.published().filter(open_or_closed, territories_q((territory,), served=False))
    by_year = {
        name: dict(
            found.exclude(**{name: None}).annotate(year=ExtractYear(name)).order_by().values("year")
            .annotate(n=Count("pk")).values_list("year", "n")
        )
        for name in ("founded", "closed", "created_at")
    }  # fmt: skip
    last = timezone.localdate().year
    return [
        Year(year, *(by_year[name].get(year, 0) for name in ("founded", "closed", "created_at")))
        for year in range(last - YEARS + 1, last + 1)
    ]
