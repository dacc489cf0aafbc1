"""The bodies that PostgreSQL builds, in JSON Schema: what no serializer writes.

``api.openapi`` puts them among the components of the document; ``ref`` points at them.
"""

from __future__ import annotations

from typing import Any

from directory.models import LegalForm, LinkKind, LinkState, Precision
from events.models import Public, SessionKind
from territories.models import ChiefPlaceSource, Kind, OutlineNote

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: dict[str, Schema], *, optional: tuple[str, ...] = (), closed: bool = True) -> Schema:
    """An object that has these properties, all of them unless said, and no other unless open."""
    schema: Schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }
    return {**schema, "additionalProperties": False} if closed else schema


def nullable(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


STRING: Schema = {"type": "string"}
SLUG: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-+[a-z0-9]+)*$"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
COUNTS: Schema = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
POSITION: Schema = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
BBOX: Schema = {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4}

POINT = record({"type": {"const": "Point"}, "coordinates": POSITION})
MULTIPOLYGON = record({"type": {"const": "MultiPolygon"}, "coordinates": listed(listed(listed(POSITION)))})
PLACE = record({"id": STRING, "name": STRING})

LIST_PROPERTIES: dict[str, Schema] = {
    "id": said(SLUG, "The slug: minted once, never renamed."),
    "name": STRING,
    "summary": STRING,
    "sector": said(SLUG, "The main sector."),
    "sectors": listed(SLUG),
    "activities": said(listed(SLUG), "The main one first."),
    "legal_form": {"type": "string", "enum": LegalForm.values},
    "commune": nullable(PLACE),
    "postcode": nullable(STRING),
    "departement": nullable(PLACE),
    "precision": nullable({"type": "string"}) | {"enum": [*Precision.values, None]},
    "website": nullable(STRING),
    "url": said(ADDRESS, "Its page, for people."),
    "verified_at": nullable(MOMENT),
    "updated_at": MOMENT,
    "source": nullable(STRING),
    "example": said(BOOLEAN, "Example data, to be verified."),
}
DISTANCE = said(NUMBER, "Metres from `near`, on the ellipsoid.")

SINGLE_PROPERTIES: dict[str, Schema] = {
    **{name: LIST_PROPERTIES[name] for name in ("id", "name", "sector")},
    "commune": nullable(STRING),
    **{name: LIST_PROPERTIES[name] for name in ("precision", "example", "url")},
}
CLUSTER_PROPERTIES: dict[str, Schema] = {
    "count": {"type": "integer", "minimum": 2},
    "sectors": said(COUNTS, "How many per sector, the largest first."),
    "bbox": BBOX,
}

TERRITORY_PROPERTIES: dict[str, Schema] = {
    "id": STRING,
    "kind": {"type": "string", "enum": Kind.values},
    "code": said(STRING, "The official code: INSEE, or SIREN for an EPCI."),
    "name": STRING,
    "status": nullable(STRING),
    "population": nullable(COUNT),
    "population_edition": nullable(STRING),
    "area_km2": nullable(NUMBER),
    "vintage": nullable({"type": "integer"}),
    "source": nullable(STRING),
    "postcodes": listed(STRING),
    "parents": record(
        {name: nullable(PLACE) for name in ("commune", "epci", "departement", "region", "country")}
    ),
    "chief_place_source": nullable(STRING) | {"enum": [*ChiefPlaceSource.values, None]},
    "has_outline": BOOLEAN,
    "outline_note": nullable(STRING) | {"enum": [*OutlineNote.values, None]},
    "url": said(ADDRESS, "Its page, for people."),
}


def feature(properties: Schema, geometry: Schema, **members: Schema) -> Schema:
    return record(
        {
            "type": {"const": "Feature"},
            "id": STRING,
            **members,
            "geometry": geometry,
            "properties": properties,
        }
    )


def collection(item: Schema, **members: Schema) -> Schema:
    return record({"type": {"const": "FeatureCollection"}, **members, "features": listed(item)})


