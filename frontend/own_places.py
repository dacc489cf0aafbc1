"""Territories that a person may act upon: their own on offer, those within found by name."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from directory.models import RoleKind
from directory.permissions import Action, may
from frontend.role_targets import territories
from territories.models import Kind, Territory

LONGEST_QUERY = 100


def offered(person: User, typed: str, action: Action) -> dict[str, Any]:
    """For ``frontend/account/_own_places.html``: ``own`` territories of roles, and composed ones where the
    action takes them; those ``found`` by the name typed; whether ``others`` bear it."""
    text = typed.replace("\x00", "").strip()[:LONGEST_QUERY]
    found = territories(text) if text else []
    places = Territory.objects.in_bulk([each.key for each in found])
    held = person.roles.held().filter(kind=RoleKind.OFFICER).select_related("territory")
    own = [role.territory for role in held if role.territory]
    own += [each for each in Territory.objects.of_kind(Kind.CUSTOM).filter(owner=person) if each not in own]
    return {
        "text": text,
        "own": [each for each in own if may(person, action, each)],
        "found": [each for each in found if each.key in places and may(person, action, places[each.key])],
        "others": len(found),
    }
