"""The charts of a diagnosis: bars as long as what they say, on a sheet 320 wide."""

import pytest

from diagnosis.model import Actor, Year
from frontend.diagnosis.charts import LINE, Row, along, bars, entries, nested, quotients, web, years


def test_bars_are_as_long_as_their_values() -> None:
    drawn = bars("c", "Titre", [Row("a", 10, "10"), Row("b", 5, "5"), Row("c", 0, "0"), Row("d", None, "")])
    assert drawn
    lengths = [box.width for box in drawn.boxes if box.role != "track"]
    assert lengths == ["320", "160"]
    assert [text.words for text in drawn.texts] == ["a", "10", "b", "5", "c", "0", "d", ""]


def test_an_interval_is_drawn_as_far_as_there_is_room() -> None:
    near = bars("c", "", [Row("here", 10, "", "here", low=5, high=20), Row("there", 8, "")])
    assert near and [line.x1 for line in near.lines] == ["80", "80", "320"]
    wide = bars("c", "", [Row("here", 10, "", "here", low=5, high=50)])
    assert wide and [line.x1 for line in wide.lines] == ["80", "80"]  # its end is beyond the sheet


@pytest.mark.parametrize("rows", [[], [Row("a", 0, "0")], [Row("a", None, "")]])
def test_nothing_is_drawn_of_nothing(rows: list[Row]) -> None:
    assert bars("c", "", rows) is None
    assert nested("c", "", [("a", "0 %", [0, 0, 0])]) is None
    assert quotients("c", "", [("a", "", None, None)]) is None
    assert years("c", "", [Year(2020, 0, 0, 3)]) is None


def test_a_label_too_long_for_the_line_is_cut_at_a_word() -> None:
    drawn = bars("c", "", [Row("Communauté d’agglomération " + "très " * 9 + "longue", 1, "1,0")])
    assert drawn and drawn.texts[0].words.endswith("…") and len(drawn.texts[0].words) <= 47


@pytest.mark.parametrize(
    ("quotient", "x"), [(1, 160), (4, 314), (9, 314), (0.25, 6), (0, 6), (2, 237), (0.5, 83)]
)
def test_twice_as_much_is_as_far_as_half(quotient: float, x: float) -> None:
    assert along(quotient) == x


def test_years_go_up_and_down() -> None:
    evolution = [Year(2019, 4, 0, 1), Year(2020, 2, 1, 8)]
    drawn, entered = years("c", "", evolution), entries("c", "", evolution)
    assert drawn and [(box.role, box.height) for box in drawn.boxes] == [
        ("founded", "76"), ("founded", "38"), ("closed", "19"),
    ]  # fmt: skip
    assert {text.words for text in drawn.texts} == {"4", "2", "1", "’19", "’20"}
    assert entered and [box.height for box in entered.boxes] == ["9.5", "76"]


@pytest.mark.parametrize(("most", "said"), [(999, "value"), (1_000, "small"), (9_999, "small"), (10_000, "")])
def test_numbers_stand_on_columns_that_have_room_for_them(most: int, said: str) -> None:
    drawn = years("c", "", [Year(2019, most, 0, 0), Year(2020, 1, 0, 0)])
    assert drawn and {text.role for text in drawn.texts} - {"label"} == ({said} if said else set())


def test_each_link_is_an_arc_and_partners_stand_near_one_another() -> None:
    """A chain given out of order, and two apart: no arc is longer than a line."""
    partners = [(3,), (4,), (3, 5), (0, 2), (1,), (2,)]  # 0 – 3 – 2 – 5, and 1 – 4
    actors = [Actor(f"a{i}", f"Actor {i}", each, 0) for i, each in enumerate(partners)]
    drawn = web("c", "Titre", actors, {"a2"})
    assert drawn.height == 6 * LINE and sorted(text.words for text in drawn.texts) == [
        f"Actor {i}" for i in range(6)
    ]
    assert [dot.role for dot in drawn.dots] == ["actor", "actor", "bridge", "actor", "actor", "actor"]
    heights = [float(dot.y) for dot in drawn.dots]
    assert len(set(heights)) == 6 and len(drawn.arcs) == 4
    assert all(
        abs(heights[one] - heights[other]) == LINE for one, others in enumerate(partners) for other in others
    )
