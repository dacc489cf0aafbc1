"""What to give up when nothing matches: each filter in turn, and how many there are without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.facets import count as matched
from directory.search import SearchCriteria
from frontend.addresses import search_address, without
from frontend.around import around_in_words
from frontend.choices import RADII

# At most so many filters are tried: one count each.
MOST = 6
# The filter given up, what the criteria are without it, and the words for it; the nearest at hand first.
# ``served`` is not here: it widens.
LOOSER: dict[str, tuple[dict[str, Any], Any]] = {
    "bbox": ({"bbox": None}, gettext_lazy("sans se limiter à la zone de la carte")),
    "q": ({"text": None}, ""),
    "sector": ({"activities": None}, gettext_lazy("dans tous les secteurs")),
    "near": ({"near": None}, gettext_lazy("sans se limiter aux alentours")),
    "territory": ({"territories": (), "served": False}, gettext_lazy("sans se limiter au territoire")),
    "legal_form": ({"legal_forms": ()}, gettext_lazy("quelle que soit la forme juridique")),
    "ptce": ({"ptces": ()}, gettext_lazy("sans se limiter au PTCE")),
    "network": ({"networks": ()}, gettext_lazy("sans se limiter au réseau")),
    "placed": ({"placed": None}, gettext_lazy("avec ou sans lieu précis")),
    "missing": ({"missing": ()}, gettext_lazy("quoi qu’il manque à leur fiche")),
    "example": ({"example": None}, gettext_lazy("données d’exemple ou non")),
    "charter": ({"charter": None}, gettext_lazy("signataires de la charte ou non")),
    "testimony": ({"testimony": None}, gettext_lazy("qu’elles acceptent ou non de témoigner")),
    "verified_since": ({"verified_since": None}, gettext_lazy("quelle que soit la date de vérification")),
    "verified_before": ({"verified_before": None}, gettext_lazy("vérifiées récemment ou non")),
    "updated_since": ({"updated_since": None}, gettext_lazy("quelle que soit la date de mise à jour")),
    "ids": ({"ids": None}, gettext_lazy("sans se limiter aux initiatives choisies")),
    "listing": ({"listing": None, "listing_criteria": None}, gettext_lazy("sans se limiter à la liste")),
}


@dataclass(frozen=True, slots=True)
class Looser:
    """The same search less one filter, in words, and how many it finds."""

    label: str
    count: int
    href: str


def looser(criteria: SearchCriteria, *but: str) -> list[Looser]:
    """What a search that finds nothing would find with one filter less, or a larger radius; only what
    finds something. ``but`` names filters that are loosened in another way."""
    found: list[Looser] = []
    given = [name for name in LOOSER if name in criteria.params and name not in but]
    for name in given[:MOST]:
        if name == "near" and (larger := in_a_larger_radius(criteria)):
            found.append(larger)
            continue
        cleared, words = LOOSER[name]
        if count := matched(replace(criteria, **cleared)):
            label = str(words) or _("sans « %(words)s »") % {"words": criteria.params["q"].strip()}
            found.append(Looser(label, count, search_address(without(criteria.params, name))))
    return found


def in_a_larger_radius(criteria: SearchCriteria) -> Looser | None:
    """The smallest larger radius that finds something."""
    if criteria.near is None:
        return None
    for radius in RADII:
        if radius > criteria.radius and (count := matched(replace(criteria, radius=radius))):
            address = search_address({**criteria.params, "radius": str(radius)})
            return Looser(around_in_words(criteria.near, radius), count, address)
    return None
