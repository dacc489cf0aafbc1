"""When a page cannot be given: said plainly, with a way on."""

from __future__ import annotations

import re
import sys
from urllib.parse import unquote

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.defaults import ERROR_500_TEMPLATE_NAME

from directory.errors import database_is_away
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory

# Seconds after which to ask again: a database comes back by itself, works take longer.
SOON, LATER = 30, 600
PATIENCE = 600  # as long as the limits on mails to one address
LONGEST = 80  # signs of an address that are offered as words to search
PLACE = re.compile(rf"/((?:{'|'.join(Kind.values)})-[\w-]+)(?:/|$)")
WORD = re.compile(r"[^\W\d_]{2,}|\d{5}")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # the page's own absolute addresses would be refused too
        return HttpResponseBadRequest("400 Bad Request", content_type="text/plain")
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Too many attempts to sign in, or to have mails sent."""
    return come_back(request, PATIENCE)


def come_back(request: HttpRequest, patience: int, *, typed: bool = False) -> HttpResponse:
    """After so many seconds; where something was ``typed``, how to have it again."""
    context = {"minutes": patience // 60, "typed": typed}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(patience)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    ways = {"words": words(request.path), "place": place(request.path)}
    return render(request, "404.html", ways, status=404)


def gone(request: HttpRequest, around: Territory | None) -> HttpResponse:
    """What was published and was withdrawn: nothing of it is told, but the département it was in."""
    return render(request, "410.html", {"place": around}, status=410)


def broken(request: HttpRequest) -> HttpResponse:
    """Reads nothing from the database, which may be what is broken."""
    if database_is_away(sys.exc_info()[1]):
        return unavailable(request)
    return render(request, ERROR_500_TEMPLATE_NAME, status=500)


def unavailable(request: HttpRequest, *, planned: bool = False) -> HttpResponse:
    """The site is closed for a while: for works, or because the database does not answer."""
    response = render(request, "503.html", {"planned": planned}, status=503)
    response["Retry-After"] = str(LATER if planned else SOON)
    response["Cache-Control"] = "no-store"
    return response


def words(path: str) -> str:
    """The last part of an address as words to search: links go stale, but their words often tell."""
    last = unquote(path).rstrip("/").rpartition("/")[2][:LONGEST]
    return " ".join(WORD.findall(last))


def place(path: str) -> Territory | None:
    """The territory that an address names, if there is one."""
    named = PLACE.search(path[:LONGEST])
    try:
        return resolve(named[1]) if named else None
    except (UnknownTerritory, DatabaseError):  # no way on is worth a second fault
        return None


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages of filtered results are endless: crawlers keep to the pages of things."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /compte/",
        "Disallow: /en/compte/",
        "Disallow: /api/v1/",
        "Disallow: /*?",
        "Allow: /sitemap-",  # the later pages of a sitemap have a query
        "Allow: /",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