# A link of the directory; the other ones are those of hypermedia.
LINE: Schema = record(
    {
        "type": {"const": "LineString"},
        "coordinates": said(listed(POSITION), "From the origin to the target.") | {"minItems": 2},
    }
)
RELATION: dict[str, Schema] = {
    "kind": {"type": "string", "enum": LinkKind.values},
    "state": said(
        {"type": "string", "enum": [LinkState.CONFIRMED.value, LinkState.NOTED.value]},
        "`confirmed` by both sides, or `noted` from a source.",
    ),
    "origin": record({"id": SLUG, "name": STRING}),
    "target": record({"id": SLUG, "name": STRING}),
    "since": nullable({"type": "string", "format": "date"}),
    "source": nullable(STRING),
}
LINK = record({"rel": {"type": "string", "enum": ["self", "next"]}, "href": ADDRESS, "type": STRING})
PAGED: dict[str, Schema] = {
    "numberMatched": said(COUNT, "How many match in all."),
    "numberReturned": said(COUNT, "How many are in this answer."),
    "links": listed(ref("Link")),
}
OUTLINE: dict[str, Schema] = {
    "type": {"const": "Feature"},
    "id": STRING,
    "bbox": BBOX,
    "geometry": nullable(MULTIPOLYGON),
    "properties": record(
        {
            **{name: TERRITORY_PROPERTIES[name] for name in ("id", "kind", "code", "name")},
            "label": said(nullable(POSITION), "Where the name reads best."),
        }
    ),
}
TERRITORY_DETAIL: dict[str, Schema] = {
    "bbox": nullable(BBOX),
    "dated": said(
        nullable({"type": "string", "format": "date"}), "Of a custom territory: when its perimeter was set."
    ),
    "former": said(listed(record({"code": STRING, "name": STRING})), "Former communes that are part of it."),
    "outline": said(nullable(ADDRESS), "Where its outline is."),
}
LOCATED: dict[str, Schema] = {
    "containing": said(
        listed(record({name: TERRITORY_PROPERTIES[name] for name in ("id", "kind", "code", "name")})),
        "All that contain the point: the arrondissement where there is one, and what contains the commune.",
    )
}
EVENT_PROPERTIES: dict[str, Schema] = {
    "id": said(SLUG, "The slug: minted once, never renamed."),
    "uuid": {"type": "string", "format": "uuid"},
    "title": STRING,
    "summary": STRING,
    "description": STRING,
    "language": STRING,
    "start": MOMENT,
    "end": MOMENT,
    "status": {"type": "string", "enum": ["published", "cancelled"]},
    "venue": nullable(STRING),
    "address": nullable(STRING),
    "commune": nullable(PLACE),
    "exact": said(BOOLEAN, "Whether the point is that of the venue, not of the chief place of the commune."),
    "organisers": said(
        listed(
            record(
                {
                    "type": {
                        "type": "string",
                        "enum": ["network", "ptce", "territory", "initiative", "name"],
                    },
                    "id": said(nullable(STRING), "Where it is known here and public."),
                    "name": STRING,
                }
            )
        ),
        "Who holds it, in their order.",
    ),
    "link": said(nullable(ADDRESS), "Its page elsewhere."),
    "url": said(ADDRESS, "Its page, for people."),
    "calendar": said(ADDRESS, "The same, for calendars (iCalendar)."),
    "registration_open": said(BOOLEAN, "Whether one may register today."),
    "updated_at": MOMENT,
    "example": said(BOOLEAN, "Example data, to be verified."),
}
EVENT_DETAIL: dict[str, Schema] = {
    "sessions": said(
        listed(
            record(
                {
                    "letter": nullable(STRING),
                    "kind": {"type": "string", "enum": SessionKind.values},
                    "title": STRING,
                    "publics": said(
                        listed({"type": "string", "enum": Public.values}), "For whom; none: everybody."
                    ),
                    "start": MOMENT,
                    "end": MOMENT,
                    "room": nullable(STRING),
                    "capacity": nullable(COUNT),
                    "testimonies": listed(
                        record(
                            {
                                "name": STRING,
                                "initiative": said(nullable(SLUG), "Where it is published here."),
                                "commune": nullable(PLACE),
                                "minutes": nullable(COUNT),
                                "said": nullable(STRING),
                            }
                        )
                    ),
                }
            )
        ),
        "The programme, in the order of the day.",
    )
}
SUGGESTED_PLACE: dict[str, Schema] = {
    "type": {"type": "string", "enum": [*Kind.values, "postcode"]},
    "ids": said(listed(STRING), "Ids of territories: several for a postcode, the largest first."),
    "name": STRING,
    "context": said(STRING, "What tells namesakes apart."),
    "former_name": nullable(STRING),
    "population": nullable(COUNT),
    "point": nullable(POSITION),
    "bbox": nullable(BBOX),
}

