"""Which format is answered: ``format=`` first, the ``Accept`` header otherwise (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

ANY = "*"


class Negotiation(DefaultContentNegotiation):
    """A format that is unknown, blank or given twice is refused by the form of the view, with the
    other parameters; a header that nothing matches is 406."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        asked = request.query_params.get("format")
        if asked is not None:
            renderer = next((renderer for renderer in renderers if renderer.format == asked), renderers[0])
            return renderer, renderer.media_type
        ranges = [MediaType(token) for token in self.get_accept_list(request)]
        if not ranges and not request.headers.get("Accept", "").strip(" ,"):
            return renderers[0], renderers[0].media_type
        wishes = [wish(renderer.media_type, ranges) for renderer in renderers]
        best = max(wishes)
        if not best[0] > 0:
            raise NotAcceptable
        renderer = renderers[wishes.index(best)]
        return renderer, renderer.media_type


def wish(media_type: str, ranges: Sequence[MediaType]) -> tuple[float, int]:
    """How much a media type is wanted: the quality (0 to 1) that the narrowest range around it gives,
    and how narrow that range is, 0 to 2. Parameters other than ``q`` are set aside."""
    main, _slash, sub = media_type.partition("/")
    narrowness = {(main, sub): 2, (main, ANY): 1, (ANY, ANY): 0}
    around = [
        (narrowness[names], float(given.quality))
        for given in ranges
        if (names := (given.main_type.lower(), given.sub_type.lower())) in narrowness
    ]
    if not around:
        return 0.0, 0
    narrowest, quality = max(around)
    return (quality, narrowest) if quality > 0 else (0.0, 0)
