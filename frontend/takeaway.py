"""What a reader may take away of a selection: files of exactly what is shown, a link, a piece of page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.search import SearchCriteria
from frontend.addresses import api_address, search_address
from frontend.embedding import HEIGHT, Look, configurator_address, embed_address, frame_code


@dataclass(frozen=True, slots=True)
class File:
    """One form that a selection is taken away in; ``parameters`` are those that the API wants for it."""

    label: Promise
    purpose: Promise
    icon: str
    name: str
    parameters: dict[str, str]


# The one list of them: another form is another line.
FILES = (
    File(
        _("Tableau (CSV)"), _("pour un tableur"), "file-spreadsheet",
        "maillage-initiatives.csv", {"format": "csv"},
    ),
    File(
        _("Carte (GeoJSON)"), _("pour un logiciel de cartographie"), "map-pin",
        "maillage-initiatives.geojson", {"limit": "all"},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Takeaway:
    """``files`` are (form, address); ``permalink`` and the addresses in ``code`` are absolute."""

    files: list[tuple[File, str]]
    permalink: str
    code: str
    configurator: str


def takeaway(criteria: SearchCriteria, name: str, absolute: Callable[[str], str]) -> Takeaway:
    """All of a selection, which is called ``name``; ``absolute`` writes an address with its host."""
    params = criteria.params
    look = Look()
    return Takeaway(
        files=[(each, api_address("initiatives", params, **each.parameters)) for each in FILES],
        permalink=absolute(search_address(params)),
        code=frame_code(absolute(embed_address(params, look)), name, HEIGHT),
        configurator=configurator_address(params, look),
    )
