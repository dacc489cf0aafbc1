"""Questionnaires as the API tells them: what is asked, and what answers give. Nothing is stored."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec
from django.utils import timezone
from rest_framework.exceptions import ParseError

from api.bodies import MOST_TOLD, plain
from api.schemas import ADDRESS, BOOLEAN, COUNT, MOMENT, SLUG, STRING, Schema, listed, nullable, record, said
from directory.errors import BadCriteria
from directory.models import Initiative
from questionnaires.content import FULL, NOT_APPLICABLE, Text
from questionnaires.errors import AnswersRefused
from questionnaires.models import Credibility, QuestionnaireVersion, Response
from questionnaires.owning import shared
from questionnaires.reviewing import credited
from questionnaires.scoring import Dimension, Result, read_answers, score

ANSWERS = "answers"


def summary(version: QuestionnaireVersion, address: str) -> dict[str, Any]:
    content = version.parsed
    return {
        "id": version.questionnaire.slug,
        "version": version.number,
        "published_at": version.published_at,
        "title": both(content.title),
        "about": both(content.about),
        "questions": len(content.questions),
        "api": address,
    }


def whole(version: QuestionnaireVersion, address: str) -> dict[str, Any]:
    """With its content as it is kept: dimensions, questions, scale, bands, thresholds."""
    content: dict[str, Any] = msgspec.to_builtins(version.parsed)
    return {**summary(version, address), **content}


def read_body(body: Any) -> dict[str, Any]:
    """The answers of ``{"answers": {…}}``, not read yet. BadCriteria, ParseError."""
    if not isinstance(body, dict):
        raise ParseError("The body is not a JSON object.")
    strange = islice((name for name in body if name != ANSWERS), MOST_TOLD)
    refused = {plain(name): ["There is no such member."] for name in strange}
    answers = body.get(ANSWERS)
    if not isinstance(answers, dict):
        refused[ANSWERS] = ["An object is expected: questions by their id, each with its answer."]
    if refused:
        raise BadCriteria(refused)
    assert isinstance(answers, dict)  # refused above
    return {name: counted(answer) for name, answer in answers.items()}


def counted(answer: Any) -> Any:
    """JSON has one kind of numbers: 3.0 is 3."""
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer


def scored(version: QuestionnaireVersion, answers: dict[str, Any]) -> dict[str, Any]:
    """What answers give. BadCriteria names each question whose answer is none."""
    content = version.parsed
    try:
        read = read_answers(content, answers)
    except AnswersRefused as refused:
        faults = islice(refused.faults.items(), MOST_TOLD)
        raise BadCriteria({plain(name): [why] for name, why in faults}) from None
    french, english = (score(content, read, language) for language in ("fr", "en"))
    return {
        "questionnaire": version.questionnaire.slug,
        "version": version.number,
        "dimensions": dimensions(french, english),
        "advice": advice(french, english),
    }


def published(initiative: Initiative) -> list[dict[str, Any]]:
    """The last public profile of an initiative by each questionnaire: what its page shows, answers apart."""
    return [published_one(each) for each in credited(last for last, *_earlier in shared(initiative))]


def published_one(profile: Response) -> dict[str, Any]:
    assert profile.finished_at  # of what is shared
    version = profile.version
    french, english = (score(version.parsed, profile.answers, language) for language in ("fr", "en"))
    return {
        "questionnaire": version.questionnaire.slug,
        "version": version.number,
        "year": profile.year,
        "answered_on": timezone.localdate(profile.finished_at).isoformat(),
        "credibility": str(profile.credibility),
        "dimensions": dimensions(french, english),
    }


def dimensions(french: Result, english: Result) -> list[dict[str, Any]]:
    return [told(one, other) for one, other in zip(french.dimensions, english.dimensions, strict=True)]


def told(french: Dimension, english: Dimension) -> dict[str, Any]:
    return {
        "id": french.slug,
        "labels": {"fr": french.label, "en": english.label},
        "score": french.score,
        "band": None if french.score is None else {"fr": french.band, "en": english.band},
        "completeness": french.completeness,
        "answered": french.answered,
        "applicable": french.concerned,
    }


def advice(french: Result, english: Result) -> list[dict[str, Any]]:
    return [
        {
            "question": one.question,
            "dimension": one.dimension,
            "gain": one.gain,
            "text": {"fr": one.text, "en": other.text},
        }
        for one, other in zip(french.advice, english.advice, strict=True)
    ]


def both(text: Text) -> dict[str, str]:
    return {"fr": text.fr, "en": text.en}


# -- As the document tells them -------------------------------------------------------------------------

WORDS = record({"fr": STRING, "en": STRING})
PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
SUMMARY: dict[str, Schema] = {
    "id": said(SLUG, "The slug."),
    "version": {"type": "integer", "minimum": 1},
    "published_at": MOMENT,
    "title": WORDS,
    "about": WORDS,
    "questions": COUNT,
    "api": ADDRESS,
}
QUESTION = record(
    {
        "id": STRING,
        "dimension": SLUG,
        "weight": {"type": "integer", "minimum": 1},
        "text": WORDS,
        "advice": WORDS,
        "help": WORDS,
        "evidence": WORDS,
        "quote": record({"text": STRING, "source": STRING, "language": STRING}, optional=("language",)),
    },
    optional=("help", "evidence", "quote"),
)
DIMENSIONS = listed(
    record(
        {
            "id": SLUG,
            "labels": WORDS,
            "score": said(nullable(PERCENT), "Null where too little was answered."),
            "band": said(nullable(WORDS), "The word for the score."),
            "completeness": said(PERCENT, "Weight answered over weight applicable, in percent."),
            "answered": said(COUNT, "Answers from 0 to 4."),
            "applicable": said(BOOLEAN, "False where nothing of it applies."),
        }
    )
)
PUBLISHED = record(
    {
        "questionnaire": SLUG,
        "version": said({"type": "integer", "minimum": 1}, "Of the questionnaire."),
        "year": said({"type": "integer"}, "The year that it tells of."),
        "answered_on": {"type": "string", "format": "date"},
        "credibility": said(
            {"type": "string", "enum": Credibility.values},
            "`self`: declared by the initiative alone; `peer`: read and confirmed by another initiative;"
            " `interview`: established with a network or an authority.",
        ),
        "dimensions": DIMENSIONS,
    }
)
COMPONENTS: dict[str, Schema] = {
    "Questionnaires": record({"questionnaires": listed(record(SUMMARY))}),
    "Questionnaire": record(
        {
            **SUMMARY,
            "scale": said(listed(WORDS), f"The words of the answers 0 to {FULL}."),
            "not_applicable": said(WORDS, f"The words of the answer `{NOT_APPLICABLE}`."),
            "min_completeness": said(PERCENT, "Under it, a dimension has no score."),
            "min_answers": said(COUNT, "Under it, a dimension has no score."),
            "bands": listed(record({"least": PERCENT, "label": WORDS})),
            "dimensions": listed(record({"slug": SLUG, "label": WORDS, "about": WORDS}, optional=("about",))),
            "questions": listed(QUESTION),
        }
    ),
    "Answers": record(
        {
            ANSWERS: said(
                {
                    "type": "object",
                    "additionalProperties": {
                        "anyOf": [
                            {"type": "integer", "minimum": 0, "maximum": FULL},
                            {"type": "string", "enum": [NOT_APPLICABLE]},
                            {"type": "null"},
                        ]
                    },
                },
                f"By the id of the question: 0 to {FULL}, `{NOT_APPLICABLE}` where it does not apply, or null"
                " for no answer, as if it were absent.",
            )
        }
    ),
    "Profile": record(
        {
            "questionnaire": SLUG,
            "version": {"type": "integer", "minimum": 1},
            "dimensions": DIMENSIONS,
            "advice": said(
                listed(record({"question": STRING, "dimension": SLUG, "gain": COUNT, "text": WORDS})),
                "Where one more step would count most: three at most, two of a dimension at most.",
            ),
        }
    ),
}
