"""The circuit: links between initiatives, and what people tell of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, keyset
from api.forms import DEFAULT_LIMIT, LinksForm, StoriesForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.serializers import StoryPageSerializer
from api.views.reading import GeoReading, Reading
from directory.circuits import links_of
from directory.models import Link, Story

DECIMALS = 6
ENDS = ("origin", "target")


class Links(GeoReading):
    @extend_schema(
        operation_id="listLinks",
        summary="Links between initiatives",
        description="The links in force that have an end among the initiatives that match, a page at a time:"
        " confirmed by both sides, or noted from a source. What only one side asserts is told by its own"
        " profile. Each is a line between two points; the geometry is null where one of them has no place.",
        parameters=parameters_of(LinksForm),
        responses={
            (200, "application/geo+json"): ref("LinkCollection"),
            (200, "application/json"): ref("LinkCollection"),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        form = read(LinksForm, request)
        asked, criteria = form.cleaned_data, form.criteria()
        mark = keyset.mark_of_list("links", request.query_params)
        found = links_of(criteria)
        rows, cursor = keyset.page(found, ("pk",), asked["limit"] or DEFAULT_LIMIT, asked["cursor"], mark)
        media_type = request.accepted_renderer.media_type
        body = answers.collection(
            (answers.text(feature(link)) for link in rows),
            numberMatched=found.count(),
            numberReturned=len(rows),
            links=answers.links(request, media_type, cursor),
        )
        return HttpResponse(body, content_type=media_type)


def feature(link: Link) -> dict[str, Any]:
    ends = [getattr(link, end) for end in ENDS]
    points = [[round(x, DECIMALS) for x in end.location.coords] for end in ends if end.location is not None]
    return {
        "type": "Feature",
        "id": str(link.pk),
        "geometry": {"type": "LineString", "coordinates": points} if len(points) == len(ends) else None,
        "properties": {
            "kind": link.kind,
            "state": link.state.value,
            **{name: {"id": end.slug, "name": end.name} for name, end in zip(ENDS, ends, strict=True)},
            "since": link.since and link.since.isoformat(),
            "source": link.source or None,
        },
    }


class Stories(Reading):
    @extend_schema(
        operation_id="listStories",
        summary="Experience sheets and testimonies",
        description="What people tell of the initiatives that match, read and published by a moderator, the"
        " first published first. Plain text throughout.",
        parameters=parameters_of(StoriesForm),
        responses={(200, "application/json"): StoryPageSerializer},
    )
    def get(self, request: Request) -> Response:
        form = read(StoriesForm, request)
        asked, criteria = form.cleaned_data, form.criteria()
        found = Story.objects.published().filter(
            initiative__in=criteria.initiatives().order_by().values("pk")
        )
        mark = keyset.mark_of_list("stories", request.query_params)
        rows, cursor = keyset.page(
            found.select_related("initiative").defer("initiative__search"),
            ("decided_at", "pk"), asked["limit"] or DEFAULT_LIMIT, asked["cursor"], mark,
        )  # fmt: skip
        body = {
            "numberMatched": found.count(),
            "numberReturned": len(rows),
            "links": answers.links(request, request.accepted_renderer.media_type, cursor),
            "stories": [shown(row, answers.site(request)) for row in rows],
        }
        return Response(StoryPageSerializer(body).data)


def shown(story: Story, base: str) -> dict[str, Any]:
    """The row as its serializer reads it; who wrote it is what the signature says."""
    parts = ("title", "context", "text", "difficulties", "advice", "signature")
    return {
        "id": story.uuid,
        "kind": story.kind,
        "initiative": {"id": story.initiative.slug, "name": story.initiative.name},
        "language": story.language,
        **{name: getattr(story, name) or None for name in parts},
        "published_at": story.decided_at,
        "url": f"{base}/initiatives/{story.initiative.slug}/recits/{story.uuid}/",
    }
