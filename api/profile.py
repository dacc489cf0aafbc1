"""The published profile of one initiative, gathered in a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from api.asked import published
from api.serializers import InitiativeProfileFeatureSerializer, Moment
from charter import signatories
from directory.models import (
    LINK_STANDS,
    Activity,
    Grouping,
    GroupingKind,
    Initiative,
    Link,
    Membership,
    Sector,
)
from directory.publishing import ACCOUNT
from territories.models import Territory
from verification.confirming import last_vouching, to_confirm

PLACES = ("arrondissement", "commune", "epci", "departement", "region", "country")
MOMENT = Moment()
LINK_SAID = (
    "kind", "since", "until", "source", "asserted_by", "origin_agreed_at", "target_agreed_at", "declined_at"
)  # fmt: skip
SHOWN = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def profile_feature(initiative: Initiative, feature: str) -> dict[str, Any]:
    """The feature that a list gives (GeoJSON text), its properties completed by the profile."""
    body = json.loads(feature)
    body["properties"] |= profile(initiative)
    return dict(InitiativeProfileFeatureSerializer(body).data)


def profile(initiative: Initiative) -> dict[str, Any]:
    belongs = _belongs(initiative)
    return {
        **_facts(initiative),
        "taxonomy": _taxonomy(initiative),
        **_places(initiative),
        "ptces": belongs[GroupingKind.PTCE],
        "networks": belongs[GroupingKind.NETWORK],
        "links": _links(initiative),
        "parent": next(iter(_named(Initiative.objects.published().filter(sites=initiative))), None),
        "sites": _named(Initiative.objects.visible().filter(parent=initiative)),
        "sources": _sources(initiative),
        "charter_signature": _signature(initiative),
        "verification": _verification(initiative),
        "self_assessments": published(initiative),
    }


def _signature(initiative: Initiative) -> dict[str, Any] | None:
    """Which text of the charter it signed, and when; None where it has not, or is not to be named."""
    signature = signatories.of(initiative) if initiative.charter_signatory else None
    if signature is None or signature.confirmed_at is None:
        return None
    version = {name: getattr(signature.version, name) for name in ("number", "edition")}
    return {"version": version, "signed_on": timezone.localdate(signature.confirmed_at).isoformat()}


def _verification(initiative: Initiative) -> dict[str, Any]:
    """When somebody vouched for the listing as a whole, and in which capacity: never who."""
    answer = last_vouching(initiative)
    return {
        "at": initiative.verified_at and MOMENT.to_representation(initiative.verified_at),
        "hand": answer.hand if answer else None,
        "to_confirm": to_confirm(initiative),
    }


def _facts(initiative: Initiative) -> dict[str, Any]:
    return {
        "uuid": initiative.uuid,
        "language": initiative.language,
        "description": initiative.description or None,
        "activity_state": initiative.activity_state,
        "legal_form_note": initiative.legal_form_note or None,
        "siret": initiative.siret or None,
        "rna": initiative.rna or None,
        "address": {name: getattr(initiative, name) or None for name in ("street", "postcode", "locality")},
        "phone": initiative.phone or None,
        "email": initiative.email or None,
        "opening_hours": initiative.opening_hours or None,
        "founded": dated(initiative.founded, initiative.founded_precision),
        "closed": dated(initiative.closed, initiative.closed_precision),
        "charter": initiative.charter_signatory,
        "testimony": initiative.accepts_testimony,
        "provenance": {field: _provenance(said) for field, said in initiative.provenance.items()},
        "created_at": initiative.created_at,
    }


def dated(day: date | None, precision: str) -> dict[str, str] | None:
    """A date as precisely as it is known."""
    return None if day is None else {"date": day.strftime(SHOWN[precision]), "precision": precision}


def _provenance(said: dict[str, str]) -> dict[str, str | None]:
    """When, by which source, from what, in which capacity; who holds an account is nobody's business."""
    by = said.get("by", "")
    return {
        "at": said.get("at"),
        "by": None if by.startswith(ACCOUNT) else by or None,
        "from": said.get("from"),
    } | ({"hand": said["hand"]} if "hand" in said else {})


