"""Validators: what a reader holds is confirmed by the version of the data, before anything heavy is asked.

The ETag of a public answer is made of what it depends on (the address, who is answered and how, the
release of the code, the day, ``directory.version.token()``), not of its body: a reader who comes back with
it costs one small query, whatever the answer weighs, streams included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from api.views.reading import Reading
from config import environment as given
from directory.version import asked_once, known

# Pages that answer for themselves: forms, which belong to one person; what says how long it lasts; what
# reads no data, which its own text vouches for.
APART = {
    "report", "reported", "write", "written", "event_register", "event_registered",
    "group_enter", "group_session", "group_results", "territory_profiles", "charter_sign_oneself",
    "charter_sign_for", "charter_asked", "manifest", "offline",
    "participate", "propose", "proposal_sent", "proposal_followed", "proposal_photo", "correct",
    "initiative_photo",
    "about", "accessibility", "glossary", "legal", "my_list", "permissions", "personal_data", "understand",
    # what was counted last, a while after the data changed
    "diagnosis", "diagnosis_comparison", "diagnosis_entry", "indicators",
    "observatory", "observatory_data",
    "diagnosis_pdf", "diagnosis_xlsx", "diagnosis_csv",
    # a file on its way, whose work moves on
    "export_made", "export_file",
    # kept by people, apart from the directory
    "assessment", "assessment_begin",
    "levers", "diagnoses", "saved_diagnosis", "saved_diagnosis_by_link", "saved_changes",
    *(f"saved_diagnosis_{form}{how}" for form in ("pdf", "xlsx", "csv") for how in ("", "_by_link")),
}  # fmt: skip
PICTURE = "_picture"
PAGES = "frontend"
# What an answer depends on beside its address. htmx is answered with a part of a page, and told its address.
PAGE_HEADERS = ("HX-Request", "HX-Current-URL")
API_HEADERS = ("Accept",)
# Files whose change may change an answer; the names of static files follow their content.
CODE = ("*.py", "*.html", "*.txt", "*.mo", "*.json", "*.csv", "*.toml")
ROOMS = (
    "accounts", "api", "charter", "config", "contributions", "diagnosis", "directory", "events", "exchange",
    "formats", "frontend", "jobs", "mail", "printing", "questionnaires", "territories", "verification",
    "fixtures",
)  # fmt: skip


class Freshness:
    """Middleware, the innermost: languages are chosen and works announced before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)  # it may write: what it reads afterwards is another version
        with asked_once():
            response = self.get_response(request)
        if response.status_code == 200 and (tag := getattr(request, "validator", None)):
            dress(request, response, tag)
        return response

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponse | None:
        """304 or 412, decided before the view: a download that was begun for nothing would hold its place."""
        if request.method not in ("GET", "HEAD") or settings.DEBUG or not vouched(request, view):
            return None
        try:
            tag = tag_of(request)
        except DatabaseError:  # the view meets it too, and says so in its own way
            return None
        request.validator = tag  # type: ignore[attr-defined]
        if "*" in parse_etags(request.headers.get("If-None-Match", "")):
            request.META.pop("HTTP_IF_NONE_MATCH")  # asks whether there is anything: the view knows
        response = get_conditional_response(request, etag=tag)
        if response is None or response.status_code != 304:
            return response
        if resource := getattr(view, "cls", None):
            patch_cache_control(response, public=True, max_age=resource.max_age)
            patch_vary_headers(response, API_HEADERS if len(resource.renderer_classes) > 1 else ())
        dress(request, response, tag)
        return response


def vouched(request: HttpRequest, view: Any) -> bool:
    """Whether the version of the data says all that the answer may change with."""
    if resource := getattr(view, "cls", None):
        return issubclass(resource, Reading) and resource.rests_on_data_alone(request)
    match = request.resolver_match
    if match is None or match.namespace != PAGES:
        return False
    return match.url_name not in APART and not str(match.url_name).endswith(PICTURE)


def dress(request: HttpRequest, response: HttpResponseBase, tag: str) -> None:
    """The headers that a 200 and a 304 share. A page is asked for again each time it is shown."""
    response.headers["ETag"] = tag
    patch_vary_headers(response, ["Accept-Encoding"])
    if request.resolver_match and request.resolver_match.namespace == PAGES:
        patch_vary_headers(response, PAGE_HEADERS[:1])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, no_cache=True)


def tag_of(request: HttpRequest) -> str:
    """Weak: the same data may be written in other words, as compression does."""
    page = request.resolver_match and request.resolver_match.namespace == PAGES
    headers = [request.headers.get(name, "") for name in (PAGE_HEADERS if page else API_HEADERS)]
    parts = [
        known(), release(), request.build_absolute_uri(), get_language() if page else "",
        str(timezone.localdate()), *headers,
    ]  # fmt: skip
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


@cache
def release() -> str:
    """A mark of the code, the texts, the libraries and the settings that this process runs."""
    seen = hashlib.sha256(repr(sorted(given.NAMES.items(), key=str)).encode())
    paths = [path for room in ROOMS for kind in CODE for path in (settings.BASE_DIR / room).rglob(kind)]
    paths += [*(settings.BASE_DIR / "requirements").glob("*.txt"), settings.STATIC_ROOT / "staticfiles.json"]
    for path in sorted(paths):
        if path.is_file():
            seen.update(str(path).encode() + path.read_bytes())
    return seen.hexdigest()
