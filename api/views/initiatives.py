"""Initiatives: pages and the whole of what a search finds; one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import answers
from api.authentication import Personal
from api.bodies import Json as JsonBody
from api.changes import InitiativeChangeSerializer, change, read_change
from api.downloads import download
from api.errors import NotHere, Withdrawn
from api.forms import WHOLE, FeatureForm, JsonForm, PageForm, read
from api.parameters import parameters_of
from api.profile import profile_feature
from api.proposals import CorrectionSerializer, NewInitiativeSerializer, ProposedSerializer, take, told
from api.renderers import FILES, Csv, GeoJson, Json
from api.schemas import ref
from api.serializers import InitiativeProfileFeatureSerializer
from api.throttles import count
from api.views.reading import GeoReading, Taking
from directory.errors import BadCriteria
from directory.facets import count as count_of
from directory.features import every_feature, every_line, features, header, lines, one_moment
from directory.models import Initiative
from directory.paging import Page, Row, counted_page, page_of
from directory.search import SearchCriteria
from exchange import exporting, making
from exchange.outgoing import Selection

BINARY = {"type": "string", "contentMediaType": "application/octet-stream"}
# A table is a file to keep, under this name.
SAVED = 'attachment; filename="maillage-initiatives.csv"'


class Initiatives(Taking, GeoReading):
    http_method_names = ["get", "head", "post"]
    renderer_classes = [GeoJson, Json, Csv, *FILES]

    @extend_schema(
        operation_id="listInitiatives",
        summary="Initiatives",
        description="The published and open initiatives that match, a page at a time. Those without a place"
        " have a null geometry. `limit=all` streams everything that matches; `format=csv` does so unless a"
        " `limit` is given, and tells the next page in a `Link` header. The other formats are files for"
        f" people, always whole, up to {making.DIRECT} initiatives.",
        parameters=parameters_of(PageForm),
        responses={
            (200, "application/geo+json"): ref("InitiativeCollection"),
            (200, "application/json"): ref("InitiativeCollection"),
            (200, "text/csv"): {"type": "string"},
            **{(200, each.media_type): BINARY for each in FILES if each.format != "csv-fr"},
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        form = read(PageForm, request)
        criteria = form.criteria()
        written = request.accepted_renderer.format
        if written in WHOLE:
            form.check_whole(written)
            return a_file(self, request, criteria, exporting.Form(written))
        limit = form.limit_for(written)
        if limit is None:
            count("whole", request, self)
            return whole(request, criteria, table if written == "csv" else stream)
        return one_page(request, criteria, limit, form.cleaned_data["cursor"])

    @extend_schema(
        operation_id="proposeInitiative",
        summary="Propose an initiative",
        description="Anybody, without a key, proposes what the directory lacks; moderators decide. A link is"
        " sent to `email`: until it is opened and confirmed nobody reads the proposal, and it is erased after"
        " seven days. So many are taken in an hour from one address of the network, as by the form.",
        parameters=parameters_of(JsonForm),
        request={"application/json": NewInitiativeSerializer},
        responses={(202, "application/json"): ProposedSerializer},
    )
    def post(self, request: Request) -> Response:
        read(JsonForm, request)
        return Response(told(request, take(request, request.data)), status=202)


class Proposals(Taking):
    http_method_names = ["post"]

    @extend_schema(
        operation_id="proposeCorrection",
        summary="Propose a correction",
        description="Anybody, without a key, says what is wrong with a listing, closed ones included; only"
        " what differs is proposed. Confirmed and decided as a new initiative. A merged slug redirects.",
        parameters=parameters_of(JsonForm, "slug"),
        request={"application/json": CorrectionSerializer},
        responses={(202, "application/json"): ProposedSerializer},
    )
    def post(self, request: Request, slug: str) -> HttpResponseBase:
        read(JsonForm, request)
        initiative = published(slug)
        if initiative.slug != slug:
            return answers.moved(request, "proposals", slug=initiative.slug)
        return Response(told(request, take(request, request.data, initiative)), status=202)


def published(slug: str) -> Initiative:
    """The one of this name, or the one that it was merged into; Withdrawn, NotHere."""
    initiative = Initiative.objects.published().called(slug)
    if initiative is None:
        if Initiative.objects.withdrawn(slug).exists():
            raise Withdrawn(f"The initiative {slug[:60]} is no longer published.")
        raise NotHere(f"No published initiative has the slug {slug[:60]}.")
    return initiative


def a_file(
    view: Initiatives, request: Request, criteria: SearchCriteria, form: exporting.Form
) -> HttpResponseBase:
    """A file for people. What would take long is made in the background, by the page that offers it."""
    if count_of(criteria) > making.DIRECT:
        page = reverse("frontend:export", args=[form])
        raise BadCriteria(
            {
                "format": [
                    f"{form} holds {making.DIRECT} initiatives at most when it is asked for here: csv and"
                    f" geojson have no limit, and {page} has longer files made."
                ]
            }
        )
    count("whole", request, view)
    made = exporting.forms()[form]
    base = answers.site(request)
    selection = Selection(
        criteria, "Initiatives", sorted(criteria.params.items()), base, str(request.build_absolute_uri()),
        # Words are in English, as the API is; in French where the form is for French spreadsheets.
        language="fr" if form == exporting.Form.CSV_FR else "en",
    )  # fmt: skip
    pieces = iter(()) if request.method == "HEAD" else download(making.stream(form, selection))
    response = StreamingHttpResponse(pieces, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="maillage-initiatives.{made.extension}"'
    return response


def one_page(request: Request, criteria: SearchCriteria, limit: int, cursor: str) -> HttpResponse:
    base = answers.site(request)
    if request.accepted_renderer.format == "csv":
        return page_of_table(request, page_of(criteria, limit, cursor), base)
    page, matched = counted_page(criteria, limit, cursor)
    media_type = request.accepted_renderer.media_type
    body = answers.collection(
        features(page.rows, base),
        numberMatched=matched,
        numberReturned=len(page.rows),
        links=answers.links(request, media_type, page.next_cursor),
    )
    return HttpResponse(body, content_type=media_type)


def page_of_table(request: Request, page: Page, base: str) -> HttpResponse:
    body = b"".join([header(), *lines(page.rows, base)])
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = SAVED
    if page.next_cursor:
        following = answers.next_address(request, page.next_cursor, limit=str(len(page.rows)))
        response["Link"] = f'<{following}>; rel="next"'
    return response


def whole(
    request: Request, criteria: SearchCriteria, write: Callable[[Request, SearchCriteria], Iterator[bytes]]
) -> HttpResponseBase:
    """Everything, as it comes out of the database. A HEAD asks for none of it."""
    written = request.accepted_renderer
    media_type = written.media_type + ("; charset=utf-8" if written.charset else "")
    pieces = iter(()) if request.method == "HEAD" else download(write(request, criteria))
    response = StreamingHttpResponse(pieces, content_type=media_type)
    if written.format == "csv":
        response["Content-Disposition"] = SAVED
    return response


def stream(request: Request, criteria: SearchCriteria) -> Iterator[bytes]:
    """A FeatureCollection by pieces. The count and the rows are of one moment."""
    with one_moment():
        matched = count_of(criteria)
        found = answers.links(request, request.accepted_renderer.media_type, None)
        yield answers.opening(numberMatched=matched, numberReturned=matched, links=found).encode()
        yield from every_feature(criteria, answers.site(request))
        yield b"]}"


def table(request: Request, criteria: SearchCriteria) -> Iterator[bytes]:
    with one_moment():
        yield header()
        yield from every_line(criteria, answers.site(request))


class OneInitiative(Personal, GeoReading):
    http_method_names = ["get", "head", "patch"]
    personal = ("PATCH",)
    parser_classes = [JsonBody]

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
        initiative = published(slug)
        if initiative.slug != slug:
            return answers.moved(request, "initiative", slug=initiative.slug)
        return Response(
            profile_feature(initiative, features([Row(initiative.pk, None)], answers.site(request))[0])
        )

    @extend_schema(
        operation_id="changeInitiative",
        summary="Change an initiative",
        description="Who may edit it changes some of its fields, all or none; the history says by which way"
        " and why. The token needs the scope `write`. Nothing is written where nothing changes.",
        parameters=parameters_of(FeatureForm, "slug"),
        request={"application/json": InitiativeChangeSerializer},
        responses={
            (200, "application/geo+json"): InitiativeProfileFeatureSerializer,
            (200, "application/json"): InitiativeProfileFeatureSerializer,
        },
    )
    def patch(self, request: Request, slug: str) -> Response:
        read(FeatureForm, request)
        if "If-Match" in request.headers:
            raise BadCriteria({"If-Match": ["Not used here: send the updated_at that you read."]})
        assert isinstance(request.user, User)  # Scoped lets nobody else in
        changed = change(slug, read_change(request.data), request.user)
        if changed is None:
            raise NotHere(f"No published initiative has the slug {slug[:60]}.")
        changed.refresh_from_db()
        return Response(profile_feature(changed, features([Row(changed.pk, None)], answers.site(request))[0]))
