"""Headers that no library sets, and the site closed for maintenance."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from frontend.views import errors

Answer = Callable[[HttpRequest], HttpResponse]

# « Près de moi » asks where one is, from our own pages; nothing else of the device is used.
PERMISSIONS = (
    "geolocation=(self), accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(),"
    " gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
# Of what no view wrote: a file, a redirection. Opened by itself, it runs and loads nothing.
INERT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The API and images drawn by the server may be shown by other sites.
SHARED_PATH, SHARED_TYPE = "/api/", "image/"
ALWAYS_OPEN = ("/health/",)
# Pages of one person, in every language: kept by nobody on the way, listed by nobody.
ONES_OWN = re.compile(r"/(?:[a-z]{2}/)?(?:compte|admin)(?:/|$)")


def headers(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 304:  # its headers replace those that the browser holds
            return response
        if ONES_OWN.match(request.path_info):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", sharing(request, response))
        if not settings.DEBUG:  # Django's page of a fault has its styles inside
            response.headers.setdefault("Content-Security-Policy", INERT)
        return response

    return answer


def sharing(request: HttpRequest, response: HttpResponse) -> str:
    """Which sites may take this into their pages; a page that may be framed may be by any."""
    kind = response.headers.get("Content-Type", "")
    data = request.path_info.startswith(SHARED_PATH) and not kind.startswith("text/html")
    drawn = kind.startswith(SHARED_TYPE) and not request.path_info.startswith(settings.STATIC_URL)
    framed = getattr(response, "xframe_options_exempt", False)
    return "cross-origin" if data or drawn or framed else "same-origin"


def maintenance(get_response: Answer) -> Answer:
    """503 to all but health (static files are served before), while the setting or the file says so."""

    def answer(request: HttpRequest) -> HttpResponse:
        closed = settings.MAINTENANCE or settings.MAINTENANCE_FILE.exists()
        if closed and not request.path_info.startswith(ALWAYS_OPEN):
            return errors.unavailable(request, planned=True)
        return get_response(request)

    return answer
