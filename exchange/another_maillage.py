"""Another Maillage, read through its API: all of it the first time, then what changed (``/changes``).

What came from here is not taken back: an initiative keeps its UUID from site to site, and a site says under
which UUIDs those it read from know each of its own (``origins``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec

from directory.models import Initiative, Source, SourceRecord
from directory.models.initiative import Precision
from exchange.fetching import Unfetched, fetch
from exchange.fields import Field
from territories.models import Kind

ROOT = "/api/v1"
PAGE = 1_000
# Slugs asked for at once: an address is short.
AT_ONCE = 40
MOST_PAGES = 2_000
LOOKED_UP = 5_000

# The columns of the file that is made of it, each named as the field that it is.
COLUMNS = (
    Field.EXTERNAL_ID, Field.MAILLAGE, Field.NAME, Field.SUMMARY, Field.ACTIVITIES, Field.LEGAL_FORM,
    Field.WEBSITE, Field.POSTCODE, Field.LOCALITY, Field.COMMUNE_CODE, Field.DEPARTEMENT_CODE, Field.LATITUDE,
    Field.LONGITUDE, Field.ACTIVITY_STATE,
)  # fmt: skip


class Link(msgspec.Struct):
    rel: str
    href: str


# As they are written into addresses.
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,500}$")]


class Change(msgspec.Struct):
    id: Slug
    uuid: UUID
    change: Literal["created", "changed", "closed", "withdrawn"]
    origins: list[UUID] = []


class Changes(msgspec.Struct):
    more: bool
    links: list[Link]
    changes: list[Change]


class Place(msgspec.Struct):
    id: str
    name: str


class Geometry(msgspec.Struct):
    coordinates: tuple[float, float]


class Properties(msgspec.Struct):
    name: str
    summary: str = ""
    activities: list[str] = []
    legal_form: str = ""
    website: str | None = None
    postcode: str | None = None
    commune: Place | None = None
    departement: Place | None = None
    precision: str | None = None
    example: bool = False
    activity_state: str = "open"


class Feature(msgspec.Struct):
    id: str
    properties: Properties
    geometry: Geometry | None = None


class Features(msgspec.Struct):
    links: list[Link]
    features: list[Feature]


Body = TypeVar("Body")


@dataclass(slots=True)
class Taken:
    """What a reading gives: a file of so many ``rows``; the external ids that are ``gone``; the ``live`` ones
    where everything was read; where to go on the next time."""

    rows: int
    gone: set[str]
    live: set[str] | None
    following: str


def read(address: str, source: Source, following: str, path: Path) -> Taken:
    """Read the site at an address from where the last reading ended, and write what is to be brought at
    ``path``. Unfetched says why not."""
    site = Site(address, path.with_suffix(".answer"))
    try:
        changes, further = site.changes(following)
    except Unfetched as error:
        if not following or error.said.get("status") != 410:
            raise
        following = ""  # too long ago: everything again
        changes, further = site.changes(following)
    kept = not_ours(changes)
    listed = {each.id: each for each in kept if each.change in ("created", "changed")}
    # One that was closed before it was ever brought is not brought.
    closed = of_source([each for each in kept if each.change == "closed"], source)
    features = site.every() if not following else site.some(list(listed))
    rows = write(path, listed, chain(features, site.profiles(closed)), {each.id: each for each in closed})
    gone = {str(each.uuid) for each in changes if each.change == "withdrawn"}
    live = {str(each.uuid) for each in (*listed.values(), *closed)}
    return Taken(rows, gone, None if following else live, further)


def write(
    path: Path, listed: dict[str, Change], features: Iterable[Feature], closed: dict[str, Change]
) -> int:
    """The file of what is to be brought; how many rows. What the changes did not name comes the next time."""
    named, rows = listed | closed, 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for feature in features:
            change = named.get(feature.id)
            if change and not feature.properties.example:
                writer.writerow([str(cell).replace("\x00", "") for cell in line(change.uuid, feature)])
                rows += 1
    return rows


def line(uuid: UUID, feature: Feature) -> list[Any]:
    """The cells of an initiative, in the order of COLUMNS. A point that stands for its whole commune says
    nothing that the commune does not."""
    told = feature.properties
    exact = told.precision in (Precision.ADDRESS, Precision.STREET) and feature.geometry
    lon, lat = exact.coordinates if exact else ("", "")
    return [
        uuid, uuid, told.name, told.summary, ";".join(told.activities), told.legal_form, told.website or "",
        told.postcode or "", told.commune.name if told.commune else "",
        code_of(told.commune, Kind.COMMUNE),
        "" if told.commune else code_of(told.departement, Kind.DEPARTEMENT), lat, lon, told.activity_state,
    ]  # fmt: skip


def code_of(place: Place | None, kind: Kind) -> str:
    return place.id.removeprefix(f"{kind}-") if place else ""


def not_ours(changes: list[Change]) -> list[Change]:
    """Those that did not come from here: neither they nor one that they were made of began here."""
    kept = []
    for some in parted(changes, LOOKED_UP):
        asked = {uuid for each in some for uuid in (each.uuid, *each.origins)}
        here = set(Initiative.objects.filter(uuid__in=asked).values_list("uuid", flat=True))
        brought = SourceRecord.objects.filter(external_id__in=[str(uuid) for uuid in here])
        own = here - {UUID(key) for key in brought.values_list("external_id", flat=True)}
        kept += [each for each in some if own.isdisjoint((each.uuid, *each.origins))]
    return kept


def of_source(changes: list[Change], source: Source) -> list[Change]:
    known: set[str] = set()
    for some in parted(changes, LOOKED_UP):
        records = SourceRecord.objects.filter(
            source=source, external_id__in=[str(each.uuid) for each in some]
        )
        known.update(records.values_list("external_id", flat=True))
    return [each for each in changes if str(each.uuid) in known]


class Site:
    """The API of a site. Answers go through a file at ``path``; what no Maillage answers is Unfetched."""

    def __init__(self, address: str, path: Path) -> None:
        root = address.partition("?")[0].rstrip("/")
        self.api, self.path = root if root.endswith(ROOT) else root + ROOT, path

    def ask(self, kind: type[Body], resource: str, query: str) -> Body:
        fetch(f"{self.api}/{resource}?{query}", self.path)
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=kind)
        except (msgspec.DecodeError, RecursionError):
            raise Unfetched("unreadable") from None

    def pages(self, kind: type[Body], resource: str, query: str) -> Iterator[tuple[Body, str]]:
        """Pages, each with the query of the one that follows: the rest of a link is not looked at, so that no
        answer leads elsewhere."""
        for _page in range(MOST_PAGES):
            body = self.ask(kind, resource, query)
            links: list[Link] = body.links  # type: ignore[attr-defined]
            query = next((urlsplit(link.href).query for link in links if link.rel == "next"), "")
            yield body, query
            if not query:
                return
        raise Unfetched("unreadable")

    def changes(self, following: str) -> tuple[list[Change], str]:
        """Each initiative once, as of its last change, and where to go on later."""
        found: dict[UUID, Change] = {}
        for body, further in self.pages(Changes, "changes", following or f"limit={PAGE}"):
            for each in body.changes:
                found.pop(each.uuid, None)
                found[each.uuid] = each
            if not further:
                break
            if not body.more:
                return list(found.values()), further
        raise Unfetched("unreadable")

    def every(self) -> Iterator[Feature]:
        for body, _further in self.pages(Features, "initiatives", f"limit={PAGE}&example=false"):
            yield from body.features

    def some(self, slugs: list[str]) -> Iterator[Feature]:
        for asked in parted(slugs, AT_ONCE):
            query = urlencode({"ids": ",".join(asked), "limit": PAGE, "example": "false"}, safe=",")
            yield from self.ask(Features, "initiatives", query).features

    def profiles(self, changes: list[Change]) -> Iterator[Feature]:
        """Those that lists do not show any more; one that went meanwhile comes as withdrawn the next time."""
        for change in changes:
            try:
                yield self.ask(Feature, f"initiatives/{change.id}", "format=geojson")
            except Unfetched as error:
                if error.said.get("status") not in (404, 410):
                    raise


Item = TypeVar("Item")


def parted(items: list[Item], size: int) -> Iterator[list[Item]]:
    return (items[at : at + size] for at in range(0, len(items), size))
