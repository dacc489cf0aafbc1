"""How large a request may be: a listing where listings are brought by who signed in, else a small list."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import RequestFactory

from config.uploads import MOST_BYTES, MOST_BYTES_OF_LISTING, BoundedUpload

HERE = "/compte/imports/fichier/"


def taken(path: str, size: int, signed_in: bool = True) -> bool:
    """Whether it is kept in memory; it raises where it is refused."""
    request: Any = RequestFactory().post(path)
    request.user = SimpleNamespace(is_authenticated=signed_in)
    handler = BoundedUpload(request)
    handler.handle_raw_input(None, {}, size, "")
    return handler.activated


@pytest.mark.parametrize("path", [HERE, "/en" + HERE, "/compte/territoires/composer/"])
def test_a_small_list_is_kept_in_memory(path: str) -> None:
    assert taken(path, MOST_BYTES) and taken(path, MOST_BYTES, signed_in=False)


@pytest.mark.parametrize("path", [HERE, "/en" + HERE])
def test_a_large_listing_goes_to_the_disk(path: str) -> None:
    assert not taken(path, MOST_BYTES + 1) and not taken(path, MOST_BYTES_OF_LISTING)


@pytest.mark.parametrize(
    ("path", "size", "signed_in"),
    [
        (HERE, MOST_BYTES_OF_LISTING + 1, True), (HERE, MOST_BYTES + 1, False),
        ("/compte/territoires/composer/", MOST_BYTES + 1, True), (HERE + "x", MOST_BYTES + 1, True),
    ],
)  # fmt: skip
def test_more_is_refused(path: str, size: int, signed_in: bool) -> None:
    with pytest.raises(RequestDataTooBig):
        taken(path, size, signed_in)
