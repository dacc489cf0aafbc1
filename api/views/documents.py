"""The API told to machines and to people, and the addresses that are nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from api.errors import nothing_here
from api.openapi import document_bytes
from api.readable import operations, schemas
from api.views.reading import HOUR


@csrf_exempt  # a method that writes is refused as such: 405
@require_safe
@cache_control(public=True, max_age=HOUR)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return HttpResponse(document_bytes(), content_type="application/json")


@csrf_exempt
@require_safe
@cache_control(public=True, max_age=HOUR)
def docs(request: HttpRequest) -> HttpResponse:
    """The same document as a page to read, in English as the API is: no other language is offered."""
    with translation.override("en"):
        page = render_to_string("api/docs.html", {"operations": operations(), "schemas": schemas()})
    return HttpResponse(page)


@csrf_exempt
def nothing(request: HttpRequest) -> JsonResponse:
    return nothing_here(request)
