"""Schemathesis tries the OpenAPI document against the running server, with all its checks.

The document is fed with slugs and ids that exist, so that it goes past the door. One check is
narrowed, ``positive_data_acceptance``: JSON Schema cannot say that two parameters go together
(``radius`` with ``near``), that a box's first latitude is the lower one, that a cursor is signed, or
that a text holds a letter; what fits the schema may be refused for these reasons, and no other.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from pytest_django.live_server_helper import LiveServer
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.openapi import document
from contributions import proposing
from tests.api.conftest import build_world

KNOWN: dict[str, list[str]] = {
    "sector": ["alimentation", "culture", "alimentation--amap-paniers"],
    "territory": ["commune-01001", "departement-01", "commune-01003", "country-FR"],
    "within": ["departement-01", "epci-200000001", "commune-01001"],
    "ptce": ["pole"],
    "network": ["reseau"],
    "ids": ["initiative-00", "initiative-01", "ancien-nom"],
    "listing": ["choix"],
}
PATHS: dict[str, list[str]] = {
    "readInitiative": ["initiative-00", "initiative-35", "closed", "ancien-nom", "draft", "nobody"],
    "readTerritory": ["commune-01001", "departement-01", "commune-01003", "commune-99999"],
    "readOutline": ["commune-01001", "country-FR", "commune-98801", "commune-01003"],
    "readPtce": ["pole", "nothing"],
    "readNetwork": ["reseau", "secret"],
    "readEvent": ["forum", "nothing"],
    "readQuestionnaire": ["profil-circuit-court-solidaire", "nothing"],
    "scoreAnswers": ["profil-circuit-court-solidaire"],
    "proposeCorrection": ["initiative-00", "closed", "ancien-nom", "hidden", "nobody"],
}
# Why what fits the schema may still be refused.
BEYOND_A_SCHEMA = {
    "bbox": "its minimum latitude may be above its maximum one, or its numbers be no positions",
    "near": "its numbers may be no position",
    "point": "its numbers may be no position",
    "peers": "it names territories",
    "radius": "it goes with near",
    "served": "it goes with territory",
    "ordering": "relevance goes with q, and distance with near",
    "cursor": "it is signed",
    "limit": "files for people are always whole",
    "q": "it holds a letter or a digit, and is not blank",
    "x": "the zoom says how many columns there are",
    "y": "the zoom says how many rows there are",
    "verified_since": "it is between 1970 and 2199",
    "verified_before": "it is between 1970 and 2199",
    "updated_since": "it is between 1970 and 2199",
    "since": "it is between 1970 and 2199, and in no leap second",
    "until": "it is between 1970 and 2199",
    # of what is proposed
    **dict.fromkeys(
        ("name", "summary", "description", "street", "postcode", "opening_hours", "remarks"),
        "it holds no sign out of sight, nor anything but blanks where it is needed",
    ),
    **dict.fromkeys(("website", "phone", "siret", "rna"), "it has a form of its own"),
    **dict.fromkeys(("email", "organisation_email"), "it is in plain letters"),
    "activities": "each is named once",
    "commune": "it is said, or that of the point",
    "body": "something is to change",
}
PROPOSED = ("NewInitiative", "Correction")


def fed(plain: dict[str, Any]) -> dict[str, Any]:
    """The document with what exists in the tests' world wherever it says "a slug"."""
    found = copy.deepcopy(plain)
    # the questions of this questionnaire, and no other
    answers = found["components"]["schemas"]["Answers"]["properties"]["answers"]
    answers["properties"] = dict.fromkeys(("E1", "S2", "N3", "T7"), answers["additionalProperties"])
    answers["additionalProperties"] = False
    for name in PROPOSED:
        members = found["components"]["schemas"][name]["properties"]
        members["activities"]["items"] = {"type": "string", "enum": KNOWN["sector"]}
        members["commune"]["enum"] = ["commune-01001", "commune-01002", "commune-01003"]
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                schema, name = parameter["schema"], parameter["name"]
                if parameter["in"] == "path" and operation["operationId"] in PATHS:
                    schema["enum"] = PATHS[operation["operationId"]]
                elif name in KNOWN and schema["type"] == "array":
                    schema["items"] = {"type": "string", "enum": KNOWN[name]}
                elif name in KNOWN:
                    schema["enum"] = KNOWN[name]
    return found


def loaded(*, coverage: bool) -> Any:
    """``coverage`` walks every boundary of every parameter: test_strictness does, in the short run, and
    test_schemathesis_at_length."""
    found = schemathesis.openapi.from_dict(fed(document()))
    found.config.phases.coverage.enabled = coverage
    # What was merged leads on, and what was withdrawn is gone, whatever is sent to it, as what never was is
    # not found: the body is not judged there.
    refusal = found.config.checks.negative_data_rejection
    refusal.expected_statuses = [*refusal.expected_statuses, "308", "410"]
    return found


short = loaded(coverage=False)


@pytest.fixture
def server(transactional_db: None, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    for limit in ("MOST_IN_AN_HOUR", "MOST_LOOKED_AT", "MOST_OF_ADDRESS", "MOST_OF_INITIATIVE"):
        monkeypatch.setattr(proposing, limit, 1_000_000)
    build_world()
    return str(live_server.url)


def examples(most: int) -> settings:
    return settings(
        max_examples=most,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


def check(case: Any, url: str) -> None:
    response = case.call_and_validate(base_url=url, excluded_checks=[positive_data_acceptance])
    meant_well = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if meant_well and response.status_code == 400:
        refused = {error["parameter"] for error in json.loads(response.content)["errors"]}
        assert refused <= set(BEYOND_A_SCHEMA), f"{refused}: {response.content!r}"


@short.parametrize()
@examples(20)
def test_the_document_holds(case: Any, server: str) -> None:
    check(case, server)
