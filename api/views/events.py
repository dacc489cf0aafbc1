"""Events: who holds what, where and when."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, keyset
from api.errors import NotHere
from api.forms import DEFAULT_LIMIT, EventsForm, FeatureForm, read
from api.parameters import parameters_of
from api.views.reading import GeoReading
from api.views.territories import in_geojson
from events import agenda
from events.models import Event, Organiser, Session

DECIMALS = 6


def place(territory: Any) -> dict[str, str] | None:
    return {"id": territory.pk, "name": territory.name} if territory else None


def held_by(organiser: Organiser) -> dict[str, Any]:
    grouping, territory, initiative = organiser.grouping, organiser.territory, organiser.initiative
    if grouping:
        return {
            "type": grouping.kind, "id": grouping.slug if grouping.published else None, "name": grouping.name,
        }  # fmt: skip
    if territory:
        return {"type": "territory", "id": territory.pk, "name": territory.name}
    if initiative:
        public = initiative.publication == "published"
        return {"type": "initiative", "id": initiative.slug if public else None, "name": initiative.name}
    return {"type": "name", "id": None, "name": organiser.name}


def feature(event: Event, base: str, **more: Any) -> dict[str, Any]:
    """``event`` as the agenda reads it: with ``at`` and its organisers. ``base`` is the address of the site,
    without a final slash."""
    at: Any = getattr(event, "at", None)
    properties = {
        "id": event.slug,
        **{name: getattr(event, name) for name in ("uuid", "title", "summary", "description", "language")},
        **{name: getattr(event, name) for name in ("start", "end", "status")},
        "venue": event.venue or None,
        "address": event.address or None,
        "commune": place(event.commune),
        "exact": event.point is not None,
        "organisers": [held_by(each) for each in event.organisers.all()],
        "link": event.link or None,
        "url": f"{base}/evenements/{event.slug}/",
        "calendar": f"{base}/evenements/{event.slug}/agenda.ics",
        "registration_open": agenda.registers(event),
        "updated_at": event.updated_at,
        "example": event.origin == "example",
        **more,
    }
    geometry = at and {"type": "Point", "coordinates": [round(at.x, DECIMALS), round(at.y, DECIMALS)]}
    return {"type": "Feature", "id": event.slug, "geometry": geometry, "properties": properties}


def told(session: Session) -> dict[str, Any]:
    return {
        "letter": session.letter or None,
        **{name: getattr(session, name) for name in ("kind", "title", "publics", "start", "end")},
        "room": session.room or None,
        "capacity": session.capacity,
        "testimonies": [
            {
                "name": each.name,
                "initiative": each.initiative.slug
                if each.initiative and each.initiative.publication == "published"
                else None,
                "commune": place(each.commune),
                "minutes": each.minutes,
                "said": each.said or None,
            }
            for each in session.testimonies.all()
        ],
    }


class Events(GeoReading):
    @extend_schema(
        operation_id="listEvents",
        summary="Events",
        description="Those that are announced, cancelled ones too, the earliest first, a page at a time.",
        parameters=parameters_of(
            EventsForm,
            since="A day: what ends on it or after.",
            territory="Ids of territories, any of which may match: the event is held within, or by it.",
            ptce="Slugs of PTCE, any of which may match: the event is held by it.",
            network="Slugs of networks, any of which may match: the event is held by it.",
        ),
        responses=in_geojson("EventCollection"),
    )
    def get(self, request: Request) -> Response:
        form = read(EventsForm, request)
        asked, found = form.cleaned_data, form.events()
        rows, cursor = keyset.page(
            found,
            ("start", "pk"),
            asked["limit"] or DEFAULT_LIMIT,
            asked["cursor"],
            keyset.mark_of_list("events", request.query_params),
        )
        base = answers.site(request)
        return Response(
            {
                "type": "FeatureCollection",
                "numberMatched": found.count(),
                "numberReturned": len(rows),
                "links": answers.links(request, request.accepted_renderer.media_type, cursor),
                "features": [feature(row, base) for row in rows],
            }
        )


class OneEvent(GeoReading):
    @extend_schema(
        operation_id="readEvent",
        summary="One event",
        description="With its programme.",
        parameters=parameters_of(FeatureForm, "slug"),
        responses=in_geojson("EventDetailFeature"),
    )
    def get(self, request: Request, slug: str) -> Response:
        read(FeatureForm, request)
        event = agenda.public().filter(slug=slug).first()
        if event is None:
            raise NotHere(f"No event has the slug {slug[:60]}.")
        sessions = [told(each) for each in agenda.sessions(event)]
        return Response(feature(event, answers.site(request), sessions=sessions))
