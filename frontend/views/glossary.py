"""The words of the field: all of them, and a page for each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.models import Sector
from frontend.glossary import THEMES, Term, shown
from frontend.linked_data import of_term, of_terms
from frontend.sectors import Taxonomy, icon_of
from frontend.terms import BY_SLUG, TERMS
from territories.names import fold


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    themes = [(slug, label, [term for term in TERMS if term.theme == slug]) for slug, label in THEMES.items()]
    context = {
        "themes": themes,
        "alphabetical": sorted(TERMS, key=lambda term: fold(str(term.name))),
        "linked_data": of_terms(request.build_absolute_uri(), [told(request, term) for term in TERMS]),
    }
    return render(request, "frontend/glossary.html", context)


@require_safe
def term(request: HttpRequest, slug: str) -> HttpResponse:
    found = BY_SLUG.get(slug)
    if found is None:
        raise Http404
    taxonomy = Taxonomy()
    context = {
        "term": found,
        "theme": THEMES[found.theme],
        "sectors": sectors(found, taxonomy),
        "shown": shown(found, taxonomy),
        "related": [BY_SLUG[slug] for slug in found.related],
        "linked_data": of_term(
            told(request, found), request.build_absolute_uri(reverse("frontend:glossary"))
        ),
    }
    return render(request, "frontend/term.html", context)


def sectors(of: Term, taxonomy: Taxonomy) -> list[tuple[Sector, str]]:
    known = {sector.slug: sector for sector in taxonomy.sectors.values()}
    return [(known[slug], icon_of(slug)) for slug in of.sectors if slug in known]


def told(request: HttpRequest, term: Term) -> dict[str, Any]:
    """What search engines are told of a term."""
    return {
        "name": str(term.name),
        "description": str(term.quoted or term.meaning),
        "alternateName": [name.strip() for name in str(term.synonyms).split(",") if name.strip()],
        "url": request.build_absolute_uri(reverse("frontend:term", args=[term.slug])),
    }
