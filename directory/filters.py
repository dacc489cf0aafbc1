"""The filter language, parsed at the door: a query string in, ``SearchCriteria`` out.

Strict (the API): blank, repeated and unknown parameters are refused too. Lenient (pages, shared
links): blanks are dropped, unknown parameters ignored, bad values reported beside the results
of the good ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from directory.errors import BadCriteria
from directory.missing import Missing
from directory.models import (
    ACTIVITIES_PER_SECTOR,
    Grouping,
    GroupingKind,
    Initiative,
    LegalForm,
    Listing,
    Merge,
)  # fmt: skip
from directory.search import DEFAULT_RADIUS, ORDERINGS, SearchCriteria
from directory.terms import terms
from directory.words import analyse
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.geometry import BBox, Point

# PostgreSQL's text cannot hold it; CharField checks single values only.
prohibit_nul = ProhibitNullCharactersValidator()

MAX_VALUES = 100
MAX_IDS = 1_000
MAX_RADIUS = 200_000


class CommaInput(forms.Widget):
    """Joins a parameter given several times, as check boxes do, with commas."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        return ",".join(data.getlist(name)) if name in data else None


class CommaField(forms.CharField):
    """Values separated by commas, any of which may match."""

    widget = CommaInput

    def __init__(self, *, most: int = MAX_VALUES, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = str(value or "").strip()
        prohibit_nul(text)
        values = [part.strip() for part in text.split(",") if text]
        if len(values) > self.most:
            raise ValidationError(_("%(most)d valeurs au plus."), params={"most": self.most})
        if "" in values:
            raise ValidationError(_("Une valeur est vide entre deux virgules."))
        return list(dict.fromkeys(values))


class ChoicesField(CommaField):
    """Values separated by commas, each from a fixed list."""

    def __init__(self, *, choices: Iterable[str], **kwargs: Any) -> None:
        self.choices = list(choices)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        values = super().to_python(value)
        refuse_unknown(values, self.choices)
        return values


class TrueFalseField(forms.CharField):
    """``true`` or ``false``; None where nothing is asked."""

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if value not in ("true", "false"):
            raise ValidationError(_("« true » ou « false » est attendu."))
        return value == "true"


class BBoxField(forms.CharField):
    def to_python(self, value: Any) -> BBox | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            return BBox.parse(value)
        except ValueError:
            raise ValidationError(
                _(
                    "Quatre nombres séparés par des virgules sont attendus, en degrés : longitude et latitude"
                    " minimales, longitude (-180 à 180) et latitude (-90 à 90) maximales."
                )
            ) from None


class PointField(forms.CharField):
    def to_python(self, value: Any) -> Point | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            return Point.parse(value)
        except ValueError:
            raise ValidationError(
                _(
                    "Deux nombres séparés par une virgule sont attendus, en degrés :"
                    " longitude (-180 à 180) et latitude (-90 à 90)."
                )
            ) from None


class DigitsField(forms.IntegerField):
    """A whole number written in plain digits."""

    def to_python(self, value: Any) -> int | None:
        if value not in self.empty_values and not (str(value).isascii() and str(value).isdigit()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if len(str(value or "")) > 9:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayField(forms.DateField):
    """A day as YYYY-MM-DD, between years whose midnight every time zone can hold."""

    default_validators = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2199, 12, 31))]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        if value not in self.empty_values and len(str(value)) != len("2026-01-31"):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def refuse_unknown(values: Iterable[str], known: Iterable[str]) -> None:
    unknown = [value for value in values if value not in set(known)]
    if unknown:
        shown = ", ".join(value[:60] for value in unknown[:5])
        raise ValidationError(_("Valeur inconnue : %(values)s."), params={"values": shown})


class SharedFields(dict[str, forms.Field]):
    """Fields that all forms of a class share. A form copies its fields, in case one is changed: here none
    is, and copying twenty of them took longer than reading them."""

    def __deepcopy__(self, memo: Any) -> SharedFields:
        return self


