"""Declared relations as sentences, and dates as precise as they are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import MUTUAL, Initiative, Link, LinkKind, LinkState

# The same relation seen from the other end.
FROM_THE_OTHER_END = {
    LinkKind.SUPPLIES: gettext_lazy("est fournie par"),
    LinkKind.DISTRIBUTES: gettext_lazy("est distribuée par"),
    LinkKind.HOSTS: gettext_lazy("est hébergée par"),
    LinkKind.FINANCES: gettext_lazy("est financée par"),
    LinkKind.SHARES_MEANS: gettext_lazy("partage des moyens avec"),
    LinkKind.PARTNERS: gettext_lazy("est partenaire de"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """« … fournit X »: the verb, the initiative at the other end, and which way it goes: ``out`` to
    it, ``in`` from it, or ``both``. ``state`` is a ``LinkState``; ``agreed`` when the later side agreed."""

    verb: str
    other: Initiative
    source: str
    way: str = "both"
    state: str = LinkState.NOTED
    since: date | None = None
    agreed: datetime | None = None


def sentences(of: Initiative, links: Iterable[Link]) -> list[Sentence]:
    """Only what everyone may read at the other end."""
    told = (sentence(link, of) for link in links)
    return [each for each in told if each.other.publication == "published"]


def sentence(link: Link, here: Initiative) -> Sentence:
    """A link as it is told from one of its ends."""
    other = link.target if link.origin_id == here.pk else link.origin
    verb, way = verb_of(link, here)
    return Sentence(verb, other, link.source, way, link.state, link.since, agreed_last(link))


def verb_of(link: Link, here: Initiative) -> tuple[str, str]:
    """The verb of a link seen from one end, and its way (see Sentence)."""
    outward = link.origin_id == here.pk
    verb = link.get_kind_display() if outward else FROM_THE_OTHER_END[LinkKind(link.kind)]
    return str(verb), "both" if link.kind in MUTUAL else "out" if outward else "in"


def agreed_last(link: Link) -> datetime | None:
    """When the second of both sides agreed."""
    if link.origin_agreed_at is None or link.target_agreed_at is None:
        return None
    return max(link.origin_agreed_at, link.target_agreed_at)


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
