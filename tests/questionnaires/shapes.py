"""Questionnaires of any shape, drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as some

from questionnaires.content import Band, Content, Dimension, Question, Text

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
