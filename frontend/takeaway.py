"""What a reader may take away of a selection: files of exactly what is shown, a link, a piece of page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.search import SearchCriteria
from exchange import exporting, making
from frontend.addresses import query, search_address
from frontend.embedding import HEIGHT, Look, configurator_address, embed_address, frame_code
from frontend.quantities import plain
from frontend.sectors import Taxonomy
from frontend.tokens import NAMES, tokens


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that serve one purpose, with an icon."""

    label: Promise
    icon: str
    forms: tuple[str, ...]


# The one list of what the menu offers; a form that another room registered shows under its purpose.
GROUPS = (
    Group(gettext_lazy("Dans un tableur"), "file-spreadsheet", ("xlsx", "ods", "csv-fr", "csv")),
    Group(gettext_lazy("Sur une carte"), "map-pin", ("geojson", "gpkg", "kml")),
    Group(gettext_lazy("Dans un carnet d’adresses"), "contact", ("vcf",)),
    Group(gettext_lazy("Sur papier"), "printer", ("directory-a4", "directory-a5")),
)


@dataclass(frozen=True, slots=True)
class File:
    """One form of the selection. ``saved`` is the name of its file, blank where it is made in the
    background first."""

    form: str
    label: str
    href: str
    saved: str


@dataclass(frozen=True, slots=True)
class Takeaway:
    """``groups`` are (group, its files); ``permalink`` and the addresses in ``code`` are absolute. ``later``
    says what is made in the background, blank where nothing is."""

    groups: list[tuple[Group, list[File]]]
    later: str
    permalink: str
    code: str
    configurator: str
    keep: str  # where it becomes a list of one’s own; blank for the whole directory


def takeaway(criteria: SearchCriteria, name: str, count: int, absolute: Callable[[str], str]) -> Takeaway:
    """All of a selection of ``count``, which is called ``name``; ``absolute`` writes an address with its
    host."""
    params = criteria.params
    look = Look()
    known = exporting.forms()
    groups = [(each, [form for form in each.forms if form in known]) for each in GROUPS] if count else []
    return Takeaway(
        groups=[
            (each, [file(form, params, name, count) for form in forms]) for each, forms in groups if forms
        ],
        later=later(count),
        permalink=absolute(search_address(params)),
        code=frame_code(absolute(embed_address(params, look)), name, HEIGHT),
        configurator=configurator_address(params, look),
        keep=reverse("people:listing_new") + query(params) if params else "",
    )


def file(form: str, params: dict[str, str], name: str, count: int) -> File:
    saved = exporting.file_name(name, form) if is_direct(form, count) else ""
    return File(form, str(exporting.forms()[form].label), export_address(form, params), saved)


def is_direct(form: str, count: int) -> bool:
    """Whether the file is given at once, rather than made in the background."""
    return form in making.AT_ONCE or (form in making.OURS and count <= making.DIRECT)


def later(count: int) -> str:
    if count <= making.DIRECT:
        return ""
    return _(
        "Au-delà de {most} initiatives, le fichier est préparé en arrière-plan, sauf le CSV et le GeoJSON."
    ).format(most=plain(making.DIRECT))


def export_address(form: str, params: dict[str, str]) -> str:
    return reverse("frontend:export", args=[form]) + query(params)


def said(criteria: SearchCriteria) -> list[tuple[str, str]]:
    """The criteria in words: (what, its values)."""
    told: dict[str, list[str]] = {}
    for token in tokens(criteria, Taxonomy()):
        told.setdefault(token.name, []).append(token.label)
    return [(str(NAMES[name]), ", ".join(labels)) for name, labels in told.items()]
