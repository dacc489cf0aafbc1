"""Maillage on a home screen, and its last seen pages without a network."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

# The paper of static/css/tokens.css, for the window and the opening of the installed site.
PAPER = "#fbf8f1"
HOUR = 3_600
# How many are kept of each, the latest.
MOST = {"pages": 60, "files": 200, "answers": 60}
# What the page without a network is made of.
OFFLINE_FILES = (
    "css/tokens.css", "css/sectors.css", "css/page.css", "css/sheet.css", "js/keep.js", "js/offline.js",
    "img/maillage.svg",
)  # fmt: skip


@require_safe
@cache_control(public=True, max_age=HOUR)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web application manifest (W3C), in the language of its address."""
    home = reverse("frontend:search")
    described = {
        "id": home,
        "name": _("Maillage : circuits courts économiques et solidaires"),
        "short_name": "Maillage",
        "description": _("La carte et l’annuaire ouverts des circuits courts économiques et solidaires."),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": home,
        "scope": "/",
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "categories": ["lifestyle", "social", "navigation"],
        "icons": icons(),
        "shortcuts": [
            {"name": _("Carte et liste"), "url": home},
            {"name": _("Territoires"), "url": reverse("frontend:territories")},
            {"name": _("Glossaire"), "url": reverse("frontend:glossary")},
        ],
    }
    return JsonResponse(described, content_type="application/manifest+json")


def icons() -> list[dict[str, str]]:
    """Made by scripts/make_icons.py from the one drawing."""
    drawn = {"src": static("img/maillage.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    return [drawn] + [
        {
            "src": static(f"img/{name}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in (("icon", "any"), ("maskable", "maskable"))
        for size in (192, 512)
    ]


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, asked for at each visit: it is another one when a static file changed."""
    response = HttpResponse(worker(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@cache
def worker() -> str:
    given = {
        "offline": {"pages": in_each_language("frontend:offline"), "files": [*map(static, OFFLINE_FILES)]},
        # Never kept, nor even looked at: what belongs to a person, a probe, another site.
        "apart": [
            "/health/",
            *starts("admin:index"),
            *starts("people:account"),
            *starts("frontend:embed"),
            reverse("service_worker"),
        ],
        "most": MOST,
    }
    text = render_to_string(
        "frontend/service-worker.js", {"given": "GIVEN", "static_url": settings.STATIC_URL}
    )
    version = hashlib.sha256((text + json.dumps(given) + versions_of_files()).encode()).hexdigest()[:12]
    return text.replace("GIVEN", json.dumps({"version": version, **given}))


def versions_of_files() -> str:
    """A text that changes with any static file, where their names are hashed."""
    return json.dumps(getattr(staticfiles_storage, "hashed_files", {}), sort_keys=True)


def in_each_language(route: str) -> dict[str, str]:
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = reverse(route)
    return found


def starts(route: str) -> list[str]:
    return list(in_each_language(route).values())


@require_safe
@never_cache
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where there is no network and the page was never seen."""
    return render(request, "frontend/offline.html")
