"""The format of an answer, as the ``Accept`` header asks for it."""

import pytest

from tests.api.conftest import Ask, World

GEOJSON, JSON, CSV = "application/geo+json", "application/json", "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/json;q=0.5,text/csv", CSV),
        ("text/csv;q=0.2, application/json;q=0.8", JSON),
        ("text/*, application/json;q=0.9", CSV),
        ("text/csv;charset=utf-8", CSV),
        ("TEXT/CSV", CSV),
        ("*/*", GEOJSON),
        ("application/json, */*", JSON),
        ("application/json;q=0.1, */*;q=0.5", GEOJSON),
        ("application/geo+json;q=0, application/*", JSON),
        ("application/*;q=0, */*", CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", GEOJSON),
        ("application/xml, text/csv;q=0.001", CSV),
        ("", GEOJSON),
        ("  ", GEOJSON),
        (",", GEOJSON),
    ],
)
def test_the_most_wanted_format_is_given(world: World, ask: Ask, accept: str, given: str) -> None:
    answer = ask("initiatives", headers={"Accept": accept}, limit=1)
    assert (answer.status, answer.headers["Content-Type"]) == (200, given)


@pytest.mark.parametrize(
    "accept",
    ["*/*;q=0", "*/*;q=0.0, text/html", "text/csv;q=0", "application/json;q=nan", "json", "*/json", ";q=1"],
)
def test_what_is_not_wanted_is_not_given(world: World, ask: Ask, accept: str) -> None:
    answer = ask("initiatives", headers={"Accept": accept}, limit=1)
    assert (answer.status, answer.headers["Content-Type"]) == (406, "application/problem+json")
    assert answer.json["status"] == 406


def test_the_parameter_goes_before_the_header(world: World, ask: Ask) -> None:
    answer = ask("initiatives", headers={"Accept": "application/json"}, format="csv", limit=1)
    assert answer.headers["Content-Type"] == CSV
