"""What the pages of accounts need."""

from __future__ import annotations

from typing import Any

from django import template

from frontend.account_pages import pages_for

register = template.Library()


@register.inclusion_tag("frontend/account/_pages.html", takes_context=True)
def account_pages(context: dict[str, Any]) -> dict[str, Any]:
    """The list of one's pages, the present one marked."""
    return {"pages": pages_for(context["request"]), "csrf_token": context.get("csrf_token")}