def _taxonomy(initiative: Initiative) -> dict[str, Any]:
    activities = Activity.objects.select_related("sector").in_bulk(initiative.activities)
    sectors = [sector for sector in Sector.objects.order_by("pk") if sector.bit & initiative.sector_mask]
    return {
        "sectors": [{"id": sector.slug, "labels": sector.labels} for sector in sectors],
        "activities": [
            {"id": activity.slug, "sector": activity.sector.slug, "labels": activity.labels}
            for pk in initiative.activities
            if (activity := activities.get(pk))
        ],
    }


def _places(initiative: Initiative) -> dict[str, Any]:
    """Where it is established, and what it serves, without a polygon."""
    ids = {kind: getattr(initiative, f"{kind}_id") for kind in PLACES}
    served = list(initiative.served_territories.order_by("territory").values_list("territory", flat=True))
    names = dict(
        Territory.objects.filter(pk__in=[*filter(None, ids.values()), *served]).values_list("pk", "name")
    )
    return {
        "territories": {kind: {"id": pk, "name": names[pk]} if pk else None for kind, pk in ids.items()},
        "serves": [{"id": pk, "name": names[pk]} for pk in served],
    }


def _belongs(initiative: Initiative) -> dict[str, list[dict[str, str]]]:
    """By kind: the groupings that it runs, then those that it is an effective member of."""
    members = effective().filter(initiative=initiative).values("grouping")
    groupings = Grouping.objects.filter(Q(initiative=initiative) | Q(pk__in=members), published=True)
    found: dict[str, list[dict[str, str]]] = {kind: [] for kind in GroupingKind.values}
    for grouping in groupings.order_by("name", "pk"):
        role = "runs" if grouping.initiative_id == initiative.pk else "member"
        found[grouping.kind].append({"id": grouping.slug, "name": grouping.name, "role": role})
    return found


def effective() -> Any:
    """Memberships in force: both sides agreed, and none has left."""
    return Membership.objects.filter(
        member_agreed_at__isnull=False, grouping_agreed_at__isnull=False, until=None
    )


def _links(initiative: Initiative) -> list[dict[str, Any]]:
    """Both directions, with initiatives that may be read: what stands or stood, and what this one asserts."""
    found = []
    for direction, here, there in (("out", "origin", "target"), ("in", "target", "origin")):
        asserted = Q(asserted_by=here, declined_at=None, until=None)
        links = Link.objects.filter(
            LINK_STANDS | asserted, **{here: initiative, f"{there}__publication": "published"}
        ).select_related(there).only(*LINK_SAID, there, f"{there}__slug", f"{there}__name")  # fmt: skip
        rows = links.order_by("kind", f"{there}__name_sort", "pk")
        found += [
            {
                "kind": link.kind,
                "direction": direction,
                "initiative": {"id": getattr(link, there).slug, "name": getattr(link, there).name},
                "state": link.state.value,
                "since": link.since and link.since.isoformat(),
                "until": link.until and link.until.isoformat(),
                "source": link.source or None,
            }
            for link in rows
        ]
    return found


def _named(initiatives: Iterable[Any]) -> list[dict[str, str]]:
    rows: Any = initiatives
    return [
        {"id": slug, "name": name}
        for slug, name in rows.order_by("name_sort", "pk").values_list("slug", "name")
    ]


def _sources(initiative: Initiative) -> list[dict[str, Any]]:
    return [
        {
            "source": {
                "id": record.source.slug,
                "name": record.source.name,
                "url": record.source.url or None,
                "licence": record.source.licence or None,
            },
            "external_id": record.external_id,
            "first_seen": MOMENT.to_representation(record.first_seen),
            "last_seen": MOMENT.to_representation(record.last_seen),
            "vanished_at": record.vanished_at and MOMENT.to_representation(record.vanished_at),
        }
        for record in initiative.source_records.select_related("source").order_by(
            "source__slug", "external_id"
        )
    ]
