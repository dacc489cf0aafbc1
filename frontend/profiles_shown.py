"""Profiles and what groups answered, in words: dimensions with their score and band, radars, years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models import Initiative
from frontend.profiles import Profile, profile_of
from questionnaires.aggregating import Aggregate, Spread
from questionnaires.content import Content
from questionnaires.content import Text as Words
from questionnaires.models import Response
from questionnaires.owning import Progress, compare, shared
from questionnaires.radar import Axis, Radar, radar
from questionnaires.reviewing import credited
from questionnaires.scoring import band


def language() -> str:
    return (get_language() or "fr")[:2]


def say(words: Words) -> str:
    return words.say(language())


# -- A group ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dimension:
    """``mean`` is None of fewer than five scores; ``bands``: (word, how many)."""

    slug: str
    label: str
    count: int
    mean: int | None
    band: str
    bands: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Question:
    """``answers``: (what was said, how many)."""

    id: str
    text: str
    count: int
    mean: float
    answers: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a page shows it. ``parts``: (name, its dimensions); ``questions``: (dimension, its own)."""

    count: int
    dimensions: list[Dimension]
    radar: Radar
    parts: list[tuple[str, list[Dimension]]]
    questions: list[tuple[str, list[Question]]]


def dimensions(content: Content, spreads: Iterable[Spread]) -> list[Dimension]:
    named = {each.slug: say(each.label) for each in content.dimensions}
    words = [say(each.label) for each in content.bands]
    return [
        Dimension(
            each.dimension, named[each.dimension], each.count, each.mean,
            "" if each.mean is None else band(content, each.mean, language()),
            list(zip(words, each.bands, strict=False)),
        )
        for each in spreads
    ]  # fmt: skip


def group(content: Content, found: Aggregate, circles: Sequence[str] = ()) -> Group:
    whole = dimensions(content, found.dimensions)
    parts = [(circles[each.number], dimensions(content, each.dimensions)) for each in found.parts]
    return Group(found.count, whole, radar([axis(each) for each in whole]), parts, _questions(content, found))


def axis(each: Dimension) -> Axis:
    """A dimension of a group, as a radar draws it."""
    return Axis(each.label, each.mean, _said(each.mean, each.band))


def _questions(content: Content, found: Aggregate) -> list[tuple[str, list[Question]]]:
    said = {each.question: each for each in found.questions}
    steps = [*(say(each) for each in content.scale), say(content.not_applicable)]
    return [
        (
            say(dimension.label),
            [
                Question(
                    asked.id, say(asked.text), one.count, one.mean,
                    list(zip(steps, [*one.answers, one.not_concerned], strict=True)),
                )
                for asked in content.of(dimension.slug)
                if (one := said.get(asked.id))
            ],
        )
        for dimension in content.dimensions
    ]  # fmt: skip


# -- One profile, year on year ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Years:
    """The profiles of an initiative, oldest first, and each dimension over them; ``several`` versions of the
    questionnaire were answered."""

    profiles: list[Response]
    rows: list[tuple[str, Progress]]
    several: bool


def years(profiles: list[Response]) -> Years | None:
    """None of fewer than two years. ``profiles``: the latest first."""
    if len(profiles) < 2:
        return None
    rows = [(say(each.label), each) for each in compare(profiles)]
    return Years(profiles[::-1], rows, len({each.version_id for each in profiles}) > 1)


def drawn(shape: Profile, before: Response | None = None) -> Radar:
    """The radar of a profile, and of an earlier one behind it."""
    past = before.scores if before else {}
    return radar([Axis(row.label, row.score, row.said, past.get(row.slug)) for row in shape.rows])


def _said(score: int | None, word: str) -> str:
    return _("sans score") if score is None else f"{score} · {word}"


def public_profiles(initiative: Initiative) -> list[dict[str, Any]]:
    """What the page of an initiative says of its last public profile by each questionnaire."""
    found = []
    for last, *earlier in shared(initiative):
        shape = profile_of(last.version.parsed, last.answers)
        before = earlier[0] if earlier else None
        credited([last])
        found.append({"profile": last, "shape": shape, "radar": drawn(shape, before), "before": before})
    return found
