"""The document, the page and docs/api.md say what the API does, and nothing else."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from api.openapi import document
from api.parameters import PATH_WORDS, WORDS
from api.readable import EXAMPLES, operations
from tests.api.conftest import Ask, World

GUIDE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in references(value)]
    return [ref for value in node for ref in references(value)] if isinstance(node, list) else []


def test_the_document_is_valid_without_a_warning() -> None:
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", written)
        call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    assert json.loads(written.getvalue())["openapi"] == "3.1.1"


def test_the_document_is_served_and_points_at_nothing_outside(client: Client) -> None:
    response = client.get("/api/v1/openapi.json")
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert body == json.loads(json.dumps(document()))
    known = body["components"]["schemas"]
    refs = references(body)
    assert refs
    assert all(ref.startswith("#/components/schemas/") and ref.rpartition("/")[2] in known for ref in refs)
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_every_parameter_is_told_and_nothing_is_told_of_none() -> None:
    told = {
        (p["in"], p["name"])
        for path in document()["paths"].values()
        for p in next(iter(path.values())).get("parameters", [])
    }
    assert {name for where, name in told if where == "query"} == set(WORDS)
    assert {name for where, name in told if where == "path"} == set(PATH_WORDS)
    assert set(EXAMPLES) <= {operation["id"] for operation in operations()}


def test_the_guide_names_every_address_and_every_parameter_and_no_other() -> None:
    guide = GUIDE.partition("## On other sites")[0]  # what follows is of pages, not of the API
    rows = re.findall(r"^\| `([^`]+)`", guide, re.MULTILINE)
    paths = set(document()["paths"])
    assert {row for row in rows if row.startswith("/")} == {path.removeprefix("/api/v1") for path in paths}
    assert {row for row in rows if not row.startswith("/")} == set(WORDS)


def test_the_guide_tells_each_address_what_it_takes() -> None:
    for path, methods in document()["paths"].items():
        [row] = re.findall(rf"^\| `{re.escape(path.removeprefix('/api/v1'))}` \|(.*)\|$", GUIDE, re.MULTILINE)
        taken = set(re.findall(r"`([a-z_]+)`", row.split("|")[0]))
        filters = "the filters" in row
        asked = next(iter(methods.values()))["parameters"]
        listed = {p["name"] for p in asked if p["in"] == "query"} - {"format"}
        language = {p["name"] for p in document()["paths"]["/api/v1/facets"]["get"]["parameters"]} - {
            "format"
        }
        assert taken | (language if filters else set()) == listed, path


@pytest.mark.parametrize("path", sorted(EXAMPLES.values()))
def test_the_examples_of_the_page_are_understood(world: World, ask: Ask, path: str) -> None:
    """Against other data, what an example names may be unknown, but never misspelt."""
    answer = ask(path)
    known = answer.status in (200, 404)
    assert known or answer.refused in (["territory"], ["within"])


def test_the_page_says_with_a_token_of_what_takes_one_and_of_nothing_else(client: Client) -> None:
    page = client.get("/api/docs").content.decode()
    said = re.findall(r"<p><code>(\w+ [^<]+)</code> with a token</p>", page)
    assert said == ["PATCH /api/v1/initiatives/{slug}", "GET /api/v1/me"]


def test_every_operation_and_every_body_is_on_the_page(client: Client) -> None:
    response = client.get("/api/docs")
    page = response.content.decode()
    assert response.status_code == 200
    for operation in operations():
        assert f'id="{operation["id"]}"' in page
        assert operation["path"] in page
    for name in document()["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
    assert re.findall(r'<script(?! src="/static/js/[a-z.0-9-]+" type="module"></script>)', page) == []
    assert "`" not in page
    assert '<html lang="en">' in page
