"""The one model of a diagnosis: page, PDF, spreadsheet and API show what is computed here, and nothing else.

Every figure carries its value, unit, number of cases and references, and an interval or a note where it is
small. A figure that cannot be computed has no value and a note that says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis import formulas
from diagnosis.errors import NothingCounted
from diagnosis.messages import messages
from diagnosis.models import Edition
from diagnosis.peers import Kin, densities, kin_of, similar
from diagnosis.zones import Commune, Zone, communes, scales, zone, zones
from directory.models import ActivityState, Initiative, Link, Sector
from directory.querysets import InitiativeQuerySet
from directory.search import SearchCriteria, territories_q
from territories.models import Territory

RADII = (5_000, 10_000, 20_000)  # metres
WHITE_ZONE = 10_000  # metres
FEW = 10  # S1, S3: fewer initiatives say nothing of a mix
YEARS = 10
NAMED = 500  # communes of a white zone


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``sector`` is a slug, ``references`` the same figure elsewhere by territory id; ``value``
    is None with a ``note`` where it cannot be computed."""

    code: str
    value: float | None
    unit: str
    n: int | None = None
    sector: str | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    references: dict[str, float | None] = field(default_factory=dict)
    percentile: float | None = None


@dataclass(frozen=True, slots=True)
class WhiteZone:
    """The communes from which a sector is farther than the radius: how many, their people, and the most
    peopled of them, NAMED at most."""

    sector: Sector
    count: int
    population: int
    communes: list[Commune]


