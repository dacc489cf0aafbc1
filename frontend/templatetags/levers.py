"""What the catalogue of levers needs on pages and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from diagnosis.lever import MEANINGS, LeverKind
from directory.models import Sector

register = template.Library()


@register.inclusion_tag("frontend/diagnosis/_lever_kinds.html")
def lever_kinds() -> dict[str, Any]:
    """The kinds of levers, explained."""
    return {"kinds": [(kind.label, MEANINGS[kind]) for kind in LeverKind]}


@register.simple_tag(takes_context=True)
def sector_labels(context: template.Context, slugs: Iterable[str]) -> str:
    """The names of sectors, read once for a page."""
    if "sector_names" not in context.render_context:
        context.render_context["sector_names"] = {each.slug: each.label for each in Sector.objects.all()}
    names = context.render_context["sector_names"]
    return ", ".join(names.get(slug, slug) for slug in slugs)