SUGGESTED_ADDRESS: dict[str, Schema] = {
    "label": said(STRING, "The whole address on one line."),
    "name": said(STRING, "Number and street, or hamlet."),
    "postcode": nullable(STRING),
    "city": nullable(STRING),
    "point": POSITION,
}

ZONE: dict[str, Schema] = {
    **{name: TERRITORY_PROPERTIES[name] for name in ("id", "name", "kind", "population")},
    "area_km2": nullable(NUMBER),
}
INDICATOR: dict[str, Schema] = {
    "code": said(STRING, "As in `indicators`; a suffix tells variants apart: `A1-10` is A1 within 10 km."),
    "sector": nullable(SLUG),
    "activity": {"type": "null"},
    "value": said(nullable(NUMBER), "Null with a note where it cannot be computed."),
    "unit": STRING,
    "low": said(nullable(NUMBER), "Lower end of the 95 % interval."),
    "high": nullable(NUMBER),
    "n": said(nullable({"type": "integer"}), "The number of cases it rests on."),
    "note": STRING,
    "references": said(
        {"type": "object", "additionalProperties": nullable(NUMBER)}, "The same elsewhere, by territory id."
    ),
    "percentile": said(nullable(NUMBER), "Among territories of the same kind."),
}
COMMUNE = record({"id": STRING, "name": STRING, "population": COUNT})
DIAGNOSIS: dict[str, Schema] = {
    "territory": record({**ZONE, "communes": COUNT}),
    "perimeter": said(
        nullable(record({"dated": {"type": "string", "format": "date"}, "source": STRING})),
        "Where the communes of a custom territory come from.",
    ),
    "data_date": said(MOMENT, "When everything was counted."),
    "references": listed(record(ZONE)),
    "peers": listed(record(ZONE)),
    "messages": listed(record({"text": STRING, "codes": listed(STRING)})),
    "indicators": listed(record(INDICATOR)),
    "white_zones": listed(
        record(
            {
                "sector": SLUG,
                "count": COUNT,
                "population": COUNT,
                "communes": said(listed(COMMUNE), "The most peopled, 500 at most."),
            }
        )
    ),
    "evolution": listed(
        record({"year": {"type": "integer"}, "founded": COUNT, "closed": COUNT, "entered": COUNT})
    ),
    "bridges": listed(record({"id": SLUG, "name": STRING, "betweenness": NUMBER})),
    "actors": said(
        listed(record({"id": SLUG, "name": STRING, "partners": listed(SLUG), "elsewhere": COUNT})),
        "Those that have links, with whom here and with how many elsewhere; none if more than 400.",
    ),
}
CHANGE: dict[str, Schema] = {
    "id": said(SLUG, "The slug."),
    "uuid": {"type": "string", "format": "uuid"},
    "change": said(
        {"type": "string", "enum": ["created", "changed", "closed", "withdrawn"]},
        "What it comes to since the reading began: each initiative comes once, as of its last change.",
    ),
    "at": said(MOMENT, "When its last change was written."),
    "api": said(nullable(ADDRESS), "Where its profile is; null where it was withdrawn."),
    "merged_into": said(nullable(SLUG), "Of one that was withdrawn: the one that took its place."),
    "origins": said(listed(STRING), "The UUIDs under which the sites that it was read from know it."),
}
SHEET_WORDS = record(
    dict.fromkeys(
        ("name", "definition", "formula", "unit", "why", "reading", "source", "limits", "example"), STRING
    )
)

