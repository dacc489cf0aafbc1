"""The OpenAPI document: what the views say, completed by what all of them share."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from api import asked
from api.errors import MEDIA_TYPE
from api.schemas import COMPONENTS, ref

MOVED = {
    "description": "Moved for good: the address of what took its place is in the `Location` header.",
    "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
}
PROBLEMS = {
    "400": "A parameter, or a member of the body, is refused: it is named.",
    "401": "Nobody is said to ask, or the token opens nothing: `WWW-Authenticate` says why.",
    "403": "The token lacks the scope, or its owner may not do this.",
    "404": "There is nothing here.",
    "406": "None of the formats in the `Accept` header is given here.",
    "409": "It has changed since it was read.",
    "410": "What was here was withdrawn, or this place in the feed is good no more: read everything again.",
    "415": "The body is not JSON.",
    "429": "Asked for or sent too often from this address; `Retry-After` says when to come back.",
    "500": "The server failed to answer.",
    "503": "Closed for maintenance, or the database does not answer; `Retry-After` says when to come back.",
}
PERSONAL = ("readMe", "changeInitiative")
WRITING = ("changeInitiative",)
# What takes a body without asking who sends it.
TAKING = ("scoreAnswers", "proposeInitiative", "proposeCorrection")
# Bodies that are read strictly: no member but theirs.
CLOSED = ("PatchedInitiativeChange", "NewInitiative", "Correction")
NOT_FOUND = (
    "readInitiative",
    "changeInitiative",
    "readTerritory",
    "readOutline",
    "readDiagnosis",
    "locate",
    "readEvent",
    "readPtce",
    "readNetwork",
    "readQuestionnaire",
    "scoreAnswers",
    "proposeCorrection",
)
MOVING = ("readInitiative", "proposeCorrection", "readTerritory", "readOutline", "readDiagnosis")
WITHDRAWN = ("readInitiative", "proposeCorrection", "listChanges")
THROTTLED = ("listInitiatives", "suggest", "proposeInitiative", "proposeCorrection")


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: the components that no serializer makes, and what every operation may answer."""
    schemas = result["components"].setdefault("schemas", {})
    schemas.update(COMPONENTS | asked.COMPONENTS)
    for name in CLOSED:
        schemas[name]["additionalProperties"] = False
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"] |= shared_responses(operation["operationId"])
            if body := operation.get("requestBody"):
                body["required"] = True  # which the library says of the bodies of serializers only
    return result


def shared_responses(operation: str) -> dict[str, Any]:
    told = {"400", "406", "500", "503"}
    told |= {"404"} if operation in NOT_FOUND else set()
    told |= {"410"} if operation in WITHDRAWN else set()
    told |= {"401", "403"} if operation in PERSONAL else set()
    told |= {"409", "415"} if operation in WRITING else set()
    told |= {"415"} if operation in TAKING else set()
    told |= {"429"} if operation in THROTTLED else set()
    found: dict[str, Any] = {
        status: {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
        for status in sorted(told)
    }
    return {**({"308": MOVED} if operation in MOVING else {}), **found}


@functools.cache
def document() -> dict[str, Any]:
    """The whole document; it does not depend on the request."""
    with translation.override("en"):
        return dict(SchemaGenerator().get_schema(request=None, public=True))


@functools.cache
def document_bytes() -> bytes:
    return json.dumps(document(), ensure_ascii=False).encode()
