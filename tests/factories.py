"""Small invented territories and initiatives for tests, written straight to the database."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from accounts.models import User
from directory.models import Grouping, Initiative, Membership, Role
from territories.drafts import BANDS
from territories.models import Kind, PlaceName, Territory, TerritoryChange, TerritoryOutline

numbers = count(1)


def make_territory(kind: str, code: str, name: str = "", **fields: Any) -> Territory:
    """A territory; ``box=(west, south, east, north)`` draws it, its chief place in the middle."""
    box = fields.pop("box", None)
    if box:
        fields["geometry"] = MultiPolygon(Polygon.from_bbox(box), srid=4326)
        fields.setdefault("chief_place", Point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, srid=4326))
    name = name or f"{kind} {code}"
    made = Territory.objects.create(
        id=f"{kind}-{code}", kind=kind, code=code, name=name, slug=code.lower(), **fields
    )
    PlaceName.objects.create(territory=made, name=name, nature="name", weight=made.population or 0)
    if box:
        shape = fields["geometry"]
        TerritoryOutline.objects.bulk_create(
            TerritoryOutline(territory=made, band=band, geometry=shape, geojson=shape.geojson)
            for band in BANDS
        )
    return made


def make_commune(code: str = "", name: str = "", **fields: Any) -> Territory:
    return make_territory(Kind.COMMUNE, code or f"{next(numbers):05d}", name, **fields)


def make_former_commune(code: str, name: str, successor: Territory) -> TerritoryChange:
    """A code that is no commune's any more and leads to its successor."""
    return TerritoryChange.objects.create(
        code=code, kind=Kind.COMMUNE, name=name, nature="delegated", successor=successor, vintage=2026
    )


def make_initiative(name: str = "", at: tuple[float, float] | None = None, **fields: Any) -> Initiative:
    """A published, open initiative; ``at=(lon, lat)`` places it. Sectors and activities are loaded before."""
    number = next(numbers)
    values: dict[str, Any] = {
        "slug": f"initiative-{number}",
        "name": name or f"Initiative {number}",
        "activities": [101],
        "publication": "published",
        "location": Point(*at, srid=4326) if at else None,
        "precision": "address" if at else "",
    }
    made = Initiative.objects.create(**values | fields)
    made.refresh_from_db()
    return made


def make_grouping(
    slug: str, kind: str = "ptce", members: tuple[Initiative, ...] = (), **fields: Any
) -> Grouping:
    """A PTCE or a network with effective members."""
    made = Grouping.objects.create(kind=kind, slug=slug, **{"name": slug.capitalize()} | fields)
    for member in members:
        join(made, member)
    return made


def join(grouping: Grouping, member: Initiative, **fields: Any) -> Membership:
    """A membership that both sides agreed to, unless said otherwise."""
    now = timezone.now()
    agreed = {"member_agreed_at": now, "grouping_agreed_at": now} | fields
    return Membership.objects.create(grouping=grouping, initiative=member, **agreed)


def make_person(name: str, kind: str = "", target: Any = None, **fields: Any) -> User:
    """Somebody who holds a role for a target, unless ``fields`` of the role say otherwise."""
    made = User.objects.create_user(f"{name}@example.org")
    if kind:
        key = {"owner": "initiative", "coordinator": "grouping"}.get(kind, "territory")
        held = {"granted": True, "decided_at": timezone.now(), "reason": "Test."} | fields
        Role.objects.create(person=made, kind=kind, **{key: target}, **held)
    return made
