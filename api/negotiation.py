"""Which format is answered: ``format=`` first, the ``Accept`` header otherwise."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class Negotiation(DefaultContentNegotiation):
    """A format that is unknown, blank or given twice is refused by the form of the view, with the
    other parameters; a header that nothing matches is 406."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        asked = request.query_params.get("format")
        if asked is None:
            return super().select_renderer(request, renderers, format_suffix)
        renderer = next((renderer for renderer in renderers if renderer.format == asked), renderers[0])
        return renderer, renderer.media_type
