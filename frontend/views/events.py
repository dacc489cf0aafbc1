"""Events for everybody: the agenda, the page of each, and both as calendars."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.filters import DigitsField
from directory.models import Grouping
from events import agenda
from events.agenda import AgendaForm
from events.calendars import calendar
from events.models import Event, Organiser
from frontend.addresses import search_address
from frontend.drawing import METROPOLE, drawing
from frontend.events_shown import card, cards, days
from frontend.linked_data import of_event, trail
from frontend.places import is_sure, position, territories_named
from frontend.refusals import refusals
from territories.gazetteer import suggest
from territories.geometry import Point
from territories.models import Kind, Territory

PER_PAGE = 20
MOST = 200  # to come, on the page
MOST_IN_CALENDAR = 1_000
DOTS = 500
CALENDAR = "text/calendar; charset=utf-8"
HOURLY = 3_600
AROUND = 30_000  # metres


class AgendaPageForm(AgendaForm):
    page = DigitsField(required=False, min_value=1, max_value=100_000)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """What is to come, then what is over, of everywhere or of one territory, network or PTCE."""
    given = request.GET.copy()
    typed = " ".join(given.pop("place", [""])[-1].replace("\x00", " ").split())[:100]
    found = suggest(typed, 20) if typed else []
    if found and is_sure(found):
        given["territory"] = ",".join(found[0].ids[:100])
        return HttpResponseRedirect(f"?{urlencode(params_of(given), safe=',')}")
    form = AgendaPageForm(given)
    rows = form.events()
    params = params_of(form.given, set(form.refusals()))
    to_come = agenda.upcoming(rows)
    past = Paginator(agenda.past(rows), PER_PAGE)
    context = {
        "typed": typed,
        "choices": territories_named(
            found, lambda ids: "?" + urlencode({**params, "territory": ids}, safe=",")
        )
        if typed
        else [],
        "refusals": refusals(form),
        "upcoming": cards(to_come[:MOST]),
        "upcoming_count": to_come.count(),
        "page": (page := past.get_page(form.cleaned_data.get("page") or 1)),
        "past": cards(page.object_list),
        "past_count": past.count,
        "chosen": chosen(form),
        "holders": holders(),
        "query": f"{urlencode(params, safe=',')}&" if params else "",
        "drawing": drawn(rows),
        "calendar_href": reverse("frontend:events_calendar")
        + (f"?{urlencode(params, safe=',')}" if params else ""),
        "permalink": request.path + (f"?{urlencode(params, safe=',')}" if params else ""),
    }
    context["calendar_address"] = request.build_absolute_uri(str(context["calendar_href"]))
    return render(request, "frontend/events/agenda.html", context)


@require_safe
def events_calendar(request: HttpRequest) -> HttpResponse:
    """The same, to follow in a calendar. 400 where a parameter cannot be read: a calendar must not be filled
    with what was not asked."""
    form = AgendaForm(request.GET, strict=True)
    if refused := form.refusals():
        said = "\n".join(f"{name}: {' '.join(messages)}" for name, messages in refused.items())
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    rows = form.events().order_by("-start", "-pk")[:MOST_IN_CALENDAR]
    names = [name for name, _href in chosen(form)]
    title = _("Maillage : évènements") + (f" · {', '.join(names)}" if names else "")
    return as_calendar(calendar(rows, title, lambda each: page_of(request, each)), "maillage-evenements.ics")


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    found = read(slug)
    url = page_of(request, found)
    picture = reverse("frontend:event_picture", args=[found.slug])
    agenda_url = request.build_absolute_uri(reverse("frontend:events"))
    context = {
        "event": found,
        "card": card(found),
        "days": days(found),
        "drawing": drawing_of(found),
        "registers": agenda.registers(found),
        "around_href": around(found),
        "picture": picture,
        "linked_data": [
            of_event(found, url, request.build_absolute_uri(picture)),
            trail([(_("Évènements"), agenda_url), (found.title, url)]),
        ],
    }
    return render(request, "frontend/events/event.html", context)


@require_safe
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """One event, with its programme."""
    found = read(slug)
    made = calendar([found], found.title, lambda each: page_of(request, each), programme=True)
    return as_calendar(made, f"{found.slug}.ics")


def read(slug: str) -> Event:
    """The event of this name that everybody may see, or 404."""
    found = None if "\x00" in slug else agenda.public().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def page_of(request: HttpRequest, event: Event) -> str:
    return request.build_absolute_uri(reverse("frontend:event", args=[event.slug]))


def as_calendar(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=CALENDAR)
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = f"public, max-age={HOURLY}"
    return response


def params_of(given: QueryDict, refused: Collection[str] = ()) -> dict[str, str]:
    """What was asked and could be read, as it goes back into an address; the page of the list left out."""
    return {
        name: ",".join(given.getlist(name))
        for name in AgendaForm.base_fields
        if name not in refused and given.get(name)
    }


def chosen(form: AgendaForm) -> list[tuple[str, str]]:
    """What the agenda is of: names, with the address of the page of each."""
    cleaned = form.cleaned_data
    places: list[Territory] = cleaned.get("territory") or []
    groupings: list[Grouping] = [*(cleaned.get("ptce") or []), *(cleaned.get("network") or [])]
    return [
        *((each.name, reverse("frontend:territory", args=[each.pk])) for each in places),
        *((each.name, reverse(f"frontend:{each.kind}", args=[each.slug])) for each in groupings),
    ]


def holders() -> list[tuple[Grouping, str]]:
    """The networks and PTCE that hold events, each with the agenda of its own."""
    shared = Event.objects.filter(agenda.SHARED).order_by().values("pk")
    held = Organiser.objects.filter(event__in=shared, grouping__isnull=False).order_by().values("grouping")
    rows = Grouping.objects.filter(published=True, pk__in=held).order_by("name", "pk")[:50]
    return [(each, "?" + urlencode({each.kind: each.slug})) for each in rows]


def drawn(rows: Any) -> Any:
    """Where they are, in France."""
    country = Territory.objects.of_kind(Kind.COUNTRY).first()
    points = [
        at for at in rows.prefetch_related(None).order_by("-start").values_list("at", flat=True)[:DOTS] if at
    ]
    west, south, east, north = METROPOLE
    seen = [at for at in points if west <= at.x <= east and south <= at.y <= north]
    return drawing(country, None, seen, METROPOLE) if country else None


def drawing_of(event: Event) -> Any:
    """The commune in its département, and the point."""
    town = event.commune
    if town is None:
        return None
    return drawing(town.departement, town, [getattr(event, "at", None)])


def around(event: Event) -> str:
    """The search of the initiatives around it; empty where its place is not known."""
    at = getattr(event, "at", None)
    return "" if at is None else search_address({}, near=position(Point(at.x, at.y)), radius=str(AROUND))
