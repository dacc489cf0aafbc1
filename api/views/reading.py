"""What every resource shares. No session is opened, no cookie set; refusals are in English."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_cache_control
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.bodies import Json as JsonBody
from api.renderers import GeoJson, Json

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Reading(APIView):
    """A resource that anyone may read, in JSON."""

    http_method_names = ["get", "head"]
    renderer_classes = [Json]
    max_age = MINUTE

    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        """Whether the same address gives the same answer until the data change (config/freshness.py)."""
        return True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("en"):
            return super().dispatch(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code < 400:
            patch_cache_control(response, public=True, max_age=self.max_age)
        return response


class Taking(Reading):
    """A resource that takes what anyone may send, as JSON, without saying who they are. What it answers then
    is JSON, kept by no cache."""

    parser_classes = [JsonBody]

    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        return "get" in cls.http_method_names and super().rests_on_data_alone(request)

    def takes(self) -> bool:
        return getattr(self.request, "method", None) == "POST"

    def get_renderers(self) -> list[BaseRenderer]:
        return [Json()] if self.takes() else super().get_renderers()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.takes():
            response.headers.pop("Cache-Control", None)
            add_never_cache_headers(response)
        return response


class GeoReading(Reading):
    """A resource that anyone may read, in GeoJSON."""

    renderer_classes = [GeoJson, Json]
