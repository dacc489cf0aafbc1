"""Initiatives: pages and the whole of what a search finds; one of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.errors import NotHere, Withdrawn
from api.forms import FeatureForm, PageForm, read
from api.parameters import parameters_of
from api.profile import profile_feature
from api.renderers import Csv, GeoJson, Json
from api.schemas import ref
from api.serializers import InitiativeProfileFeatureSerializer
from api.throttles import count
from api.views.reading import GeoReading
from directory.facets import count as matching
from directory.features import CSV_COLUMNS, every_row, features, flat_rows, one_moment
from directory.models import Initiative, Merge
from directory.paging import Page, Row, page_of
from directory.search import SearchCriteria

# A cell that begins so would be read as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A table is a file to keep, under this name.
SAVED = 'attachment; filename="maillage-initiatives.csv"'


class Initiatives(GeoReading):
    renderer_classes = [GeoJson, Json, Csv]

    @extend_schema(
        operation_id="listInitiatives",
        summary="Initiatives",
        description="The published and open initiatives that match, a page at a time. Those without a place"
        " have a null geometry. `limit=all` streams everything that matches; `format=csv` does so unless a"
        " `limit` is given, and tells the next page in a `Link` header.",
        parameters=parameters_of(PageForm),
        responses={
            (200, "application/geo+json"): ref("InitiativeCollection"),
            (200, "application/json"): ref("InitiativeCollection"),
            (200, "text/csv"): {"type": "string"},
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        form = read(PageForm, request)
        criteria = form.criteria()
        written = request.accepted_renderer.format
        limit = form.limit_for(written)
        if limit is None:
            count("whole", request, self)
            return whole(request, criteria, table if written == "csv" else stream)
        page = page_of(criteria, limit, form.cleaned_data["cursor"])
        return one_page(request, criteria, page)


def one_page(request: Request, criteria: SearchCriteria, page: Page) -> HttpResponse:
    if request.accepted_renderer.format == "csv":
        response = HttpResponse(
            "".join(lines([page.rows], answers.site(request))), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = SAVED
        if page.next_cursor:
            following = answers.next_address(request, page.next_cursor, limit=str(len(page.rows)))
            response["Link"] = f'<{following}>; rel="next"'
        return response
    media_type = request.accepted_renderer.media_type
    body = answers.collection(
        features(page.rows, answers.site(request)),
        numberMatched=matching(criteria),
        numberReturned=len(page.rows),
        links=answers.links(request, media_type, page.next_cursor),
    )
    return HttpResponse(body, content_type=media_type)


def whole(
    request: Request, criteria: SearchCriteria, write: Callable[[Request, SearchCriteria], Iterator[str]]
) -> HttpResponseBase:
    """Everything, as it comes out of the database. A HEAD asks for none of it."""
    written = request.accepted_renderer
    media_type = written.media_type + ("; charset=utf-8" if written.charset else "")
    pieces = iter(()) if request.method == "HEAD" else write(request, criteria)
    response = StreamingHttpResponse(pieces, content_type=media_type)
    if written.format == "csv":
        response["Content-Disposition"] = SAVED
    return response


def stream(request: Request, criteria: SearchCriteria) -> Iterator[str]:
    """A FeatureCollection by pieces. The count and the rows are of one moment."""
    base = answers.site(request)
    with one_moment():
        matched = matching(criteria)
        found = answers.links(request, request.accepted_renderer.media_type, None)
        yield answers.opening(numberMatched=matched, numberReturned=matched, links=found)
        between = ""
        for chunk in every_row(criteria):
            yield between + ",".join(features(chunk, base))
            between = ","
        yield "]}"


def table(request: Request, criteria: SearchCriteria) -> Iterator[str]:
    with one_moment():
        yield from lines(every_row(criteria), answers.site(request))


def lines(chunks: Any, base: str) -> Iterator[str]:
    """A table by pieces: its header, then the rows of each chunk."""
    header: Iterable[Any] = [[CSV_COLUMNS]]
    for rows in chain(header, (flat_rows(chunk, base) for chunk in chunks)):
        piece = io.StringIO()
        csv.writer(piece).writerows([cell(value) for value in row] for row in rows)
        yield piece.getvalue()


def cell(value: Any) -> Any:
    """A text that a spreadsheet would run is kept from it by an apostrophe; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class OneInitiative(GeoReading):
    @extend_schema(
        operation_id="readInitiative",
        summary="One initiative",
        description="The published profile, closed initiatives included. A merged slug redirects;"
        " one that was withdrawn is gone (410).",
        parameters=parameters_of(FeatureForm, "slug"),
        responses={
            (200, "application/geo+json"): InitiativeProfileFeatureSerializer,
            (200, "application/json"): InitiativeProfileFeatureSerializer,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        read(FeatureForm, request)
        initiative = Initiative.objects.published().filter(slug=slug).first()
        if initiative is None:
            merge = (
                Merge.objects.filter(slug=slug, target__publication="published")
                .select_related("target")
                .first()
            )
            if merge is None:
                if Initiative.objects.withdrawn(slug).exists():
                    raise Withdrawn(f"The initiative {slug[:60]} is no longer published.")
                raise NotHere(f"No published initiative has the slug {slug[:60]}.")
            return answers.moved(request, "initiative", slug=merge.target.slug)
        return Response(
            profile_feature(initiative, features([Row(initiative.pk, None)], answers.site(request))[0])
        )
