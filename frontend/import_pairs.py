"""A doubtful line beside the initiative that it looks like, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import Initiative, Publication
from directory.models.initiative import Precision
from exchange import wording
from exchange.matching import doubled
from exchange.models import Candidate
from frontend import quantities
from frontend.sectors import Taxonomy
from frontend.versions import label_of
from territories.names import fold

# What two people would compare, in this order.
COMPARED = (
    "name", "activities", "street", "postcode", "commune", "siret", "rna", "website", "email", "phone",
)  # fmt: skip
# Between two chief places, a distance says nothing.
PRECISE = {str(Precision.ADDRESS), str(Precision.STREET)}


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that both say, or one of them."""

    label: str
    theirs: str
    ours: str
    href: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.theirs and self.ours) and fold(self.theirs) != fold(self.ours)


@dataclass(frozen=True, slots=True)
class Pair:
    pk: int
    line: int
    name: str
    decision: str
    reasons: list[str]
    lines: list[Compared]
    beside: str  # what it is compared with
    twin: bool  # which is another line of the file


def pairs(candidates: Iterable[Candidate]) -> list[Pair]:
    taxonomy = Taxonomy()
    return [pair(each, taxonomy) for each in candidates]


def pair(each: Candidate, taxonomy: Taxonomy) -> Pair:
    """With the initiative that it looks like, or with an earlier line of the file that it says again."""
    twin = None if each.initiative else doubled(each)
    return Pair(
        each.pk, each.line, str(each.fields.get("name", "")), each.decision,
        [wording.reason(code) for code in each.reasons], compared(each, twin, taxonomy),
        _("Ligne {n} du fichier").format(n=twin.line) if twin else _("Sur Maillage"),
        twin is not None,
    )  # fmt: skip


def compared(candidate: Candidate, twin: Candidate | None, taxonomy: Taxonomy) -> list[Compared]:
    """What both say; what neither says is left out."""
    known = candidate.initiative
    found = []
    for name in COMPARED:
        theirs, ours, page = said(candidate, name, taxonomy), "", ""
        if known:
            ours = held(known, name, taxonomy)
            page = (
                reverse("frontend:initiative", args=[known.slug]) if public(known) and name == "name" else ""
            )
        elif twin:
            ours = said(twin, name, taxonomy)
        if theirs or ours:
            found.append(Compared(label_of(name), theirs, ours, page))
    metres = getattr(candidate, "metres", None)
    if known and metres is not None and PRECISE.issuperset({candidate.precision, known.precision}):
        found.append(Compared(_("Distance"), "", quantities.length(metres.m)))
    return found


def public(known: Initiative) -> bool:
    return known.publication == Publication.PUBLISHED


def said(candidate: Candidate, name: str, taxonomy: Taxonomy) -> str:
    """What the line says."""
    fields = candidate.fields
    if name == "activities":
        return labels(fields.get("activities", []), taxonomy)
    if name == "commune":
        return candidate.commune.name if candidate.commune else str(fields.get("locality") or "")
    return str(fields.get(name) or "")


def held(known: Initiative, name: str, taxonomy: Taxonomy) -> str:
    """What the directory holds."""
    if name == "activities":
        return labels(known.activities, taxonomy)
    if name == "commune":
        return known.commune.name if known.commune else known.locality
    return str(getattr(known, name) or "")


def labels(activities: list[int], taxonomy: Taxonomy) -> str:
    named = [each.label for each in taxonomy.activities_of(activities)]
    return ", ".join(named or [sector.label for sector in taxonomy.sectors_of(activities)])
