"""What went wrong, told to a program: one table from the class of an error to its status.

Every body is a problem of RFC 9457 with ``errors``: the parameters refused and why, in English.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from directory.errors import BadCriteria, BadCursor, FeedForgotten, database_is_away
from territories.errors import UnknownTerritory

MEDIA_TYPE = "application/problem+json"
SOON = "30"  # seconds after which to ask again
LONGEST = 300  # signs of a message, which may quote what was given

logger = logging.getLogger("django.request")


class Withdrawn(Exception):
    """The thing asked for was published and is not any more. The text says so to the reader."""


class Changed(Exception):
    """The thing to change is not what it was when it was read. The text says so."""


class NotHere(Exception):
    """The thing asked for does not exist, or may not be read. The text says so to the reader."""


# The first class that an error belongs to gives its status.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (BadCriteria, 400),
    (BadCursor, 400),
    (SuspiciousOperation, 400),
    (PermissionDenied, 403),
    (Http404, 404),
    (NotHere, 404),
    (Withdrawn, 410),
    (FeedForgotten, 410),
    (UnknownTerritory, 404),
    (Changed, 409),
)


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    """A problem body. ``errors`` is a list of ``{"parameter", "detail"}``."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    told = {"Cache-Control": "no-store", "Content-Language": "en", **(headers or {})}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=told)


def answer(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """The answer to an error raised by a view: the framework's exception handler."""
    set_rollback()
    if isinstance(error, exceptions.APIException):
        return problem(error.status_code, _plain(error.detail), headers=_headers(error, context["view"]))
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return problem(status, _detail(error), _refusals(error))
    if database_is_away(error):
        logger.error("The database is away: %s", error)
        return problem(503, "The database does not answer. Ask again later.", headers={"Retry-After": SOON})
    return unexpected(error, getattr(context["request"], "_request", context["request"]))


def unexpected(error: Exception, request: HttpRequest) -> JsonResponse:
    """Our own fault: told to the journal in full, and to the reader not at all."""
    got_request_exception.send(sender=answer, request=request)
    logger.error("Internal Server Error: %s", request.path, exc_info=error, extra={"status_code": 500})
    return problem(500, "The server failed to answer. Its journal says why.")


def nothing_here(request: HttpRequest) -> JsonResponse:
    """An address under the API that names no resource."""
    return problem(404, "No resource has this address. The document at /api/v1/openapi.json lists them all.")


def _detail(error: Exception) -> str:
    if isinstance(error, BadCriteria):
        return f"Parameters refused: {', '.join(error.refusals)}."
    if isinstance(error, Http404):
        return "There is nothing at this address."
    if isinstance(error, SuspiciousOperation):
        return "The request cannot be read."
    return str(error)


def _refusals(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, BadCriteria):
        return [
            {"parameter": name, "detail": message if len(message) <= LONGEST else message[:LONGEST] + "…"}
            for name, messages in error.refusals.items()
            for message in messages
        ]
    if isinstance(error, BadCursor):
        return [{"parameter": "cursor", "detail": str(error)}]
    return []


def _headers(error: exceptions.APIException, view: Any) -> dict[str, str]:
    headers = {}
    wait = getattr(error, "wait", None)
    if wait:  # Throttled, Crowded
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "challenge", None) or getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(view.allowed_methods)
    return headers


def _plain(detail: Any) -> str:
    return str(detail) if isinstance(detail, str) else "; ".join(map(str, detail))
