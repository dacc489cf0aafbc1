"""Addresses of pages and of the API, written from the filter language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import reverse

API = "/api/v1/"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# The page of a listing is a search whose address says so by its path.
LISTING = re.compile(r"/listes/([a-z0-9-]+)/")

# What makes no sense without another parameter goes with it.
DEPENDENT = {"near": ("radius",), "territory": ("served",)}
ORDER_NEEDS = {"relevance": "q", "distance": "near"}


def query(params: Mapping[str, str]) -> str:
    """``?a=b`` or nothing; commas and colons stay readable."""
    given = {name: value for name, value in params.items() if value}
    return f"?{urlencode(given, safe=',:')}" if given else ""


def search_address(params: Mapping[str, str], **more: str) -> str:
    """The page that shows a search: that of a listing, for what is within it."""
    given = {**params, **more}
    slug = given.get("listing", "")
    if not SLUG.fullmatch(slug):
        return reverse("frontend:search") + query(given)
    del given["listing"]
    return reverse("frontend:listing", args=[slug]) + query(given)


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
    """The parameters of an address, as far as it has any; the listing that its path is of is one."""
    parts = urlsplit(url or "")
    found = LISTING.search(parts.path)
    return dict(parse_qsl(parts.query)) | ({"listing": found[1]} if found else {})
