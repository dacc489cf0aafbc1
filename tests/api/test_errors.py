"""Every refusal under /api/ is a problem body; nothing there opens a session or depends on a language."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from api.openapi import document
from api.views import sectors
from tests.api.conftest import Ask, World

MEMBERS = {"type", "title", "status", "detail", "errors"}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v2/initiatives", "/api/x", "/api/v1/initiatives/a/b"]
)
def test_an_address_that_is_nothing(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert set(response.json()) == MEMBERS


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/"])
def test_the_root_leads_to_the_page(client: Client, path: str) -> None:
    response = client.get(path, follow=True)
    assert response.redirect_chain[-1][0] == "/api/docs"
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize(
    "path", ["/api/v1/territories", "/api/v1/sectors", "/api/v1/openapi.json", "/api/docs", "/api/v1"]
)
def test_a_method_that_is_not_allowed(path: str, method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response["Allow"] == "GET, HEAD"
    assert response.json()["status"] == 405


@pytest.mark.parametrize(
    "accept", ["application/xml", "text/html", "image/*", "nonsense", "application/pdf;q=0.9"]
)
def test_a_format_that_is_not_given(world: World, ask: Ask, accept: str) -> None:
    answer = ask("facets", headers={"Accept": accept})
    assert (answer.status, answer.headers["Content-Type"]) == (406, "application/problem+json")
    assert answer.json["status"] == 406


def test_our_own_fault_is_told_to_the_journal_only(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(sectors, "read", fail)
    client = Client(raise_request_exception=False)
    logging.getLogger("django").propagate = True
    try:
        response = client.get("/api/v1/sectors")
    finally:
        logging.getLogger("django").propagate = False
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in response.content.decode()
    assert "the secret inside" in caplog.text


def test_what_the_framework_refuses_is_a_problem_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.get("/api/v1/sectors", headers={"Host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_a_denial_is_a_problem(world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*args: object) -> None:
        raise PermissionDenied

    monkeypatch.setattr(sectors, "read", deny)
    assert ask("sectors").status == 403


@pytest.mark.parametrize(
    "path",
    ["initiatives", "initiatives/initiative-00", "facets", "sectors", "territories", "nope", "/api/docs"],
)
def test_no_answer_opens_a_session_or_depends_on_a_language(world: World, ask: Ask, path: str) -> None:
    french = ask(path, headers={"Accept-Language": "fr", "Origin": "https://elsewhere.example"})
    english = ask(path, headers={"Accept-Language": "en"})
    assert french.text == english.text
    assert french.headers["Content-Language"] == english.headers["Content-Language"] == "en"
    assert "Set-Cookie" not in french.headers
    assert "cookie" not in french.headers["Vary"].lower()
    assert "accept-language" not in french.headers["Vary"].lower()
    assert french.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in french.headers


def test_a_browser_elsewhere_may_read_and_propose_and_nothing_else(client: Client) -> None:
    """POST is there for what is computed and not kept (scores of answers), and for proposals."""
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "DELETE"}
    response = client.options("/api/v1/initiatives", headers=asked)
    assert response.status_code == 200
    allowed = {name.strip() for name in response["Access-Control-Allow-Methods"].split(",")}
    assert allowed.isdisjoint({"PUT", "DELETE"})
    assert client.post("/api/v1/links", {}, "application/json").status_code == 405
    assert client.delete("/api/v1/initiatives")["Allow"] == "GET, HEAD, POST"


def test_a_browser_elsewhere_may_revalidate(client: Client) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    response = client.options("/api/v1/initiatives", headers=asked)
    allowed = [name.strip() for name in response["Access-Control-Allow-Headers"].split(",")]
    assert {"accept", "if-none-match"} <= set(allowed)


def test_a_problem_is_not_kept_by_caches(world: World, ask: Ask) -> None:
    assert ask("initiatives", limit="x").headers["Cache-Control"] == "no-store"


def test_problems_are_as_the_document_says(world: World, ask: Ask) -> None:
    schema = document()["components"]["schemas"]["Problem"]
    body = ask("initiatives", limit="x", sector="y").json
    assert set(body) == set(schema["required"]) == MEMBERS
    assert all(set(error) == {"parameter", "detail"} for error in body["errors"])
    assert sorted(error["parameter"] for error in body["errors"]) == ["limit", "sector"]
