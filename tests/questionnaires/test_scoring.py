"""Scores: what a reader of the rules would compute by hand, and what holds whatever is answered."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from questionnaires.content import Content
from questionnaires.errors import AnswersRefused
from questionnaires.scoring import Dimension, percent, read_answers, score
from questionnaires.scoring import band as band_of
from tests.questionnaires.shapes import ANSWER, contents

EXAMPLE = {"E1": 3, "E2": 4, "E3": 2, "E4": 3, "E5": "na", "E6": 1, "E7": None}


def economic(profile: Content, **answers: Any) -> Dimension:
    return score(profile, answers).dimensions[0]


def test_the_worked_example(profile: Content) -> None:
    result = score(profile, EXAMPLE)
    first = result.dimensions[0]
    assert (first.applicable_weight, first.answered_weight, first.completeness) == (13, 12, 92)
    assert (first.slug, first.score, first.band, first.answered) == ("economique", 65, "Engagé", 5)
    assert [each.question for each in result.advice] == ["E3", "E6"]


def test_english_has_its_words(profile: Content) -> None:
    first = score(profile, EXAMPLE, "en").dimensions[0]
    assert (first.label, first.band) == ("Economic", "Committed")


def test_a_blank_lowers_completeness_and_not_applicable_does_not(profile: Content) -> None:
    whole = {f"E{n}": 3 for n in range(1, 8)}
    assert economic(profile, **whole).completeness == 100
    assert economic(profile, **whole | {"E7": None}).completeness == 93  # 14 of 15
    assert economic(profile, **whole | {"E7": "na"}).completeness == 100


def test_a_score_shows_from_four_answers_and_sixty_percent(profile: Content) -> None:
    three = {"E1": 4, "E3": 4, "E2": 4} | dict.fromkeys(("E4", "E5", "E6", "E7"), "na")
    assert economic(profile, **three).score is None  # complete, with three answers
    assert economic(profile, **three | {"E7": 4}).score == 100  # with four
    nine = {"E1": 2, "E2": 2, "E4": 2, "E5": 2}  # weights 3 + 2 + 2 + 2 of 15: 60 %
    assert (economic(profile, **nine).completeness, economic(profile, **nine).score) == (60, 50)
    eight = {"E7": 2, "E2": 2, "E4": 2, "E1": 2}  # 1 + 2 + 2 + 3 of 15: 53 %
    assert (economic(profile, **eight).answered, economic(profile, **eight).score) == (4, None)


def test_nothing_applicable_is_no_score_and_no_fault(profile: Content) -> None:
    found = economic(profile, **{f"E{n}": "na" for n in range(1, 8)})
    assert (found.score, found.band, found.completeness, found.concerned) == (None, "", 0, False)


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "À amorcer"), (24, "À amorcer"), (25, "En chemin"), (49, "En chemin"), (50, "Engagé"),
     (74, "Engagé"), (75, "Inspirant"), (100, "Inspirant")],
)  # fmt: skip
def test_bands_change_where_they_say(profile: Content, value: int, band: str) -> None:
    assert band_of(profile, value) == band


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(1, 8, 13), (1, 200, 1), (1, 201, 0), (2, 3, 67), (0, 0, 0)]
)
def test_halves_are_rounded_up(part: int, whole: int, said: int) -> None:
    assert percent(part, whole) == said


def test_advice_takes_the_greatest_gain_two_at_most_of_a_dimension(profile: Content) -> None:
    answers = dict.fromkeys(("E1", "E3", "E2", "S7", "T7"), 0)  # gains 12, 12, 8, 4, 4
    assert [each.question for each in score(profile, answers).advice] == ["E1", "E3", "S7"]
    assert score(profile, {"E1": 3, "S1": 4, "N1": "na"}).advice == []
    assert [each.question for each in score(profile, {"E1": 2, "S1": 3}).advice] == ["E1"]


@pytest.mark.parametrize(
    ("answers", "named"),
    [({"E1": 5}, "E1"), ({"E1": -1}, "E1"), ({"E1": True}, "E1"), ({"E1": "3"}, "E1"), ({"E1": 2.0}, "E1"),
     ({"E1": [1]}, "E1"), ({"E9": 1}, "E9"), ({"": 1}, ""), ({"E1": 3, "x\x00y": None}, "x\x00y")],
)  # fmt: skip
def test_what_is_no_answer_is_refused_by_its_question(profile: Content, answers: Any, named: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        read_answers(profile, answers)
    assert list(refused.value.faults) == [named]
    assert "\x00" not in str(refused.value)


def test_a_very_long_name_is_not_repeated_whole(profile: Content) -> None:
    with pytest.raises(AnswersRefused) as refused:
        read_answers(profile, {"E" * 10_000: 1})
    assert len(str(refused.value)) < 100


# -- Whatever is asked and answered --------------------------------------------------------------------


@given(some.data())
def test_scores_are_those_of_the_rule_written_another_way(data: some.DataObject) -> None:
    content = data.draw(contents())
    answers = data.draw(some.dictionaries(some.sampled_from([each.id for each in content.questions]), ANSWER))
    for found in score(content, answers).dimensions:
        asked = [each for each in content.questions if each.dimension == found.slug]
        given_ = {each: answers.get(each.id) for each in asked}
        numbers = [(each.weight, a) for each, a in given_.items() if isinstance(a, int)]
        applicable = sum(each.weight for each, a in given_.items() if a != "na")
        share = Fraction(sum(w for w, _ in numbers), applicable) if applicable else Fraction(0)
        shows = len(numbers) >= content.min_answers and share * 100 >= content.min_completeness
        assert (found.score is not None) == (shows and applicable > 0)
        if found.score is not None:
            mean = Fraction(100 * sum(w * a for w, a in numbers), 4 * sum(w for w, _ in numbers))
            assert -Fraction(1, 2) < found.score - mean <= Fraction(1, 2)
            assert found.band in {each.label.fr for each in content.bands}
        assert 0 <= found.completeness <= 100


@given(some.data())
def test_a_better_answer_never_lowers_a_score(data: some.DataObject) -> None:
    content = data.draw(contents())
    ids = [each.id for each in content.questions]
    answers = data.draw(some.dictionaries(some.sampled_from(ids), some.integers(0, 3), min_size=1))
    better = answers | {(name := data.draw(some.sampled_from(sorted(answers)))): answers[name] + 1}
    for was, now in zip(score(content, answers).dimensions, score(content, better).dimensions, strict=True):
        assert (was.score is None) == (now.score is None)
        assert was.score is None or now.score is None or now.score >= was.score


@given(some.data())
def test_advice_is_about_low_answers_and_few(data: some.DataObject) -> None:
    content = data.draw(contents())
    answers = data.draw(some.dictionaries(some.sampled_from([each.id for each in content.questions]), ANSWER))
    advice = score(content, answers).advice
    assert len(advice) <= 3
    assert all(answers[each.question] in (0, 1, 2) for each in advice)
    assert all(sum(e.dimension == each.dimension for e in advice) <= 2 for each in advice)
    assert [each.gain for each in advice] == sorted((each.gain for each in advice), reverse=True)
    left = {n for n, a in answers.items() if a in (0, 1, 2)} - {each.question for each in advice}
    assert len(advice) == 3 or all(
        sum(e.dimension == q.dimension for e in advice) == 2 for q in content.questions if q.id in left
    )
