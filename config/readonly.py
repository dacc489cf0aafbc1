"""A GET never writes: while a request only asks, the database itself refuses (see config/reading).

What is tried all the same is a fault of ours: the database's error becomes a 500, with its place in the
journal. Health is covered too, and needs no database for it: nothing is sent before a first statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from accounts.reading import SIGNED_IN_ELSEWHERE, lift, only_reading

ASKING = ("GET", "HEAD", "OPTIONS", "TRACE")
# The names of views that write though they are asked by a GET: the identity provider sends people back so.
BACK_FROM_ELSEWHERE = ("openid_connect_callback",)


class ReadOnly:
    """Middleware; only what reads no database stands before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asks = request.method in ASKING
        with only_reading(asks):
            response = self.get_response(request)
        if asks and isinstance(response, StreamingHttpResponse) and not response.is_async:
            # What is streamed is read after the middleware has returned.
            response.streaming_content = Stream(cast(Iterator[bytes], response.streaming_content))
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        match = request.resolver_match
        if request.method in ASKING and match and match.view_name in BACK_FROM_ELSEWHERE:
            lift(SIGNED_IN_ELSEWHERE)


class Stream:
    """The pieces of an answer, each made while the database refuses to write."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = iter(pieces)

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        with only_reading():
            return next(self.pieces)
