"""From answers to scores: one figure for each dimension, never one for all of them.

Pure. The rules:
- a dimension's score is ``100 · Σ(weight · answer) / (4 · Σ weight)`` over its questions that have an answer
  from 0 to 4, rounded, halves up;
- its completeness is the weight answered over the weight applicable, in percent: « non concerné » leaves
  both, a question without answer stays in the latter;
- a score shows from the completeness and the number of answers that the version asks for;
- advice comes from answers of 2 or less, ranked by what could be gained, ``weight · (4 − answer)``, ties in
  the order of the questionnaire: three in all, two at most for a dimension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.content import FULL, NOT_APPLICABLE, Answer, Content, Question
from questionnaires.content import Dimension as Asked
from questionnaires.errors import AnswersRefused

LOW = 2
MOST_ADVICE = 3
MOST_ADVICE_OF_DIMENSION = 2


@dataclass(frozen=True, slots=True)
class Dimension:
    """``score`` 0–100, None where too little was answered; ``completeness`` in percent; ``answered`` counts
    answers from 0 to 4; ``band`` is the word for the score, empty without one. Weights are sums."""

    slug: str
    label: str
    score: int | None
    completeness: int
    answered: int
    band: str
    answered_weight: int
    applicable_weight: int

    @property
    def concerned(self) -> bool:
        """False where every question of it is « non concerné »."""
        return self.applicable_weight > 0


@dataclass(frozen=True, slots=True)
class Advice:
    """``gain``: weighted points that this question leaves."""

    question: str
    dimension: str
    text: str
    gain: int


@dataclass(frozen=True, slots=True)
class Result:
    dimensions: list[Dimension]
    advice: list[Advice]


def score(content: Content, answers: Mapping[str, Answer | None], language: str = "fr") -> Result:
    """What these answers give, labels in this language. AnswersRefused where they are no answers to it."""
    read = read_answers(content, answers)
    dimensions = [_dimension(content, each, read, language) for each in content.dimensions]
    return Result(dimensions=dimensions, advice=_advice(content, read, language))


def read_answers(content: Content, answers: Mapping[str, Any]) -> dict[str, Answer]:
    """Answers to the questions of a content, in its order; None is a blank, and is left out.

    AnswersRefused names each question that there is not, and each answer that is not 0 to 4 or "na".
    """
    known = {question.id for question in content.questions}
    faults = {}
    for name, answer in answers.items():
        if name not in known:
            faults[name] = f"{_short(name)}: there is no such question."
        elif answer is not None and not _is_answer(answer):
            faults[name] = f"{name}: an answer is an integer from 0 to {FULL}, or “{NOT_APPLICABLE}”."
    if faults:
        raise AnswersRefused(faults)
    return {each.id: answers[each.id] for each in content.questions if answers.get(each.id) is not None}


def _is_answer(answer: Any) -> bool:
    # Python counts True as an integer.
    return answer == NOT_APPLICABLE or (type(answer) is int and 0 <= answer <= FULL)


def _short(name: str) -> str:
    """What is said of a name that anybody may have sent: printable, and not for ever."""
    said = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name[:40])
    return f"{said}…" if len(name) > 40 else said


def _dimension(content: Content, asked: Asked, answers: Mapping[str, Answer], language: str) -> Dimension:
    applicable = [each for each in content.of(asked.slug) if answers.get(each.id) != NOT_APPLICABLE]
    points = [(each.weight, int(answers[each.id])) for each in applicable if each.id in answers]
    weight = sum(weight for weight, _answer in points)
    whole = sum(each.weight for each in applicable)
    earned = sum(weight * answer for weight, answer in points)
    # Compared as whole numbers: a threshold is met exactly, or not.
    enough = len(points) >= content.min_answers and 100 * weight >= content.min_completeness * whole
    value = percent(earned, FULL * weight) if enough else None
    return Dimension(
        slug=asked.slug,
        label=asked.label.say(language),
        score=value,
        completeness=percent(weight, whole),
        answered=len(points),
        band="" if value is None else band(content, value, language),
        answered_weight=weight,
        applicable_weight=whole,
    )


def percent(part: int, whole: int) -> int:
    """Rounded, halves up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def band(content: Content, value: int, language: str = "fr") -> str:
    """The word for a score. Bands go up and begin at 0 (:mod:`questionnaires.checking`)."""
    found = [each for each in content.bands if each.least <= value]
    return found[-1].label.say(language)


def _advice(content: Content, answers: Mapping[str, Answer], language: str) -> list[Advice]:
    low = [each for each in content.questions if (a := answers.get(each.id)) is not None and _is_low(a)]
    low.sort(key=lambda each: -_gain(each, answers))  # stable: ties keep the order of the questionnaire
    taken: Counter[str] = Counter()
    given: list[Advice] = []
    for each in low:
        if taken[each.dimension] < MOST_ADVICE_OF_DIMENSION and len(given) < MOST_ADVICE:
            taken[each.dimension] += 1
            text = each.advice.say(language)
            given.append(Advice(each.id, each.dimension, text, _gain(each, answers)))
    return given


def _is_low(answer: Answer) -> bool:
    return isinstance(answer, int) and answer <= LOW


def _gain(question: Question, answers: Mapping[str, Answer]) -> int:
    return question.weight * (FULL - int(answers[question.id]))
