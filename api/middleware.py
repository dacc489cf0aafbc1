"""The machine face: under /api/ every refusal is a problem body, and no answer depends on a language."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from api.errors import MEDIA_TYPE, problem

PREFIX = "/api/"
KEPT = ("Allow", "Retry-After", "Vary")


def machine_face(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What the framework refuses by itself (a strange host, a method) is said as the API says it."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path_info.startswith(PREFIX):
            return response
        if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
            response = told_as_problem(response)
        without_language(response)
        response.headers["Content-Language"] = "en"  # what we say; the data are in French
        return response

    return answer


def told_as_problem(response: HttpResponse) -> HttpResponse:
    status = HTTPStatus(response.status_code)
    headers = {name: response.headers[name] for name in KEPT if name in response.headers}
    return problem(status, f"{status.phrase}: {status.description}".rstrip(": "), headers=headers)


def without_language(response: HttpResponse) -> None:
    """The same for every reader: a cache need not keep one per language."""
    varies = [name.strip() for name in response.headers.get("Vary", "").split(",")]
    kept = ", ".join(name for name in varies if name and name.lower() != "accept-language")
    if kept:
        response.headers["Vary"] = kept
    else:
        response.headers.pop("Vary", None)
