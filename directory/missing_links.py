"""Links that may be missing: ideas for a coordinator, never published.

The rule, whole: two initiatives established in one intercommunality, at least one of them a member, whose
activities complement each other in RULES, and between which nothing is declared, noted or declined. First
those that are both members, then those of one commune, then by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from django.db.models import Q

from directory.models import Activity, Grouping, Initiative, Link, LinkKind
from directory.search import members_q

MOST = 60
# Members and neighbours that are looked at; a network of all France is read a territory at a time.
LOOKED_AT = 5_000

K = LinkKind
# What one activity may do for another: read as a sentence. Slugs of the taxonomy.
RULES: tuple[tuple[str, LinkKind, str], ...] = (
    ("alimentation--vente-directe", K.SUPPLIES, "alimentation--amap-paniers"),
    ("alimentation--vente-directe", K.SUPPLIES, "alimentation--epicerie-cooperative"),
    ("alimentation--vente-directe", K.SUPPLIES, "alimentation--epicerie-solidaire"),
    ("alimentation--vente-directe", K.SUPPLIES, "alimentation--restauration"),
    ("alimentation--vente-directe", K.SUPPLIES, "alimentation--transformation"),
    ("alimentation--jardins", K.SUPPLIES, "alimentation--epicerie-solidaire"),
    ("alimentation--transformation", K.SUPPLIES, "alimentation--epicerie-cooperative"),
    ("alimentation--transformation", K.SUPPLIES, "alimentation--magasin-bio"),
    ("alimentation--plateforme-locale", K.SUPPLIES, "alimentation--restauration"),
    ("alimentation--foncier-semences", K.SHARES_MEANS, "alimentation--vente-directe"),
    ("alimentation--epicerie-cooperative", K.DISTRIBUTES, "alimentation--transformation"),
    ("commerce--multiservice", K.DISTRIBUTES, "alimentation--vente-directe"),
    ("mobilite--logistique", K.DISTRIBUTES, "alimentation--plateforme-locale"),
    ("mobilite--logistique", K.DISTRIBUTES, "commerce--place-de-marche"),
    ("production--bois-foret", K.SUPPLIES, "energie--bois-chaleur"),
    ("production--bois-foret", K.SUPPLIES, "habitat--eco-construction"),
    ("habitat--materiaux", K.SUPPLIES, "habitat--eco-construction"),
    ("habitat--eco-construction", K.SUPPLIES, "habitat--participatif"),
    ("habitat--foncier-solidaire", K.PARTNERS, "habitat--participatif"),
    ("energie--production-citoyenne", K.SUPPLIES, "energie--fourniture"),
    ("reemploi--ressourcerie", K.SUPPLIES, "reemploi--reparation"),
    ("reemploi--ressourcerie", K.SUPPLIES, "habitat--materiaux"),
    ("reemploi--ressourcerie", K.PARTNERS, "emploi--insertion"),
    ("reemploi--consigne-compost", K.SUPPLIES, "alimentation--jardins"),
    ("production--textile-laine", K.SUPPLIES, "commerce--equitable"),
    ("production--atelier-partage", K.HOSTS, "reemploi--reparation"),
    ("production--atelier-partage", K.HOSTS, "production--metiers-art"),
    ("cooperation--tiers-lieu", K.HOSTS, "numerique--mediation"),
    ("cooperation--tiers-lieu", K.HOSTS, "culture--creation-diffusion"),
    ("cooperation--tiers-lieu", K.HOSTS, "alimentation--amap-paniers"),
    ("finance--investissement-citoyen", K.FINANCES, "energie--production-citoyenne"),
    ("finance--investissement-citoyen", K.FINANCES, "alimentation--foncier-semences"),
    ("finance--monnaie-locale", K.PARTNERS, "commerce--multiservice"),
    ("finance--monnaie-locale", K.PARTNERS, "alimentation--epicerie-cooperative"),
    ("emploi--groupement-employeurs", K.SHARES_MEANS, "alimentation--vente-directe"),
    ("mobilite--solidaire", K.PARTNERS, "solidarites--autonomie"),
)


@dataclass(frozen=True, slots=True)
class Idea:
    """« ``origin`` ``kind`` ``target`` » may be true one day: ``because`` are the two activities."""

    origin: Initiative
    kind: LinkKind
    target: Initiative
    because: tuple[Activity, Activity]
    both_members: bool
    same_commune: bool


@dataclass(frozen=True, slots=True)
class Ideas:
    """The MOST first of ``number``; ``looked_at_all`` unless there are more members or neighbours than
    LOOKED_AT."""

    first: list[Idea]
    number: int
    looked_at_all: bool


def ideas(grouping: Grouping) -> Ideas:
    """One at most for two initiatives."""
    members, others = people_of(grouping)
    activities = {each.slug: each for each in Activity.objects.all()}
    does = by_activity([*members.values(), *others.values()])
    linked = pairs_linked(members)
    found: dict[frozenset[int], Idea] = {}
    for before, kind, after in RULES:
        one, two = activities.get(before), activities.get(after)
        if one is None or two is None:
            continue
        for origin, target in candidates(does[one.pk], does[two.pk]):
            pair = frozenset((origin.pk, target.pk))
            if pair in found or pair in linked or not pair & members.keys():
                continue
            both, same = pair <= members.keys(), origin.commune_id == target.commune_id
            found[pair] = Idea(origin, kind, target, (one, two), both, same)
    first = nsmallest(
        MOST,
        found.values(),
        key=lambda each: (
            not each.both_members, not each.same_commune, each.origin.name_sort, each.target.name_sort
        ),
    )  # fmt: skip
    return Ideas(first, len(found), max(len(members), len(others)) < LOOKED_AT)


def people_of(grouping: Grouping) -> tuple[dict[int, Initiative], dict[int, Initiative]]:
    """Members, and their neighbours of the same intercommunalities, by key; those that lists show."""
    visible = Initiative.objects.visible().exclude(epci=None).order_by("name_sort", "pk")
    shown = visible.only("slug", "name", "name_sort", "activities", "commune", "epci", "publication")
    members = {each.pk: each for each in shown.filter(members_q((grouping.pk,)))[:LOOKED_AT]}
    around = {each.epci_id for each in members.values()}
    near = shown.filter(epci__in=around).exclude(pk__in=members)[:LOOKED_AT]
    return members, {each.pk: each for each in near}


def by_activity(initiatives: Iterable[Initiative]) -> dict[int, list[Initiative]]:
    found: dict[int, list[Initiative]] = defaultdict(list)
    for each in initiatives:
        for activity in each.activities:
            found[activity].append(each)
    return found


def candidates(
    origins: list[Initiative], targets: list[Initiative]
) -> Iterator[tuple[Initiative, Initiative]]:
    """Two different ones of one intercommunality."""
    there: dict[str | None, list[Initiative]] = defaultdict(list)
    for each in targets:
        there[each.epci_id].append(each)
    for origin in origins:
        for target in there[origin.epci_id]:
            if target.pk != origin.pk:
                yield origin, target


def pairs_linked(members: Iterable[int]) -> set[frozenset[int]]:
    """Those between whom something is or was said, whatever became of it."""
    keys = list(members)
    rows = Link.objects.filter(Q(origin__in=keys) | Q(target__in=keys)).order_by()
    return {frozenset(pair) for pair in rows.values_list("origin", "target")}
