"""Addresses of pages and of the API, written from the filter language."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import reverse

API = "/api/v1/"

# What makes no sense without another parameter goes with it.
DEPENDENT = {"near": ("radius",), "territory": ("served",)}
ORDER_NEEDS = {"relevance": "q", "distance": "near"}


def query(params: Mapping[str, str]) -> str:
    """``?a=b`` or nothing; commas and colons stay readable."""
    given = {name: value for name, value in params.items() if value}
    return f"?{urlencode(given, safe=',:')}" if given else ""


def search_address(params: Mapping[str, str], **more: str) -> str:
    return reverse("frontend:search") + query({**params, **more})


def filters_address(params: Mapping[str, str]) -> str:
    return reverse("frontend:filters") + query(params)


def api_address(resource: str, params: Mapping[str, str], **more: str) -> str:
    return API + resource + query({**params, **more})


def without(params: Mapping[str, str], *names: str) -> dict[str, str]:
    """The same search less some parameters, and less what hung on them."""
    gone = {*names, *(name for given in names for name in DEPENDENT.get(given, ()))}
    kept = {name: value for name, value in params.items() if name not in gone}
    if ORDER_NEEDS.get(kept.get("ordering", ""), "") in gone:
        del kept["ordering"]
    return kept


def less(params: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """The same search less one value of a parameter that takes several."""
    left = [given for given in params[name].split(",") if given.strip() != value]
    return {**params, name: ",".join(left)} if left else without(params, name)


def asked_in(url: str | None) -> dict[str, str]:
    """The parameters of an address, as far as it has any."""
    return dict(parse_qsl(urlsplit(url or "").query))
