"""What a proposal may double, and what stands around it: shown before it is sent, and to who moderates it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from directory.models import ACTIVITIES_PER_SECTOR, Initiative, Publication
from directory.permissions import moderated_q
from directory.querysets import InitiativeQuerySet
from exchange import matching
from exchange.likeness import Place, Reason, Told, read_name
from exchange.naming import name_key, street_key
from territories.geometry import Point
from territories.models import Territory

AROUND = 300.0  # metres
MOST_LIKELY = 5
MOST_AROUND = 6
POLYGONS = ("commune__geometry", "departement__geometry")


@dataclass(frozen=True, slots=True)
class Likely:
    """An initiative that a proposal may be of (``doubles``), or that only stands near it.

    ``metres`` from the proposed point, None where either has none; ``reasons`` in words.
    """

    initiative: Initiative
    score: float
    reasons: tuple[str, ...]
    metres: float | None
    doubles: bool


def near(fields: Mapping[str, Any], *, but: Initiative | None = None, by: User | None = None) -> list[Likely]:
    """Those that the fields of a proposal may double, the likest first, then those up to 300 metres around.

    Published ones; with ``by``, the drafts and hidden ones that this person moderates too. ``but`` is left
    out.
    """
    point = _point(fields)
    claims = dict(matching.like(_told(fields), str(fields.get("name") or "")))
    rows = seen(by)
    rows = rows.exclude(pk=but.pk) if but else rows
    rows = rows.select_related("commune", "departement").defer("search", *POLYGONS)
    known = rows.with_distance(point) if point else rows
    likely = [
        Likely(
            each, claims[each.pk].score,
            tuple(str(Reason(reason).label) for reason in claims[each.pk].reasons),
            metres(each), doubles=True,
        )
        for each in known.filter(pk__in=claims)
    ]  # fmt: skip
    likely.sort(key=lambda each: (-each.score, each.initiative.pk))
    if point is None:
        return likely[:MOST_LIKELY]
    around = known.within(point, AROUND).exclude(pk__in=claims).filter(activity_state="open")
    return likely[:MOST_LIKELY] + [
        Likely(each, 0.0, (), metres(each), doubles=False)
        for each in around.order_by("distance", "pk")[:MOST_AROUND]  # type: ignore[misc]  # annotated above
    ]


def seen(by: User | None) -> InitiativeQuerySet:
    """What is not published is for those who moderate its place. Asked of all at once, not one by one: there
    may be thousands of drafts."""
    if by is None:
        return Initiative.objects.published()
    if by.is_superuser:
        return Initiative.objects.all()
    return Initiative.objects.filter(Q(publication=Publication.PUBLISHED) | moderated_q(by, ""))


def metres(initiative: Initiative) -> float | None:
    distance = getattr(initiative, "distance", None)
    return None if distance is None else float(distance.m)


def _point(fields: Mapping[str, Any]) -> Point | None:
    """Where it is said to be, more exactly than its commune."""
    place = fields.get("location")
    return Point(*place) if place and fields.get("precision") not in ("commune", "blurred") else None


def _told(fields: Mapping[str, Any]) -> Told:
    """As exchange.likeness compares listings."""
    commune = Territory.objects.defer("geometry").filter(pk=fields.get("commune")).first()
    place = Place(commune.pk, commune.name, commune.population or 0) if commune else Place()
    point = _point(fields)

    def text(name: str) -> str:
        return str(fields.get(name) or "")

    return Told(
        0, read_name(name_key(text("name")), place.name), place,
        (commune.departement_id or "") if commune else "",
        point.lon if point else None, point.lat if point else None, street_key(text("street")),
        text("siret"), text("rna"), matching.site_key(text("website")), text("phone"), text("email"),
        frozenset(pk // ACTIVITIES_PER_SECTOR for pk in fields.get("activities") or ()),
    )  # fmt: skip
