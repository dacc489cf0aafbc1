"""What was proposed, for who moderates: fields told in full, whom it may double, where it lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point as GeosPoint
from django.urls import reverse

from accounts.models import User
from contributions.fields import told
from contributions.models import Proposal, ProposalKind
from contributions.moderating import Difference, differences
from contributions.near import Likely, near
from directory.history import Change
from directory.models import Initiative
from frontend import quantities
from frontend.drawing import Drawing, drawing
from frontend.import_pairs import COMPARED, Compared
from frontend.proposed import position
from frontend.provenance import origin_of
from frontend.versions import LONG, Line, Piece, Words, difference, label_of
from territories.geometry import Point
from territories.models import Territory

# Said with the point that it is about.
WITH_THE_POINT = "precision"
FIELDS_NAMED = 4  # of a correction, in the queue


@dataclass(frozen=True, slots=True)
class Row:
    """A field, in words: what is there now and where it comes from, what is proposed; ``then`` is what was
    there when it was proposed, where somebody changed it since (``stale``)."""

    field: str
    label: str
    now: str
    proposed: str
    origin: str
    then: str
    stale: bool
    done: bool
    pieces: tuple[Piece, ...]


def rows(proposal: Proposal) -> list[Row]:
    found = differences(proposal)
    words = Words([Change(each.field, each.now, each.proposed) for each in found]
                  + [Change(each.field, each.then, None) for each in found])  # fmt: skip
    return [row(each, words) for each in found]


def row(each: Difference, words: Words) -> Row:
    now, proposed = value(each.field, each.now, words), value(each.field, each.proposed, words)
    return Row(
        each.field, label_of(each.field), now, proposed,
        " ".join(filter(None, origin_of(dict(each.note)))) if each.note and now else "",
        value(each.field, each.then, words) if each.stale else "", each.stale, each.done,
        difference(now, proposed) if each.field in LONG and now and proposed else (),
    )  # fmt: skip


def value(name: str, held: Any, words: Words) -> str:
    """As a person reads it; a point as its latitude and longitude."""
    if name == "location" and held:
        return position(held)
    return words.value(name, held)


def in_full(change: Change, words: Words) -> Line:
    """A change of the history, told with what the public is not told."""
    before, after = (
        position([each.x, each.y]) if change.field == "location" and each else words.value(change.field, each)
        for each in (change.before, change.after)
    )
    pieces = difference(before, after) if change.field in LONG and before and after else ()
    return Line(label_of(change.field), before, after, pieces)


def named(proposal: Proposal) -> str:
    """What a correction is about, in one line."""
    labels = [label_of(name) for name in proposal.fields if name != WITH_THE_POINT]
    if len(labels) > FIELDS_NAMED:
        labels = [*labels[:FIELDS_NAMED], "…"]
    return ", ".join(labels)


# -- Whom it may double -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """A listing beside what is proposed."""

    initiative: Initiative
    reasons: tuple[str, ...]
    distance: str
    lines: list[Compared]


def likely(proposal: Proposal, by: User) -> list[Likely]:
    """Those that a new one may double, hidden and drafts included where ``by`` moderates their place."""
    if proposal.kind != ProposalKind.NEW:
        return []
    return near(proposal.fields, but=proposal.initiative, by=by)


def pairs(proposal: Proposal, found: Iterable[Likely]) -> list[Pair]:
    doubles = [each for each in found if each.doubles]
    theirs = proposal.fields
    changes = [Change("commune", theirs.get("commune"), each.initiative.commune_id) for each in doubles]
    words = Words(changes)
    return [pair(theirs, each, words) for each in doubles]


def pair(theirs: dict[str, Any], each: Likely, words: Words) -> Pair:
    ours = told(each.initiative)
    lines = []
    for name in COMPARED:
        one, other = value(name, theirs.get(name), words), value(name, ours.get(name), words)
        if one or other:
            lines.append(Compared(label_of(name), one, other))
    distance = quantities.length(each.metres) if each.metres is not None else ""
    return Pair(each.initiative, each.reasons, distance, lines)


# -- Where it lies ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """A commune drawn, with what is there ``now`` and what is proposed, in pixels; and the map there."""

    drawing: Drawing
    place: str
    now: tuple[str, str] | None
    proposed: tuple[str, str] | None
    moved: str  # how far from the one to the other
    href: str


def plan(proposal: Proposal) -> Plan | None:
    """Drawn around the commune of what is proposed; None where no place is known."""
    fields, there = proposal.fields, proposal.initiative
    pk = fields.get("commune") or (there.commune_id if there else None)
    commune = Territory.objects.defer("geometry").select_related("departement").filter(pk=pk).first()
    now = there.location if there else None
    point = point_of(fields)
    if commune is None or not (point or now):
        return None
    dots = [each for each in (now, point) if each is not None]
    drawn = drawing(None, commune, dots, box(commune, dots))
    if drawn is None:
        return None
    first, last = drawn.dots[0], drawn.dots[-1]
    at = point or now
    assert at is not None  # one of them is
    return Plan(
        drawn, commune.name, first if now else None, last if point else None,
        moved(there, point), f"{reverse('frontend:search')}?near={at.x:.5f},{at.y:.5f}&radius=2000",
    )  # fmt: skip


def point_of(fields: dict[str, Any]) -> GeosPoint | None:
    if not fields.get("location"):
        return None
    lon, lat = fields["location"]
    return GeosPoint(lon, lat, srid=4326)


def box(commune: Territory, dots: list[GeosPoint]) -> tuple[float, float, float, float] | None:
    """Around the commune and the points, wherever these are."""
    if commune.envelope is None:
        return None
    west, south, east, north = commune.envelope.extent
    xs, ys = [each.x for each in dots], [each.y for each in dots]
    return min(west, *xs), min(south, *ys), max(east, *xs), max(north, *ys)


def moved(there: Initiative | None, point: GeosPoint | None) -> str:
    """How far the point goes, on the ellipsoid; empty where it does not move."""
    if there is None or there.location is None or point is None:
        return ""
    found = Initiative.objects.filter(pk=there.pk).with_distance(Point(point.x, point.y)).first()
    return quantities.length(float(found.distance.m)) if found and found.distance.m >= 1 else ""  # type: ignore[attr-defined]
