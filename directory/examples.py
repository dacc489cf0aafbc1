"""The example data: real initiatives noted from public sources, shipped to show what Maillage does.

Each is flagged as an example to be verified, with its source, at the chief place of its commune.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from directory.history import Hand, noting
from directory.models import (
    Activity,
    Grouping,
    GroupingKind,
    Initiative,
    Membership,
    Origin,
    Precision,
    Publication,
    Source,
    SourceRecord,
)  # fmt: skip
from directory.pyramid import fold
from directory.taxonomy import load_taxonomy
from territories.models import Kind, Territory

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "initiatives.csv"
SOURCE = "maillage-examples"
PTCE = "cooperation--ptce"
NETWORK = "cooperation--reseau"

# What rooms above this one load and remove with the examples: a function of nothing each, by a title.
_others: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {}


def register(title: str, load: Callable[[], object], remove: Callable[[], object]) -> None:
    """Load more when the examples are, and take it out with them; in their transaction."""
    _others[title] = (load, remove)


def load_examples(path: Path = FIXTURE) -> dict[str, int]:
    """Add or refresh the examples in one transaction: how many were added, changed, kept, left out.

    Left out: those of a commune or département that is not loaded. Running it again changes nothing.
    """
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    done = {"added": 0, "changed": 0, "kept": 0, "left out": 0}
    with noting(hand=Hand.IMPORT, via="command load_examples"):
        load_taxonomy()
        source, _created = Source.objects.get_or_create(
            slug=SOURCE, defaults={"name": "Maillage, données d’exemple"}
        )
        places = _places(rows)
        activities = dict(Activity.objects.values_list("slug", "pk"))
        for row in rows:
            done[_load(row, source, places, activities)] += 1
        for slug, kind in [(PTCE, GroupingKind.PTCE), (NETWORK, GroupingKind.NETWORK)]:
            _load_groupings(kind, activities[slug])
        for load, _remove in _others.values():
            load()
    fold()
    return done


def remove_examples() -> int:
    """Take every example out, with what hangs on it; how many initiatives went."""
    with noting(hand=Hand.MAINTENANCE, via="command remove_examples"):
        for _load_others, remove_others in _others.values():
            remove_others()
        removed = remove(Origin.EXAMPLE)
    fold()
    return removed


def remove(origin: Origin) -> int:
    """Delete the initiatives of one origin and the groupings that they run. What a source lists besides is
    real, and stays."""
    listed = SourceRecord.objects.exclude(source__slug=SOURCE).values("initiative")
    gone = Initiative.objects.filter(origin=origin).exclude(pk__in=listed)
    Grouping.objects.filter(initiative__in=gone).delete()
    SourceRecord.objects.filter(initiative__in=gone).delete()
    Membership.objects.filter(initiative__in=gone).delete()
    _total, by_model = gone.delete()
    return by_model.get(Initiative._meta.label, 0)


def _places(rows: list[dict[str, str]]) -> dict[str, Territory]:
    ids = {place for row in rows if (place := _place_id(row))}
    return Territory.objects.in_bulk(list(ids))


def _place_id(row: dict[str, str]) -> str:
    if row["insee_code"]:
        return f"commune-{row['insee_code']}"
    return f"departement-{row['departement']}" if row["departement"] else ""


def _load(
    row: dict[str, str], source: Source, places: dict[str, Territory], activities: dict[str, int]
) -> str:
    """One row: "added", "changed", "kept" or "left out"."""
    place = _place_id(row)
    if place and place not in places:
        return "left out"
    mark = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
    record = SourceRecord.objects.filter(source=source, external_id=row["slug"]).first()
    if record and record.hash == mark:
        return "kept"
    initiative = record.initiative if record else Initiative(slug=row["slug"])
    _fill(initiative, row, places.get(place), activities)
    # Fields only: the database holds the constraints, and the links were just read from it.
    initiative.clean_fields(exclude={"commune", "departement"})
    initiative.save()
    now = timezone.now()
    SourceRecord.objects.update_or_create(
        source=source, external_id=row["slug"],
        defaults={"initiative": initiative, "last_seen": now, "hash": mark},
        create_defaults={"initiative": initiative, "first_seen": now, "last_seen": now, "hash": mark},
    )  # fmt: skip
    return "changed" if record else "added"


def _fill(
    initiative: Initiative, row: dict[str, str], place: Territory | None, activities: dict[str, int]
) -> None:
    initiative.name = row["name"]
    initiative.summary = row["summary"]
    initiative.activities = [activities[slug] for slug in row["activities"].split(";")]
    initiative.legal_form = row["legal_form"]
    initiative.legal_form_note = row["legal_form_note"]
    initiative.website = f"https://{row['website']}" if row["website"] else ""
    initiative.source = row["source"]
    initiative.origin = Origin.EXAMPLE
    initiative.publication = Publication.PUBLISHED
    initiative.commune = place if place and place.kind == Kind.COMMUNE else None
    initiative.departement = place if place and place.kind == Kind.DEPARTEMENT else None
    initiative.locality = row["commune"]
    initiative.location = initiative.commune.chief_place if initiative.commune else None
    initiative.precision = Precision.COMMUNE if initiative.location else ""
    read = {"at": timezone.now().isoformat(), "by": SOURCE, "from": row["source"]}
    initiative.provenance = {name: read for name in FIELDS_READ if getattr(initiative, name)}


FIELDS_READ = ["name", "summary", "activities", "legal_form", "website", "commune", "departement", "location"]


def _load_groupings(kind: GroupingKind, activity: int) -> None:
    """An example whose activity is to be a PTCE or a network is one: same slug, name and source."""
    for initiative in Initiative.objects.filter(origin=Origin.EXAMPLE, activities__contains=[activity]):
        Grouping.objects.update_or_create(
            kind=kind, initiative=initiative,
            defaults={
                "slug": initiative.slug, "name": initiative.name, "summary": initiative.summary,
                "website": initiative.website, "source": initiative.source,
            },
        )  # fmt: skip
