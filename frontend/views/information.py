"""Pages that inform: what it is about, the project, the law, personal data, accessibility."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.terms import BY_SLUG
from territories.addresses import service_host

# The words that a newcomer meets first.
FIRST_WORDS = ("cces", "ess", "ptce", "circuit-court", "amap", "ressourcerie", "tiers-lieu", "monnaie-locale")


@require_safe
def understand(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/understand.html", {"kept": [BY_SLUG[slug] for slug in FIRST_WORDS]})


@require_safe
def my_list(request: HttpRequest) -> HttpResponse:
    """What one picked while browsing: kept by the browser, which fills the page; nothing of it comes here."""
    return render(request, "frontend/my_list.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/about.html")


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    tiles = urlsplit(settings.MAP_TILES_URL).netloc
    return render(request, "frontend/legal.html", {**operator(), "tiles": tiles, "addresses": service_host()})


@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/personal_data.html", {**operator(), "addresses": service_host()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/accessibility.html", operator())


def operator() -> dict[str, str]:
    """Who answers for this site, as its settings say; empty where they do not."""
    return {
        "publisher": settings.OPERATOR,
        "contact": settings.OPERATOR_CONTACT,
        "hosting": settings.OPERATOR_HOSTING,
    }
