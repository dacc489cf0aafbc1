"""What roles do when communes become one: they go on for the new one, and none ends without a word."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from directory.models import Role
from directory.models.role import HELD
from directory.roles import tell_of_end
from territories.signals import territories_loaded


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **_more: Any) -> None:
    """In the transaction of the load, which deletes what is left of a territory that is no more."""
    for old, new in (vanished or {}).items():
        for role in Role.objects.filter(territory=old).select_for_update():
            if new:
                go_over(role, new)
            elif role.state == "held":
                tell_of_end(role, vanished=True)


def go_over(role: Role, new: str) -> None:
    """One request or role at a time for each target: a role that is held stands before a request."""
    same = Role.objects.filter(
        Q(decided_at=None) | HELD, person=role.person_id, kind=role.kind, territory=new
    )
    if role.state == "held":
        same.filter(decided_at=None).delete()
    if role.state in ("held", "waiting") and same.exists():
        return  # it is said of the new one already
    role.territory_id = new
    role.save(update_fields=["territory"])
