"""A profile as pages and paper show it: a row for each dimension, the radar, advice, the answers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from questionnaires.content import NOT_APPLICABLE, Answer, Content, Question
from questionnaires.radar import Axis, Radar, radar
from questionnaires.scoring import Advice, Dimension, Result, score


@dataclass(frozen=True, slots=True)
class Row:
    """A dimension in the table. ``why`` says why it has no score; ``said`` is its short form in a drawing."""

    slug: str
    label: str
    about: str
    score: int | None
    band: str
    completeness: int
    answered: int
    asked: int
    why: str
    said: str


@dataclass(frozen=True, slots=True)
class Advised:
    """``answer`` in the words of the scale; ``evidence`` may be empty."""

    question: str
    dimension: str
    label: str
    text: str
    answer: str
    advice: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The answers to the questions of a dimension: each question, and what was answered."""

    slug: str
    label: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Profile:
    title: str
    rows: list[Row]
    radar: Radar
    advice: list[Advised]
    chapters: list[Chapter]
    bands: list[str]

    @property
    def begun(self) -> bool:
        return any(row.answered for row in self.rows)

    @property
    def complete(self) -> bool:
        """Whether each dimension that concerns the initiative has its score."""
        return all(row.score is not None or not row.asked for row in self.rows)


def profile_of(content: Content, answers: Mapping[str, Answer]) -> Profile:
    """In the language that is active."""
    language = get_language() or "fr"
    result = score(content, answers, language)
    rows = [row_of(content, each, answers, language) for each in result.dimensions]
    axes = [Axis(row.label, row.score, row.said) for row in rows]
    return Profile(
        title=content.title.say(language),
        rows=rows,
        radar=radar(axes),
        advice=advised(content, result, answers, language),
        chapters=chapters(content, answers, language),
        bands=bands_of(content, language),
    )


def row_of(content: Content, found: Dimension, answers: Mapping[str, Answer], language: str) -> Row:
    about = next(each.about for each in content.dimensions if each.slug == found.slug)
    asked = [each for each in content.of(found.slug) if answers.get(each.id) != NOT_APPLICABLE]
    why = "" if found.score is not None else _("non concerné") if not asked else why_none(content, found)
    return Row(
        slug=found.slug,
        label=found.label,
        about=about.say(language) if about else "",
        score=found.score,
        band=found.band,
        completeness=found.completeness,
        answered=found.answered,
        asked=len(asked),
        why=why,
        said=f"{found.score} · {found.band}" if found.score is not None else short(found),
    )


def why_none(content: Content, found: Dimension) -> str:
    """What lacks before a score may show."""
    if found.answered < content.min_answers:
        return _("pas encore de score : il faut au moins {least} réponses").format(least=content.min_answers)
    return _("pas encore de score : complétude attendue, {least} %").format(least=content.min_completeness)


def short(found: Dimension) -> str:
    return _("à compléter") if found.concerned else _("non concerné")


def in_words(content: Content, answer: Answer | None, language: str) -> str:
    if answer is None:
        return _("sans réponse")
    if isinstance(answer, str):
        return content.not_applicable.say(language)
    return content.scale[answer].say(language)


def advised(content: Content, result: Result, answers: Mapping[str, Answer], language: str) -> list[Advised]:
    labels = {each.slug: each.label for each in result.dimensions}
    questions: dict[str, Question] = {each.id: each for each in content.questions}

    def one(each: Advice) -> Advised:
        question = questions[each.question]
        return Advised(
            question=each.question,
            dimension=each.dimension,
            label=labels[each.dimension],
            text=question.text.say(language),
            answer=in_words(content, answers.get(each.question), language),
            advice=each.text,
            evidence=question.evidence.say(language) if question.evidence else "",
        )

    return [one(each) for each in result.advice]


def chapters(content: Content, answers: Mapping[str, Answer], language: str) -> list[Chapter]:
    return [
        Chapter(
            each.slug,
            each.label.say(language),
            [
                (question.text.say(language), in_words(content, answers.get(question.id), language))
                for question in content.of(each.slug)
            ],
        )
        for each in content.dimensions
    ]


def bands_of(content: Content, language: str) -> list[str]:
    """« 0 à 24 : À amorcer », from the lowest."""
    tops = [each.least - 1 for each in content.bands[1:]] + [100]
    return [
        _("de {least} à {most} : {band}").format(least=each.least, most=top, band=each.label.say(language))
        for each, top in zip(content.bands, tops, strict=True)
    ]
