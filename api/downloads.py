"""Whole answers, a few at a time (exchange.sending), refused in the API's own words."""

from __future__ import annotations

from collections.abc import Iterator

from rest_framework.exceptions import APIException

from exchange import errors, sending


class Crowded(APIException):
    """As many whole downloads as may be are under way; told with how long to wait, in seconds."""

    status_code = 503
    default_detail = (
        "As many whole downloads as this server allows are under way. Ask again later, or by pages."
    )
    wait = errors.Crowded.WAIT


def download(pieces: Iterator[bytes]) -> sending.Download:
    """The pieces, which take one of the places; Crowded where none is free."""
    try:
        return sending.Download(pieces)
    except errors.Crowded:
        raise Crowded from None
