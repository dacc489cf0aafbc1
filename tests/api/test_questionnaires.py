"""Questionnaires: what is asked, and what answers give, computed and forgotten."""

import json
from typing import Any

import pytest
from django.test import Client

from questionnaires.models import Questionnaire, Response
from questionnaires.versions import PROFILE, load
from tests.api.conftest import Ask
from tests.questionnaires.shapes import make_compass

pytestmark = pytest.mark.django_db

ONE = f"/api/v1/questionnaires/{PROFILE}"
SCORE = f"{ONE}/score"
WORKED = {"E1": 3, "E2": 4, "E3": 2, "E4": 3, "E5": "na", "E6": 1, "E7": None}


@pytest.fixture(autouse=True)
def _asked(db: None) -> None:
    load()


def post(client: Client, body: Any, address: str = SCORE, **options: Any) -> Any:
    written = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(address, written, **{"content_type": "application/json"} | options)


def refused(response: Any) -> list[str]:
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert len(response.content) < 5_000
    return [each["parameter"] for each in response.json()["errors"]]


def test_the_questionnaire_is_read_in_both_languages(ask: Ask) -> None:
    [listed] = ask("/api/v1/questionnaires").json["questionnaires"]
    assert (listed["id"], listed["version"], listed["questions"]) == (PROFILE, 1, 28)
    assert listed["title"] == {
        "fr": "Profil circuit court solidaire",
        "en": "Profile of a short, solidarity-based circuit",
    }
    assert listed["api"].endswith(ONE)
    whole = ask(ONE).json
    assert len(whole["questions"]) == 28 and len(whole["scale"]) == 5
    assert [each["least"] for each in whole["bands"]] == [0, 25, 50, 75]
    assert ask("/api/v1/questionnaires/rien").status == 404


def test_what_nobody_published_is_not_told(ask: Ask) -> None:
    Questionnaire.objects.create(slug="secret")
    assert len(ask("/api/v1/questionnaires").json["questionnaires"]) == 1
    assert ask("/api/v1/questionnaires/secret").status == 404


def test_the_worked_example_is_computed_and_nothing_is_kept(client: Client) -> None:
    answer = post(client, {"answers": WORKED})
    assert answer.status_code == 200
    body = answer.json()
    first = body["dimensions"][0]
    assert first == {
        "id": "economique", "labels": {"fr": "Économique", "en": "Economic"}, "score": 65,
        "band": {"fr": "Engagé", "en": "Committed"}, "completeness": 92, "answered": 5, "applicable": True,
    }  # fmt: skip
    assert [(each["score"], each["band"]) for each in body["dimensions"][1:]] == [(None, None)] * 3
    assert [each["question"] for each in body["advice"]] == ["E3", "E6"]
    assert set(body) == {"questionnaire", "version", "dimensions", "advice"}  # and no score of them all
    assert "no-store" in answer.headers["Cache-Control"] and not answer.cookies
    assert not Response.objects.exists()


def test_a_whole_number_may_be_written_with_a_point(client: Client) -> None:
    answer = post(client, '{"answers": {"E1": 3.0, "E2": 4e0, "E3": 2, "E4": 3, "E5": "na", "E6": 1}}')
    assert answer.json()["dimensions"][0]["score"] == 65


def test_no_answer_at_all_gives_no_score(client: Client) -> None:
    body = post(client, {"answers": {}}).json()
    assert [each["completeness"] for each in body["dimensions"]] == [0] * 4
    assert body["advice"] == []


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"E1": 5}, ["E1"]),
        ({"E1": -1, "S1": 4}, ["E1"]),
        ({"E1": "3"}, ["E1"]),
        ({"E1": 2.5}, ["E1"]),
        ({"E1": True}, ["E1"]),
        ({"E1": [], "E2": {}, "E3": "NA"}, ["E1", "E2", "E3"]),
        ({"E8": 1}, ["E8"]),
        ({"e1": 1}, ["e1"]),
        ({"": 1}, [""]),
        ({"a\x00b\n": 1}, ["a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"]),
        ({"a" * 10_000: 1}, ["a" * 60]),
        ({"<script>alert(1)</script>": 1}, ["<script>alert(1)</script>"]),
        (None, ["answers"]),
        ([3, 4], ["answers"]),
        ("E1", ["answers"]),
    ],
)
def test_what_is_no_answer_is_refused_by_its_question(client: Client, answers: Any, named: list[str]) -> None:
    assert refused(post(client, {"answers": answers})) == named


def test_a_body_of_faults_is_not_answered_at_length(client: Client) -> None:
    many = {f"q{n}": 1 for n in range(20_000)}
    assert len(refused(post(client, {"answers": many}))) == 20
    assert len(refused(post(client, many))) == 21  # and that there are no answers


def test_another_questionnaire_is_read_and_scored(client: Client, ask: Ask) -> None:
    make_compass()
    assert [each["id"] for each in ask("/api/v1/questionnaires").json["questionnaires"]] == [
        "boussole",
        PROFILE,
    ]
    assert [
        len(ask(f"/api/v1/questionnaires/{slug}").json["questions"]) for slug in ("boussole", PROFILE)
    ] == [6, 28]
    body = post(client, {"answers": {"G1": 4, "G2": 1}}, "/api/v1/questionnaires/boussole/score").json()
    assert [(each["id"], each["score"]) for each in body["dimensions"]] == [
        ("gouvernance-partagee", 50), ("solidarite", None), ("sobriete", None),
    ]  # fmt: skip
    assert body["dimensions"][0]["band"] == {"fr": "Fréquent", "en": "Frequent"}
    assert refused(post(client, {"answers": {"E1": 4}}, "/api/v1/questionnaires/boussole/score")) == ["E1"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["answers"]),
        ({"answers": {}, "email": "x"}, ["email"]),
        ({"Answers": {}}, ["Answers", "answers"]),
        ('{"answers": {}, "\\ud800": 1}', ["\N{REPLACEMENT CHARACTER}"]),
    ],
)
def test_the_body_holds_answers_and_nothing_else(client: Client, body: Any, named: list[str]) -> None:
    assert refused(post(client, body)) == named


@pytest.mark.parametrize(
    "body",
    ["", "x", "[]", "3", "null", '"x"', '{"answers": ', "[" * 5_000, b"\xff\xfe", '{"answers": {"E1": NaN}}'],
)
def test_what_is_no_json_object_is_refused(client: Client, body: Any) -> None:
    assert post(client, body).status_code == 400


def test_other_ways_to_ask_are_refused(client: Client) -> None:
    assert client.get(SCORE).status_code == 405
    assert post(client, "answers=1", content_type="application/x-www-form-urlencoded").status_code == 415
    assert post(client, {"answers": {}}, "/api/v1/questionnaires/rien/score").status_code == 404
    assert refused(post(client, {"answers": {}}, f"{SCORE}?lang=fr")) == ["lang"]
    assert post(client, {"answers": {}, "x": "a" * 300_000}).status_code == 400


def test_a_page_of_any_site_may_ask(client: Client) -> None:
    asked = {"origin": "https://carte.example.org", "access-control-request-method": "POST",
             "access-control-request-headers": "content-type"}  # fmt: skip
    answer = client.options(SCORE, headers=asked)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"]
