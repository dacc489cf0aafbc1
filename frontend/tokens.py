"""Active filters, each in words and with the address that does without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.missing import Missing
from directory.models import Grouping, GroupingKind, LegalForm
from directory.search import SearchCriteria
from frontend.addresses import less, search_address, without
from frontend.around import around_in_words
from frontend.sectors import Taxonomy

# The parameters as a reader knows them.
NAMES = {
    "q": gettext_lazy("Mots cherchés"),
    "sector": gettext_lazy("Secteurs et activités"),
    "territory": gettext_lazy("Territoire"),
    "served": gettext_lazy("Territoires desservis"),
    "ptce": gettext_lazy("PTCE"),
    "network": gettext_lazy("Réseau"),
    "legal_form": gettext_lazy("Forme juridique"),
    "charter": gettext_lazy("Charte"),
    "testimony": gettext_lazy("Témoignage"),
    "example": gettext_lazy("Données d’exemple"),
    "placed": gettext_lazy("Lieu connu"),
    "missing": gettext_lazy("Ce qui manque"),
    "bbox": gettext_lazy("Zone de la carte"),
    "near": gettext_lazy("Autour d’un point"),
    "radius": gettext_lazy("Rayon"),
    "verified_since": gettext_lazy("Vérifiées depuis"),
    "verified_before": gettext_lazy("Sans vérification depuis"),
    "updated_since": gettext_lazy("Mises à jour depuis"),
    "ids": gettext_lazy("Initiatives choisies"),
    "listing": gettext_lazy("Liste"),
    "ordering": gettext_lazy("Ordre"),
    "cursor": gettext_lazy("Page"),
    "place": gettext_lazy("Lieu"),
}

YES_OR_NO = {
    ("served", True): gettext_lazy("ou qui desservent ce territoire"),
    ("charter", True): gettext_lazy("signataires de la charte"),
    ("charter", False): gettext_lazy("non signataires de la charte"),
    ("testimony", True): gettext_lazy("acceptent de témoigner"),
    ("testimony", False): gettext_lazy("n’ont pas dit accepter de témoigner"),
    ("example", True): gettext_lazy("données d’exemple seulement"),
    ("example", False): gettext_lazy("sans les données d’exemple"),
    ("placed", True): gettext_lazy("placées sur la carte"),
    ("placed", False): gettext_lazy("sans lieu précis"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One active filter: ``href`` is the same search without it."""

    name: str
    label: str
    href: str


def tokens(criteria: SearchCriteria, taxonomy: Taxonomy) -> list[Token]:
    params = criteria.params
    found = (
        [
            Token(
                "q", _("« %(words)s »") % {"words": params["q"].strip()}, search_address(without(params, "q"))
            )
        ]
        if criteria.text
        else []
    )
    for name, labels in _listed(criteria, taxonomy):
        found += [
            Token(name, label, search_address(less(params, name, value))) for value, label in labels.items()
        ]
    found += [Token(name, label, search_address(without(params, name))) for name, label in _single(criteria)]
    return found


def _listed(criteria: SearchCriteria, taxonomy: Taxonomy) -> Iterator[tuple[str, dict[str, str]]]:
    """Parameters that take several values: the label of each."""
    params = criteria.params
    labels = {
        "sector": taxonomy.labels,
        "territory": dict(
            zip(values(params, "territory"), [str(place) for place in criteria.territories], strict=False)
        ),
        "legal_form": {str(value): str(label) for value, label in LegalForm.choices},
        "missing": {str(value): str(label) for value, label in Missing.choices},
    }
    for name, kind in [("ptce", GroupingKind.PTCE), ("network", GroupingKind.NETWORK)]:
        if name in params:
            labels[name] = dict(
                Grouping.objects.filter(kind=kind, slug__in=values(params, name)).values_list("slug", "name")
            )
    for name, known in labels.items():
        if name in params:
            yield name, {value: known.get(value, value) for value in values(params, name)}


def values(params: dict[str, str], name: str) -> list[str]:
    return [value.strip() for value in params.get(name, "").split(",") if value.strip()]


def _single(criteria: SearchCriteria) -> Iterator[tuple[str, str]]:
    params = criteria.params
    for name in ("served", "charter", "testimony", "example", "placed"):
        if name in params:
            yield name, str(YES_OR_NO.get((name, getattr(criteria, name)), NAMES[name]))
    if criteria.bbox is not None:
        yield "bbox", _("dans la zone de la carte")
    if criteria.near is not None:
        yield "near", around_in_words(criteria.near, criteria.radius)
    if criteria.verified_since is not None:
        yield (
            "verified_since",
            _("vérifiées depuis le %(day)s") % {"day": date_format(criteria.verified_since)},
        )
    if criteria.verified_before is not None:
        yield (
            "verified_before",
            _("sans vérification depuis le %(day)s") % {"day": date_format(criteria.verified_before)},
        )
    if criteria.updated_since is not None:
        yield (
            "updated_since",
            _("mises à jour depuis le %(day)s") % {"day": date_format(criteria.updated_since)},
        )
    if criteria.ids is not None:
        number = len(criteria.ids)
        yield (
            "ids",
            ngettext("%(n)d initiative choisie", "%(n)d initiatives choisies", number) % {"n": number},
        )
    if criteria.listing is not None:
        yield "listing", _("liste « %(name)s »") % {"name": criteria.listing.name}