class Parameters(forms.Form):
    """Parameters of an address, read strictly (the API) or leniently (pages)."""

    def __init__(self, data: QueryDict, *, strict: bool = False) -> None:
        if not isinstance(self.base_fields, SharedFields):
            type(self).base_fields = SharedFields(self.base_fields)
        super().__init__(data)
        self.given = data
        self.strict = strict

    def refusals(self) -> dict[str, list[str]]:
        """Messages by the name of the parameter."""
        refused = {name: [str(message) for message in messages] for name, messages in self.errors.items()}
        if self.strict:
            for name in self.given:
                if message := self._strict_refusal(name):
                    refused.setdefault(name[:60], []).append(message)
        return refused

    def check(self) -> None:
        """Raise BadCriteria where something is refused."""
        if refused := self.refusals():
            raise BadCriteria(refused)

    def _strict_refusal(self, name: str) -> str:
        if name not in self.fields:
            return str(_("Ce paramètre n’existe pas."))
        values = self.given.getlist(name)
        if not all(value.strip() for value in values):
            return str(_("La valeur est vide."))
        if len(values) > 1 and not isinstance(self.fields[name], CommaField):
            return str(_("Ce paramètre est donné plusieurs fois."))
        return ""


class SearchForm(Parameters):
    """The whole filter language; see docs/api.md."""

    q = forms.CharField(required=False, max_length=200, strip=False)
    sector = CommaField(required=False)
    territory = CommaField(required=False)
    served = TrueFalseField(required=False)
    ptce = CommaField(required=False)
    network = CommaField(required=False)
    legal_form = ChoicesField(required=False, choices=LegalForm.values)
    charter = TrueFalseField(required=False)
    testimony = TrueFalseField(required=False)
    example = TrueFalseField(required=False)
    placed = TrueFalseField(required=False)
    missing = ChoicesField(required=False, choices=Missing.values)
    bbox = BBoxField(required=False)
    near = PointField(required=False)
    radius = DigitsField(required=False, min_value=1, max_value=MAX_RADIUS)
    verified_since = DayField(required=False)
    verified_before = DayField(required=False)
    updated_since = DayField(required=False)
    ids = CommaField(required=False, most=MAX_IDS)
    listing = forms.CharField(required=False, max_length=200)
    ordering = forms.ChoiceField(required=False, choices=[(name, name) for name in ORDERINGS])

    def clean_q(self) -> Any:
        text = self.cleaned_data["q"]
        if not text.strip():
            return None
        query = analyse(text)
        if query is None:
            raise ValidationError(_("Aucun mot à chercher : une lettre ou un chiffre est attendu."))
        return query

    def clean_sector(self) -> tuple[int, ...] | None:
        slugs = self.cleaned_data["sector"]
        if not slugs:
            return None
        known = terms()
        refuse_unknown(slugs, {**known.sectors, **known.activities})
        ids: set[int] = set()
        for slug in slugs:
            if activity := known.activities.get(slug):
                ids |= {activity, known.replaced.get(activity, activity)}
            if sector := known.sectors.get(slug):
                first = sector * ACTIVITIES_PER_SECTOR
                ids |= set(range(first, first + ACTIVITIES_PER_SECTOR))
        return tuple(sorted(ids))

    def clean_territory(self) -> tuple[Any, ...]:
        territories, unknown = [], []
        for territory in self.cleaned_data["territory"]:
            try:
                territories.append(resolve(territory))
            except UnknownTerritory:
                unknown.append(territory)
        refuse_unknown(unknown, [])
        return tuple(territories)

    def clean_ptce(self) -> tuple[int, ...]:
        return self._groupings("ptce", GroupingKind.PTCE)

    def clean_network(self) -> tuple[int, ...]:
        return self._groupings("network", GroupingKind.NETWORK)

    def _groupings(self, name: str, kind: GroupingKind) -> tuple[int, ...]:
        slugs = self.cleaned_data[name]
        if not slugs:
            return ()
        found = dict(
            Grouping.objects.filter(kind=kind, published=True, slug__in=slugs).values_list("slug", "pk")
        )
        refuse_unknown(slugs, found)
        return tuple(found.values())

    # Slugs that name nothing to be read any more, in a link that names others that do: the rest of a
    # selection that was shared is still what it was.
    dropped: Sequence[str] = ()

    def clean_ids(self) -> tuple[int, ...] | None:
        slugs = self.cleaned_data["ids"]
        if not slugs:
            return None
        found = named(slugs)
        self.dropped = [slug for slug in slugs if slug not in found]
        if self.strict or not found:
            refuse_unknown(self.dropped, [])
        return tuple(found.values())

    def clean_listing(self) -> Listing | None:
        slug = self.cleaned_data["listing"]
        if not slug:
            return None
        listing = Listing.objects.filter(slug=slug).first()
        if listing is None:
            refuse_unknown([slug], [])
        return listing

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("radius") and not self.data.get("near"):
            self.add_error("radius", _("Un rayon demande un centre : « near »."))
        if cleaned.get("served") is not None and not self.data.get("territory"):
            self.add_error("served", _("« served » demande un territoire : « territory »."))
        if cleaned.get("ordering") == "distance" and not self.data.get("near"):
            self.add_error("ordering", _("L’ordre par distance demande un centre : « near »."))
        if cleaned.get("ordering") == "relevance" and not self.data.get("q"):
            self.add_error("ordering", _("L’ordre par pertinence demande des mots : « q »."))
        return cleaned

    def criteria(self) -> SearchCriteria:
        """The criteria of the parameters that could be read; ``check()`` first to refuse the others."""
        refused = self.refusals()
        given = {name: value for name, value in self.cleaned_data.items() if name not in refused}
        near, text, listing = given.get("near"), given.get("q"), given.get("listing")
        return SearchCriteria(
            text=text,
            activities=given.get("sector"),
            territories=given.get("territory") or (),
            served=bool(given.get("served")),
            ptces=given.get("ptce") or (),
            networks=given.get("network") or (),
            legal_forms=tuple(given.get("legal_form") or ()),
            charter=given.get("charter"),
            testimony=given.get("testimony"),
            example=given.get("example"),
            placed=given.get("placed"),
            missing=tuple(given.get("missing") or ()),
            bbox=given.get("bbox"),
            near=near,
            radius=given.get("radius") or DEFAULT_RADIUS,
            verified_since=given.get("verified_since"),
            verified_before=given.get("verified_before"),
            updated_since=given.get("updated_since"),
            ids=given.get("ids"),
            listing=listing,
            listing_criteria=saved_criteria(listing),
            ordering=self._ordering(given.get("ordering"), near, text),
            params=self._params(given),
        )

    @staticmethod
    def _ordering(asked: str | None, near: Point | None, text: Any) -> str:
        if (
            asked
            and not (asked == "distance" and near is None)
            and not (asked == "relevance" and text is None)
        ):
            return asked
        return "distance" if near is not None else "relevance" if text is not None else "name"

    def _params(self, given: dict[str, Any]) -> dict[str, str]:
        """What was asked and read, as it goes back into an address."""
        params = {
            name: ",".join(self.given.getlist(name))
            for name in SearchForm.base_fields
            if given.get(name) not in (None, "", (), []) and self.data.get(name)
        }
        if self.dropped and "ids" in params:
            params["ids"] = ",".join(
                slug for slug in self.fields["ids"].clean(params["ids"]) if slug not in self.dropped
            )
        return params


def named(slugs: Iterable[str]) -> dict[str, int]:
    """The keys of published initiatives, by their slug or that of one that was merged into them."""
    asked = list(slugs)
    found = dict(Initiative.objects.published().filter(slug__in=asked).values_list("slug", "pk"))
    return found | dict(Merge.objects.filter(slug__in=asked).values_list("slug", "target"))


def saved_criteria(listing: Listing | None) -> SearchCriteria | None:
    """The criteria that a listing holds; a listing inside a listing is not followed.

    None where one of them means nothing any more, such as a network that is gone: without it they would find
    more than was ever saved, the whole directory at worst.
    """
    if listing is None or listing.criteria is None:
        return None
    form = saved_form(listing.criteria)
    return None if form.refusals() or not form.criteria().asked() else form.criteria()


def saved_form(criteria: str) -> SearchForm:
    """What reads the criteria that a listing holds, and says which cannot be read any more."""
    saved = QueryDict(criteria, mutable=True)
    saved.pop("listing", None)
    return SearchForm(saved)
