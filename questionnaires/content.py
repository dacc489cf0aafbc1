"""What a version of a questionnaire asks: dimensions, questions, scale, bands, in French and in English.

Plain values, read once from the JSON of a version and never changed. Nothing of Django here: scoring rests
on this alone. What a content must hold besides its shape is in :mod:`questionnaires.checking`.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

STEPS = 5  # answers 0 to 4
FULL = STEPS - 1
NOT_APPLICABLE = "na"
# An answer: 0 to 4, or « non concerné ». A question without answer is absent.
Answer = int | str

Line = Annotated[str, Meta(min_length=1, max_length=500)]
Paragraph = Annotated[str, Meta(min_length=1, max_length=2_000)]
Slug = Annotated[str, Meta(pattern=r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=60)]


class Base(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Text(Base, frozen=True):
    """The same words in both languages of the site."""

    fr: Paragraph
    en: Paragraph

    def say(self, language: str) -> str:
        """In this language; in French where it is neither."""
        return self.en if language.startswith("en") else self.fr


class Quote(Base, frozen=True):
    """The sentence that a question comes from, in its own language."""

    text: Paragraph
    source: Line
    language: Annotated[str, Meta(pattern=r"\A(fr|en)\Z")] = "fr"


class Dimension(Base, frozen=True):
    slug: Slug
    label: Text
    about: Text | None = None


class Band(Base, frozen=True):
    """The word for scores from ``least`` up to the next band."""

    least: Annotated[int, Meta(ge=0, le=100)]
    label: Text


class Question(Base, frozen=True):
    """``evidence``: what would show it; ``advice``: what to try where the answer is low."""

    id: Annotated[str, Meta(pattern=r"\A[A-Z]{1,3}[0-9]{1,3}\Z")]
    dimension: Slug
    weight: Annotated[int, Meta(ge=1, le=9)]
    text: Text
    advice: Text
    help: Text | None = None
    evidence: Text | None = None
    quote: Quote | None = None


class Content(Base, frozen=True):
    """``min_completeness`` (percent) and ``min_answers``: under either, a dimension has no score."""

    title: Text
    about: Text
    scale: Annotated[tuple[Text, ...], Meta(min_length=STEPS, max_length=STEPS)]
    not_applicable: Text
    min_completeness: Annotated[int, Meta(ge=0, le=100)]
    min_answers: Annotated[int, Meta(ge=1, le=20)]
    bands: Annotated[tuple[Band, ...], Meta(min_length=1, max_length=10)]
    # Under three, nothing can be drawn as a radar.
    dimensions: Annotated[tuple[Dimension, ...], Meta(min_length=3, max_length=8)]
    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=120)]

    def of(self, dimension: str) -> tuple[Question, ...]:
        """The questions of a dimension, in their order."""
        return tuple(each for each in self.questions if each.dimension == dimension)


def read(content: Any) -> Content:
    """The content that this JSON value says. msgspec.ValidationError, whose text ends with the place."""
    return msgspec.convert(content, Content)
