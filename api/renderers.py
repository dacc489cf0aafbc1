"""The formats that answers come in. Bytes that PostgreSQL built are passed through unparsed."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer


class Json(JSONRenderer):
    """Also what an ``Accept: application/json`` gets where the body is GeoJSON: the same body."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data if isinstance(data, bytes) else super().render(data, *args, **kwargs)


class GeoJson(Json):
    media_type = "application/geo+json"
    format = "geojson"


class VectorTile(BaseRenderer):
    media_type = "application/vnd.mapbox-vector-tile"
    format = "mvt"
    charset = None

    def render(self, data: bytes, *args: Any, **kwargs: Any) -> bytes:
        return data


class Csv(BaseRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: bytes, *args: Any, **kwargs: Any) -> bytes:
        return data
