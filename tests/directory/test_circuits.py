"""Who is in a circuit: two steps and no further, each once, by links that stand."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest
from django.utils import timezone

from directory import circuits
from directory.circuits import circuit_of, links_of
from directory.models import Initiative, Link
from tests.directory.conftest import criteria
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


def link(origin: Initiative, target: Initiative, kind: str = "supplies", **fields: Any) -> Link:
    return Link.objects.create(origin=origin, target=target, kind=kind, **fields)


@pytest.fixture
def chain(taxonomy: None) -> list[Initiative]:
    """Five in a row: 0 → 1 → 2 → 3 → 4."""
    row = [make_initiative(f"N{n}") for n in range(5)]
    for origin, target in zip(row, row[1:], strict=False):
        link(origin, target)
    return row


def names(heart: Initiative) -> list[tuple[int, str, str]]:
    return [(met.step, met.through.name, met.initiative.name) for met in circuit_of(heart).met]


def test_links_are_followed_two_steps_whichever_way_they_go(chain: list[Initiative]) -> None:
    assert names(chain[2]) == [(1, "N2", "N1"), (1, "N2", "N3"), (2, "N1", "N0"), (2, "N3", "N4")]
    assert names(chain[0]) == [(1, "N0", "N1"), (2, "N1", "N2")], "three steps are too many"
    assert names(make_initiative("Seule")) == []


def test_each_is_met_once_and_the_other_links_are_told_apart(chain: list[Initiative]) -> None:
    link(chain[0], chain[2], "hosts")
    link(chain[3], chain[4], "finances")
    found = circuit_of(chain[0])
    assert [(met.step, met.initiative.name) for met in found.met] == [(1, "N2"), (1, "N1"), (2, "N3")]
    assert [str(each) for each in found.others] == ["N1 fournit N2"], "not those of people three steps away"


def test_what_does_not_stand_or_may_not_be_read_leads_nowhere(chain: list[Initiative]) -> None:
    heart, now = make_initiative("Cœur"), timezone.now()
    link(heart, chain[0], asserted_by="origin", origin_agreed_at=now)
    link(heart, chain[1], until=timezone.localdate())
    link(heart, chain[2], asserted_by="origin", origin_agreed_at=now, declined_at=now)
    link(heart, make_initiative("Cachée", publication="hidden"))
    assert names(heart) == []
    link(heart, chain[4], asserted_by="origin", origin_agreed_at=now, target_agreed_at=now)
    assert names(heart) == [(1, "Cœur", "N4"), (2, "N4", "N3")]


def test_what_is_not_shown_is_counted_and_on_another_page(
    chain: list[Initiative], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(circuits, "PER_PAGE", 2)
    monkeypatch.setattr(circuits, "THROUGH", 1)
    link(chain[2], make_initiative("Un de plus"))
    link(make_initiative("Un par N1"), chain[1])
    with django_assert_num_queries(3):
        found = circuit_of(chain[2])
    assert (found.near, found.far, len(found.met)) == (3, 3, 4)
    assert [(met.initiative.name, met.more) for met in found.at(1)] == [("N1", 1), ("N3", 0)]
    second = circuit_of(chain[2], 2)
    assert ([met.initiative.name for met in second.met], second.page) == (["Un de plus"], 2)
    assert circuit_of(chain[2], 99).page == 1
    monkeypatch.setattr(circuits, "OTHERS", 1)
    for kind in ("hosts", "finances", "partners"):
        link(chain[1], chain[3], kind)
    found = circuit_of(chain[2])
    assert (len(found.others), found.more_others) == (1, 2)


@pytest.mark.parametrize("seed", range(5))
def test_the_walk_is_that_of_a_plain_one(taxonomy: None, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over links in any state, between initiatives of any publication, as the model itself judges them."""
    draw, now = random.Random(seed), timezone.now()
    kinds = draw.choices(["published", "hidden", "draft"], weights=[8, 1, 1], k=24)
    people = [make_initiative(f"N{n}", publication=kind) for n, kind in enumerate(kinds)]
    people[0].publication = "published"
    people[0].save()
    states: list[dict[str, Any]] = [
        {}, {}, {"until": timezone.localdate()}, {"asserted_by": "origin", "origin_agreed_at": now},
        {"asserted_by": "target", "target_agreed_at": now, "declined_at": now},
        {"asserted_by": "origin", "origin_agreed_at": now, "target_agreed_at": now},
    ]  # fmt: skip
    for origin, target in draw.sample([(a, b) for a in people for b in people if a != b], 60):
        link(origin, target, draw.choice(["supplies", "hosts", "partners"]), **draw.choice(states))
    monkeypatch.setattr(circuits, "PER_PAGE", 100)
    monkeypatch.setattr(circuits, "THROUGH", 100)
    found = circuit_of(people[0])
    there: dict[int, set[int]] = defaultdict(set)
    for origin, target in circuits.public_links().values_list("origin", "target"):
        there[origin].add(target)
        there[target].add(origin)
    near = there[people[0].pk]
    far = set[int]().union(*(there[each] for each in near)) - near - {people[0].pk}
    assert {met.initiative.pk for met in found.at(1)} == near and found.near == len(near)
    assert {met.initiative.pk for met in found.at(2)} == far and found.far == len(far)
    assert len(found.met) == len(near) + len(far), "each once"
    for met in found.met:
        assert {met.link.origin_id, met.link.target_id} == {met.through.pk, met.initiative.pk}
    known = near | far | {people[0].pk}
    told = {met.link.pk for met in found.met}
    between = circuits.public_links().filter(origin__in=known, target__in=known).exclude(pk__in=told)
    assert len(found.others) + found.more_others == between.count()


def test_the_links_of_a_search_are_the_same_looked_up_or_read(
    chain: list[Initiative], monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in ("", f"ids={chain[1].slug}", f"ids={chain[0].slug},{chain[4].slug}"):
        few = [each.pk for each in links_of(criteria(query)).order_by("pk")]
        monkeypatch.setattr(circuits, "FEW", 0)
        assert few == [each.pk for each in links_of(criteria(query)).order_by("pk")] != []
        monkeypatch.undo()
