"""« Qui est dans ce circuit ? »: the links of an initiative, followed two steps away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.circuits import Circuit, circuit_of
from directory.models import Link
from frontend.addresses import api_address
from frontend.circuit_tree import tree
from frontend.sentences import verb_of
from frontend.views.initiative import elsewhere, read


@require_safe
def circuit(request: HttpRequest, slug: str) -> HttpResponse:
    heart = read(slug)
    if heart is None:
        return elsewhere(request, slug)
    found = circuit_of(heart)
    context = {
        "initiative": heart,
        "circuit": found,
        "tree": tree(found) if found.met else None,
        "steps": [
            (step, [(each, *verb_of(each.link, each.through)) for each in found.met if each.step == step])
            for step in (1, 2)
        ],
        "others": [sentence(link) for link in found.others],
        "places": places(found),
        "json_href": api_address("links", {"ids": heart.slug}),
    }
    return render(request, "frontend/circuit.html", context)


def sentence(link: Link) -> tuple[Link, str]:
    return link, verb_of(link, link.origin)[0]


def places(found: Circuit) -> int:
    """In how many communes they are, as far as it is known."""
    communes = {each.initiative.commune_id for each in found.met} | {found.heart.commune_id}
    return len(communes - {None})
