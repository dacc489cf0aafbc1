"""The map of the administration's forms: a Leaflet widget that keeps to the content policy."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.http import HttpRequest
from leaflet.admin import LeafletAdminWidget, LeafletGeoAdmin
from leaflet.forms.widgets import LeafletWidget


class MapWidget(LeafletAdminWidget):
    """Finds the image of its marker, and draws the outlines of territories where there are no tiles."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=["territories/administration.js"])


class NoncedLeafletAdmin(LeafletGeoAdmin):
    """Hands the page's nonce to the map widget, whose script stands inside the page."""

    widget = MapWidget

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if request is not None and isinstance(widget, LeafletWidget):
            widget.csp_nonce = str(getattr(request, "csp_nonce", ""))
        return field
