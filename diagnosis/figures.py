"""The figures of one territory beside its references and its peers, indicator by indicator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from diagnosis import formulas
from diagnosis.access import Access
from diagnosis.model import Bridge, Figure, Note, SectorName, WhiteZone, Year
from diagnosis.peers import Kin, densities
from diagnosis.zones import Zone, pooled
from territories.models import Kind

RADII = (5_000, 10_000, 20_000)  # metres
FEW = 10  # S1, S3: fewer initiatives say nothing of a mix


class Maker:
    """Makes the figures of one territory beside its references."""

    def __init__(
        self, here: Zone, around: list[Zone], alike: list[Zone], sectors: list[SectorName], kin: list[Kin]
    ) -> None:
        self.here, self.around, self.alike, self.sectors, self.kin = here, around, alike, sectors, kin
        self.pooled = pooled(alike)

    def everywhere(self, formula: Any) -> dict[str, float | None]:
        """What a formula gives in each reference and peer."""
        return {each.id: formula(each) for each in [*self.around, *self.alike]}

    def everywhere_and_pooled(self, formula: Any) -> dict[str, float | None]:
        """The same, and in the peers as if they were one: for rates and mixes, which can be compared."""
        return self.everywhere(formula) | ({self.pooled.id: formula(self.pooled)} if self.pooled else {})

    def presence(self, active_only: int) -> Iterator[Figure]:
        here = self.here
        yield Figure("N", here.count, "count", here.count, references=self.everywhere(lambda z: z.count))
        for sector in self.sectors:
            yield Figure(
                "N", here.holds(sector.number), "count", here.holds(sector.number), sector.slug,
                references=self.everywhere(lambda z, s=sector.number: z.holds(s)),
            )  # fmt: skip
        yield Figure("N-active", active_only, "count", active_only)
        yield self.density(None)
        yield from (self.density(sector) for sector in self.sectors)
        yield Figure(
            "D2", formulas.per_area(here.count, here.area), "per_100km2", here.count,
            note="" if here.area else Note.NO_AREA,
            references=self.everywhere_and_pooled(lambda z: formulas.per_area(z.count, z.area)),
        )  # fmt: skip
        yield self.smoothed()

    def density(self, sector: SectorName | None) -> Figure:
        """D1, of all or of one sector."""
        number = sector.number if sector else None
        n, people = self.here.holds(number), self.here.population
        low, high = formulas.poisson_interval(n)
        found = formulas.per_inhabitants(n, people)
        return Figure(
            "D1", found, "per_10000", n, sector.slug if sector else None,
            low=10_000 * low / people if people else None, high=10_000 * high / people if people else None,
            note="" if people else Note.NO_POPULATION,
            references=self.everywhere_and_pooled(
                lambda z: formulas.per_inhabitants(z.holds(number), z.population)
            ),
            percentile=None if sector else self.standing(found),
        )  # fmt: skip

    def standing(self, density: float | None) -> float | None:
        """C2: where a density stands among those of the same kind."""
        return formulas.percentile(density, densities([k for k in self.kin if k.id != self.here.id]))

    def smoothed(self) -> Figure:
        """D3, which is made for communes; of what is larger the maps show one by commune."""
        here, around = self.here, self.around[0] if self.around else None
        if here.kind != Kind.COMMUNE:
            return Figure("D3", None, "per_10000", here.count, note=Note.NO_COMMUNE)
        rate = formulas.per_inhabitants(around.count, around.population) if around else None
        value = formulas.smoothed_density(here.count, here.population, rate)
        note = "" if value is not None else Note.NO_REFERENCE if rate is None else Note.NO_POPULATION
        return Figure("D3", value, "per_10000", here.count, note=note)

    def specialities(self) -> Iterator[Figure]:
        here = self.here
        few = here.count < FEW
        note = Note.FEW if few else ""
        quotients = {
            each.id: formulas.location_quotients(here.weights, each.weights)
            for each in [*self.around, *self.alike, *([self.pooled] if self.pooled else [])]
        }
        widest = self.around[-1].id if self.around else None
        for sector in self.sectors:
            value = quotients[widest][sector.number - 1] if widest and not few else None
            yield Figure(
                "S1", value, "ratio", here.holds(sector.number), sector.slug,
                note=note or ("" if value is not None else Note.NO_REFERENCE),
                references={} if few else {id: found[sector.number - 1] for id, found in quotients.items()},
            )  # fmt: skip
        special = self.everywhere_and_pooled(lambda z: formulas.specialisation(here.weights, z.weights))
        value = special.get(widest or "") if not few else None
        yield Figure(
            "S2", value, "index", here.count, references={} if few else special,
            note=note or ("" if value is not None else Note.NO_REFERENCE),
        )  # fmt: skip
        mix = formulas.diversity(here.weights) if not few else None
        for code, index in (("S3", 0), ("S3E", 1)):
            others = self.everywhere(lambda z, i=index: (formulas.diversity(z.weights) or (None, None))[i])
            value = mix[index] if mix else None
            why = note or ("" if value is not None else Note.ONE_SECTOR)
            yield Figure(code, value, "index", here.count, note=why, references=others)
        held = self.everywhere(lambda z: 100 * sum(formulas.present(z.by_sector)) / len(self.sectors))
        part = 100 * sum(formulas.present(here.by_sector)) / len(self.sectors)
        yield Figure("S4", part, "percent", here.count, references=held)

    def access(self, access: Access, white: list[WhiteZone]) -> Iterator[Figure]:
        for sector, column in [(None, 0), *((sector, sector.number) for sector in self.sectors)]:
            slug = sector.slug if sector else None
            found = (
                formulas.reach(access.people, access.metres[:, column], RADII) if access.communes else None
            )
            note = (Note.LEFT_OUT if access.left_out else "") if found else Note.NO_INHABITANTS
            for radius in RADII:
                part = 100 * found.within[radius] if found else None
                yield Figure(f"A1-{radius // 1000}", part, "percent", len(access.communes), slug, note=note)
            mean = found.mean if found else None
            yield Figure(
                "A2", mean, "metres", len(access.communes), slug,
                note=note or ("" if mean is not None else Note.NOTHING_TO_REACH),
            )  # fmt: skip
        for each in white:
            yield Figure("A4", each.population, "population", each.count, each.sector)

    def peers_say(self) -> Iterator[Figure]:
        """S5: what is missing here and found in most of the territories alike; C1."""
        wanted = formulas.with_potential(self.here.by_sector, [each.by_sector for each in self.alike])
        note = "" if self.alike else Note.NO_PEERS
        yield Figure("S5", float(sum(wanted)) if self.alike else None, "count", len(self.alike), note=note)
        for sector in self.sectors:
            if wanted[sector.number - 1]:
                seen = [each for each in self.alike if each.holds(sector.number)]
                part = 100 * len(seen) / len(self.alike)
                held: dict[str, float | None] = {each.id: each.holds(sector.number) for each in seen}
                yield Figure("S5", part, "percent", len(self.alike), sector.slug, references=held)
        own = formulas.per_inhabitants(self.here.count, self.here.population)
        gaps = self.everywhere_and_pooled(
            lambda z: formulas.gap(own, formulas.per_inhabitants(z.count, z.population))
        )
        nearest = self.around[0].id if self.around else None
        value = gaps.get(nearest or "")
        note = "" if value is not None else Note.EMPTY_REFERENCE
        yield Figure("C1", value, "percent", self.here.count, note=note, references=gaps)
        standing, others = self.standing(own), len([k for k in self.kin if k.id != self.here.id])
        why = "" if standing is not None else Note.NO_POPULATION if own is None else Note.NO_PEERS
        yield Figure("C2", standing, "index", others, note=why)
        yield Figure("C3", float(len(self.alike)), "count", len(self.kin))

    def web(self, web: formulas.Network | None, bridges: list[Bridge]) -> Iterator[Figure]:
        note = Note.TOO_FEW_ACTORS if web is None else "" if web.links else Note.NO_LINKS
        linked = web if web and web.links else None
        n = web.links if web else 0
        yield Figure("R1", 100 * linked.density if linked else None, "percent", n, note=note)
        yield Figure("R1-degree", linked.mean_degree if linked else None, "ratio", n, note=note)
        yield Figure("R1-isolated", 100 * linked.isolated if linked else None, "percent", n, note=note)
        anchored = web.anchored if web else None
        yield Figure(
            "R2", None if anchored is None else 100 * anchored, "percent", n,
            note="" if anchored is not None else note or Note.NO_LINKS,
        )  # fmt: skip

        most = max((each.between for each in bridges), default=None)
        yield Figure(
            "R3", most, "percent", len(bridges), note="" if most is not None else note or Note.NO_BRIDGES
        )

    def change(self, evolution: list[Year]) -> Iterator[Figure]:
        """T1 of the last whole year."""
        last = evolution[-2]
        dated = any(each.founded or each.closed for each in evolution)
        yield Figure(
            "T1", float(last.founded - last.closed) if dated else None, "count", last.founded + last.closed,
            note="" if dated else Note.NO_DATES,
        )  # fmt: skip

    def not_yet(self) -> Iterator[Figure]:
        yield Figure("Q1", None, "index", 0, note=Note.NO_ANSWERS)

    def reliability(self) -> Iterator[Figure]:
        """K1, in per cent of the initiatives."""
        here = self.here
        for code, n in (
            ("K1-verified", here.verified), ("K1-address", here.addressed), ("K1-fresh", here.fresh),
            ("K1-undated", here.undated),
        ):  # fmt: skip
            value = 100 * n / here.count if here.count else None
            yield Figure(code, value, "percent", n, note="" if here.count else Note.NOTHING)
