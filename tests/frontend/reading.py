"""What a page says, read from its HTML."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

COUNT = re.compile(r'data-count="(\d+)"')
SLUG = re.compile(r'<li class="card[^>]*data-slug="([^"]+)"')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def text_of(client: Client, address: str, **headers: str) -> str:
    response: Any = client.get(address, headers=headers)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def count_in(html: str) -> int:
    found = COUNT.search(html)
    assert found is not None
    return int(found[1])


def slugs_in(html: str) -> list[str]:
    return SLUG.findall(html)


def every_slug(client: Client, address: str) -> list[str]:
    """The slugs of the list, page after page to the last."""
    slugs: list[str] = []
    for _page in range(1_000):
        html = text_of(client, address)
        slugs += slugs_in(html)
        found = NEXT.search(html)
        if found is None:
            return slugs
        address = found[1].replace("&amp;", "&")
    raise AssertionError("the list has no end")
