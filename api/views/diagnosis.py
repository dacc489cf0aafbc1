"""The diagnosis of a territory, and the sheets of its indicators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.errors import NotHere
from api.forms import DiagnosisForm, JsonForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.views.reading import HOUR, Reading
from diagnosis.document import document
from diagnosis.errors import NothingCounted
from diagnosis.peers import may_be_peer, peer_kind
from diagnosis.sheet import sheets
from diagnosis.stored import read as read_report
from diagnosis.zones import subject
from directory.errors import BadCriteria
from territories import gazetteer


class Diagnosis(Reading):
    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        return False  # it says what was counted last, a while after the data changed

    @extend_schema(
        operation_id="readDiagnosis",
        summary="The diagnosis of a territory",
        description="Figures beside those of its département, région and country, and of the territories that"
        " resemble it. A figure that cannot be computed has no value and a note that says why.",
        parameters=parameters_of(
            DiagnosisForm, "id", peers="Ids of territories to compare with, instead of the most similar."
        ),
        responses={(200, "application/json"): ref("Diagnosis")},
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        form = read(DiagnosisForm, request)
        territory = subject(gazetteer.resolve(id))
        if territory.pk != id:
            return answers.moved(request, "diagnosis", id=territory.pk)
        peers = form.cleaned_data["peers"]
        if others := [each.pk for each in peers if not may_be_peer(each, territory)]:
            kind = peer_kind(territory.kind)
            raise BadCriteria({"peers": [f"{', '.join(others)}: of kind {kind} or custom only."]})
        try:
            made = read_report(territory, [each.pk for each in peers])
        except NothingCounted:
            raise NotHere("Figures were not counted yet. Ask again in an hour.") from None
        return Response(document(made))


class Indicators(Reading):
    max_age = HOUR

    @extend_schema(
        operation_id="listIndicators",
        summary="What each indicator means",
        description="Its sheet in French and English: definition, formula, unit, reading, source, limits.",
        parameters=parameters_of(JsonForm),
        responses={(200, "application/json"): ref("Indicators")},
    )
    def get(self, request: Request) -> Response:
        read(JsonForm, request)
        found: list[dict[str, Any]] = [asdict(sheet) for sheet in sheets().values()]
        return Response({"indicators": found})