COMPONENTS: dict[str, Schema] = {
    "Diagnosis": record(DIAGNOSIS),
    "Indicators": record(
        {
            "indicators": listed(
                record(
                    {
                        "code": STRING,
                        "chapter": STRING,
                        "unit": STRING,
                        "decimals": COUNT,
                        "minimum": COUNT,
                        "fr": SHEET_WORDS,
                        "en": SHEET_WORDS,
                    }
                )
            )
        }
    ),
    "Problem": record(
        {
            "type": STRING,
            "title": STRING,
            "status": {"type": "integer"},
            "detail": STRING,
            "errors": listed(record({"parameter": STRING, "detail": STRING})),
        }
    ),
    "Changes": record(
        {
            "numberReturned": said(COUNT, "How many are in this answer."),
            "more": said(BOOLEAN, "Whether more is known already: else ask `next` some time later."),
            "links": said(listed(ref("Link")), "`next` is always there, and where to go on; keep it."),
            "changes": listed(record(CHANGE)),
        }
    ),
    "Link": LINK,
    "LinkFeature": feature(record(RELATION), nullable(LINE)),
    "LinkCollection": collection(ref("LinkFeature"), **PAGED),
    "InitiativeProperties": record({**LIST_PROPERTIES, "distance": DISTANCE}, optional=("distance",)),
    "InitiativeFeature": feature(ref("InitiativeProperties"), nullable(POINT)),
    "InitiativeCollection": collection(ref("InitiativeFeature"), **PAGED),
    "MapCollection": collection(
        {"anyOf": [feature(record(CLUSTER_PROPERTIES), POINT), feature(record(SINGLE_PROPERTIES), POINT)]},
        bbox=said(BBOX, "The box asked for, moved outward to the cells of the zoom."),
        zoom=said(
            {"type": "integer", "minimum": 0, "maximum": 22}, "Coarser than asked where too much would come."
        ),
        numberMatched=said(COUNT, "How many initiatives match in that box: the sum of the counts."),
        numberReturned=said(COUNT, "How many features are in this answer."),
    ),
    "Facets": record(
        {
            "numberMatched": COUNT,
            "withoutPlace": said(COUNT, "How many of them have no point."),
            **dict.fromkeys(("sector", "activity", "legal_form", "network", "ptce"), COUNTS),
        }
    ),
    "TerritoryProperties": record(TERRITORY_PROPERTIES),
    "TerritoryFeature": feature(ref("TerritoryProperties"), nullable(POINT)),
    "TerritoryCollection": collection(ref("TerritoryFeature"), **PAGED),
    "TerritoryDetailFeature": feature(
        {"allOf": [record(TERRITORY_PROPERTIES, closed=False), record(TERRITORY_DETAIL, closed=False)]},
        nullable(POINT),
    ),
    "EventProperties": record(EVENT_PROPERTIES),
    "EventFeature": feature(ref("EventProperties"), nullable(POINT)),
    "EventCollection": collection(ref("EventFeature"), **PAGED),
    "EventDetailFeature": feature(
        {"allOf": [record(EVENT_PROPERTIES, closed=False), record(EVENT_DETAIL, closed=False)]},
        nullable(POINT),
    ),
    "LocatedFeature": feature(
        {"allOf": [record(TERRITORY_PROPERTIES, closed=False), record(LOCATED, closed=False)]},
        nullable(POINT),
    ),
    "OutlineFeature": record(OUTLINE, optional=("bbox",)),
    "OutlineCollection": collection(
        record(OUTLINE, optional=("bbox",)),
        kinds=listed({"type": "string", "enum": Kind.values}),
        zoom={"type": "integer"},
        numberMatched=COUNT,
        numberReturned=COUNT,
    ),
    "Suggestions": record(
        {
            "places": listed(record(SUGGESTED_PLACE)),
            "initiatives": listed(
                record(
                    {
                        **{name: LIST_PROPERTIES[name] for name in ("id", "name", "sector")},
                        "commune": nullable(STRING),
                        "url": ADDRESS,
                    }
                )
            ),
            "addresses": listed(record(SUGGESTED_ADDRESS)),
            "sectors": listed(
                record(
                    {"id": SLUG, "sector": SLUG, "labels": {"type": "object", "additionalProperties": STRING}}
                )
            ),
        }
    ),
}
