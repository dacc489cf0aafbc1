"""France, put together from the official tables and the packaged outlines. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from territories import coverage, official
from territories.coverage import Repairs
from territories.drafts import Draft, follow_from, label, members_by, place_seat, seat_of, simplify_together
from territories.errors import LoadRefused
from territories.models import ChiefPlaceSource, Kind, OutlineNote
from territories.writing import Change

COUNTRY = "country-FR"
# How far around the asked départements (degrees) outlines are looked at when only a part is loaded:
# wider than the widest hole, so that holes on the border close.
MARGIN = 0.3

Step = Callable[[str], None]


@dataclass(slots=True)
class TownHalls:
    """What the cross-check of town-hall points against outlines found."""

    trusted: int = 0
    elsewhere: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


@dataclass(slots=True)
class France:
    """Everything to write, and what had to be done to get there."""

    territories: list[Draft]
    changes: list[Change]
    repairs: Repairs
    town_halls: TownHalls


def parent_id(kind: Kind, code: str) -> str | None:
    return f"{kind}-{code}" if code else None


def commune_drafts(departements: Collection[str] | None) -> list[Draft]:
    """Communes and municipal arrondissements of the asked départements, without outlines."""
    drafts = []
    for row in official.table("communes"):
        if departements is not None and row["departement"] not in departements:
            continue
        drafts.append(
            Draft(
                kind=row["kind"],
                code=row["code"],
                name=row["name"],
                country=COUNTRY,
                region=parent_id(Kind.REGION, row["region"]),
                departement=parent_id(Kind.DEPARTEMENT, row["departement"]),
                epci=parent_id(Kind.EPCI, row["epci"]),
                commune=parent_id(Kind.COMMUNE, row["parent"]),
                postcodes=row["postcodes"].split(),
                population=int(row["population"]) if row["population"] else None,
            )
        )
    by_id = {draft.id: draft for draft in drafts}
    for draft in drafts:
        if draft.kind == Kind.ARRONDISSEMENT and draft.commune is not None:
            draft.epci = by_id[draft.commune].epci
    return drafts


def upper_drafts(communes: Sequence[Draft]) -> list[Draft]:
    """The EPCI, départements, régions and country that have a commune among these, bare."""
    wanted = {parent for draft in communes for parent in (draft.region, draft.departement, draft.epci)}
    drafts = [Draft(Kind.COUNTRY, "FR", "France")]
    for row in official.table("regions"):
        drafts.append(Draft(Kind.REGION, row["code"], row["name"], row["zone"], COUNTRY))
    for row in official.table("departements"):
        region = parent_id(Kind.REGION, row["region"])
        drafts.append(Draft(Kind.DEPARTEMENT, row["code"], row["name"], row["zone"], COUNTRY, region))
    for row in official.table("epci"):
        drafts.append(Draft(Kind.EPCI, row["siren"], row["name"], row["type"], COUNTRY))
    return [draft for draft in drafts if draft.id in wanted or draft.kind == Kind.COUNTRY]


def near(outlines: Mapping[str, shapely.Geometry], codes: Collection[str]) -> dict[str, shapely.Geometry]:
    """The outlines of these codes and of what surrounds them."""
    chosen = [outline for code, outline in outlines.items() if code in codes]
    if not chosen:
        return {}
    names = np.array(list(outlines), dtype=object)
    cells = np.array(list(outlines.values()), dtype=object)
    around = shapely.buffer(shapely.box(*np.array(shapely.bounds(chosen)).T), MARGIN, join_style="mitre")
    zone = shapely.union_all(around)
    meets = shapely.STRtree(cells).query(zone, predicate="intersects")
    return {str(names[place]): cells[place] for place in sorted(meets)}


def put_outlines(communes: Sequence[Draft], package: official.PackagedOutlines, partial: bool) -> Repairs:
    """Gives communes and arrondissements their outlines, as one coverage.

    Paris, Lyon and Marseille are covered by their arrondissements and are their union.
    """
    codes = {draft.code for draft in communes}
    divided = {draft.commune for draft in communes if draft.kind == Kind.ARRONDISSEMENT}
    whole = {draft.code for draft in communes if draft.id in divided}
    cells = {code: outline for code, outline in package.outlines.items() if code not in whole}
    if partial:
        cells = near(cells, codes)
    delegated = {code: parts for code, parts in package.delegated.items() if code in codes}
    cover, repairs = coverage.assemble(cells, delegated, official.holes())
    smallest = [draft for draft in communes if draft.code not in whole]
    for draft in smallest:
        draft.geometry = cover.get(draft.code)
        if draft.code in delegated:
            draft.outline_note = OutlineNote.BUILT
        elif draft.code in repairs.filled:
            draft.outline_note = OutlineNote.FILLED
    simplify_together(smallest)
    arrondissements = members_by(communes, "commune")
    for draft in communes:
        if draft.code in whole:
            population = draft.population
            follow_from(draft, arrondissements[draft.id])
            draft.population = population
    repairs.filled = {code: area for code, area in repairs.filled.items() if code in codes}
    repairs.repaired = [code for code in repairs.repaired if code in codes]
    return repairs


def put_chief_places(communes: Sequence[Draft], halls: Mapping[str, shapely.Point]) -> TownHalls:
    """The town hall where it stands in its own commune, else a point inside the outline.

    A commune that is still inside the outline of the one it left is located at that one's.
    """
    found = TownHalls()
    for draft in communes:
        if draft.geometry is None:
            continue
        hall = halls.get(draft.code)
        if hall is not None and shapely.covers(draft.geometry, hall):
            draft.chief_place, draft.chief_place_source = hall, ChiefPlaceSource.TOWN_HALL
            found.trusted += 1
            continue
        (found.absent if hall is None else found.elsewhere).append(draft.code)
        draft.chief_place = shapely.point_on_surface(draft.geometry)
        draft.chief_place_source = ChiefPlaceSource.SURFACE
    by_code = {draft.code: draft for draft in communes}
    inside = {row["code"]: row["inside"] for row in official.table("detached_communes")}
    for draft in communes:
        if draft.geometry is not None:
            continue
        draft.outline_note = OutlineNote.ABSENT
        around = by_code.get(inside.get(draft.code, ""))
        if around is not None and around.chief_place is not None:
            draft.outline_note = OutlineNote.DETACHED
            draft.chief_place, draft.chief_place_source = around.chief_place, ChiefPlaceSource.ELSEWHERE
    return found


def put_uppers(uppers: Sequence[Draft], communes: Sequence[Draft]) -> None:
    """Outlines, populations and seats of EPCI, départements, régions and the country.

    Full outlines are unions of communes. The simplified ones of départements and of EPCI are
    simplified once more among themselves, for the corners where communes meet are not theirs.
    """
    whole = [draft for draft in communes if draft.kind == Kind.COMMUNE]
    by_id = {draft.id: draft for draft in uppers}
    for link, kind in (("epci", Kind.EPCI), ("departement", Kind.DEPARTEMENT)):
        groups = members_by(whole, link)
        of_kind = [draft for draft in uppers if draft.kind == kind]
        for draft in of_kind:
            follow_from(draft, groups[draft.id])
        simplify_together(of_kind)
    departements = [draft for draft in uppers if draft.kind == Kind.DEPARTEMENT]
    for region, members in members_by(departements, "region").items():
        follow_from(by_id[region], members)
    follow_from(by_id[COUNTRY], departements)
    put_seats(by_id, whole)
    for draft in uppers:
        if draft.geometry is None:
            draft.outline_note = OutlineNote.ABSENT


def put_seats(by_id: Mapping[str, Draft], communes: Sequence[Draft]) -> None:
    """Régions and départements stand at their official seat, EPCI at their most populated commune,
    the country at Paris; where the seat is not loaded, at the most populated commune."""
    seats = {f"{Kind.COUNTRY}-FR": "75056"}
    for kind, name in ((Kind.REGION, "regions"), (Kind.DEPARTEMENT, "departements")):
        seats |= {f"{kind}-{row['code']}": row["seat"] for row in official.table(name)}
    by_code = {draft.code: draft for draft in communes}
    for link in ("country", "region", "departement", "epci"):
        for identifier, members in members_by(communes, link).items():
            seat = by_code.get(seats.get(identifier, ""))
            place_seat(by_id[identifier], seat or seat_of(members))


def put_former_names(communes: Sequence[Draft]) -> None:
    """The names of the communes that a commune was made of, other than its own."""
    by_code = {draft.code: draft for draft in communes if draft.kind == Kind.COMMUNE}
    for row in official.table("former_communes"):
        present = by_code.get(row["parent"])
        if present is not None and row["name"] not in (present.name, *present.former_names):
            present.former_names.append(row["name"])


def changes_among(communes: Sequence[Draft]) -> list[Change]:
    """Former codes that no present commune bears, and the commune they lead to."""
    present = {row["code"] for row in official.table("communes")}
    loaded = {draft.code for draft in communes if draft.kind == Kind.COMMUNE}
    return [
        Change(row["code"], row["name"], row["kind"], f"{Kind.COMMUNE}-{row['parent']}")
        for row in official.table("former_communes")
        if row["code"] not in present and row["parent"] in loaded
    ]


def check_departements(departements: Collection[str]) -> None:
    known = {row["code"] for row in official.table("departements")}
    unknown = sorted(set(departements) - known)
    if unknown:
        raise LoadRefused(f"--departement: no département has the code {', '.join(unknown)}")


def put_together(departements: Collection[str] | None, step: Step) -> France:
    """France or some of its départements; ``step`` hears the name of each stage as it begins."""
    if departements is not None:
        check_departements(departements)
    step("tables")
    communes = commune_drafts(departements)
    put_former_names(communes)
    uppers = upper_drafts(communes)
    step("outlines")
    package = official.packaged_outlines()
    repairs = put_outlines(communes, package, partial=departements is not None)
    step("chief places")
    halls = put_chief_places(communes, package.town_halls)
    step("unions")
    put_uppers(uppers, communes)
    label([*uppers, *communes])
    source = f"{official.CODES_SOURCE} ; {official.outlines_source()}"
    for draft in [*uppers, *communes]:
        draft.vintage = official.VINTAGE
        draft.source = source
        draft.population_edition = official.POPULATION_EDITION if draft.population is not None else ""
    return France([*uppers, *communes], changes_among(communes), repairs, halls)
