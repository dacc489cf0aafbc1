"""Territories from a file: another country's, or a zoning made of communes of what is loaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.text import slugify

from formats.geodata import GeodataError, Outlines, read_outlines
from territories import coverage, writing
from territories.custom import commune_drafts, define_custom
from territories.drafts import Draft, follow_from, label, place_seat, seat_of, simplify_together
from territories.errors import LoadRefused
from territories.models import ChiefPlaceSource, Kind, Territory
from territories.signals import territories_loaded

KINDS = (Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI, Kind.COMMUNE, Kind.CUSTOM)
PARENTS = (Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI)
LARGEST_POPULATION = 2_147_483_647

Advance = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What to read from a file, and as what. ``parents`` is kind → column of the parent's code."""

    path: Path
    kind: str
    code: str
    name: str
    layer: str = ""
    population: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    country: str = "FR"
    country_name: str = ""
    vintage: int | None = None
    source: str = ""
    dated: date | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """The ids that the file made or brought up to date."""

    ids: list[str]


def nothing(_count: int) -> None:
    pass


def load_file(request: FileRequest, advance: Advance = nothing) -> FileReport:
    """Loads a file whole, or refuses it whole with LoadRefused, which names what is wrong.

    ``--kind custom``: each row becomes the custom territory of the communes whose chief place is
    inside its polygon. Other kinds are those of another country; their codes begin with its own
    (``commune-BE-21004``), and their country's outline is the union of its communes'.
    """
    check(request)
    columns = [request.code, request.name, *filter(None, [request.population]), *request.parents.values()]
    try:
        rows = read_outlines(request.path, columns, request.layer)
    except GeodataError as error:
        raise LoadRefused(str(error)) from error
    check_codes(request, rows)
    with transaction.atomic():
        if request.kind == Kind.CUSTOM:
            ids = load_zoning(request, rows, advance)
        else:
            ids = load_country(request, rows, advance)
        territories_loaded.send(sender=Territory, vanished={})
    return FileReport(ids)


def check(request: FileRequest) -> None:
    if request.kind not in KINDS:
        raise LoadRefused(f"--kind: one of {', '.join(str(kind) for kind in KINDS)} is expected")
    if request.kind == Kind.CUSTOM:
        if request.dated is None:
            raise LoadRefused("--dated: a custom territory needs the date of its perimeter, YYYY-MM-DD")
        return
    if not re.fullmatch(r"[A-Z]{2}", request.country):
        raise LoadRefused("--country: two capital letters are expected, as in ISO 3166")
    if request.country == "FR":
        raise LoadRefused(
            "the official territories of France come with the project:"
            " name another --country, or --kind custom"
        )
    strange = sorted(set(request.parents) - {str(kind) for kind in PARENTS})
    if strange:
        raise LoadRefused(f"--parent: {', '.join(strange)} is no kind of parent")


def check_codes(request: FileRequest, rows: Outlines) -> None:
    for column in (request.code, request.name):
        if "" in rows.columns[column]:
            row = rows.columns[column].index("") + 1
            raise LoadRefused(f"{request.path.name}: column {column!r} is blank in row {row}")
    codes = rows.columns[request.code]
    made = [slugify(code) for code in codes] if request.kind == Kind.CUSTOM else codes
    twice = [code for code, count in Counter(made).items() if count > 1]
    if twice:
        raise LoadRefused(
            f"{request.path.name}: column {request.code!r} has {', '.join(twice[:5])!r} more than once"
        )


def load_zoning(request: FileRequest, rows: Outlines, advance: Advance) -> list[str]:
    """Custom territories, by the one rule: the communes whose chief place is inside the polygon."""
    ids = []
    for place, polygon in enumerate(rows.polygons):
        code, name = rows.columns[request.code][place], rows.columns[request.name][place]
        inside = Territory.objects.of_kind(Kind.COMMUNE).filter(
            chief_place__coveredby=GEOSGeometry(memoryview(shapely.to_wkb(polygon)), srid=4326)
        )
        communes = list(inside.values_list("pk", flat=True))
        if not communes:
            raise LoadRefused(
                f"{request.path.name}: no commune's chief place is in {name!r} (row {place + 1})"
            )
        if not slugify(code):
            raise LoadRefused(f"{request.path.name}: code {code!r} (row {place + 1}) makes no address")
        assert request.dated is not None
        custom = define_custom(
            name,
            communes,
            dated=request.dated,
            source=request.source,
            owner=request.owner,
            slug=slugify(code),
        )
        ids.append(custom.pk)
        advance(1)
    return ids


def population_in(request: FileRequest, rows: Outlines, place: int) -> int | None:
    if not request.population or not rows.columns[request.population][place]:
        return None
    text = rows.columns[request.population][place]
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_POPULATION:
        raise LoadRefused(
            f"{request.path.name}: column {request.population!r} of row {place + 1} is {text[:30]!r},"
            " a whole number is expected"
        )
    return int(text)


def parents_in(request: FileRequest, rows: Outlines, place: int, known: set[str]) -> dict[str, str]:
    """The parent links of a row; its parents must have been loaded before."""
    links = {}
    for kind, column in request.parents.items():
        code = rows.columns[column][place]
        if not code:
            continue
        identifier = f"{kind}-{request.country}-{code}"
        if identifier not in known:
            raise LoadRefused(
                f"{request.path.name}: row {place + 1}: column {column!r} names {identifier}, which is not"
                " loaded: load the parents first"
            )
        links[kind] = identifier
    return links


def load_country(request: FileRequest, rows: Outlines, advance: Advance) -> list[str]:
    country = f"{Kind.COUNTRY}-{request.country}"
    known = set(Territory.objects.of_kind(*request.parents).values_list("pk", flat=True))
    drafts = []
    for place, polygon in enumerate(rows.polygons):
        draft = Draft(
            request.kind,
            f"{request.country}-{rows.columns[request.code][place]}",
            rows.columns[request.name][place],
            country=country,
            population=population_in(request, rows, place),
            vintage=request.vintage,
            source=request.source,
            geometry=coverage.as_multipolygon(polygon),
            chief_place=shapely.point_on_surface(polygon),
            chief_place_source=ChiefPlaceSource.SURFACE,
        )
        for link, identifier in parents_in(request, rows, place, known).items():
            setattr(draft, link, identifier)
        drafts.append(draft)
        advance(1)
    simplify_together(drafts)
    label(drafts)
    whole = country_draft(request, drafts)
    writing.write_territories([whole, *drafts])
    if request.kind == Kind.COMMUNE:
        writing.write_territories([whole_of_country(whole)])
    writing.sync_names()
    writing.analyze()
    return [draft.id for draft in drafts]


def country_draft(request: FileRequest, drafts: list[Draft]) -> Draft:
    """The country as it is known, or as the union of what is being loaded."""
    known = Territory.objects.filter(pk=f"{Kind.COUNTRY}-{request.country}").first()
    name = request.country_name or (known.name if known is not None else request.country)
    whole = Draft(Kind.COUNTRY, request.country, name, vintage=request.vintage, source=request.source)
    follow_from(whole, drafts)
    place_seat(whole, seat_of(drafts))
    label([whole])
    return whole


def whole_of_country(whole: Draft) -> Draft:
    """The country from all its communes, those loaded earlier too."""
    communes = Territory.objects.of_kind(Kind.COMMUNE).filter(country=whole.id)
    members = list(commune_drafts(set(communes.values_list("pk", flat=True))).values())
    whole.outlines.clear()
    follow_from(whole, members)
    place_seat(whole, seat_of(members))
    label([whole])
    return whole
