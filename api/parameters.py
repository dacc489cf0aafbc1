"""The parameters as OpenAPI tells them: types from the fields of the forms, words from one table.

A parameter means the same thing at every address, so it is described once.
"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from drf_spectacular.utils import OpenApiParameter

from api.forms import ALL, DEFAULT_LIMIT, MAX_LIMIT, FormatField, LimitField, MomentField
from directory.filters import (
    BBoxField,
    ChoicesField,
    CommaField,
    DayField,
    DigitsField,
    Parameters,
    PointField,
    TrueFalseField,
)  # fmt: skip
from directory.grid import MAX_ZOOM
from directory.search import DEFAULT_RADIUS

# name: what it takes, and an example of it as it is written in an address.
WORDS: dict[str, tuple[str, str]] = {
    "q": (
        "Words. Accents and case are folded, words are stemmed in French, the last one may be unfinished"
        " (from 3 letters), synonyms are followed and typing errors corrected.",
        "epicerie coop",
    ),
    "sector": (
        "Slugs of sectors or activities, any of which may match; `sectors` lists them.",
        "alimentation",
    ),
    "territory": (
        "Ids of territories, any of which may match: the initiative is established in it.",
        "departement-23",
    ),
    "served": ("With `territory`: `true` also finds the initiatives that serve it.", "true"),
    "ptce": ("Slugs of PTCE, any of which may match: their members and the initiatives that run them.", ""),
    "network": (
        "Slugs of networks, any of which may match: their members and the initiatives that run them.",
        "",
    ),
    "legal_form": ("Legal forms, any of which may match.", "association,scic"),
    "charter": ("`true`: signatories of the charter; `false`: the others.", "true"),
    "testimony": ("`true`: those who accept to testify; `false`: the others.", "true"),
    "example": ("`false` leaves the example data out; `true` keeps only it.", "false"),
    "placed": ("`true`: with a point on the map; `false`: without.", "true"),
    "missing": (
        "What the record lacks, any of which may match: a way to get in touch, an activity more precise than"
        " a sector, a position more precise than the commune, a description, a confirmation in 24 months.",
        "contact,description",
    ),
    "bbox": (
        "A box in degrees: minimum longitude, minimum latitude, maximum longitude, maximum latitude."
        " A minimum longitude above the maximum one crosses the antimeridian.",
        "1.5,45.5,2.6,46.5",
    ),
    "near": (
        "A centre, longitude first, in degrees: what is within `radius` metres of it on the ellipsoid."
        " Each result bears its `distance` in metres.",
        "2.17,45.95",
    ),
    "radius": (f"With `near`: metres, {DEFAULT_RADIUS} if nothing is said.", "20000"),
    "verified_since": ("A day: verified since then.", "2026-01-31"),
    "verified_before": ("A day: not verified since then, or never.", "2026-01-31"),
    "updated_since": ("A day: updated since then.", "2026-01-31"),
    "since": (
        "Where a first reading begins, a day or a moment with its time zone; everything if nothing is said.",
        "2026-01-31T09:30:00Z",
    ),
    "until": ("A day: what begins on it or before.", "2026-12-31"),
    "ids": ("Slugs of initiatives, for a selection made by hand.", ""),
    "listing": ("The end of the address of a saved list, which is its key.", ""),
    "ordering": (
        "The order. `relevance` goes with `q` and `distance` with `near`, where they are what is done if"
        " nothing is said; otherwise `name` is.",
        "name",
    ),
    "among": ("What to suggest; all but addresses if nothing is said. The rest is empty.", "places"),
    "limit": (f"How many at most, {DEFAULT_LIMIT} if nothing is said.", "100"),
    "cursor": ("Where the page begins: opaque, taken from the `next` link of the page before.", ""),
    "format": (
        "The format of the answer, the first one if nothing is said; the `Accept` header does the same.",
        "json",
    ),
    "zoom": ("The zoom of the map, as tile servers count it.", "9"),
    "kind": ("Kinds of territory, any of which may match.", "departement,region"),
    "within": (
        "Id of a territory: those made of its communes. An EPCI counts where it has a commune.",
        "departement-23",
    ),
    "outline": ("`true`: with an outline; `false`: without.", "true"),
    "peers": ("Ids of territories to compare with, 20 at most.", "departement-19,departement-87"),
    "point": ("A position, longitude first, in degrees.", "2.1697,45.9560"),
}
PATH_WORDS: dict[str, tuple[str, str]] = {
    "slug": ("The slug, which is the `id` in every answer.", ""),
    "id": ("The id, kind and official code.", "departement-23"),
    "z": ("The zoom, 0 to 22.", "6"),
    "x": ("The column, from the west: below 2 to the zoom.", "32"),
    "y": ("The row, from the north: below 2 to the zoom.", "22"),
}

# Those of the path that are numbers; how far x and y go depends on the zoom.
PATH_NUMBERS = {"z": MAX_ZOOM, "x": (1 << MAX_ZOOM) - 1, "y": (1 << MAX_ZOOM) - 1}

LONGITUDE_LATITUDE = {"type": "array", "items": {"type": "number", "minimum": -180, "maximum": 180}}
# A blank value is refused, and a comma separates.
WORD = {"type": "string", "minLength": 1}


def parameters_of(form: type[Parameters], *path: str, **words: str) -> list[OpenApiParameter]:
    """The OpenAPI parameters of a form and of the path. ``words`` are said instead of the usual ones."""
    told = [
        OpenApiParameter(
            name, _part(name), OpenApiParameter.PATH, required=True, description=PATH_WORDS[name][0]
        )
        for name in path
    ]
    return told + [_parameter(name, field, words.get(name)) for name, field in form.base_fields.items()]


def _part(name: str) -> dict[str, Any]:
    """The schema of a part of the path."""
    if name in PATH_NUMBERS:
        return {"type": "integer", "minimum": 0, "maximum": PATH_NUMBERS[name]}
    return {"type": "string"}


def _parameter(name: str, field: forms.Field, words: str | None) -> OpenApiParameter:
    schema = _schema(field)
    listed = schema.get("type") == "array"
    description = words or WORDS[name][0]
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.QUERY,
        required=field.required,
        description=description,
        style="form" if listed else None,
        explode=False if listed else None,
    )


def _schema(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, BBoxField):
        return {**LONGITUDE_LATITUDE, "minItems": 4, "maxItems": 4}
    if isinstance(field, PointField):
        return {**LONGITUDE_LATITUDE, "minItems": 2, "maxItems": 2}
    if isinstance(field, CommaField):
        known = {"type": "string", "enum": field.choices} if isinstance(field, ChoicesField) else WORD
        return {"type": "array", "items": known, "minItems": 1, "maxItems": field.most}
    if isinstance(field, TrueFalseField):
        return {"type": "boolean"}
    if isinstance(field, DayField):
        return {"type": "string", "format": "date"}
    if isinstance(field, MomentField):
        return {"anyOf": [{"type": "string", "format": form} for form in ("date", "date-time")]}
    if isinstance(field, LimitField):
        digits = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return {"anyOf": [digits, {"type": "string", "enum": [ALL]}]} if field.whole else digits
    if isinstance(field, DigitsField):
        return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    if isinstance(field, FormatField):
        return {"type": "string", "enum": list(field.formats)}
    if isinstance(field, forms.ChoiceField):
        return {
            "type": "string",
            "enum": [value for value, _label in cast("list[tuple[str, str]]", field.choices)],
        }
    longest = getattr(field, "max_length", None)
    return {**WORD, "maxLength": longest} if longest else dict(WORD)
