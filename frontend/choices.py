"""What a reader may filter by: each choice with its label, its count and whether it is chosen.

Counts follow the other filters and ignore their own (``directory.facets``). A chosen value
stays on offer when it counts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from directory.facets import OWN, facets, sector_counts
from directory.missing import Missing
from directory.models import Grouping, LegalForm, Sector
from directory.search import SearchCriteria
from frontend.sectors import Taxonomy, icon_of
from frontend.tokens import values

# Of PTCE and networks, there may be thousands: those that count the most are offered, and those chosen.
MOST_GROUPINGS = 30
RADII = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
# Parameters that have no field of their own on the page: they travel with the form as they are.
LEGAL_FORMS = {form.value: form.label for form in LegalForm}
FIRST_THING = re.compile(r",| et | and ")
KEPT = (
    "territory",
    "served",
    "near",
    "charter",
    "testimony",
    "verified_since",
    "verified_before",
    "updated_since",
    "ids",
    "listing",
)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int
    chosen: bool
    icon: str = ""

    @property
    def short(self) -> str:
        """The first thing that the label names: « Alimentation » of « Alimentation et agriculture »."""
        return FIRST_THING.split(self.label, maxsplit=1)[0]

    @property
    def rest(self) -> str:
        return self.label[len(self.short) :]


@dataclass(frozen=True, slots=True)
class ActivityGroup:
    sector: Sector
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Choices:
    sectors: list[Choice]
    activities: list[ActivityGroup]
    legal_forms: list[Choice]
    ptces: list[Choice]
    networks: list[Choice]
    missing: list[Choice]
    orderings: list[Choice]
    radii: list[int]
    kept: dict[str, str]
    most_groupings: int = MOST_GROUPINGS


def choices(criteria: SearchCriteria, taxonomy: Taxonomy, *, sectors_alone: bool = False) -> Choices:
    """``sectors_alone`` leaves out the counts of everything else, and what is on offer for its count."""
    if sectors_alone:
        counts = {**dict.fromkeys(OWN, {}), "sector": sector_counts(criteria)}
    else:
        counts = facets(criteria).counts
    for kind in ("ptce", "network"):
        counts[kind] = dict(islice(counts[kind].items(), MOST_GROUPINGS))
    params = criteria.params
    sectors = set(values(params, "sector"))
    names = {
        (kind, slug): name
        for kind, slug, name in Grouping.objects.filter(
            slug__in={
                *counts["ptce"],
                *counts["network"],
                *values(params, "ptce"),
                *values(params, "network"),
            }
        ).values_list("kind", "slug", "name")
    }
    return Choices(
        sectors=[
            Choice(s.slug, s.label, counts["sector"].get(s.slug, 0), s.slug in sectors, icon_of(s.slug))
            for s in taxonomy.sectors.values()
        ],
        activities=_activities(taxonomy, counts["activity"], sectors),
        legal_forms=_offered(LEGAL_FORMS, counts["legal_form"], values(params, "legal_form")),
        ptces=_offered(_of_kind(names, "ptce"), counts["ptce"], values(params, "ptce")),
        networks=_offered(_of_kind(names, "network"), counts["network"], values(params, "network")),
        missing=[Choice(each.value, str(each.label), 0, each.value in criteria.missing) for each in Missing],
        orderings=_orderings(criteria),
        radii=sorted({*RADII, criteria.radius}) if criteria.near else [],
        kept={name: params[name] for name in KEPT if name in params},
    )


def _of_kind(names: Mapping[tuple[str, str], str], kind: str) -> dict[str, str]:
    return {slug: name for (of, slug), name in names.items() if of == kind}


def _offered(labels: Mapping[str, Any], counts: Mapping[str, int], chosen: Iterable[str]) -> list[Choice]:
    """What counts something, the most first, then what was chosen and counts nothing."""
    chosen = list(chosen)
    offered = [*counts, *(value for value in chosen if value not in counts)]
    return [
        Choice(value, str(labels.get(value, value)), counts.get(value, 0), value in chosen)
        for value in offered
    ]


def _activities(taxonomy: Taxonomy, counts: Mapping[str, int], chosen: set[str]) -> list[ActivityGroup]:
    groups = []
    for sector in taxonomy.sectors.values():
        offered = [
            Choice(a.slug, a.label, counts.get(a.slug, 0), a.slug in chosen)
            for a in taxonomy.activities.values()
            if a.sector_id == sector.pk and (counts.get(a.slug) or a.slug in chosen)
        ]
        if offered:
            groups.append(ActivityGroup(sector, offered))
    return groups


def _orderings(criteria: SearchCriteria) -> list[Choice]:
    """The order that goes without saying comes first, with no value."""
    labels = {
        "relevance": _("les plus proches de la demande"),
        "distance": _("les plus proches d’ici"),
        "name": _("par nom"),
        "-updated": _("mises à jour récemment"),
        "-created": _("ajoutées récemment"),
    }
    usual = "distance" if criteria.near else "relevance" if criteria.text else "name"
    possible = [usual, *(name for name in ("relevance", "name", "-updated", "-created") if name != usual)]
    if criteria.text is None and "relevance" in possible:
        possible.remove("relevance")
    return [
        Choice("" if name == usual else name, labels[name], 0, name == criteria.ordering) for name in possible
    ]
