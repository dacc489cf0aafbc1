"""What a group answered, dimension by dimension and question by question: never what one of its members did.

Pure, and without words: names, scale and bands are those of the version. Of fewer than five answers nothing
is said (:mod:`questionnaires.anonymity`): neither of the whole, nor of a dimension that fewer have a score
on, nor of a question that fewer answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questionnaires.anonymity import FEWEST, told
from questionnaires.content import NOT_APPLICABLE, STEPS, Answer, Content
from questionnaires.content import Question as Asked


@dataclass(frozen=True, slots=True)
class Given:
    """One set of answers with its scores (dimension → 0–100), and the part of the group that it is of."""

    answers: Mapping[str, Answer]
    scores: Mapping[str, int]
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A dimension over a group. ``count``: scores that it is made of; ``mean`` of them, 0–100, is None of
    fewer than five. ``bands``: how many are in each band, from the lowest."""

    dimension: str
    count: int
    mean: int | None
    bands: list[int]


@dataclass(frozen=True, slots=True)
class Said:
    """A question over a group. ``answers``: how many said 0, 1, 2, 3, 4; ``mean`` of them, 0–4."""

    question: str
    count: int
    mean: float
    answers: list[int]
    not_concerned: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a group, with the dimensions that may be told of it."""

    number: int
    dimensions: list[Spread]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Questions are those that at least five answered from 0 to 4."""

    count: int
    dimensions: list[Spread]
    questions: list[Said]
    parts: list[Part]


def aggregate(content: Content, group: Sequence[Given]) -> Aggregate | None:
    """What is said of a group; None of fewer than five."""
    if len(group) < FEWEST:
        return None
    dimensions = [spread(content, each.slug, group) for each in content.dimensions]
    questions = [said for each in content.questions if (said := _said(each, group))]
    return Aggregate(len(group), dimensions, questions, _parts(content, group))


def spread(content: Content, dimension: str, group: Sequence[Given]) -> Spread:
    scores = [each.scores[dimension] for each in group if dimension in each.scores]
    count = len(scores)
    if count < FEWEST:
        return Spread(dimension, count, None, [])
    mean = (2 * sum(scores) + count) // (2 * count)  # rounded, halves up
    found = Counter(place_of(content, each) for each in scores)
    return Spread(dimension, count, mean, [found[place] for place in range(len(content.bands))])


def place_of(content: Content, score: int) -> int:
    """The place of a score's band among the bands, which go up from 0."""
    return sum(each.least <= score for each in content.bands) - 1


def _said(asked: Asked, group: Sequence[Given]) -> Said | None:
    found = Counter(each.answers.get(asked.id) for each in group)
    steps = [found[step] for step in range(STEPS)]
    count = sum(steps)
    if count < FEWEST:
        return None
    mean = round(sum(step * n for step, n in enumerate(steps)) / count, 1)
    return Said(asked.id, count, mean, steps, found[NOT_APPLICABLE])


def _parts(content: Content, group: Sequence[Given]) -> list[Part]:
    """Each part with what may be told of it beside the whole; those of which nothing may are left out."""
    shown: dict[int, list[Spread]] = {}
    for dimension in (each.slug for each in content.dimensions):
        scored = [each for each in group if dimension in each.scores]
        counts = Counter(each.part for each in scored if each.part is not None)
        for number in told(counts, rest=len(scored) - counts.total()):
            own = [each for each in scored if each.part == number]
            shown.setdefault(number, []).append(spread(content, dimension, own))
    return [Part(number, shown[number]) for number in sorted(shown)]
