"""The slugs of the taxonomy, kept in the process for as long as nothing public changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from directory.models import Activity, Sector
from directory.version import known


@dataclass(frozen=True, slots=True)
class Terms:
    """Ids by slug; ``replaced`` leads from an activity to the one that took its place."""

    sectors: dict[str, int]
    activities: dict[str, int]
    replaced: dict[int, int]


_last: dict[str, Terms] = {}


def terms() -> Terms:
    """The terms as they are now; read anew inside a transaction, which sees what nobody else does."""
    if connection.in_atomic_block:
        return read()
    version = known()
    found = _last.get(version)
    if found is None:
        found = read()
        _last.clear()
        _last[version] = found
    return found


def read() -> Terms:
    activities = list(Activity.objects.values_list("slug", "pk", "replaced_by"))
    return Terms(
        sectors=dict(Sector.objects.values_list("slug", "pk")),
        activities={slug: pk for slug, pk, _replaced in activities},
        replaced={pk: replaced for _slug, pk, replaced in activities if replaced},
    )
