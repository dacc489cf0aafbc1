"""Where initiatives are established: what follows from a point, a commune, a new perimeter."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.dispatch import receiver

from directory.history import Hand, noting
from directory.models import Grouping, Initiative, Precision, ServedTerritory
from territories.gazetteer import locate
from territories.geometry import Point
from territories.models import Kind, Territory
from territories.signals import territories_loaded

# The trigger of the table copies the territories of the commune anew; updated_at stays.
REFRESH = """
UPDATE directory_initiative i SET commune_id = i.commune_id FROM territories_territory t
WHERE t.id = i.commune_id
  AND (i.epci_id, i.departement_id, i.region_id, i.country_id)
      IS DISTINCT FROM (t.epci_id, t.departement_id, t.region_id, t.country_id)
"""
REFRESH_DECLARED = """
UPDATE directory_initiative i SET departement_id = i.departement_id FROM territories_territory t
WHERE t.id = i.departement_id AND i.commune_id IS NULL
  AND (i.region_id, i.country_id) IS DISTINCT FROM (t.region_id, t.country_id)
"""

LINKS = [
    (Initiative, "commune"), (Initiative, "arrondissement"), (Initiative, "departement"),
    (Initiative, "epci"), (Initiative, "region"), (Initiative, "country"), (Grouping, "perimeter"),
]  # fmt: skip


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **kwargs: Any) -> int:
    """After a load: rows of vanished territories go to their successors, and copies are refreshed.

    Runs in the transaction of the load. Returns how many initiatives had stale copies.
    """
    with noting(hand=Hand.MAINTENANCE, via="command load_territories"):
        return _follow(vanished)


def _follow(vanished: dict[str, str | None] | None) -> int:
    for old, new in (vanished or {}).items():
        for model, name in LINKS:
            model._default_manager.filter(**{name: old}).update(**{name: new})
        served = ServedTerritory.objects.filter(territory=old)
        if new:
            already = ServedTerritory.objects.filter(territory=new).values("initiative")
            served.exclude(initiative__in=already).update(territory=new)
        served.delete()
    with connection.cursor() as cursor:
        cursor.execute(REFRESH)
        stale = cursor.rowcount
        cursor.execute(REFRESH_DECLARED)
        return stale + cursor.rowcount


def complete_place(initiative: Initiative) -> None:
    """Fill what follows from what is known: the commune of a point, the point of a commune.

    A point in an arrondissement of Paris, Lyon or Marseille gives both. Nothing given is overwritten.
    """
    if initiative.location is not None and initiative.commune is None and initiative.arrondissement is None:
        point = Point(initiative.location.x, initiative.location.y)
        initiative.commune = locate(point)
        inside = Territory.objects.of_kind(Kind.ARRONDISSEMENT).filter(commune=initiative.commune)
        initiative.arrondissement = inside.containing(point).first()
    if initiative.location is None and initiative.commune is not None:
        initiative.location = initiative.commune.chief_place
        initiative.precision = Precision.COMMUNE if initiative.location else ""
    if initiative.location is not None and not initiative.precision:
        initiative.precision = Precision.ADDRESS
