"""Who is in a circuit: the links in force around an initiative, followed two steps away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet, Window

from directory.models import LINK_IN_FORCE, Initiative, Link
from directory.search import SearchCriteria

STEPS = 2
# A page of the first step, and through each of them; their own circuits tell the others.
PER_PAGE = 12
THROUGH = 4
# The other links between those of a page.
OTHERS = 20

# So many initiatives, and no more, have their links looked up one by one.
FEW = 1_000
# What is read of both ends of a link.
READ = ("slug", "name", "publication", "location")


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody of the circuit: at how many steps, through whom, by which link; ``more`` are those that this
    one leads to and that are not shown."""

    initiative: Initiative
    step: int
    through: Initiative
    link: Link
    more: int = 0


@dataclass(frozen=True, slots=True)
class Circuit:
    """``near`` and ``far`` are all those one step and two steps away, ``communes`` where all of them are.
    ``met`` are those of a page: some of the first step, then some of those met through each of them.
    ``others`` are the other links between them, ``more_others`` how many of these are not shown."""

    heart: Initiative
    near: int
    far: int
    communes: int
    page: int
    met: list[Met]
    others: list[Link]
    more_others: int

    def at(self, step: int) -> list[Met]:
        return [each for each in self.met if each.step == step]


def public_links() -> QuerySet[Link]:
    """The links in force between initiatives that everyone may read."""
    return Link.objects.filter(
        LINK_IN_FORCE, origin__publication="published", target__publication="published"
    )


def with_ends(links: QuerySet[Link]) -> QuerySet[Link]:
    """Both ends read along, as far as a drawing or a line needs them."""
    rows = [f"{end}__{field}" for end in ("origin", "target") for field in READ]
    said = [field.attname for field in Link._meta.concrete_fields]
    return links.select_related("origin", "target").only(*said, *rows)


def links_of(criteria: SearchCriteria) -> QuerySet[Link]:
    """The links in force that have an end among what a search finds. Of a few they are looked up by an index,
    of many every link is read once, which is then the shorter way."""
    found = criteria.initiatives().order_by().values_list("pk", flat=True)
    keys = list(found[: FEW + 1])
    if len(keys) > FEW:
        return with_ends(public_links().filter(Q(origin__in=found) | Q(target__in=found)))
    out = Link.objects.filter(origin__in=keys).order_by().values("pk")
    into = Link.objects.filter(target__in=keys).order_by().values("pk")
    return with_ends(public_links().filter(pk__in=out.union(into)))


# LINK_IN_FORCE, and an end that everyone may read.
FROM = """
    directory_link l JOIN directory_initiative i ON i.id = l.{there}_id AND i.publication = 'published'
"""
IN_FORCE = """
    l.until IS NULL
    AND (l.asserted_by = '' OR l.origin_agreed_at IS NOT NULL AND l.target_agreed_at IS NOT NULL)
"""
# Each is met once: at the first step in the order of the links, at the second through the first of those that
# lead there. A row is one of the first step, with the links that follow from it. Each direction is a
# look of its own by an index.
WALK = """
    WITH near AS MATERIALIZED (
        SELECT id, link, commune_id, row_number() OVER (ORDER BY kind, link) AS rank FROM (
            SELECT DISTINCT ON (id) * FROM (
                {first}
            ) AS first ORDER BY id, kind, link
        ) AS once
    ), far AS MATERIALIZED (
        SELECT DISTINCT ON (id) * FROM (
            {second}
        ) AS second
        WHERE id <> %(heart)s AND id NOT IN (SELECT id FROM near) ORDER BY id, rank, kind, link
    ), led AS (
        SELECT rank, array_agg(link ORDER BY kind, link) AS links, count(*) AS number FROM far GROUP BY rank
    )
    SELECT n.link, coalesce(e.links[:%(through)s], '{{}}'), coalesce(e.number, 0),
           (SELECT count(*) FROM near), (SELECT count(*) FROM far),
           (SELECT count(DISTINCT commune_id) FROM (
                SELECT commune_id FROM near UNION ALL SELECT commune_id FROM far
                UNION ALL SELECT commune_id FROM directory_initiative WHERE id = %(heart)s
           ) AS everywhere)
    FROM near n LEFT JOIN led e USING (rank) ORDER BY n.rank LIMIT %(limit)s OFFSET %(offset)s
""".format(
    first=" UNION ALL ".join(
        f"SELECT i.id, l.id AS link, l.kind, i.commune_id FROM {FROM.format(there=there)}"
        f" WHERE l.{here}_id = %(heart)s AND {IN_FORCE}"
        for here, there in (("origin", "target"), ("target", "origin"))
    ),
    second=" UNION ALL ".join(
        f"SELECT i.id, l.id AS link, l.kind, i.commune_id, n.rank FROM near n, {FROM.format(there=there)}"
        f" WHERE l.{here}_id = n.id AND {IN_FORCE}"
        for here, there in (("origin", "target"), ("target", "origin"))
    ),
)


class Step(NamedTuple):
    """A row of WALK."""

    link: int
    following: list[int]
    led_to: int
    near: int
    far: int
    communes: int


def circuit_of(heart: Initiative, page: int = 1) -> Circuit:
    """A page of the circuit around an initiative, in three queries; the first one where there are not so
    many pages."""
    steps = walk(heart, page)
    if not steps:
        return circuit_of(heart) if page > 1 else Circuit(heart, 0, 0, 0, 1, [], [], 0)
    told = [each.link for each in steps] + [link for each in steps for link in each.following]
    links = with_ends(Link.objects.filter(pk__in=told)).in_bulk()
    near, far = list[Met](), list[Met]()
    for step in steps:
        link = links[step.link]
        there = other_end(link, heart)
        near.append(Met(there, 1, heart, link, step.led_to - len(step.following)))
        for each in step.following:
            far.append(Met(other_end(links[each], there), 2, there, links[each]))
    met = [*near, *far]
    known = [heart.pk, *(each.initiative.pk for each in met)]
    between = public_links().filter(origin__in=known, target__in=known).exclude(pk__in=told)
    rows = between.annotate(number=Window(Count("*"))).order_by("kind", "pk")
    others = list(with_ends(rows)[:OTHERS])
    number = others[0].number if others else 0  # type: ignore[attr-defined]
    whole = steps[0]
    return Circuit(heart, whole.near, whole.far, whole.communes, page, met, others, number - len(others))


def walk(heart: Initiative, page: int) -> list[Step]:
    given = {
        "heart": heart.pk, "through": THROUGH, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WALK, given)
        return [Step(*row) for row in cursor.fetchall()]


def other_end(link: Link, here: Initiative) -> Initiative:
    return link.target if link.origin_id == here.pk else link.origin
