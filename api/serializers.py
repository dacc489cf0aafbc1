"""Details, as plain serializers: what one resource says beyond the properties of a list."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Scope
from api.asked import PUBLISHED
from api.schemas import (
    ADDRESS,
    BOOLEAN,
    COUNT,
    LIST_PROPERTIES,
    PLACE,
    POINT,
    SLUG,
    STRING,
    Schema,
    listed,
    nullable,
    record,
    said,
)  # fmt: skip
from directory.history import Hand
from directory.models import ActivityState, LinkKind, LinkState, RoleKind, StoryKind
from directory.models.initiative import DatePrecision

LABELS = said({"type": "object", "additionalProperties": {"type": "string"}}, "By language.")
DATED = record(
    {
        "date": said(STRING, "YYYY, YYYY-MM or YYYY-MM-DD, as precisely as it is known."),
        "precision": {"type": "string", "enum": DatePrecision.values},
    }
)
BELONGS = listed(record({"id": SLUG, "name": STRING, "role": {"type": "string", "enum": ["runs", "member"]}}))
TOLD = {
    "type": "object",
    "additionalProperties": record(
        {
            **{name: nullable(STRING) for name in ("at", "by", "from")},
            "hand": {"type": "string", "enum": Hand.values},
        },
        optional=("hand",),
    ),
}


def told(schema: Schema) -> Any:
    """A part of the profile that is made as its schema says; written out as it is."""
    return extend_schema_field(schema)(type("Part", (serializers.ReadOnlyField,), {}))()


class Moment(serializers.DateTimeField):
    """As lists write it in SQL: UTC, to the microsecond, ``Z``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M:%S.%fZ", default_timezone=UTC, **kwargs)


# What is declined is told nowhere.
LINK_STATES = [LinkState.CONFIRMED.value, LinkState.NOTED.value, LinkState.ASSERTED.value]
LINK_STATE = (
    "`confirmed` by both sides; `noted` from a source, neither side having been asked; `asserted` by this"
    " one, the other not having answered."
)


class InitiativeProfileSerializer(serializers.Serializer[Any]):
    """The published profile of an initiative: the properties that lists give, and more. No person."""

    uuid = serializers.UUIDField()
    language = serializers.CharField(help_text="Of the texts: ISO 639-1.")
    description = serializers.CharField(allow_null=True)
    activity_state = told({"type": "string", "enum": ActivityState.values})
    legal_form_note = serializers.CharField(allow_null=True, help_text="The legal form as it was said.")
    siret = serializers.CharField(allow_null=True)
    rna = serializers.CharField(allow_null=True)
    taxonomy = told(
        record(
            {
                "sectors": listed(record({"id": SLUG, "labels": LABELS})),
                "activities": listed(record({"id": SLUG, "sector": SLUG, "labels": LABELS})),
            }
        )
    )
    territories = told(
        record(
            {
                kind: nullable(PLACE)
                for kind in ("arrondissement", "commune", "epci", "departement", "region", "country")
            }
        )
    )
    serves = told(said(listed(PLACE), "Territories served, wherever it is established."))
    address = told(record({name: nullable(STRING) for name in ("street", "postcode", "locality")}))
    phone = serializers.CharField(allow_null=True, help_text="Of the organisation.")
    email = serializers.EmailField(allow_null=True, help_text="Of the organisation, never of a person.")
    opening_hours = serializers.CharField(allow_null=True, help_text="In the syntax of OpenStreetMap.")
    founded = told(nullable(DATED))
    closed = told(nullable(DATED))
    charter = serializers.BooleanField(help_text="Signatory of the charter.")
    testimony = serializers.BooleanField(help_text="Accepts to testify.")
    ptces = told(BELONGS)
    networks = told(BELONGS)
    links = told(
        listed(
            record(
                {
                    "kind": {"type": "string", "enum": LinkKind.values},
                    "direction": said(
                        {"type": "string", "enum": ["out", "in"]}, "From this one, or towards it."
                    ),
                    "initiative": record({"id": SLUG, "name": STRING}),
                    "state": said({"type": "string", "enum": LINK_STATES}, LINK_STATE),
                    "since": nullable(STRING),
                    "until": nullable(STRING),
                    "source": nullable(STRING),
                }
            )
        )
    )
    parent = told(nullable(record({"id": SLUG, "name": STRING})))
    sites = told(listed(record({"id": SLUG, "name": STRING})))
    sources = told(
        listed(
            record(
                {
                    "source": record(
                        {"id": SLUG, "name": STRING, "url": nullable(ADDRESS), "licence": nullable(STRING)}
                    ),
                    "external_id": STRING,
                    "first_seen": {"type": "string", "format": "date-time"},
                    "last_seen": {"type": "string", "format": "date-time"},
                    "vanished_at": nullable({"type": "string", "format": "date-time"}),
                }
            )
        )
    )
    provenance = told(
        said(TOLD, "By field: when it was written, by whom or what, read where, in which capacity.")
    )
    charter_signature = told(
        said(
            nullable(
                record(
                    {
                        "version": record({"number": COUNT, "edition": STRING}),
                        "signed_on": {"type": "string", "format": "date"},
                    }
                )
            ),
            "Of a signatory: the latest text that it signed.",
        )
    )
    verification = told(
        record(
            {
                "at": said(nullable({"type": "string", "format": "date-time"}), "As `verified_at`."),
                "hand": said(
                    nullable({"type": "string"}) | {"enum": [*Hand.values, None]},
                    "In which capacity somebody vouched for it; null where it was not here.",
                ),
                "to_confirm": said(BOOLEAN, "Whether nobody vouched for it in 24 months."),
            }
        )
    )
    self_assessments = told(
        said(
            listed(PUBLISHED),
            "The last profile by each questionnaire that the initiative made public: a score for each"
            " dimension, never one for all. None where nothing is public.",
        )
    )
    created_at = Moment()

    def get_fields(self) -> dict[str, Any]:
        """Those of lists first, under the same names."""
        return {**{name: told(schema) for name, schema in LIST_PROPERTIES.items()}, **super().get_fields()}


