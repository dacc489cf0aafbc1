"""The parameters of every resource, parsed strictly: what is unknown, blank, repeated or wrong is refused.

The filter language itself is ``directory.filters.SearchForm``; here is what a program adds to it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from rest_framework.request import Request

from charter.signatories import SignatoriesForm
from directory.errors import BadCriteria
from directory.filters import (
    BBoxField,
    ChoicesField,
    CommaField,
    DigitsField,
    Parameters,
    PointField,
    SearchForm,
    TrueFalseField,
    refuse_unknown,
)  # fmt: skip
from directory.grid import MAX_ZOOM
from events.agenda import AgendaForm
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind
from territories.names import WORD, fold

MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:[Zz]|[+-]\d\d:\d\d))?", re.ASCII
)
ALL = "all"
# Files for people, of which there are no pages.
WHOLE = ("csv-fr", "xlsx", "ods", "gpkg", "kml", "vcf")
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
PEERS = 20
MAX_CURSOR = 4_000
# What suggestions may be about; a member of the answer each. Addresses come from elsewhere: on demand only.
SUGGESTED = ("places", "initiatives", "sectors")
ADDRESSES = "addresses"

Form = TypeVar("Form", bound=Parameters)


def read(form: type[Form], request: Request) -> Form:
    """The form filled from the address, or BadCriteria naming every parameter refused."""
    filled = form(request.query_params, strict=True)
    filled.check()
    return filled


class FormatField(forms.ChoiceField):
    """One of the formats of the resource; the first one is its own."""

    def __init__(self, *formats: str) -> None:
        self.formats = formats
        message = f"One of these is expected: {', '.join(formats)}."
        super().__init__(
            required=False,
            choices=[(name, name) for name in formats],
            error_messages={"invalid_choice": message},
        )


class LimitField(forms.Field):
    """How many at most: a whole number, or where ``whole`` the word ``all``."""

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.digits = DigitsField(required=False, min_value=1, max_value=MAX_LIMIT)
        super().__init__(required=False)

    def clean(self, value: Any) -> int | str | None:
        if self.whole and value == ALL:
            return ALL
        try:
            return self.digits.clean(value)
        except ValidationError:
            also = f", or {ALL}" if self.whole else ""
            raise ValidationError(f"A whole number from 1 to {MAX_LIMIT}{also} is expected.") from None


class CursorField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(required=False, max_length=MAX_CURSOR, strip=False)


class WordsField(forms.CharField):
    """Words to look for: at least a letter or a digit, as the search of initiatives wants."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text.strip() and not WORD.search(fold(text)):
            raise ValidationError("No word to look for: a letter or a digit is expected.")
        return text


class TerritoryField(forms.CharField):
    """The id of one territory; a former commune's leads to the present one."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return resolve(text)
        except UnknownTerritory:
            return refuse_unknown([text], [])


class PageForm(SearchForm):
    """A page of initiatives."""

    limit = LimitField(whole=True)
    cursor = CursorField()
    format = FormatField("geojson", "json", "csv", *WHOLE)

    def check_whole(self, format: str) -> None:
        """BadCriteria where a page is asked of a format that has none."""
        cleaned = self.cleaned_data
        told = f"{format} is always whole."
        refused = {
            name: [told]
            for name, asked in (("limit", cleaned["limit"] not in (None, ALL)), ("cursor", cleaned["cursor"]))
            if asked
        }
        if refused:
            raise BadCriteria(refused)

    def limit_for(self, format: str) -> int | None:
        """How many rows at most; None for all of them, which is what a table holds if nothing is said."""
        asked = self.cleaned_data["limit"]
        if asked is None and format == "csv" and not self.cleaned_data["cursor"]:
            return None
        return None if asked == ALL else asked or DEFAULT_LIMIT

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("limit") == ALL and cleaned.get("cursor"):
            self.add_error("cursor", "A cursor goes on from a page: it does not go with limit=all.")
        return cleaned


class MapForm(SearchForm):
    """A view of the map."""

    bbox = BBoxField()
    zoom = DigitsField(min_value=0, max_value=MAX_ZOOM)
    format = FormatField("geojson", "json")


class TileForm(SearchForm):
    """A tile of the map."""

    format = FormatField("mvt")


class LinksForm(SearchForm):
    """A page of the links of the initiatives that match."""

    limit = LimitField()
    cursor = CursorField()
    format = FormatField("geojson", "json")


class StoriesForm(SearchForm):
    """A page of what is told of the initiatives that match."""

    limit = LimitField()
    cursor = CursorField()
    format = FormatField("json")


class FacetsForm(SearchForm):
    format = FormatField("json")


class MomentField(forms.Field):
    """A day, or a moment with its time zone, as ISO 8601 writes them; a day begins at midnight UTC."""

    def clean(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            if not MOMENT.fullmatch(str(value)):
                raise ValueError
            read = datetime.fromisoformat(str(value))
            moment = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
            if not 1970 <= moment.year < 2200:
                raise ValueError
        except (ValueError, OverflowError):
            raise ValidationError(
                "A day (2026-01-31) or a moment with its time zone (2026-01-31T09:30:00Z) is expected."
            ) from None
        return moment


class ChangesForm(Parameters):
    since = MomentField(required=False)
    limit = LimitField()
    cursor = CursorField()
    format = FormatField("json")


class JsonForm(Parameters):
    """A resource that takes nothing else."""

    format = FormatField("json")


class FeatureForm(Parameters):
    """A GeoJSON resource that takes nothing else."""

    format = FormatField("geojson", "json")


class SuggestForm(Parameters):
    q = WordsField(max_length=200, strip=False)
    among = ChoicesField(required=False, choices=(*SUGGESTED, ADDRESSES))
    format = FormatField("json")


class GroupingsForm(Parameters):
    limit = LimitField()
    cursor = CursorField()
    format = FormatField("json")


class EventsForm(AgendaForm):
    """A page of events."""

    limit = LimitField()
    cursor = CursorField()
    format = FormatField("geojson", "json")


class SignatoriesPageForm(SignatoriesForm):
    """A page of the structures that signed the charter."""

    limit = LimitField()
    cursor = CursorField()
    format = FormatField("json")


class TerritoriesForm(Parameters):
    kind = ChoicesField(required=False, choices=Kind.values)
    q = WordsField(required=False, max_length=100, strip=False)
    within = TerritoryField(required=False)
    outline = TrueFalseField(required=False)
    limit = LimitField()
    cursor = CursorField()
    format = FormatField("geojson", "json")


class PeersField(CommaField):
    """Ids of territories; a former commune's leads to the present one."""

    def to_python(self, value: Any) -> Any:
        found: list[Any] = []
        for id in super().to_python(value):
            try:
                found.append(resolve(id))
            except UnknownTerritory:
                refuse_unknown([id], [])
        return found


class DiagnosisForm(Parameters):
    peers = PeersField(required=False, most=PEERS)
    format = FormatField("json")


class LocateForm(Parameters):
    point = PointField()
    format = FormatField("geojson", "json")


class OutlineForm(Parameters):
    zoom = DigitsField(required=False, min_value=0, max_value=MAX_ZOOM)
    format = FormatField("geojson", "json")


class OutlinesForm(Parameters):
    bbox = BBoxField()
    zoom = DigitsField(min_value=0, max_value=MAX_ZOOM)
    kind = ChoicesField(required=False, choices=Kind.values)
    format = FormatField("geojson", "json")
