"""The formats that answers come in. Bytes that PostgreSQL built are passed through unparsed."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

from exchange.exporting import Form, forms


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


class FileRenderer(BaseRenderer):
    """A file of everything, made by exchange.making."""

    charset = None
    render_style = "binary"

    def render(self, data: bytes, *args: Any, **kwargs: Any) -> bytes:
        return data


def renderer_of(form: Form) -> type[FileRenderer]:
    """The renderer of a form that is always whole."""
    media_type, _, charset = forms()[form].media_type.partition("; charset=")
    return type(
        f"File_{form.name}", (FileRenderer,),
        {"media_type": media_type, "format": str(form), "charset": charset or None},
    )  # fmt: skip


# What people open: after the formats of programs, which a wide Accept header gets.
FILES = [renderer_of(form) for form in (Form.CSV_FR, Form.XLSX, Form.ODS, Form.GPKG, Form.KML, Form.VCF)]


class Csv(BaseRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: bytes, *args: Any, **kwargs: Any) -> bytes:
        return data
