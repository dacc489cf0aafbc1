"""The read side: which events are public, where and when, in the order of days.

What is over is told by the day of Paris, not by the minute: an event of this morning is still of today.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib.gis.db.models import PointField
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from directory.filters import CommaField, DayField, Parameters, TrueFalseField, refuse_unknown
from directory.models import Grouping, GroupingKind
from events.models import Event, Organiser, Session, Status, Testimony
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory
from territories.querysets import commune_q

SHARED = Q(status__in=(Status.PUBLISHED, Status.CANCELLED))
WHEN = ("upcoming", "past", "all")


def public() -> QuerySet[Event]:
    """What everybody sees, what was cancelled included; ``at`` is where it is: its point, or the chief place
    of its commune."""
    return (
        Event.objects.filter(SHARED)
        .annotate(at=Coalesce("point", "commune__chief_place", output_field=PointField(srid=4326)))
        .select_related("commune", "commune__departement")
        .defer("commune__geometry", "commune__departement__geometry")
        .prefetch_related(Prefetch("organisers", organisers()))
    )


def organisers() -> QuerySet[Organiser]:
    rows = Organiser.objects.select_related("grouping", "territory", "initiative")
    return rows.defer("territory__geometry", "initiative__search")


def sessions(event: Event) -> QuerySet[Session]:
    """In the order of the day, with what is told in each."""
    told = Testimony.objects.select_related("initiative", "commune").defer(
        "initiative__search", "commune__geometry"
    )
    return event.sessions.prefetch_related(Prefetch("testimonies", told))


def today() -> datetime:
    """The first moment of this day."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


def upcoming(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Of today and after, the nearest first."""
    return rows.filter(end__gte=today()).order_by("start", "pk")


def past(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Over before today, the latest first."""
    return rows.filter(end__lt=today()).order_by("-start", "-pk")


def counts(rows: QuerySet[Event]) -> tuple[int, int]:
    """How many are to come, and how many are over: one query."""
    found = rows.order_by().aggregate(
        upcoming=Count("pk", filter=Q(end__gte=today())), past=Count("pk", filter=Q(end__lt=today()))
    )
    return int(found["upcoming"]), int(found["past"])


def of_territory(territory: Territory) -> Q:
    """Held within this territory, or by it."""
    if territory.kind == Kind.CUSTOM:  # of a commune that is in several, one row
        here = Q(commune__in=Territory.objects.filter(commune_q(territory)).order_by().values("pk"))
    else:
        here = commune_q(territory, "commune__")
    return here | Q(pk__in=Organiser.objects.filter(territory=territory).values("event"))


def of_grouping(grouping: Grouping) -> Q:
    """Held by this network or PTCE, or by the initiative that runs it."""
    by = Q(grouping=grouping)
    if grouping.initiative_id:
        by |= Q(initiative=grouping.initiative_id)
    return Q(pk__in=Organiser.objects.filter(by).values("event"))


def registers(event: Event) -> bool:
    """Whether one may still register: it is announced, open, its last day and its end not past."""
    day = timezone.localdate()
    closes = event.registration_closes
    return (
        event.status == Status.PUBLISHED
        and event.registration_open
        and event.end >= today()
        and (closes is None or day <= closes)
    )


class AgendaForm(Parameters):
    """Which events: parameters of the pages, of the feeds and of the API, which mean what they do in a search
    of initiatives."""

    territory = CommaField(required=False)
    ptce = CommaField(required=False)
    network = CommaField(required=False)
    since = DayField(required=False)
    until = DayField(required=False)
    example = TrueFalseField(required=False)

    def clean_territory(self) -> list[Territory]:
        found, unknown = [], []
        for id in self.cleaned_data["territory"]:
            try:
                found.append(resolve(id))
            except UnknownTerritory:
                unknown.append(id)
        refuse_unknown(unknown, [])
        return found

    def clean_ptce(self) -> list[Grouping]:
        return self._groupings("ptce", GroupingKind.PTCE)

    def clean_network(self) -> list[Grouping]:
        return self._groupings("network", GroupingKind.NETWORK)

    def _groupings(self, name: str, kind: GroupingKind) -> list[Grouping]:
        slugs = self.cleaned_data[name]
        found = Grouping.objects.filter(kind=kind, published=True, slug__in=slugs) if slugs else []
        by_slug = {each.slug: each for each in found}
        refuse_unknown(slugs, by_slug)
        return list(by_slug.values())

    def events(self) -> QuerySet[Event]:
        """The public events of what could be read; ``check()`` first to refuse the rest."""
        refused = self.refusals()
        given: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if name not in refused
        }
        rows = public()
        for condition in (
            [of_territory(each) for each in given.get("territory") or []],
            [of_grouping(each) for each in given.get("ptce") or []],
            [of_grouping(each) for each in given.get("network") or []],
        ):
            if condition:
                anyone = Q()
                for each in condition:
                    anyone |= each
                rows = rows.filter(anyone)
        if since := given.get("since"):
            rows = rows.filter(end__gte=timezone.make_aware(datetime.combine(since, time.min)))
        if until := given.get("until"):
            rows = rows.filter(start__lte=timezone.make_aware(datetime.combine(until, time.max)))
        if (example := given.get("example")) is not None:
            rows = rows.filter(origin="example") if example else rows.exclude(origin="example")
        return rows
