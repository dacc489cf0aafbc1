"""Suggestions while a person types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.forms import ADDRESSES, SUGGESTED, SuggestForm, read
from api.parameters import parameters_of
from api.schemas import ref
from api.throttles import count
from api.views.reading import Reading
from directory.models import Activity, Sector
from directory.suggest import Suggested, suggest_initiatives, suggest_terms
from territories.addresses import Address, suggest_addresses
from territories.gazetteer import Place
from territories.gazetteer import suggest as suggest_places

# "Under 10 each".
MOST = 8
DECIMALS = 6


class Suggest(Reading):
    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        """Street addresses are another server's."""
        return ADDRESSES not in request.GET.get("among", "")

    @extend_schema(
        operation_id="suggest",
        summary="Suggestions",
        description="Places, initiatives and sectors for what is being typed, under 10 each. Street addresses"
        " on demand (`among=addresses`), where this site has an address service: another server finds them,"
        " so they may be late, or none.",
        parameters=parameters_of(SuggestForm, q="What was typed so far."),
        responses={(200, "application/json"): ref("Suggestions")},
    )
    def get(self, request: Request) -> Response:
        asked = read(SuggestForm, request).cleaned_data
        among = asked["among"] or SUGGESTED
        if ADDRESSES in among and settings.ADDRESS_SERVICE_URL:
            count("addresses", request, self)
        text, base = asked["q"], answers.site(request)
        found: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "places": lambda: [place(each) for each in suggest_places(text, MOST)],
            "initiatives": lambda: initiatives(text, base),
            "sectors": lambda: [term(each) for each in suggest_terms(text, MOST)],
            ADDRESSES: lambda: [address(each) for each in suggest_addresses(text, MOST)],
        }
        return Response({name: find() if name in among else [] for name, find in found.items()})


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


def initiatives(text: str, base: str) -> list[dict[str, Any]]:
    return [initiative(each, base) for each in suggest_initiatives(text, MOST)]


def initiative(found: Suggested, base: str) -> dict[str, Any]:
    return {
        "id": found.slug,
        "name": found.name,
        "sector": found.sector,
        "commune": found.commune,
        "url": f"{base}/initiatives/{found.slug}/",
    }


def address(found: Address) -> dict[str, Any]:
    return {
        "label": found.label,
        "name": found.name,
        "postcode": found.postcode or None,
        "city": found.city or None,
        "point": rounded(found.point.lon, found.point.lat),
    }


def term(found: Sector | Activity) -> dict[str, Any]:
    sector = found.sector if isinstance(found, Activity) else found
    return {"id": found.slug, "sector": sector.slug, "labels": found.labels}
