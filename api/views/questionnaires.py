"""Questionnaires: what is asked, and what answers give. Nothing that is sent is kept."""

from __future__ import annotations

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.asked import read_body, scored, summary, whole
from api.errors import NotHere
from api.forms import JsonForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.views.reading import HOUR, Reading, Taking
from questionnaires.models import QuestionnaireVersion
from questionnaires.versions import asked, every_asked


def address_of(request: Request, slug: str) -> str:
    return f"{answers.site(request)}/api/v1/questionnaires/{slug}"


def version_of(slug: str) -> QuestionnaireVersion:
    found = asked(slug)
    if found is None:
        raise NotHere(f"No questionnaire has the slug {slug[:60]}.")
    return found


class Asked(Reading):
    """Kept apart from the directory, whose version says nothing of it."""

    max_age = HOUR

    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        return False


class Questionnaires(Asked):
    @extend_schema(
        operation_id="listQuestionnaires",
        summary="Questionnaires",
        description="Each in the version that is answered now.",
        parameters=parameters_of(JsonForm),
        responses={(200, "application/json"): ref("Questionnaires")},
    )
    def get(self, request: Request) -> Response:
        read(JsonForm, request)
        found = [summary(each, address_of(request, each.questionnaire.slug)) for each in every_asked()]
        return Response({"questionnaires": found})


class OneQuestionnaire(Asked):
    @extend_schema(
        operation_id="readQuestionnaire",
        summary="One questionnaire",
        description="Its dimensions, questions, scale and bands, in French and English.",
        parameters=parameters_of(JsonForm, "slug"),
        responses={(200, "application/json"): ref("Questionnaire")},
    )
    def get(self, request: Request, slug: str) -> Response:
        read(JsonForm, request)
        return Response(whole(version_of(slug), address_of(request, slug)))


class Score(Taking):
    http_method_names = ["post"]

    @extend_schema(
        operation_id="scoreAnswers",
        summary="What answers give",
        description="A score for each dimension, never one for all of them, with its completeness, its band,"
        " and advice. Computed and forgotten: nothing is kept.",
        parameters=parameters_of(JsonForm, "slug"),
        request={"application/json": ref("Answers")},
        responses={(200, "application/json"): ref("Profile")},
    )
    def post(self, request: Request, slug: str) -> Response:
        read(JsonForm, request)
        return Response(scored(version_of(slug), read_body(request.data)))
