"""PTCE and networks."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, keyset
from api.errors import NotHere
from api.forms import DEFAULT_LIMIT, GroupingsForm, JsonForm, read
from api.parameters import parameters_of
from api.profile import effective
from api.serializers import GroupingDetailSerializer, GroupingPageSerializer
from api.views.reading import Reading
from directory.models import Grouping, GroupingKind
from territories.models import Territory

# Where the page of each kind is, for people: the API imports no page.
PAGES = {GroupingKind.PTCE: "ptce", GroupingKind.NETWORK: "reseaux"}


def members() -> Any:
    """Effective memberships of initiatives that lists show."""
    return effective().filter(initiative__publication="published", initiative__activity_state="open")


def groupings(kind: GroupingKind) -> QuerySet[Grouping]:
    counted = (
        members()
        .filter(grouping=OuterRef("pk"))
        .order_by()
        .values("grouping")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Grouping.objects.filter(kind=kind, published=True)
        .annotate(members=Coalesce(Subquery(counted), 0))
        .select_related("initiative")
        .prefetch_related("statuses", Prefetch("perimeter", Territory.objects.only("id", "name")))
    )


def shown(grouping: Any, base: str) -> Any:
    """The row as its serializer reads it."""
    runs, perimeter = grouping.initiative, grouping.perimeter
    readable = runs is not None and runs.publication == "published"
    return {
        **{name: getattr(grouping, name) for name in ("slug", "uuid", "kind", "name", "summary", "members")},
        "url": f"{base}/{PAGES[grouping.kind]}/{grouping.slug}/",
        "website": grouping.website or None,
        "source": grouping.source or None,
        "updated_at": grouping.updated_at,
        "programmes": grouping.programmes,
        "statuses": [
            {"year": status.year, "status": status.status, "source": status.source}
            for status in sorted(grouping.statuses.all(), key=lambda status: (status.year, status.source))
        ],
        "initiative": {"id": runs.slug, "name": runs.name} if readable else None,
        "perimeter": {"id": perimeter.pk, "name": perimeter.name} if perimeter else None,
    }


def answer_page(request: Request, kind: GroupingKind) -> Response:
    asked = read(GroupingsForm, request).cleaned_data
    found = groupings(kind)
    limit = asked["limit"] or DEFAULT_LIMIT
    mark = keyset.mark_of_list(kind, request.query_params)
    rows, cursor = keyset.page(found, ("name", "pk"), limit, asked["cursor"], mark)
    body = {
        "numberMatched": found.count(),
        "numberReturned": len(rows),
        "links": answers.links(request, request.accepted_renderer.media_type, cursor),
        "groupings": [shown(row, answers.site(request)) for row in rows],
    }
    return Response(GroupingPageSerializer(body).data)


def answer_one(request: Request, kind: GroupingKind, slug: str) -> Response:
    read(JsonForm, request)
    grouping = groupings(kind).filter(slug=slug).first()
    if grouping is None:
        raise NotHere(f"No published {kind} has the slug {slug[:60]}.")
    told = {**shown(grouping, answers.site(request)), "initiatives": belonging(grouping)}
    return Response(GroupingDetailSerializer(told).data)


def belonging(grouping: Any) -> list[dict[str, Any]]:
    """Those that ``ptce=`` or ``network=`` finds: the one that runs it, then its members by name."""
    rows = members().filter(grouping=grouping).select_related("initiative")
    since = {row.initiative: row.since for row in rows.order_by("initiative__name_sort", "initiative__pk")}
    runs = grouping.initiative
    seen = runs is not None and runs.publication == "published" and runs.activity_state == "open"
    return [
        {
            "id": one.slug,
            "name": one.name,
            "role": "runs" if one == runs else "member",
            "since": since.get(one),
        }
        for one in dict.fromkeys([*([runs] if seen else []), *since])
    ]


class Ptces(Reading):
    @extend_schema(
        operation_id="listPtces",
        summary="PTCE",
        description="Pôles territoriaux de coopération économique, by name, a page at a time.",
        parameters=parameters_of(GroupingsForm),
        responses={(200, "application/json"): GroupingPageSerializer},
    )
    def get(self, request: Request) -> Response:
        return answer_page(request, GroupingKind.PTCE)


class OnePtce(Reading):
    @extend_schema(
        operation_id="readPtce",
        summary="One PTCE",
        description="With the initiative that runs it and its members.",
        parameters=parameters_of(JsonForm, "slug"),
        responses={(200, "application/json"): GroupingDetailSerializer},
    )
    def get(self, request: Request, slug: str) -> Response:
        return answer_one(request, GroupingKind.PTCE, slug)


class Networks(Reading):
    @extend_schema(
        operation_id="listNetworks",
        summary="Networks",
        description="Networks of initiatives, by name, a page at a time.",
        parameters=parameters_of(GroupingsForm),
        responses={(200, "application/json"): GroupingPageSerializer},
    )
    def get(self, request: Request) -> Response:
        return answer_page(request, GroupingKind.NETWORK)


class OneNetwork(Reading):
    @extend_schema(
        operation_id="readNetwork",
        summary="One network",
        description="With the initiative that runs it and its members.",
        parameters=parameters_of(JsonForm, "slug"),
        responses={(200, "application/json"): GroupingDetailSerializer},
    )
    def get(self, request: Request, slug: str) -> Response:
        return answer_one(request, GroupingKind.NETWORK, slug)
