"""Who is in a circuit: two steps and no further, each once, by links that stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from directory import circuits
from directory.circuits import circuit_of
from directory.models import Initiative, Link
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


def test_a_step_is_bounded_and_says_so(
    chain: list[Initiative], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(circuits, "MOST", 2)
    with django_assert_num_queries(2):
        found = circuit_of(chain[2])
    assert len(found.met) == 4 and not found.cut
    link(chain[2], make_initiative("De trop"))
    found = circuit_of(chain[2])
    assert [met.initiative.name for met in found.met if met.step == 1] == ["N1", "N3"] and found.cut
