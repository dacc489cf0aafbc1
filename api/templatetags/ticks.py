"""Words of the OpenAPI document, where back ticks stand around what is written as it is."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
TICKED = re.compile(r"`([^`]+)`")


@register.filter
def ticks(text: str) -> SafeString:
    """The text, escaped, its back ticks made code."""
    return mark_safe(TICKED.sub(r"<code>\1</code>", escape(text)))
