"""Make the diagnosis of a territory: read what was counted, and what the initiatives say today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils import timezone

from diagnosis.access import Access, cells
from diagnosis.errors import NothingCounted
from diagnosis.figures import Maker
from diagnosis.model import Figure, Perimeter, Report, SectorName
from diagnosis.models import Edition
from diagnosis.official import official_of
from diagnosis.peers import kin_of, similar
from diagnosis.reading import active_only, evolution, legal_forms, network_of
from diagnosis.zones import Commune, communes, scales, subject, zone, zones
from directory.models import Sector
from directory.search import SearchCriteria
from territories.models import Kind, Territory

# The codes of what is read of a territory itself, whatever it is compared with.
REACH = ("A1", "A2", "A4")
OWN = (*REACH, "R", "T1", "Q1", "K1")


def report(territory: Territory, peers: Sequence[str] = ()) -> Report:
    """The diagnosis of a territory. ``peers`` are ids chosen by the reader instead of the most similar.

    NothingCounted where figures never were.
    """
    edition = Edition.objects.order_by("-at").first()
    if edition is None:
        raise NothingCounted
    territory = subject(territory)
    here, kin = zone(territory), kin_of(territory.kind)
    around = zones(each.pk for each in scales(territory))
    sectors = [SectorName(each.pk, each.slug, each.labels) for each in Sector.objects.order_by("pk")]
    within = communes(territory)
    shared = {each.epci for each in within if each.epci} if territory.kind == Kind.CUSTOM else ()
    alike = zones(peers or similar(here, kin, without=shared))
    initiatives = criteria_of(territory).initiatives()
    access = Access(within)
    white = access.white_zones(sectors)
    web = network_of(initiatives)
    years = evolution(territory, timezone.localdate(edition.at).year)
    maker = Maker(here, around, alike, sectors, kin)
    series, published = official_of(here.id, [each.id for each in [*around, *alike]])
    own = [
        *maker.access(access, white), *maker.web(web.measures, web.bridges), *maker.change(years),
        *maker.not_yet(), *maker.reliability(),
    ]  # fmt: skip
    figures = in_order(maker, active_only(territory), own, published)
    return Report(
        here, edition.at, around, alike, maker.pooled, sectors, cells(territory, within, sectors), figures,
        white, years, web.bridges, legal_forms(initiatives), access.left_out, series,
        perimeter_of(territory, within), web.actors,
    )  # fmt: skip


def with_peers(made: Report, peers: Sequence[str]) -> Report:
    """The same diagnosis beside these territories: what does not speak of peers stays as it was made.

    Peers are as they were last counted, which may be after the diagnosis.
    """
    here, alike = made.zone, zones(peers)
    maker = Maker(here, made.references, alike, made.sectors, kin_of(here.kind))
    series, published = official_of(here.id, [each.id for each in [*made.references, *alike]])
    own = [each for each in made.figures if each.code.startswith(OWN)]
    figures = in_order(maker, made.figure("N-active").n or 0, own, published)
    return replace(made, peers=alike, pooled=maker.pooled, figures=figures, official=series)


def in_order(maker: Maker, active: int, own: Iterable[Figure], published: Iterable[Figure]) -> list[Figure]:
    """The figures as a report has them; ``own`` are of the codes of OWN."""
    mine = list(own)
    reach = [each for each in mine if each.code.startswith(REACH)]
    rest = [each for each in mine if not each.code.startswith(REACH)]
    return [
        *maker.presence(active), *maker.specialities(), *reach, *maker.peers_say(), *rest, *published,
    ]  # fmt: skip


def perimeter_of(territory: Territory, within: Sequence[Commune]) -> Perimeter | None:
    """What a custom territory says of itself; the other ones are official."""
    if territory.dated is None:
        return None
    return Perimeter(territory.dated, territory.source, [each.id for each in within])


def criteria_of(territory: Territory) -> SearchCriteria:
    """What the diagnosis counts, in the filter language: the same as the list and the map."""
    return SearchCriteria(territories=(territory,), params={"territory": territory.pk})
