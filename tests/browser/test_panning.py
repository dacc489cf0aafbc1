"""The benchmark of panning measures what it says: real moves, and the marks that were painted after them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.panning import pan


@pytest.mark.slow
def test_each_move_is_timed_until_its_marks_are_painted(window: Any) -> None:
    visitor = window(reduced_motion="no-preference")

    moves = pan(visitor.page, visitor.base + "/", moves=6)

    assert [move.kind for move in moves] == [
        "drag", "wheel in", "drag", "click on a cluster", "drag", "wheel out",
    ]  # fmt: skip
    assert all(0 < move.ms < 10_000 for move in moves)
    assert moves[1].zoom > moves[0].zoom
    assert moves[5].zoom < moves[4].zoom
    visitor.agreed()
    assert visitor.marked() == moves[5].matched > 0
    assert visitor.page.locator("[data-map] .mark").count() == moves[5].marks


@pytest.mark.slow
def test_a_slow_answer_shows_in_the_time(window: Any) -> None:
    visitor = window(reduced_motion="no-preference")

    def late(route: Any) -> None:
        visitor.page.wait_for_timeout(700)
        route.continue_()

    visitor.page.route("**/api/v1/map**", late)

    assert pan(visitor.page, visitor.base + "/", moves=1)[0].ms > 700
