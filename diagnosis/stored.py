"""Reports that were made once after a counting, and are read in milliseconds until the next.

A stored report says the same as one made now: it is read only where it is of the last counting and of this
very code, except those of WIDE, which say their date. Who only asks writes nothing: the worker makes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from diagnosis.model import Report
from diagnosis.models import Edition, Figures, StoredReport
from diagnosis.report import report, with_peers
from territories.models import Kind, Territory

# A commune's is made in a moment, and there are 35,000.
KINDS = (Kind.COUNTRY, Kind.REGION, Kind.DEPARTEMENT, Kind.EPCI)
AT_ONCE = 50
# Half a minute to make at a million: nobody waits for them after a counting, the last one is read, which says
# its date, until the worker has made the next.
WIDE = (Kind.COUNTRY, Kind.REGION)


def read(territory: Territory, peers: Sequence[str] = ()) -> Report:
    """The diagnosis of a territory, stored or made now. ``peers`` are ids chosen by the reader.

    NothingCounted where figures never were.
    """
    if territory.kind == Kind.COUNTRY:
        peers = ()  # nothing is like it
    if (found := kept(territory)) is None:
        return report(territory, peers)
    return with_peers(found, peers) if peers else found


def kept(territory: Territory) -> Report | None:
    """The stored report of a territory, if there is one that may be read."""
    if territory.kind not in KINDS:
        return None
    rows = StoredReport.objects.all() if territory.kind in WIDE else current()
    body = rows.filter(pk=territory.pk).values_list("body", flat=True).first()
    # That of other code may have a shape that this one does not know.
    with suppress(msgspec.ValidationError):
        return None if body is None else msgspec.json.decode(body, type=Report)
    return None


def store(most: int = AT_ONCE) -> int:
    """Make reports that lack, the largest territories first; how many were made, fewer than ``most`` at the
    end."""
    return keep(lacking()[:most])


def keep(territories: Iterable[Territory]) -> int:
    """Make the reports of these, each kept as soon as it is made; how many were."""
    edition = Edition.objects.order_by("-at").first()
    if edition is None:
        return 0
    made = 0
    for territory in territories:
        found = report(territory)
        if found.data_date != edition.at:
            break  # counted again meanwhile: the next time begins anew
        body = msgspec.json.encode(found).decode()
        row = {"at": found.data_date, "made_by": mark(), "body": body}
        StoredReport.objects.update_or_create(pk=territory.pk, defaults=row)
        made += 1
    return made


def lacking() -> QuerySet[Territory]:
    """Territories that were counted and whose report is not stored."""
    wanted = Territory.objects.filter(pk__in=Figures.objects.values("pk"), kind__in=KINDS)
    return wanted.exclude(Exists(current().filter(pk=OuterRef("pk")))).order_by("-population", "pk")


def current() -> QuerySet[StoredReport]:
    """The reports of the last counting, made by this code."""
    last = Edition.objects.order_by("-at").values("at")[:1]
    return StoredReport.objects.filter(at=last, made_by=mark())


@cache
def mark() -> str:
    """What tells the code that makes reports from another."""
    seen = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]
