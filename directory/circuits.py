"""Who is in a circuit: the links in force around an initiative, followed two steps away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from directory.models import LINK_IN_FORCE, Initiative, Link
from directory.search import SearchCriteria

STEPS = 2
# Of each step; more is a directory, which search reads better.
MOST = 60


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody of the circuit: at how many steps, through whom, by which link."""

    initiative: Initiative
    step: int
    through: Initiative
    link: Link


@dataclass(frozen=True, slots=True)
class Circuit:
    """``met`` nearest first; ``others`` the links between them by which nobody new is met; ``cut`` whether
    there were more than MOST at a step."""

    heart: Initiative
    met: list[Met]
    others: list[Link]
    cut: bool


def public_links() -> QuerySet[Link]:
    """The links in force between initiatives that everyone may read."""
    return Link.objects.filter(
        LINK_IN_FORCE, origin__publication="published", target__publication="published"
    )


def touching(ends: Iterable[int]) -> QuerySet[Link]:
    """The links of any of these. Two looks by an index, where « or » would read every link there is."""
    keys = list(ends)
    out = Link.objects.filter(origin__in=keys).order_by().values("pk")
    into = Link.objects.filter(target__in=keys).order_by().values("pk")
    heavy = [f"{end}__{field}" for end in ("origin", "target") for field in ("search", "description")]
    rows = public_links().filter(pk__in=out.union(into)).select_related("origin", "target")
    return rows.defer(*heavy).order_by("kind", "pk")


def links_of(criteria: SearchCriteria) -> QuerySet[Link]:
    """The links in force that have an end among what a search finds."""
    found = criteria.initiatives().order_by().values("pk")
    heavy = [f"{end}__{field}" for end in ("origin", "target") for field in ("search", "description")]
    rows = public_links().filter(Q(origin__in=found) | Q(target__in=found))
    return rows.select_related("origin", "target").defer(*heavy)


def circuit_of(heart: Initiative) -> Circuit:
    """The links around an initiative; a step costs one query."""
    known, met, cut = {heart.pk: heart}, list[Met](), False
    links: dict[int, Link] = {}
    frontier = [heart.pk]
    for step in range(1, STEPS + 1):
        rows = list(touching(frontier))
        links |= {link.pk: link for link in rows}
        new = newly_met(rows, frontier, known, step)
        cut = cut or len(new) > MOST
        new = new[:MOST]
        known |= {each.initiative.pk: each.initiative for each in new}
        met += new
        frontier = [each.initiative.pk for each in new]
        if not frontier:
            break
    told = {each.link.pk for each in met}
    others = [
        link for link in links.values()
        if link.pk not in told and link.origin_id in known and link.target_id in known
    ]  # fmt: skip
    return Circuit(heart, met, others, cut)


def newly_met(rows: list[Link], frontier: list[int], known: dict[int, Initiative], step: int) -> list[Met]:
    """Who is met for the first time, in the order of those they are met through, then of the links."""
    found: dict[int, Met] = {}
    place = {pk: n for n, pk in enumerate(frontier)}
    for link in rows:
        for here, there in ((link.origin, link.target), (link.target, link.origin)):
            if here.pk in place and there.pk not in known and there.pk not in found:
                found[there.pk] = Met(there, step, here, link)
    return sorted(found.values(), key=lambda each: place[each.through.pk])
