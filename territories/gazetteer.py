"""Text to places, points to communes, ids to territories. Hot SQL of this room, with outlines.py."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from django.db import connection

from territories.errors import UnknownTerritory
from territories.geometry import BBox, Point
from territories.models import Kind, Territory, TerritoryChange
from territories.names import place_fold
from territories.querysets import TerritoryQuerySet
from territories.typed import DIGITS, identified, name_and_code, slips, told

# A point that falls outside every outline belongs to the nearest commune up to this many metres:
# the outlines are some 22 m off on average, more along coasts.
REACH = 200.0
MAX_TEXT = 100

LOCATE = """
SELECT id FROM territories_territory
 WHERE kind = 'commune' AND public.ST_Intersects(geometry, public.ST_SetSRID(public.ST_Point(%s, %s), 4326))
 ORDER BY id LIMIT 1
"""
# The nearest commune by true metres; a box in degrees keeps the index at work.
NEAREST = """
SELECT id FROM territories_territory, public.ST_SetSRID(public.ST_Point(%s, %s), 4326) AS place,
       LATERAL public.ST_Distance(geometry::public.geography, place::public.geography) AS metres
 WHERE kind = 'commune' AND ({boxes}) AND metres <= %s
 ORDER BY metres, id LIMIT 1
"""
IN_BOX = "geometry && public.ST_MakeEnvelope(%s, %s, %s, %s, 4326)"

# Those that share a line of border, not a corner only. The kind is given, not read from the row: so the
# index of the outlines of communes serves them.
NEIGHBOURS = """
SELECT other.id FROM territories_territory AS here
  JOIN territories_territory AS other
    ON other.kind = %(kind)s AND other.id <> here.id
   AND public.ST_Intersects(other.geometry, here.geometry)
   AND public.ST_Relate(other.geometry, here.geometry, '****1****')
 WHERE here.id = %(id)s LIMIT %(limit)s
"""
MAX_NEIGHBOURS = 100


def locate(point: Point) -> Territory | None:
    """The commune that covers the point; on a shared border, the one with the first code.

    Outside every outline, the nearest commune up to ``REACH`` metres on the ellipsoid; farther, None.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCATE, [point.lon, point.lat])
        found = cursor.fetchone()
        if found is None:
            parts = BBox.around(point, REACH).parts()
            boxes = " OR ".join([IN_BOX] * len(parts))
            edges = [edge for part in parts for edge in part]
            cursor.execute(NEAREST.format(boxes=boxes), [point.lon, point.lat, *edges, REACH])
            found = cursor.fetchone()
    return None if found is None else Territory.objects.get(pk=found[0])


def containing(commune: Territory) -> TerritoryQuerySet:
    """All that contain a commune: EPCI, département, région, country and listed custom territories."""
    return Territory.objects.listed().enclosing(commune)


def neighbours(territory: Territory) -> TerritoryQuerySet:
    """The territories of the same kind that share a border with this one.

    None for a country, and none for a custom territory, which others of its kind may overlap.
    """
    if territory.kind in (Kind.COUNTRY, Kind.CUSTOM):
        return Territory.objects.none()
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"kind": str(territory.kind), "id": territory.pk, "limit": MAX_NEIGHBOURS}
        cursor.execute(NEIGHBOURS, given)
        found = [pk for (pk,) in cursor.fetchall()]
    return Territory.objects.filter(pk__in=found)


def resolve(territory_id: str) -> Territory:
    """The territory of this id; a former commune's code leads to the present one. UnknownTerritory."""
    if len(territory_id) > 300 or "\x00" in territory_id:
        raise UnknownTerritory(f"no territory has the id {territory_id[:50]!r}")
    found = Territory.objects.filter(pk=territory_id).first()
    if found is not None:
        return found
    kind, _, code = territory_id.partition("-")
    change = TerritoryChange.objects.filter(kind=kind, code=code).first()
    if change is None:
        raise UnknownTerritory(f"no territory has the id {territory_id[:50]!r}")
    return Territory.objects.get(pk=change.successor_id)


class Match(IntEnum):
    """How a place answers what was typed, the best first."""

    WHOLE = 0  # its whole name, or its code
    FORMER = 1  # the whole name of a former commune
    BEGINNING = 2
    LIKENESS = 3  # the text is inside the name, or resembles it


