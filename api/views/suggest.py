"""Suggestions while a person types."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.forms import SuggestForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.views.reading import Reading
from directory.models import Activity, Initiative, Sector
from directory.suggest import suggest_initiatives, suggest_terms
from territories.gazetteer import Place
from territories.gazetteer import suggest as suggest_places

# "Under 10 each".
MOST = 8
DECIMALS = 6


class Suggest(Reading):
    @extend_schema(
        operation_id="suggest",
        summary="Suggestions",
        description="Places, initiatives and sectors for what is being typed, under 10 each.",
        parameters=parameters_of(SuggestForm, q="What was typed so far."),
        responses={(200, "application/json"): ref("Suggestions")},
    )
    def get(self, request: Request) -> Response:
        text = read(SuggestForm, request).cleaned_data["q"]
        base = answers.site(request)
        return Response(
            {
                "places": [place(found) for found in suggest_places(text, MOST)],
                "initiatives": [initiative(found, base) for found in suggest_initiatives(text, MOST)],
                "sectors": [term(found) for found in suggest_terms(text, MOST)],
            }
        )


def place(found: Place) -> dict[str, Any]:
    return {
        "type": found.type,
        "ids": list(found.ids),
        "name": found.name,
        "context": found.context,
        "former_name": found.former_name or None,
        "population": found.population,
        "point": rounded(found.lon, found.lat) if found.lon is not None else None,
        "bbox": rounded(*found.bbox) if found.bbox else None,
    }


def rounded(*degrees: float | None) -> list[float]:
    return [round(number, DECIMALS) for number in degrees if number is not None]


def initiative(found: Initiative, base: str) -> dict[str, Any]:
    return {
        "id": found.slug,
        "name": found.name,
        "commune": found.commune.name if found.commune else None,
        "url": f"{base}/initiatives/{found.slug}/",
    }


def term(found: Sector | Activity) -> dict[str, Any]:
    sector = found.sector if isinstance(found, Activity) else found
    return {"id": found.slug, "sector": sector.slug, "labels": found.labels}
