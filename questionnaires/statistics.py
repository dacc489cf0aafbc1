"""What the profiles of a territory say together, from five profiles on.

The last profile of each open, published initiative counts, where it is public or was given to statistics.
What was given to statistics only is told of no smaller a group than five, and cannot be found by subtracting
a territory from the one around it: départements are told of within their région, régions within the country,
as :mod:`questionnaires.anonymity` allows. Other territories overlap: of them, public profiles alone count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from directory.models import EFFECTIVE, Grouping, Initiative
from directory.search import territories_q
from questionnaires.aggregating import Given, Spread, spread
from questionnaires.anonymity import FEWEST, told
from questionnaires.models import Questionnaire, QuestionnaireVersion, Response, Sharing
from territories.models import Kind, Territory

COUNTED = (Sharing.PUBLIC, Sharing.STATISTICS)
# From the widest: each is told of within the one before it.
NESTED = (Kind.COUNTRY, Kind.REGION, Kind.DEPARTEMENT)


@dataclass(frozen=True, slots=True)
class Profile:
    """What counts of one initiative. ``secret``: given to statistics only."""

    scores: dict[str, int]
    secret: bool
    country: str | None
    region: str | None
    departement: str | None

    def place(self, kind: str) -> str | None:
        return {Kind.COUNTRY: self.country, Kind.REGION: self.region}.get(Kind(kind), self.departement)


@dataclass(frozen=True, slots=True)
class Statistics:
    """``public`` profiles of the territory, and those given to statistics that are told of (``secret``)."""

    version: QuestionnaireVersion
    public: int
    secret: int
    dimensions: list[Spread]


def of_territory(territory: Territory, questionnaire: Questionnaire) -> Statistics | None:
    """What the profiles of a territory say, by the dimensions of the present version; None where no dimension
    has five scores that may be told."""
    version = questionnaire.current()
    if version is None:
        return None
    inside = [_profile(row) for row in _latest(territories_q((territory,), served=False), questionnaire)]
    around = _around(territory, questionnaire)
    content = version.parsed
    found, secrets = [], 0
    for dimension in (each.slug for each in content.dimensions):
        may = _may_tell(territory, [each for each in around if dimension in each.scores])
        group = [each for each in inside if dimension in each.scores and (may or not each.secret)]
        secrets = max(secrets, sum(each.secret for each in group))
        found.append(spread(content, dimension, [Given({}, each.scores) for each in group]))
    if all(each.mean is None for each in found):
        return None
    return Statistics(version, sum(not each.secret for each in inside), secrets, found)


def of_grouping(grouping: Grouping, questionnaire: Questionnaire) -> Statistics | None:
    """What the members of a network or PTCE say together, to who coordinates it: what they share with their
    networks or with all. Nothing of what was given to statistics only: who may end a membership would find a
    member's by reading before and after.
    """
    version = questionnaire.current()
    if version is None:
        return None
    members = Q(pk__in=grouping.memberships.filter(EFFECTIVE).order_by().values("initiative"))
    inside = [_profile(row) for row in _latest(members, questionnaire, (Sharing.PUBLIC, Sharing.NETWORKS))]
    given = [Given({}, each.scores) for each in inside]
    found = [spread(version.parsed, each.slug, given) for each in version.parsed.dimensions]
    if all(each.mean is None for each in found):
        return None
    return Statistics(version, len(inside), 0, found)


def worth_asking(territory: Territory) -> bool:
    """Whether five initiatives of a territory have something to count: else there is nothing to say there."""
    rows = Initiative.objects.visible().filter(territories_q((territory,), served=False))
    having = rows.filter(responses__sharing__in=COUNTED, responses__finished_at__isnull=False)
    return having.order_by().values("pk").distinct()[:FEWEST].count() >= FEWEST


def _around(territory: Territory, questionnaire: Questionnaire) -> list[Profile]:
    """The profiles given to statistics in the country of a territory that nests; none for another."""
    if territory.kind not in NESTED:
        return []
    country = territory.pk if territory.kind == Kind.COUNTRY else territory.country_id
    rows = _latest(Q(country=country), questionnaire) if country else []
    return [each for row in rows if (each := _profile(row)).secret]


def _may_tell(territory: Territory, secret: list[Profile]) -> bool:
    """Whether what was given to statistics in a territory may be told of: in those around it first."""
    within = secret
    for kind in NESTED:
        here = territory.pk if territory.kind == kind else getattr(territory, f"{kind}_id")
        counts = Counter(place for each in within if (place := each.place(kind)))
        if here not in told(counts, rest=len(within) - counts.total()):
            return False
        if kind == territory.kind:
            return True
        within = [each for each in within if each.place(kind) == here]
    return False


def _latest(where: Q, questionnaire: Questionnaire, sharing: tuple[str, ...] = COUNTED) -> list[Response]:
    """The last profile that counts of each initiative there that is shown and open."""
    rows = Response.objects.filter(
        initiative__in=Initiative.objects.visible().filter(where).order_by().values("pk"),
        sharing__in=sharing,
        finished_at__isnull=False,
        version__questionnaire=questionnaire,
    )
    last = rows.order_by("initiative_id", "-year", "-finished_at", "-pk").distinct("initiative_id")
    shown = [f"initiative__{name}" for name in ("country", "region", "departement")]
    return list(last.select_related("initiative").only("scores", "sharing", *shown))


def _profile(row: Response) -> Profile:
    at = row.initiative
    assert at is not None  # asked for
    return Profile(
        row.scores, row.sharing == Sharing.STATISTICS, at.country_id, at.region_id, at.departement_id
    )