@dataclass(frozen=True, slots=True)
class Place:
    """A suggestion. ``ids`` has several territories for a postcode only, largest first.

    ``context`` tells namesakes apart (« Creuse (23) »); ``former_name`` is the former commune's
    name that was typed. ``bbox`` is (west, south, east, north); None where there is no outline.
    """

    type: str
    ids: tuple[str, ...]
    name: str
    context: str
    population: int | None
    lon: float | None
    lat: float | None
    bbox: tuple[float, float, float, float] | None
    former_name: str = field(default="")
    match: Match = field(default=Match.LIKENESS)

    @property
    def id(self) -> str:
        return self.ids[0]


# What is read of a found territory. An EPCI is told apart by the département of its largest commune.
DESCRIBED = """
SELECT best.rank, best.nature, best.name, t.kind, t.id, t.name, t.population,
       public.ST_X(t.chief_place), public.ST_Y(t.chief_place),
       public.ST_XMin(t.envelope), public.ST_YMin(t.envelope),
       public.ST_XMax(t.envelope), public.ST_YMax(t.envelope),
       CASE t.kind WHEN 'departement' THEN r.name WHEN 'region' THEN c.name
                   ELSE coalesce(d.name || ' (' || d.code || ')', r.name, c.name) END
  FROM best JOIN territories_territory AS t ON t.id = best.territory_id
  LEFT JOIN territories_territory AS c ON c.id = t.country_id
  LEFT JOIN territories_territory AS r ON r.id = t.region_id
  LEFT JOIN territories_territory AS d ON d.id = coalesce(t.departement_id, (
       SELECT m.departement_id FROM territories_territory AS m
        WHERE t.kind = 'epci' AND m.epci_id = t.id AND m.kind = 'commune'
        ORDER BY m.population DESC NULLS LAST, m.id LIMIT 1))
"""
# Names that begin with what was typed. An exact name comes first, then an exact former name, then
# the most populated, an EPCI after the town it is named after; a territory comes once, under its best
# name. Ten names are looked at for each place asked for: only communes made of many have more that
# begin alike.
SIZE = "n.weight / CASE WHEN n.territory_id LIKE 'epci-%%' THEN 10 ELSE 1 END"
BY_NAME = f"""
WITH best AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (territory_id) * FROM (
            SELECT n.territory_id, n.nature, n.name,
                   {SIZE} AS size,
                   CASE WHEN n.folded <> public.f_place_fold(%(text)s) THEN {{other}}
                        WHEN n.nature = 'former' THEN 1 ELSE 0 END AS rank
              FROM territories_placename AS n {{joined}}
             WHERE n.folded LIKE {{place}} AND n.nature <> 'postcode' {{only}}
             ORDER BY rank, size DESC, n.territory_id, n.nature = 'former', n.id
             LIMIT 10 * %(limit)s) AS names
         ORDER BY territory_id, rank, nature = 'former') AS found
     ORDER BY rank, size DESC, territory_id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.rank, best.size DESC, best.territory_id
"""
BEGINS = "public.f_place_fold(%(text)s) || '%%'"
HOLDS = "'%% ' || public.f_place_fold(%(text)s) || '%%'"
BEGINNING = BY_NAME.format(place=BEGINS, joined="", only="", other=2)
NUMBERED = BY_NAME.format(place="%(text)s", joined="", only="", other=3)
OF_KIND = BY_NAME.format(
    place=BEGINS, joined="", only="AND split_part(n.territory_id, '-', 1) = ANY(%(kinds)s)", other=2
)
ONLY = """AND (t.postcodes @> ARRAY[%(code)s]
           OR 'departement-' || upper(%(code)s) IN (t.departement_id, t.id))"""
