"""What was proposed, for who moderates: fields told in full, whom it may double, where it lies."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from django.contrib.gis.geos import Point as GeosPoint
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from contributions.fields import told
from contributions.models import Proposal, ProposalKind
from contributions.moderating import Difference
from contributions.near import Likely, near
from directory.history import Change
from directory.models import Initiative, Publication
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
SIGNS_IN_SHORT = 120


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


def rows(found: list[Difference]) -> list[Row]:
    words = words_of(found)
    return [row(each, words) for each in found]


def words_of(found: Iterable[Difference]) -> Words:
    return Words(
        change for each in found
        for change in (Change(each.field, each.now, each.proposed), Change(each.field, each.then, None))
    )  # fmt: skip


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


def in_short(found: list[Difference], words: Words) -> list[Line]:
    """What a correction would change, each cut to a line: enough to decide of most without opening them. Not
    what is said already, or with the point."""
    return [
        Line(label_of(each.field), cut(each.field, each.now, words), cut(each.field, each.proposed, words))
        for each in found
        if each.field != WITH_THE_POINT and not each.done
    ]


def cut(name: str, held: Any, words: Words) -> str:
    return Truncator(" ".join(value(name, held, words).split())).chars(SIGNS_IN_SHORT)


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

DECIMALS = 5  # of a degree: a metre


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that the map shows under its ``mark``, a letter. ``kind``: ``now``, ``proposed``, ``double`` or
    ``around``; ``text`` says what it is, ``href`` leads to its page. ``lon`` and ``lat`` as the page's script
    reads them."""

    mark: str
    kind: str
    lon: str
    lat: str
    name: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A commune drawn, with what is there ``now`` and what is proposed, in pixels; the ``spots`` of the map,
    which the page lists; and the map of all that is around (``href``)."""

    drawing: Drawing
    place: str
    now: tuple[str, str] | None
    proposed: tuple[str, str] | None
    spots: list[Spot]
    href: str


def plan(proposal: Proposal, found: Iterable[Likely] = ()) -> Plan | None:
    """Drawn around the commune of what is proposed; None where no place is known."""
    fields, there = proposal.fields, proposal.initiative
    pk = fields.get("commune") or (there.commune_id if there else None)
    commune = Territory.objects.defer("geometry").select_related("departement").filter(pk=pk).first()
    if commune is None:
        return None
    now, point = there.location if there else None, point_of(fields)
    if not (now or point):
        point = commune.chief_place
    dots = [each for each in (now, point) if each is not None]
    drawn = drawing(None, commune, dots, box(commune, dots)) if dots else None
    if drawn is None:
        return None
    said = [spot("now", now, _("Point d’aujourd’hui"), position([now.x, now.y]))] if now else []
    if point:
        said.append(
            spot("proposed", point, _("Point proposé"), proposed_at(there, point, "location" in fields))
        )
    said += [beside(each) for each in found if each.initiative.location]
    return Plan(
        drawn, commune.name, drawn.dots[0] if now else None, drawn.dots[-1] if point else None,
        [dataclasses.replace(each, mark=mark) for each, mark in zip(said, ascii_uppercase, strict=False)],
        f"{reverse('frontend:search')}?near={dots[-1].x:.5f},{dots[-1].y:.5f}&radius=2000",
    )  # fmt: skip


def proposed_at(there: Initiative | None, point: GeosPoint, said: bool) -> str:
    """Where a proposed point is, and how far from the one of today."""
    if not said:
        return _("au centre de la commune : la proposition ne dit pas de point")
    at, distance = position([point.x, point.y]), moved(there, point)
    if not distance:
        return at
    return _("{position}, à {distance} de celui d’aujourd’hui").format(position=at, distance=distance)


def beside(each: Likely) -> Spot:
    """A listing that the proposal may double, or that only stands around."""
    initiative = each.initiative
    what = _("elle ressemble à la proposition") if each.doubles else _("elle est tout près")
    if each.metres is not None:
        what = _("{what}, à {distance}").format(what=what, distance=quantities.length(each.metres))
    public = initiative.publication == Publication.PUBLISHED
    if not public:
        what = f"{what} ({initiative.get_publication_display()})"
    href = reverse("frontend:initiative", args=[initiative.slug]) if public else ""
    return spot("double" if each.doubles else "around", initiative.location, initiative.name, what, href)


def spot(kind: str, point: Any, name: str, text: str, href: str = "") -> Spot:
    return Spot("", kind, f"{point.x:.{DECIMALS}f}", f"{point.y:.{DECIMALS}f}", name, text, href)


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
