"""Answers of tests: every question of a dimension answered the same, so that scores are known."""

from __future__ import annotations

from typing import Any

from directory.models import Initiative
from questionnaires.answering import answer, begin, finish
from questionnaires.models import QuestionnaireVersion, Response


def alike(version: QuestionnaireVersion, step: int, **dimensions: int | None) -> dict[str, Any]:
    """``step`` to each question, or what is said for its dimension; None leaves a dimension blank."""
    said = {each.id: dimensions.get(each.dimension, step) for each in version.parsed.questions}
    return {name: value for name, value in said.items() if value is not None}


def answered(
    version: QuestionnaireVersion, step: int = 3, initiative: Initiative | None = None, **fields: Any
) -> Response:
    """Finished answers, worth ``25 · step`` on each dimension."""
    sharing = fields.pop("sharing", "private")
    made, _key = begin(version, alike(version, step), initiative=initiative, **fields)
    finish(made)
    Response.objects.filter(pk=made.pk).update(sharing=sharing)
    made.refresh_from_db()
    return made


__all__ = ["alike", "answer", "answered"]