NAMED_IN = BY_NAME.format(
    place=BEGINS, joined="JOIN territories_territory AS t ON t.id = n.territory_id", only=ONLY, other=2
)
# Names that are one slip of the hand away, then names that hold the text inside; the most populated
# first. Each of the hundreds of slips is looked up in the index (OFFSET 0): reading all names once
# looks as cheap to the planner and is not.
NEARBY = f"""
WITH best AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (territory_id) *, 3 AS rank FROM (
            SELECT n.territory_id, n.nature, n.name, 1 AS way, {SIZE} AS size
              FROM unnest(%(slips)s::text[]) AS slip(folded), LATERAL (
                   SELECT * FROM territories_placename AS same
                    WHERE same.folded = slip.folded OFFSET 0) AS n
             WHERE n.nature NOT IN ('postcode', 'code')
             UNION ALL
            (SELECT n.territory_id, n.nature, n.name, 2, {SIZE} AS size
               FROM territories_placename AS n
              WHERE n.folded LIKE {HOLDS} AND n.nature <> 'postcode'
              ORDER BY size DESC, n.territory_id, n.nature = 'former', n.id
              LIMIT 10 * %(limit)s)) AS names
         ORDER BY territory_id, way, nature = 'former') AS found
     ORDER BY way, size DESC, territory_id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.way, best.size DESC, best.territory_id
"""
# Names that resemble what was typed, as a whole or by some of their words. Likeness counts first;
# between close ones a tenfold population outweighs a few hundredths.
ALIKE = f"""
WITH best AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (n.territory_id) n.territory_id, n.nature, n.name, 3 AS rank,
               greatest(similarity(n.folded, typed.q), word_similarity(typed.q, n.folded) - 0.1)
               + 0.05 * log(greatest(n.weight, 1)) - (n.nature = 'former')::integer * 0.1 AS score
          FROM (SELECT public.f_place_fold(%(text)s) AS q) AS typed, territories_placename AS n
         WHERE (n.folded %% public.f_place_fold(%(text)s) OR public.f_place_fold(%(text)s) <%% n.folded)
           AND n.nature NOT IN ('postcode', 'code')
         ORDER BY n.territory_id, score DESC) AS found
     ORDER BY score DESC, territory_id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.score DESC, best.territory_id
"""
# Paris, Lyon and Marseille bear all the postcodes of their arrondissements.
DIVIDED = """EXISTS (
       SELECT FROM territories_territory AS part
        WHERE part.kind = 'arrondissement' AND part.commune_id = t.id
          AND part.postcodes @> ARRAY[n.folded])"""
POSTCODES = f"""
SELECT n.folded, array_agg(t.id ORDER BY t.population DESC NULLS LAST, t.id),
       array_agg(t.name ORDER BY t.population DESC NULLS LAST, t.id), sum(t.population),
       (array_agg(public.ST_X(t.chief_place) ORDER BY t.population DESC NULLS LAST, t.id))[1],
       (array_agg(public.ST_Y(t.chief_place) ORDER BY t.population DESC NULLS LAST, t.id))[1],
       min(public.ST_XMin(t.envelope)), min(public.ST_YMin(t.envelope)),
       max(public.ST_XMax(t.envelope)), max(public.ST_YMax(t.envelope))
  FROM territories_placename AS n JOIN territories_territory AS t ON t.id = n.territory_id
 WHERE n.folded LIKE %(text)s || '%%' AND n.nature = 'postcode' AND NOT {DIVIDED}
 GROUP BY n.folded ORDER BY sum(t.population) DESC NULLS LAST, n.folded LIMIT %(limit)s
"""
WITH_POSTCODE = f"""
WITH best AS MATERIALIZED (
    SELECT id AS territory_id, 'name' AS nature, name, 3 AS rank, kind, population AS size
      FROM territories_territory
     WHERE postcodes @> ARRAY[%(text)s] ORDER BY kind, population DESC NULLS LAST, id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.kind, best.size DESC NULLS LAST, t.id
"""
# A code that is no more leads to the commune it became.
WITH_CODE = f"""
WITH best AS MATERIALIZED (
    SELECT id AS territory_id, 'code' AS nature, code AS name, 0 AS rank FROM territories_territory
     WHERE id = ANY(%(ids)s)
     UNION
    SELECT successor_id, 'former', name, 1 FROM territories_territorychange AS gone
     WHERE kind = 'commune' AND 'commune-' || code = ANY(%(ids)s)
       AND NOT EXISTS (SELECT FROM territories_territory WHERE id = 'commune-' || gone.code))
{DESCRIBED} ORDER BY best.rank, t.id LIMIT %(limit)s
"""
NAMES_SHOWN = 3


