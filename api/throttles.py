"""How often one address of the network may ask for what is dear; ordinary reads are never counted."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class Throttle(SimpleRateThrottle):
    """A scope of ``DEFAULT_THROTTLE_RATES``, used by the views that decide themselves when to count."""

    scope: str
    cache = caches["visitors"]

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def get_rate(self) -> str:
        return str(api_settings.DEFAULT_THROTTLE_RATES[self.scope])

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"throttle_{self.scope}_{self.get_ident(request)}"


def count(scope: str, request: Request, view: APIView) -> None:
    """Count this request; Throttled where there were too many."""
    throttle = Throttle(scope)
    if not throttle.allow_request(request, view):
        view.throttled(request, throttle.wait() or 0)
