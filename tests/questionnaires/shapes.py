"""Questionnaires of other shapes than the self-assessment: drawn by hypothesis, and one that is published."""

from __future__ import annotations

import msgspec
from django.utils import timezone
from hypothesis import strategies as some

from questionnaires.content import Band, Content, Dimension, Question, Text
from questionnaires.models import Questionnaire, QuestionnaireVersion

ANSWER = some.one_of(some.integers(0, 4), some.just("na"), some.none())
WORDS = Text(fr="mots", en="words")


@some.composite
def contents(draw: some.DrawFn) -> Content:
    """Three or four dimensions of one to seven questions, any weights and thresholds."""
    dimensions = [f"dimension-{n}" for n in range(draw(some.integers(3, 4)))]
    questions = [
        Question(f"{'ABCD'[place]}{n}", slug, draw(some.integers(1, 9)), WORDS, WORDS)
        for place, slug in enumerate(dimensions)
        for n in range(1, draw(some.integers(1, 7)) + 1)
    ]
    steps = sorted(draw(some.sets(some.integers(1, 100), max_size=4)))
    return Content(
        title=WORDS, about=WORDS, scale=(WORDS,) * 5, not_applicable=WORDS,
        min_completeness=draw(some.integers(0, 100)), min_answers=draw(some.integers(1, 5)),
        bands=tuple(Band(each, Text(fr=f"dès {each}", en=f"from {each}")) for each in [0, *steps]),
        dimensions=tuple(Dimension(each, WORDS) for each in dimensions),
        questions=tuple(questions),
    )  # fmt: skip


COMPASS = {
    "gouvernance-partagee": ("Gouvernance partagée", "Shared governance"),
    "solidarite": ("Solidarité avec les plus fragiles", "Solidarity with the most fragile"),
    "sobriete": ("Sobriété", "Sobriety"),
}


def make_compass() -> QuestionnaireVersion:
    """« Boussole » : three dimensions of two questions without help nor evidence, two bands."""
    dimensions = [(slug, Text(*words)) for slug, words in COMPASS.items()]
    content = Content(
        title=Text("Boussole", "Compass"), about=Text("Six questions.", "Six questions."),
        scale=tuple(Text(f"pas {n}", f"step {n}") for n in range(5)),
        not_applicable=Text("hors sujet", "off topic"), min_completeness=50, min_answers=2,
        bands=(Band(0, Text("Rare", "Rare here")), Band(50, Text("Fréquent", "Frequent"))),
        dimensions=tuple(Dimension(slug, label) for slug, label in dimensions),
        questions=tuple(
            Question(
                f"{'GSB'[place]}{n}", slug, n, Text(f"{label.fr}, {n} ?", f"{label.en}, {n}?"),
                Text(f"Essayez {n}", f"Try {n}"),
            )
            for place, (slug, label) in enumerate(dimensions)
            for n in (1, 2)
        ),
    )  # fmt: skip
    return QuestionnaireVersion.objects.create(
        questionnaire=Questionnaire.objects.create(slug="boussole"), number=1,
        content=msgspec.to_builtins(content), published_at=timezone.now(),
    )  # fmt: skip