@dataclass(frozen=True, slots=True)
class Year:
    """What was founded, closed and entered in the directory in a year."""

    year: int
    founded: int
    closed: int
    entered: int


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that the figures of these codes say."""

    text: str
    codes: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """A diagnosis. ``zone`` is the territory, ``references`` its département, région and country, ``peers``
    those that resemble it."""

    territory: Territory
    data_date: datetime
    zone: Zone
    references: list[Zone]
    peers: list[Zone]
    sectors: list[Sector]
    communes: list[Commune]
    figures: list[Figure]
    white_zones: list[WhiteZone]
    evolution: list[Year]
    bridges: list[tuple[Initiative, float]]
    messages: list[Message] = field(default_factory=list)

    def figure(self, code: str, sector: str | None = None) -> Figure:
        """The one figure of this code; KeyError."""
        for each in self.figures:
            if (each.code, each.sector) == (code, sector):
                return each
        raise KeyError((code, sector))

    def of(self, code: str) -> list[Figure]:
        """The figures of this code, one by sector."""
        return [each for each in self.figures if each.code == code]


def report(territory: Territory, peers: Sequence[str] = ()) -> Report:
    """The diagnosis of a territory. ``peers`` are ids chosen by the reader instead of the most similar.

    NothingCounted where figures never were.
    """
    edition = Edition.objects.order_by("-at").first()
    if edition is None:
        raise NothingCounted
    here, kin = zone(territory), kin_of(territory.kind)
    around = zones(each.pk for each in scales(territory))
    alike = zones(peers or similar(here, kin))
    sectors = list(Sector.objects.order_by("pk"))
    within = communes(territory)
    initiatives = criteria_of(territory).initiatives()
    access = Access(within)
    white = access.white_zones(sectors)
    web, bridges = network_of(initiatives)
    maker = Maker(here, around, alike, sectors, kin)
    figures = [
        *maker.presence(initiatives), *maker.specialities(), *maker.access(access, white), *maker.peers_say(),
        *maker.web(web), *maker.not_yet(), *maker.reliability(),
    ]  # fmt: skip
    made = Report(
        territory, edition.at, here, around, alike, sectors, within, figures, white, evolution(territory),
        bridges,
    )  # fmt: skip
    made.messages = [Message(text, codes) for text, codes in messages(made)]
    return made


def criteria_of(territory: Territory) -> SearchCriteria:
    """What the diagnosis counts, in the filter language: the same as the list and the map."""
    return SearchCriteria(territories=(territory,), params={"territory": territory.pk})


class Maker:
    """Makes the figures of one territory beside its references."""

    def __init__(
        self, here: Zone, around: list[Zone], alike: list[Zone], sectors: list[Sector], kin: list[Kin]
    ) -> None:
        self.here, self.around, self.alike, self.sectors, self.kin = here, around, alike, sectors, kin

    def everywhere(self, formula: Any) -> dict[str, float | None]:
        """What a formula gives in each reference and peer."""
        return {each.id: formula(each) for each in [*self.around, *self.alike]}

    def presence(self, initiatives: InitiativeQuerySet) -> Iterator[Figure]:
        here = self.here
        yield Figure("N", here.count, "count", here.count, references=self.everywhere(lambda z: z.count))
        for sector in self.sectors:
            yield Figure(
                "N", here.holds(sector.pk), "count", here.holds(sector.pk), sector.slug,
                references=self.everywhere(lambda z, s=sector.pk: z.holds(s)),
            )  # fmt: skip
        low, high = formulas.poisson_interval(here.count)
        density = formulas.per_inhabitants(here.count, here.population)
        people = here.population
        yield Figure(
            "D1", density, "per_10000", here.count,
            low=10_000 * low / people if people else None, high=10_000 * high / people if people else None,
            note="" if people else _("population inconnue ou nulle"),
            references=self.everywhere(lambda z: formulas.per_inhabitants(z.count, z.population)),
            percentile=formulas.percentile(density, densities([k for k in self.kin if k.id != here.id])),
        )  # fmt: skip
        yield Figure(
            "D2", formulas.per_area(here.count, here.area), "per_100km2", here.count,
            note="" if here.area else _("superficie inconnue"),
            references=self.everywhere(lambda z: formulas.per_area(z.count, z.area)),
        )  # fmt: skip

    def specialities(self) -> Iterator[Figure]:
        here = self.here
        few = here.count < FEW
        note = _("effectif trop faible : moins de 10 initiatives") if few else ""
        quotients = {
            each.id: formulas.location_quotients(here.weights, each.weights)
            for each in [*self.around, *self.alike]
        }
        widest = self.around[-1].id if self.around else None
        for sector in self.sectors:
            value = quotients[widest][sector.pk - 1] if widest and not few else None
            yield Figure(
                "S1", value, "ratio", here.holds(sector.pk), sector.slug,
                note=note or ("" if value is not None else _("pas de référence")),
                references={} if few else {id: found[sector.pk - 1] for id, found in quotients.items()},
            )  # fmt: skip
        special = self.everywhere(lambda z: formulas.specialisation(here.weights, z.weights))
        value = special.get(widest or "") if not few else None
        yield Figure(
            "S2", value, "index", here.count, references={} if few else special,
            note=note or ("" if value is not None else _("pas de référence")),
        )  # fmt: skip
        mix = formulas.diversity(here.weights) if not few else None
        for code, index in (("S3", 0), ("S3E", 1)):
            others = self.everywhere(lambda z, i=index: (formulas.diversity(z.weights) or (None, None))[i])
            value = mix[index] if mix else None
            why = note or ("" if value is not None else _("un seul secteur"))
            yield Figure(code, value, "index", here.count, note=why, references=others)
        held = self.everywhere(lambda z: 100 * sum(formulas.present(z.by_sector)) / len(self.sectors))
        part = 100 * sum(formulas.present(here.by_sector)) / len(self.sectors)
        yield Figure("S4", part, "percent", here.count, references=held)

    def access(self, access: Access, white: list[WhiteZone]) -> Iterator[Figure]:
        n = access.left_out
        left_out = ngettext(
            "%(n)s commune sans chef-lieu connu n’est pas comptée",
            "%(n)s communes sans chef-lieu connu ne sont pas comptées",
            n,
        ) % {"n": n}
        for sector, column in [(None, 0), *((sector, sector.pk) for sector in self.sectors)]:
            slug = sector.slug if sector else None
            found = (
                formulas.reach(access.people, access.metres[:, column], RADII) if access.communes else None
            )
            note = (left_out if n else "") if found else _("aucun habitant connu")
            for radius in RADII:
                part = 100 * found.within[radius] if found else None
                yield Figure(f"A1-{radius // 1000}", part, "percent", len(access.communes), slug, note=note)
            mean = found.mean if found else None
            yield Figure(
                "A2", mean, "metres", len(access.communes), slug,
                note=note or ("" if mean is not None else _("aucune initiative à atteindre")),
            )  # fmt: skip
        for each in white:
            yield Figure("A4", each.population, "population", each.count, each.sector.slug)

    def peers_say(self) -> Iterator[Figure]:
        """S5: what is missing here and found in most of the territories alike; C1."""
        wanted = formulas.with_potential(self.here.by_sector, [each.by_sector for each in self.alike])
        note = "" if self.alike else _("aucun territoire semblable")
        yield Figure("S5", float(sum(wanted)) if self.alike else None, "count", len(self.alike), note=note)
        for sector in self.sectors:
            if wanted[sector.pk - 1]:
                seen = [each for each in self.alike if each.holds(sector.pk)]
                part = 100 * len(seen) / len(self.alike)
                held: dict[str, float | None] = {each.id: each.holds(sector.pk) for each in seen}
                yield Figure("S5", part, "percent", len(self.alike), sector.slug, references=held)
        own = formulas.per_inhabitants(self.here.count, self.here.population)
        gaps = self.everywhere(lambda z: formulas.gap(own, formulas.per_inhabitants(z.count, z.population)))
        nearest = self.around[0].id if self.around else None
        value = gaps.get(nearest or "")
        note = "" if value is not None else _("pas de référence, ou aucune initiative dans la référence")
        yield Figure("C1", value, "percent", self.here.count, note=note, references=gaps)

    def web(self, web: formulas.Network | None) -> Iterator[Figure]:
        note = _("moins de deux initiatives") if web is None else "" if web.links else _("aucun lien déclaré")
        linked = web if web and web.links else None
        n = web.links if web else 0
        yield Figure("R1", 100 * linked.density if linked else None, "percent", n, note=note)
        yield Figure("R1-degree", linked.mean_degree if linked else None, "ratio", n, note=note)
        yield Figure("R1-isolated", 100 * linked.isolated if linked else None, "percent", n, note=note)
        anchored = web.anchored if web else None
        yield Figure(
            "R2", None if anchored is None else 100 * anchored, "percent", n,
            note="" if anchored is not None else note or _("aucun lien déclaré"),
        )  # fmt: skip

    def not_yet(self) -> Iterator[Figure]:
        yield Figure("Q1", None, "index", 0, note=_("pas encore de réponses"))
        yield Figure("E1", None, "percent", 0, note=_("aucun chiffre officiel n’a été chargé"))

    def reliability(self) -> Iterator[Figure]:
        """K1, in per cent of the initiatives."""
        here = self.here
        for code, n in (
            ("K1-verified", here.verified), ("K1-address", here.addressed), ("K1-fresh", here.fresh),
            ("K1-undated", here.undated),
        ):  # fmt: skip
            value = 100 * n / here.count if here.count else None
            yield Figure(code, value, "percent", n, note="" if here.count else _("aucune initiative"))


class Access:
    """Who lives how far from what: the communes of a territory that have a chief place, the most peopled
    first, and their distances in metres (infinite where there is nothing to reach), in one table."""

    def __init__(self, within: list[Commune]) -> None:
        self.communes = sorted((c for c in within if c.reach), key=lambda c: (-c.population, c.name))
        self.left_out = len(within) - len(self.communes)
        self.people = np.array([c.population for c in self.communes], dtype=float)
        self.metres = np.array([c.reach for c in self.communes], dtype=float)  # None is not a number
        self.metres[np.isnan(self.metres)] = np.inf

    def white_zones(self, sectors: list[Sector]) -> list[WhiteZone]:
        """A4, by sector."""
        if not self.communes:
            return []
        found = []
        for sector in sectors:
            far = self.metres[:, sector.pk] > WHITE_ZONE
            named = [self.communes[i] for i in np.flatnonzero(far)[:NAMED]]
            found.append(WhiteZone(sector, int(far.sum()), int(self.people[far].sum()), named))
        return found


def network_of(
    initiatives: InitiativeQuerySet,
) -> tuple[formulas.Network | None, list[tuple[Initiative, float]]]:
    """R1 to R3 from the links declared today, and the actors that lie between the others."""
    actors = list(initiatives.values_list("pk", flat=True))
    links = Link.objects.filter(until=None, origin__in=initiatives.values("pk")) | Link.objects.filter(
        until=None, target__in=initiatives.values("pk")
    )
    web = formulas.network(actors, list(links.values_list("origin", "target").distinct()))
    if web is None:
        return None, []
    named = Initiative.objects.in_bulk([pk for pk, _between in web.bridges])
    # By name: the list ranks nobody.
    bridges = [(named[pk], 100 * between) for pk, between in web.bridges]
    return web, sorted(bridges, key=lambda pair: pair[0].name_sort)


def evolution(territory: Territory) -> list[Year]:
    """T1: the last ten years, of published initiatives, those that closed included."""
    open_or_closed = Q(activity_state__in=[ActivityState.OPEN, ActivityState.CLOSED])
    found = Initiative.objects.published().filter(open_or_closed, territories_q((territory,), served=False))
    by_year = {
        name: dict(
            found.exclude(**{name: None}).annotate(year=ExtractYear(name)).order_by().values("year")
            .annotate(n=Count("pk")).values_list("year", "n")
        )
        for name in ("founded", "closed", "created_at")
    }  # fmt: skip
    last = timezone.localdate().year
    return [
        Year(year, *(by_year[name].get(year, 0) for name in ("founded", "closed", "created_at")))
        for year in range(last - YEARS + 1, last + 1)
    ]
