"""What the templates need and Django does not have."""

from __future__ import annotations

import json
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from frontend import loaded, quantities
from frontend.embedding import EMBEDDED, initiatives_of, name_of
from frontend.takeaway import takeaway as taken

register = template.Library()

# What would end the script element, or hide from a reader of the source.
ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@register.filter
def number(value: float) -> str:
    """A whole number as it is printed: 67 413 000."""
    return quantities.plain(value)


@register.filter
def length_in_words(metres: float) -> str:
    return quantities.length(metres)


@register.filter
def kilometres(value: float) -> str:
    return quantities.length(1_000 * value)


@register.filter
def linked_data(value: dict[str, Any]) -> SafeString:
    """JSON for a script element that no browser runs; nothing in it can close the element."""
    return mark_safe(json.dumps(value, ensure_ascii=False).translate(ESCAPES))


@register.filter
def plain(text: str) -> str:
    """Text that was escaped for HTML, as it was before; on one line."""
    return " ".join(unescape(text).split())


@register.filter
def cited(text: str) -> str | SafeString:
    """A text that came with the data: translated where it is known, said to be French where it is not."""
    return loaded.cited(text)


@register.filter
def host(url: str) -> str:
    """The address of a site as people say it."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


@register.simple_tag(takes_context=True)
def in_language(context: dict[str, Any], code: str) -> str:
    """This same address in another language, query included: the one that the browser shows, where
    the page knows it better than the request (``address``)."""
    return translate_url(context.get("address") or context["request"].get_full_path(), code)


@register.simple_tag
def home_in(code: str) -> str:
    """The home of the site in a language."""
    with override(code):
        return reverse("frontend:search")


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[tuple[str, str]]:
    """(language, absolute address) of this page, for search engines; the only query is that of a
    search, as ``permalink`` writes it."""
    request = context["request"]
    address = context.get("permalink") or request.path
    return [
        (code, request.build_absolute_uri(translate_url(address, code))) for code, _name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def oembed_address(context: dict[str, Any]) -> str:
    """Where a site asks how to embed this page; empty where it cannot be."""
    request = context["request"]
    if request.resolver_match is None or request.resolver_match.view_name not in EMBEDDED:
        return ""
    here = request.build_absolute_uri(context.get("permalink") or request.path)
    return str(request.build_absolute_uri(f"{reverse('oembed')}?{urlencode({'url': here})}"))


@register.inclusion_tag("frontend/parts/takeaway.html", takes_context=True)
def takeaway(context: dict[str, Any]) -> dict[str, Any]:
    """The menu « Emporter cette sélection » of a page that has ``criteria`` and ``count``, and either its
    ``tokens`` or what it is of (``selection``)."""
    what = context.get("selection")
    name = initiatives_of(what) if what else name_of(context["tokens"])
    return {
        "taken": taken(context["criteria"], name, context["count"], context["request"].build_absolute_uri),
        "count": context["count"],
        "json_href": context.get("json_href"),
    }


@register.simple_tag(takes_context=True)
def permalink(context: dict[str, Any]) -> str:
    """The absolute address of this page in its language, as ``alternates`` has it."""
    request = context["request"]
    return str(request.build_absolute_uri(context.get("permalink") or request.path))


@register.simple_tag(takes_context=True)
def shared_picture(context: dict[str, Any]) -> str:
    """The absolute address of the picture of this page, or of the one of the site."""
    path = context.get("picture") or static("img/cover.png")
    return str(context["request"].build_absolute_uri(path))


@register.simple_block_tag(takes_context=True)
def remembered(context: dict[str, Any], content: SafeString, name: str) -> SafeString:
    """What is between its ends, kept under a name for the rest of the page."""
    context[name] = content
    return content


@register.simple_tag
def setting(name: str) -> Any:
    """One of the few settings that a page may show."""
    return {
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_TILES_ATTRIBUTION,
        "addresses": bool(settings.ADDRESS_SERVICE_URL),
    }[name]