class InitiativeProfileFeatureSerializer(serializers.Serializer[Any]):
    type = told({"const": "Feature"})
    id = told(SLUG)
    geometry = told(nullable(POINT))
    properties = InitiativeProfileSerializer()


class ActivitySerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="slug")
    labels = told(LABELS)
    synonyms = serializers.ListField(child=serializers.CharField())
    replaced_by = serializers.CharField(source="replaced_by.slug", allow_null=True, default=None)


class SectorSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="slug")
    labels = told(LABELS)
    synonyms = serializers.ListField(child=serializers.CharField())
    labo_domain = serializers.BooleanField(help_text="A domain that the Labo de l'ESS names.")
    activities = ActivitySerializer(many=True)


class SectorsSerializer(serializers.Serializer[Any]):
    sectors = SectorSerializer(many=True)


STATUS = record({"year": {"type": "integer"}, "status": STRING, "source": STRING})


MEMBERS = (
    "How many published and open initiatives are members, both sides having agreed."
    " The initiative that runs it counts only where it is a member too."
)


class GroupingSerializer(serializers.Serializer[Any]):
    """A PTCE or a network."""

    id = serializers.CharField(source="slug")
    uuid = serializers.UUIDField()
    kind = told({"type": "string", "enum": ["ptce", "network"]})
    name = serializers.CharField()
    summary = serializers.CharField()
    url = told(said(ADDRESS, "Its page, for people."))
    website = told(nullable(ADDRESS))
    members = told(said(COUNT, MEMBERS))
    initiative = told(said(nullable(record({"id": SLUG, "name": STRING})), "The initiative that runs it."))
    perimeter = told(nullable(PLACE))
    programmes = told(said(listed(STRING), "The programmes it takes part in, as they are called."))
    statuses = told(said(listed(STATUS), "Of a PTCE: what it was recognised as, by year."))
    source = told(nullable(STRING))
    updated_at = Moment()


class GroupingPageSerializer(serializers.Serializer[Any]):
    numberMatched = serializers.IntegerField(min_value=0)
    numberReturned = serializers.IntegerField(min_value=0)
    links = told(listed({"$ref": "#/components/schemas/Link"}))
    groupings = GroupingSerializer(many=True)


class StorySerializer(serializers.Serializer[Any]):
    """An experience sheet, in parts, or a testimony, in one."""

    id = serializers.UUIDField()
    kind = told({"type": "string", "enum": StoryKind.values})
    initiative = told(record({"id": SLUG, "name": STRING}))
    language = serializers.CharField(help_text="ISO 639-1.")
    title = serializers.CharField()
    context = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    text = serializers.CharField(help_text="What was done, or lived.")
    difficulties = serializers.CharField(allow_null=True)
    advice = serializers.CharField(allow_null=True)
    signature = serializers.CharField(allow_null=True, help_text="As its author wants to be named.")
    published_at = Moment()
    url = told(said(ADDRESS, "Its page, for people."))


class StoryPageSerializer(serializers.Serializer[Any]):
    numberMatched = serializers.IntegerField(min_value=0)
    numberReturned = serializers.IntegerField(min_value=0)
    links = told(listed({"$ref": "#/components/schemas/Link"}))
    stories = StorySerializer(many=True)


class BelongingSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    role = told({"type": "string", "enum": ["runs", "member"]})
    since = serializers.DateField(allow_null=True, help_text="Member since.")


class GroupingDetailSerializer(GroupingSerializer):
    """A PTCE or a network with the initiative that runs it and its members."""

    initiatives = BelongingSerializer(
        many=True,
        help_text="The published and open initiatives that `initiatives` finds by its slug: first the one"
        " that runs it, then its members by name.",
    )


class MeSerializer(serializers.Serializer[Any]):
    """Whoever asks."""

    name = serializers.CharField(allow_null=True, help_text="As it is shown, where one was given.")
    email = serializers.EmailField()
    language = serializers.CharField(help_text="ISO 639-1.")
    scopes = told(
        said(listed({"type": "string", "enum": Scope.values}), "What the token may do; all in a browser.")
    )
    expires_at = Moment(allow_null=True, help_text="When the token stops to serve; null in a browser.")
    roles = told(
        listed(
            record(
                {
                    "kind": {"type": "string", "enum": RoleKind.values},
                    "for": said(
                        nullable(
                            record(
                                {
                                    "type": {
                                        "type": "string",
                                        "enum": ["initiative", "ptce", "network", "territory"],
                                    },
                                    "id": STRING,
                                    "name": STRING,
                                }
                            )
                        ),
                        "What it holds for; null for the whole site.",
                    ),
                    "since": nullable({"type": "string", "format": "date-time"}),
                }
            )
        )
    )