def suggest(text: str, limit: int = 10) -> list[Place]:
    """Places for what a person is typing, the likeliest first.

    An exact name first of all, then larger populations. Accents, case, hyphens, apostrophes, « St »
    and « 18e » do not count; an article or a kind may come before a name (« la Creuse »); typing errors
    are forgiven where no name is what was typed. Former communes give the present one; digits give
    départements, postcodes and official codes, and an id gives its territory.
    """
    typed = " ".join(text.replace("\x00", " ")[:MAX_TEXT].split())
    if not typed or limit < 1:
        return []
    numbers = typed.replace(" ", "")
    if DIGITS.fullmatch(numbers):
        return by_number(numbers, limit)
    if not any(sign.isalnum() for sign in typed):
        return []
    return (
        by_code(typed, limit)
        or by_name(typed, limit)
        or by_name_and_code(typed, limit)
        or described(ALIKE, text=typed, limit=limit)
    )


def by_number(digits: str, limit: int) -> list[Place]:
    """The département of this number, then postcodes, then the territory of this official code; a whole
    postcode is followed by its communes."""
    found = described(NUMBERED, text=digits, limit=limit) + postcodes(digits, limit)
    coded = by_code(digits, limit)
    # 13001 is a postcode of Marseille before it is the code of Aix-en-Provence
    found += [replace(place, match=Match.LIKENESS) for place in coded] if found else coded
    if len(digits) == 5:
        known = {place.id for place in coded}
        around = described(WITH_POSTCODE, text=digits, limit=limit)
        found += [place for place in around if place.id not in known]
    return found[:limit]


def by_code(typed: str, limit: int) -> list[Place]:
    """The territory of this official code or id."""
    ids = identified(typed)
    return described(WITH_CODE, ids=ids, limit=limit) if ids else []


def by_name(typed: str, limit: int) -> list[Place]:
    """Names that begin with the text, else are one slip away from it, else hold it."""
    found = described(BEGINNING, text=typed, limit=limit)
    reading = told(typed)
    if reading:
        name, kinds = reading
        found = merged(found, described(OF_KIND, text=name, kinds=list(kinds), limit=limit))
        # whole names by population; among the others, those that hold the article as it was typed
        found.sort(key=lambda place: (place.match, place.match or -(place.population or 0)))
    if len(found) < limit and len(typed) > 2:
        known = any(place.match <= Match.FORMER for place in found)
        near = [] if known else slips(place_fold(typed))
        found = merged(found, described(NEARBY, text=typed, slips=near, limit=limit))
    return found[:limit]


def merged(places: list[Place], others: list[Place]) -> list[Place]:
    """Each place once, by its better match, in the place where it first came."""
    best = {place.id: place for place in places}
    for place in others:
        if place.id not in best or place.match < best[place.id].match:
            best[place.id] = place
    return list(best.values())


def by_name_and_code(typed: str, limit: int) -> list[Place]:
    read = name_and_code(typed)
    return described(NAMED_IN, text=read[0], code=read[1], limit=limit) if read else []


def described(sql: str, **given: Any) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [place_of(row) for row in cursor.fetchall()]


def place_of(row: tuple[Any, ...]) -> Place:
    rank, nature, matched, kind, identifier, name, population, lon, lat, *edges, context = row
    west, south, east, north = edges
    return Place(
        type=kind,
        ids=(identifier,),
        name=name,
        context=context or "",
        population=population,
        lon=lon,
        lat=lat,
        bbox=None if west is None else (west, south, east, north),
        former_name=matched if nature == "former" else "",
        match=Match(rank),
    )


def postcodes(digits: str, limit: int) -> list[Place]:
    """Postcodes that begin with these digits, each with its communes, or with its arrondissement."""
    with connection.cursor() as cursor:
        cursor.execute(POSTCODES, {"text": digits, "limit": limit})
        rows = cursor.fetchall()
    return [
        Place(
            type="postcode",
            ids=tuple(ids),
            name=postcode,
            context=", ".join(names[:NAMES_SHOWN]) + ("…" if len(names) > NAMES_SHOWN else ""),
            population=population,
            lon=lon,
            lat=lat,
            bbox=None if west is None else (west, south, east, north),
            match=Match.WHOLE if postcode == digits else Match.BEGINNING,
        )
        for postcode, ids, names, population, lon, lat, west, south, east, north in rows
    ]
