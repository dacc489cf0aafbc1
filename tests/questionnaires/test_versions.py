"""Versions: checked, numbered, published by an administrator, and fixed from then on."""

import copy
import json
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from accounts.models import User
from directory.errors import NotAllowed
from questionnaires.checking import check
from questionnaires.content import read
from questionnaires.errors import ContentRefused, PublishingRefused
from questionnaires.models import Questionnaire, QuestionnaireVersion
from questionnaires.versions import FIXTURE, PROFILE, asked, draft, load, publish


@pytest.fixture(scope="module")
def content() -> Any:
    return json.loads(FIXTURE.read_text(encoding="utf-8"))["content"]


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("admin@example.org")


def test_the_fixture_says_all_in_both_languages(content: Any) -> None:
    found = check(content)
    assert [len(found.of(each.slug)) for each in found.dimensions] == [7, 7, 7, 7]
    assert [sum(q.weight for q in found.of(each.slug)) for each in found.dimensions] == [15, 15, 14, 15]
    for question in found.questions:
        assert question.help and question.evidence and question.quote
        for text in (question.text, question.help, question.evidence, question.advice):
            assert text.fr != text.en
        assert "'" not in question.text.fr + question.advice.fr + question.help.fr


def test_loading_again_changes_nothing(db: None) -> None:
    first = load()
    assert load() == first
    assert asked(PROFILE) == first
    assert QuestionnaireVersion.objects.count() == 1


def spoil(content: Any, *path: Any, value: Any) -> Any:
    spoilt = copy.deepcopy(content)
    at = spoilt
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return spoilt


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("questions", 0, "weight"), "3", "$.questions[0].weight"),
        (("questions", 0, "weight"), 0, "$.questions[0].weight"),
        (("questions", 0, "weight"), 10, "$.questions[0].weight"),
        (("questions", 0, "dimension"), "morale", "morale"),
        (("questions", 1, "id"), "E1", "E1"),
        (("questions", 0, "text"), {"fr": "seul"}, "$.questions[0].text"),
        (("questions", 0, "script"), "x", "$.questions[0]"),
        (("questions", 0, "text", "fr"), "a\x00b", "ne se garde pas"),
        (("questions", 0, "text", "fr"), "  ", "vide"),
        (("questions", 0, "text", "fr"), "a\ud800b", "ne se garde pas"),
        (("dimensions", 1, "slug"), "economique", "economique"),
        (("min_answers",), 8, "moins de 8"),
        (("bands", 0, "least"), 1, "commencent à 0"),
        (("bands", 2, "least"), 25, "en montant"),
        (("bands", 3, "least"), 101, "$.bands[3].least"),
        (("scale",), [], "$.scale"),
        (("title",), None, "$.title"),
        (("min_completeness",), 101, "$.min_completeness"),
    ],
)
def test_a_content_that_could_not_be_answered_is_refused(
    content: Any, path: Any, value: Any, said: str
) -> None:
    with pytest.raises(ContentRefused) as refused:
        check(spoil(content, *path, value=value))
    assert said in str(refused.value)


@pytest.mark.parametrize("whole", [None, [], "x", 3, {}])
def test_what_is_no_content_at_all_is_refused(whole: Any) -> None:
    with pytest.raises(ContentRefused):
        check(whole)


def test_an_administrator_publishes_another_version(
    version: QuestionnaireVersion, content: Any, administrator: User
) -> None:
    other = spoil(content, "questions", 0, "weight", value=2)
    made = draft(version.questionnaire, other, administrator)
    assert (made.number, made.published_at) == (2, None)
    assert asked(PROFILE) == version
    publish(made, administrator)
    assert asked(PROFILE) == made
    with pytest.raises(PublishingRefused):
        publish(made, administrator)


def test_a_draft_that_came_before_the_current_one_stays_a_draft(
    version: QuestionnaireVersion, content: Any, administrator: User
) -> None:
    older, newer = (draft(version.questionnaire, content, administrator) for _ in range(2))
    publish(newer, administrator)
    with pytest.raises(PublishingRefused):
        publish(older, administrator)
    assert asked(PROFILE) == newer


def test_nobody_else_writes_or_publishes(version: QuestionnaireVersion, content: Any) -> None:
    person = User.objects.create_user("camille@example.org")
    with pytest.raises(NotAllowed):
        draft(version.questionnaire, content, person)
    with pytest.raises(NotAllowed):
        publish(version, person)


def test_what_was_published_never_changes_whatever_road_one_takes(
    version: QuestionnaireVersion, content: Any, administrator: User
) -> None:
    rows = QuestionnaireVersion.objects.filter(pk=version.pk)
    for change in ({"content": {}}, {"number": 7}, {"published_at": None}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    assert rows.update(published_by=administrator) == 1
    made = draft(version.questionnaire, content, administrator)
    assert QuestionnaireVersion.objects.filter(pk=made.pk).update(number=9) == 1


def test_what_nobody_published_is_not_asked(db: None, content: Any, administrator: User) -> None:
    questionnaire = Questionnaire.objects.create(slug="autre")
    draft(questionnaire, content, administrator)
    assert asked("autre") is None
    assert asked("a\x00b") is None
    assert read(content).title.say("en") == "Profile of a short, solidarity-based circuit"
