"""The radar: a dot for each score, where its axis says, and nothing where there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from questionnaires.radar import CENTRE, HEIGHT, LETTER, RADIUS, WIDTH, Axis, radar

NAMES = ["Économique", "Sociale et sociétale", "Environnementale", "Territoriale"]


def far(dot: tuple[float, float]) -> float:
    return math.dist(dot, CENTRE)


@given(some.lists(some.one_of(some.integers(0, 100), some.none()), min_size=3, max_size=8))
def test_each_score_is_as_far_as_it_says(values: list[int | None]) -> None:
    drawn = radar([Axis("Dimension", value) for value in values])
    known = [value for value in values if value is not None]
    assert [far(dot) for dot in drawn.shape.dots] == pytest.approx([RADIUS * v / 100 for v in known], abs=0.1)
    assert drawn.shape.whole == (len(known) == len(values))
    assert drawn.shape.path.endswith("Z") == drawn.shape.whole
    assert drawn.before is None


def test_the_line_stops_beside_what_has_no_score() -> None:
    one_missing = radar([Axis("a", 50), Axis("b", None), Axis("c", 50), Axis("d", 50)]).shape
    assert one_missing.path.count("M") == 2  # c–d and d–a
    alone = radar([Axis("a", 50), Axis("b", None), Axis("c", 50), Axis("d", None)]).shape
    assert alone.path == "" and len(alone.dots) == 2


def test_an_earlier_year_is_another_shape() -> None:
    drawn = radar([Axis("a", 50, before=25), Axis("b", 50, before=None), Axis("c", 50, before=75)])
    assert drawn.before is not None
    assert len(drawn.before.dots) == 2 and not drawn.before.whole and drawn.shape.whole


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8])
def test_labels_stay_in_the_box(count: int) -> None:
    drawn = radar([Axis(NAMES[i % 4], 100, "100 · Inspirant") for i in range(count)])
    for word in drawn.words:
        half = len(word.text) * LETTER / 2
        assert half <= word.x and word.x + half <= WIDTH, word
        assert 12 <= word.y <= HEIGHT, word


def test_no_word_touches_the_ring() -> None:
    """Each line is as wide as its letters; above its baseline it is a line high."""
    drawn = radar([Axis(name, 50, "50 · Engagé") for name in NAMES])
    for word in drawn.words:
        aside = max(abs(word.x - CENTRE[0]) - len(word.text) * LETTER / 2, 0)
        near = min(abs(word.y - CENTRE[1]), abs(word.y - 11 - CENTRE[1]))
        assert math.hypot(aside, near) > RADIUS, word.text
        assert 11 < word.y < HEIGHT
