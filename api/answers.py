"""What the answers share: absolute addresses, links, collections assembled from ready-made text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework.request import Request


def site(request: Request) -> str:
    """The address of the site, without a final slash."""
    return str(request.build_absolute_uri("/")[:-1])


def address(request: Request, name: str, **parts: str) -> str:
    """The absolute address of a resource."""
    return str(request.build_absolute_uri(reverse(f"api:{name}", kwargs=parts)))


def moved(request: Request, name: str, **parts: str) -> HttpResponsePermanentRedirect:
    """308 to the resource that took the place of this one; the parameters go with it."""
    query = request.query_params.urlencode()
    return HttpResponsePermanentRedirect(
        address(request, name, **parts) + (f"?{query}" if query else ""), preserve_request=True
    )


def next_address(request: Request, cursor: str, **said: str) -> str:
    """The address of the following page; ``said`` are parameters that were understood, now written."""
    params = request.query_params.copy()
    params["cursor"] = cursor
    for name, value in said.items():
        params[name] = value
    return str(request.build_absolute_uri(f"{request.path}?{params.urlencode(safe=',:')}"))


def links(request: Request, media_type: str, cursor: str | None) -> list[dict[str, str]]:
    found = [{"rel": "self", "href": request.build_absolute_uri(), "type": media_type}]
    if cursor:
        found.append({"rel": "next", "href": next_address(request, cursor), "type": media_type})
    return found


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def opening(**members: Any) -> str:
    """A FeatureCollection up to its features, so that a reader knows how many come before they do."""
    return text({"type": "FeatureCollection", **members})[:-1] + ',"features":['


def collection(features: Iterable[str], **members: Any) -> bytes:
    """A FeatureCollection of features already written."""
    return (opening(**members) + ",".join(features) + "]}").encode()
