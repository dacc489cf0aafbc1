"""« Qui est dans ce circuit ? »: the links of an initiative, followed two steps away."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.circuits import PER_PAGE, circuit_of
from frontend.addresses import api_address
from frontend.circuit_tree import tree
from frontend.sentences import sentence
from frontend.views.initiative import elsewhere, read

LONGEST_NUMBER = 6  # of a page: a longer one is no page


@require_safe
def circuit(request: HttpRequest, slug: str) -> HttpResponse:
    heart = read(slug)
    if heart is None:
        return elsewhere(request, slug)
    found = circuit_of(heart, number(request.GET.get("page", "")))
    context = {
        "initiative": heart,
        "circuit": found,
        "tree": tree(found) if found.met else None,
        "steps": [
            (step, [(each, sentence(each.link, each.through)) for each in found.at(step)]) for step in (1, 2)
        ],
        "others": [(link.origin, sentence(link, link.origin)) for link in found.others],
        "page": Paginator(range(found.near), PER_PAGE).get_page(found.page),
        "json_href": api_address("links", {"ids": heart.slug}),
    }
    return render(request, "frontend/circuit.html", context)


def number(text: str) -> int:
    """A page that an address asks for; the first one where it says something else."""
    plain = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return max(1, int(text)) if plain else 1
