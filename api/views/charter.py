"""The charter: its text, its versions, and the structures that signed it. No person."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, keyset
from api.forms import DEFAULT_LIMIT, JsonForm, SignatoriesPageForm, read
from api.parameters import parameters_of
from api.schemas import ADDRESS, COUNT, PLACE, STRING, nullable, record, said
from api.serializers import LABELS, Moment, told
from api.views.reading import Reading
from charter import signatories, versions
from charter.models import CharterVersion, Signature
from territories.models import Territory

# Where the page of each kind is, for people: the API imports no page.
PAGES = {"initiative": "initiatives", "ptce": "ptce", "network": "reseaux", "territory": "territoires"}
VERSION = {"number": COUNT, "edition": STRING}


class VersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1)
    edition = serializers.CharField()
    titles = told(said(LABELS, "By language; French is always there."))
    published_at = Moment()
    url = told(said(ADDRESS, "Its page, for people."))


class TextSerializer(VersionSerializer):
    texts = told(
        said(
            LABELS, "By language. A line that begins with `# ` is a heading, `- ` an item, `> ` a quotation."
        )
    )
    notes = told(said(LABELS, "Where the text comes from."))


class CountsSerializer(serializers.Serializer[Any]):
    """Each signatory once, with the latest version that it signed."""

    total = serializers.IntegerField(min_value=0)
    initiative = serializers.IntegerField(min_value=0)
    ptce = serializers.IntegerField(min_value=0)
    network = serializers.IntegerField(min_value=0)
    territory = serializers.IntegerField(min_value=0)
    person = serializers.IntegerField(min_value=0, help_text="Counted, never named here.")
    unnamed = serializers.IntegerField(
        min_value=0, help_text="Of all of them, those that did not agree to be named."
    )


class CharterSerializer(serializers.Serializer[Any]):
    current = TextSerializer(allow_null=True)
    versions = VersionSerializer(many=True)
    signatories = CountsSerializer()


class SignatorySerializer(serializers.Serializer[Any]):
    kind = told({"type": "string", "enum": list(PAGES)})
    id = serializers.CharField(help_text="Of a territory its id, of anything else its slug.")
    name = serializers.CharField()
    url = told(said(ADDRESS, "Its page, for people."))
    commune = told(said(nullable(PLACE), "Of an initiative."))
    version = told(record(VERSION))
    signed_at = Moment()


class SignatoryPageSerializer(serializers.Serializer[Any]):
    numberMatched = serializers.IntegerField(min_value=0)
    numberReturned = serializers.IntegerField(min_value=0)
    links = told({"type": "array", "items": {"$ref": "#/components/schemas/Link"}})
    counts = CountsSerializer()
    signatories = SignatorySerializer(many=True)


def version(found: CharterVersion, base: str) -> dict[str, Any]:
    names = ("number", "edition", "titles", "texts", "notes", "published_at")
    return {
        **{name: getattr(found, name) for name in names},
        "url": f"{base}/charte/versions/{found.number}/",
    }


def signatory(row: Signature, base: str) -> dict[str, Any]:
    kind, structure = signatories.kind_of(row), row.structure
    assert structure  # structures() leaves persons out
    key = structure.pk if isinstance(structure, Territory) else structure.slug
    commune = row.initiative.commune if row.initiative else None
    return {
        "kind": kind,
        "id": key,
        "name": structure.name,
        "url": f"{base}/{PAGES[kind]}/{key}/",
        "commune": {"id": commune.pk, "name": commune.name} if commune else None,
        "version": {"number": row.version.number, "edition": row.version.edition},
        "signed_at": row.confirmed_at,
    }


class Charter(Reading):
    @extend_schema(
        operation_id="readCharter",
        summary="The charter",
        description="The text that is signed now, its versions, and how many signed.",
        parameters=parameters_of(JsonForm),
        responses={(200, "application/json"): CharterSerializer},
    )
    def get(self, request: Request) -> Response:
        read(JsonForm, request)
        base = answers.site(request)
        rows = [version(each, base) for each in versions.published()]
        counts = signatories.counts(signatories.every())
        body = {"current": rows[0] if rows else None, "versions": rows, "signatories": counts}
        return Response(CharterSerializer(body).data)


class Signatories(Reading):
    @extend_schema(
        operation_id="listSignatories",
        summary="Signatories of the charter",
        description="The structures that signed and agree to be named, the earliest first, a page at a time."
        " `counts` tells of every signatory of these territories, persons included, who are never named.",
        parameters=parameters_of(
            SignatoriesPageForm,
            kind="Kinds of signatory, any of which may match.",
            territory="Ids of territories, 20 at most, any of which may match: the signatory is in or is it.",
        ),
        responses={(200, "application/json"): SignatoryPageSerializer},
    )
    def get(self, request: Request) -> Response:
        form = read(SignatoriesPageForm, request)
        asked = form.cleaned_data
        found = signatories.structures(signatories.named(form.signatories()))
        mark = keyset.mark_of_list("signatories", request.query_params)
        limit = asked["limit"] or DEFAULT_LIMIT
        rows, cursor = keyset.page(found, ("confirmed_at", "pk"), limit, asked["cursor"], mark)
        body = {
            "numberMatched": found.count(),
            "numberReturned": len(rows),
            "links": answers.links(request, request.accepted_renderer.media_type, cursor),
            "counts": signatories.counts(form.somewhere()),
            "signatories": [signatory(row, answers.site(request)) for row in rows],
        }
        return Response(SignatoryPageSerializer(body).data)
