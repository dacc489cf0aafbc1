"""Workshops are filled as well as can be: compared with every possible assignment of small cases."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import product
from time import perf_counter

import pytest

from events.assigning import Assignment, Wish, Workshop, assign

Measure = tuple[int, int, float]


def measure(
    workshops: Sequence[Workshop],
    wishes: Sequence[Wish],
    seats: Mapping[int, int],
    by_hand: Mapping[int, int],
) -> Measure | None:
    """(people without a place, second choices, distance from the whole gathering), the less the better; None
    for what may not be. Written apart from the code that it judges."""
    second = 0
    for wish in wishes:
        if wish.key in by_hand:
            if seats.get(wish.key) != by_hand[wish.key]:
                return None
        elif wish.key in seats and wish.first is not None:
            if seats[wish.key] == wish.second and wish.second != wish.first:
                second += 1 + wish.gave_way
            elif seats[wish.key] != wish.first:
                return None
    far = 0.0
    for workshop in workshops:
        there = [wish for wish in wishes if seats.get(wish.key) == workshop.key]
        placed = sum(wish.key in by_hand for wish in there)
        if workshop.places is not None and len(there) - placed > max(0, workshop.places - placed):
            return None
        for group in {group for wish in wishes for group in wish.groups}:
            share = sum(group in wish.groups for wish in wishes) / len(wishes)
            far += abs(sum(group in wish.groups for wish in there) - share * len(there))
    return len(wishes) - len(seats), second, round(far, 6)


def best_of_all(workshops: Sequence[Workshop], wishes: Sequence[Wish], by_hand: Mapping[int, int]) -> Measure:
    choices = [None, *(workshop.key for workshop in workshops)]
    found = [
        measured
        for places in product(choices, repeat=len(wishes))
        if (
            measured := measure(
                workshops,
                wishes,
                {w.key: p for w, p in zip(wishes, places, strict=True) if p is not None},
                by_hand,
            )
        )
    ]
    return min(found)


def a_case(seed: int) -> tuple[list[Workshop], list[Wish], dict[int, int]]:
    chance = random.Random(seed)
    keys = list(range(1, chance.randint(1, 3) + 1))
    workshops = [Workshop(key, chance.choice([None, 0, 1, 2, 2, 3])) for key in keys]
    wishes = []
    for key in range(chance.randint(1, 6)):
        first = chance.choice([None, *keys])
        second = None if first is None else chance.choice([None, *(k for k in keys if k != first)])
        groups = (f"sector:{chance.randint(1, 2)}", f"public:{chance.choice('ab')}")
        wishes.append(Wish(key, first, second, groups, chance.choice([0, 0, 1])))
    by_hand = {wish.key: chance.choice(keys) for wish in wishes if chance.random() < 0.15}
    return workshops, wishes, by_hand


@pytest.mark.parametrize("seed", range(60))
def test_no_assignment_of_a_small_case_is_better(seed: int) -> None:
    workshops, wishes, by_hand = a_case(seed)
    found = assign(workshops, wishes, by_hand)
    assert measure(workshops, wishes, found.seats, by_hand) == best_of_all(workshops, wishes, by_hand)
    assert sorted([*found.seats, *found.waiting]) == sorted(wish.key for wish in wishes)


def test_the_last_place_goes_to_who_registered_first_and_the_next_waits() -> None:
    people = [Wish(key, first=1) for key in (30, 10, 20)]
    assert assign([Workshop(1, 2)], people) == Assignment({30: 1, 10: 1}, [20])
    assert assign([Workshop(1, 3)], people).waiting == []
    assert assign([Workshop(1, 0)], people).waiting == [30, 10, 20]


def test_a_seat_for_all_comes_before_a_first_choice_for_many() -> None:
    flexible, set_on_it = Wish(1, first=1, second=2), Wish(2, first=1)
    assert assign([Workshop(1, 1), Workshop(2, 1)], [flexible, set_on_it]).seats == {1: 2, 2: 1}


def test_a_wish_never_gives_way_to_balance_and_who_has_none_makes_it() -> None:
    both = [Workshop(1), Workshop(2)]
    farmers = [Wish(key, first=1, second=2, groups=("farm",)) for key in range(4)]
    anywhere = [Wish(key, groups=("town",)) for key in range(4, 8)]
    seats = assign(both, farmers + anywhere).seats
    assert all(seats[wish.key] == 1 for wish in farmers)
    assert all(seats[wish.key] == 1 for wish in anywhere)  # half and half, as the whole


def test_who_gave_way_in_the_morning_goes_first_in_the_afternoon() -> None:
    served, gave_way = Wish(1, first=1, second=2), Wish(2, first=1, second=2, gave_way=1)
    assert assign([Workshop(1, 1), Workshop(2, 1)], [served, gave_way]).seats == {1: 2, 2: 1}


def test_what_was_placed_by_hand_stays_even_where_it_is_full() -> None:
    people = [Wish(1, first=1), Wish(2, first=1), Wish(3, first=1)]
    found = assign([Workshop(1, 1), Workshop(2, 5)], people, by_hand={2: 1, 3: 2})
    assert found == Assignment({2: 1, 3: 2}, [1])


def test_nobody_and_no_workshop() -> None:
    assert assign([], []) == Assignment()
    assert assign([Workshop(1, 5)], []) == Assignment()
    assert assign([], [Wish(1)]) == Assignment({}, [1])


def test_three_hundred_people_in_six_workshops_are_placed_in_seconds() -> None:
    chance = random.Random(8)
    people = []
    for key in range(300):
        first, second = chance.sample(range(1, 7), 2)
        groups = (f"sector:{chance.randint(1, 14)}", f"public:{chance.randint(1, 6)}")
        people.append(Wish(key, first, second, groups))
    started = perf_counter()
    found = assign([Workshop(key, 50) for key in range(1, 7)], people)
    assert perf_counter() - started < 60
    assert not found.waiting
    assert max(list(found.seats.values()).count(key) for key in range(1, 7)) <= 50
