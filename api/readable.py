"""The OpenAPI document as a page shows it: operations, their parameters and answers, the bodies."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import Any

from api.openapi import CLOSED, document
from api.parameters import PATH_WORDS, WORDS

# What an example address asks beyond what is required.
EXAMPLES: dict[str, str] = {
    "listInitiatives": "/api/v1/initiatives?territory=departement-23&limit=10",
    "readInitiative": "/api/v1/initiatives/la-louve",
    "readMap": "/api/v1/map?bbox=1.5,45.5,2.6,46.5&zoom=9",
    "readFacets": "/api/v1/facets?territory=departement-23",
    "suggest": "/api/v1/suggest?q=aubu",
    "listTerritories": "/api/v1/territories?kind=epci&within=departement-23",
    "readTerritory": "/api/v1/territories/departement-23",
    "readOutline": "/api/v1/territories/departement-23/outline?zoom=8",
    "readOutlines": "/api/v1/territories/outlines?bbox=1.5,45.5,2.6,46.5&zoom=9",
    "locate": "/api/v1/territories/locate?point=2.1697,45.9560",
    "listSectors": "/api/v1/sectors",
    "listPtces": "/api/v1/ptces",
    "listNetworks": "/api/v1/networks",
    "listEvents": "/api/v1/events",
}


@functools.cache
def operations() -> list[dict[str, Any]]:
    return [
        {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "body": _bodies(operation.get("requestBody", {})),
            "personal": any(operation.get("security", [])),  # an empty one is nobody's
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
            "responses": [_response(status, told) for status, told in operation["responses"].items()],
            "example": EXAMPLES.get(operation["operationId"]),
        }
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


@functools.cache
def schemas() -> list[dict[str, Any]]:
    """The bodies by name, each with its members."""
    return [
        {
            "name": name,
            "sent": name in CLOSED,
            "description": schema.get("description", ""),
            "members": _members(schema),
        }
        for name, schema in sorted(document()["components"]["schemas"].items())
    ]


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    words = PATH_WORDS if parameter["in"] == "path" else WORDS
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "required": parameter.get("required", False),
        "type": type_of(parameter["schema"]),
        "description": parameter["description"],
        "example": words[parameter["name"]][1],
    }


def _response(status: str, told: dict[str, Any]) -> dict[str, Any]:
    contents = told.get("content", {})
    return {
        "status": status,
        "title": HTTPStatus(int(status)).phrase,
        "description": told.get("description", ""),
        "media_types": list(contents),
        "schemas": _bodies(told),
    }


def _bodies(told: dict[str, Any]) -> list[str]:
    """The components that a request or an answer may be."""
    contents = told.get("content", {}).values()
    return list(dict.fromkeys(name for body in contents if (name := named(body["schema"]))))


def _members(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": type_of(member),
            "schema": named(member) or named(member.get("items", {})),
            "description": member.get("description", ""),
            "optional": name not in schema.get("required", []),
        }
        for name, member in schema.get("properties", {}).items()
    ]


def named(schema: dict[str, Any]) -> str:
    """The component that a schema points at, or nothing."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def type_of(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if name := named(schema):
        return name
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(type_of(choice) for choice in schema[union])
    if "allOf" in schema:
        return " with ".join(type_of(part) for part in schema["allOf"])
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(type_of({**schema, "type": one}) for one in kind)
    return _type_named(str(kind), schema)


def _type_named(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        size = schema.get("minItems")
        count = f"{size} " if size and size == schema.get("maxItems") else ""
        item = type_of(schema.get("items", {}))
        items = f"{item}s" if item.isalpha() and item.islower() else item
        most = f", at most {schema['maxItems']}" if schema.get("maxItems") and not count else ""
        return f"{count}{items}" if count else f"list of {items}{most}"
    if kind == "object" and "properties" in schema:
        return f"object {{{', '.join(schema['properties'])}}}"
    if kind == "integer" and "minimum" in schema and "maximum" in schema:
        return f"integer from {schema['minimum']} to {schema['maximum']}"
    return {"date": "date", "date-time": "date and time", "uri": "address"}.get(
        schema.get("format", ""), kind
    )
