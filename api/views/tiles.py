"""Vector tiles of what matches, for any map that reads them."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api import answers
from api.forms import TileForm, read
from api.parameters import parameters_of
from api.renderers import VectorTile
from api.views.reading import Reading
from directory.errors import BadCriteria
from directory.grid import MAX_ZOOM
from directory.tiles import Tile, tile


class Tiles(Reading):
    renderer_classes = [VectorTile]

    @extend_schema(
        operation_id="readTile",
        summary="A vector tile",
        description="Layer `initiatives`. Up to zoom 12, clusters: `count`, the main `sector`, and `sectors`"
        " as JSON text; one initiative alone also has what follows. From zoom 13 on, initiatives: `id`,"
        " `name`, `sector`, `commune`, `url`, and a `count` of 1. The counts of the tiles of a zoom sum to"
        " what matches and has a place. A tile where nothing is is empty.",
        parameters=parameters_of(TileForm, "z", "x", "y"),
        responses={(200, VectorTile.media_type): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponse:
        place = place_of(z, x, y)
        body = tile(read(TileForm, request).criteria(), place, answers.site(request))
        return HttpResponse(body, content_type=VectorTile.media_type)


def place_of(z: str, x: str, y: str) -> Tile:
    """The tile of these numbers. BadCriteria where the grid has none."""
    zoom = number("z", z, MAX_ZOOM)
    last = (1 << zoom) - 1
    return Tile(zoom, number("x", x, last), number("y", y, last))


def number(name: str, text: str, last: int) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= last:
        return int(text)
    raise BadCriteria({name: [f"A whole number from 0 to {last} is expected."]})
