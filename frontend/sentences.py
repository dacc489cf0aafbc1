"""Declared relations as sentences, and dates as precise as they are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Initiative, Link, LinkKind

# The same relation seen from the other end.
FROM_THE_OTHER_END = {
    LinkKind.SUPPLIES: gettext_lazy("est fournie par"),
    LinkKind.DISTRIBUTES: gettext_lazy("est distribuée par"),
    LinkKind.HOSTS: gettext_lazy("est hébergée par"),
    LinkKind.FINANCES: gettext_lazy("est financée par"),
    LinkKind.SHARES_MEANS: gettext_lazy("partage des moyens avec"),
    LinkKind.PARTNERS: gettext_lazy("est partenaire de"),
}

# Relations that say the same from both ends.
MUTUAL = {LinkKind.SHARES_MEANS, LinkKind.PARTNERS}


@dataclass(frozen=True, slots=True)
class Sentence:
    """« … fournit X »: the verb, the initiative at the other end, and which way it goes: ``out`` to
    it, ``in`` from it, or ``both``."""

    verb: str
    other: Initiative
    source: str
    way: str = "both"


def sentences(of: Initiative, links: Iterable[Link]) -> list[Sentence]:
    """Only what everyone may read at the other end."""
    told = []
    for link in links:
        outward = link.origin_id == of.pk
        other = link.target if outward else link.origin
        verb = link.get_kind_display() if outward else FROM_THE_OTHER_END[LinkKind(link.kind)]
        if other.publication == "published":
            way = "both" if link.kind in MUTUAL else "out" if outward else "in"
            told.append(Sentence(str(verb), other, link.source, way))
    return told


def founded_in(initiative: Initiative) -> str:
    return _known_date(initiative.founded, initiative.founded_precision)


def closed_in(initiative: Initiative) -> str:
    return _known_date(initiative.closed, initiative.closed_precision)


def _known_date(day: date | None, precision: str) -> str:
    if not day:
        return ""
    if precision == "year":
        return date_format(day, "Y")
    if precision == "month":
        return date_format(day, "YEAR_MONTH_FORMAT")
    return _("le %(day)s") % {"day": date_format(day)}
