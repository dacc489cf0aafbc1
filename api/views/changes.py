"""What changed, for those who keep a copy: nothing that is committed is missed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.forms import DEFAULT_LIMIT, ChangesForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.serializers import Moment
from api.views.reading import Reading
from directory import feed
from directory.keyset import mark_of, read_cursor, write_cursor

MARK = mark_of("changes")
MOMENT = Moment()


def place_of(cursor: str) -> feed.Place:
    server, start, place, uuid = read_cursor(MARK, cursor)
    return feed.Place(server, start, place, UUID(uuid))


def cursor_of(place: feed.Place) -> str:
    return write_cursor(MARK, [place.server, place.start, place.place, place.uuid.hex])


def shown(change: feed.Change, request: Request) -> dict[str, Any]:
    gone = change.change == "withdrawn"
    return {
        "id": change.slug,
        "uuid": str(change.uuid),
        "change": change.change,
        "at": MOMENT.to_representation(change.at),
        "api": None if gone else answers.address(request, "initiative", slug=change.slug),
        "merged_into": change.merged_into,
        "origins": change.origins,
    }


class Changes(Reading):
    max_age = 0

    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        """What was committed is told once those before it have ended, at which nothing may change."""
        return False

    @extend_schema(
        operation_id="listChanges",
        summary="What changed",
        description="The ids of what was created, changed, closed or withdrawn, each once, in the order in"
        " which it can be followed: keep the `next` link, and ask it again later. Nothing that is committed"
        " is missed, however late.",
        parameters=parameters_of(ChangesForm),
        responses={(200, "application/json"): ref("Changes")},
    )
    def get(self, request: Request) -> Response:
        asked = read(ChangesForm, request).cleaned_data
        cursor = asked["cursor"]
        after = place_of(cursor) if cursor else feed.begin(asked["since"])
        page = feed.read(after, asked["limit"] or DEFAULT_LIMIT)
        return Response(
            {
                "numberReturned": len(page.changes),
                "more": page.more,
                "links": answers.links(
                    request, request.accepted_renderer.media_type, cursor_of(page.following)
                ),
                "changes": [shown(change, request) for change in page.changes],
            }
        )
