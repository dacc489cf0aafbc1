"""What the pages of accounts need."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from frontend.account_pages import groups_for

register = template.Library()


@register.inclusion_tag("frontend/account/_pages.html", takes_context=True)
def account_pages(context: dict[str, Any]) -> dict[str, Any]:
    """The lists of one's pages, the present one marked."""
    return {"groups": groups_for(context["request"]), "csrf_token": context.get("csrf_token")}


@register.filter
def control(field: BoundField) -> SafeString:
    """The control of a field, without the placeholder that would say its label twice."""
    return field.as_widget(attrs={"placeholder": False})


# The first that a browser says of itself is what it is, in this order: they name one another.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
    "Linux": "Linux",
}  # fmt: skip


@register.filter
def browser(told: str) -> str:
    """What a browser says of itself, in two words: Firefox, Android."""
    found = [
        next((name for sign, name in signs.items() if sign in told), "") for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in found if word) or told[:60] or "—"
