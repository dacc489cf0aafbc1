"""What a version of a questionnaire changes of another: each text or number, by its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from questionnaires.content import Content

# What is told apart by a name of its own, not by its rank.
NAMED = {"questions": "id", "dimensions": "slug", "bands": "least"}


@dataclass(frozen=True, slots=True)
class Difference:
    """``place``: the way to it (« questions › E1 › weight »). None: it is not there."""

    place: str
    before: str | None
    after: str | None


def differences(before: Content, after: Content) -> list[Difference]:
    """In the order of what comes after, then what is gone. What only moved is no difference."""
    old, new = dict(_leaves(msgspec.to_builtins(before))), dict(_leaves(msgspec.to_builtins(after)))
    return [
        Difference(" › ".join(place), old.get(place), new.get(place))
        for place in dict.fromkeys([*new, *old])
        if old.get(place) != new.get(place)
    ]


def _leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, (*place, name))
    elif isinstance(value, (list, tuple)):
        name = NAMED.get(place[-1] if place else "", "")
        for rank, each in enumerate(value):
            yield from _leaves(each, (*place, str(each[name] if name else rank)))
    else:
        yield place, str(value)
