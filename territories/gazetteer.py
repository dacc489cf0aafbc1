"""Text to places, points to communes, ids to territories. Hot SQL of this room, with outlines.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from territories.errors import UnknownTerritory
from territories.geometry import BBox, Point
from territories.models import Kind, Territory, TerritoryChange
from territories.querysets import TerritoryQuerySet

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
    """All that contain a commune: EPCI, département, région, country and custom territories."""
    return Territory.objects.all().enclosing(commune)


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

    @property
    def id(self) -> str:
        return self.ids[0]


# What is read of a found territory. An EPCI is told apart by the département of its largest commune.
DESCRIBED = """
SELECT best.nature, best.name, t.kind, t.id, t.name, t.population,
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
# the most populated; a territory comes once, under its best name. Ten names are looked at for each
# place asked for: only communes made of many have more that begin alike.
BY_NAME = f"""
WITH best AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (territory_id) * FROM (
            SELECT n.territory_id, n.nature, n.name, n.weight,
                   CASE WHEN n.folded <> public.f_place_fold(%(text)s) THEN 2
                        WHEN n.nature = 'former' THEN 1 ELSE 0 END AS rank
              FROM territories_placename AS n {{joined}}
             WHERE n.folded LIKE {{place}} AND n.nature <> 'postcode' {{only}}
             ORDER BY rank, n.weight DESC, n.territory_id, n.nature = 'former', n.id
             LIMIT 10 * %(limit)s) AS names
         ORDER BY territory_id, rank, nature = 'former') AS found
     ORDER BY rank, weight DESC, territory_id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.rank, best.weight DESC, best.territory_id
"""
BEGINS = "public.f_place_fold(%(text)s) || '%%'"
HOLDS = "'%% ' || public.f_place_fold(%(text)s) || '%%'"
BEGINNING = BY_NAME.format(place=BEGINS, joined="", only="")
HOLDING = BY_NAME.format(place=HOLDS, joined="", only="")
NUMBERED = BY_NAME.format(place="%(text)s", joined="", only="")
ONLY = """AND (t.postcodes @> ARRAY[%(code)s]
           OR 'departement-' || upper(%(code)s) IN (t.departement_id, t.id))"""
NAMED_IN = BY_NAME.format(
    place=BEGINS, joined="JOIN territories_territory AS t ON t.id = n.territory_id", only=ONLY
)
# Names that resemble what was typed, as a whole or by some of their words. Likeness counts first;
# between close ones a tenfold population outweighs a few hundredths.
ALIKE = f"""
WITH best AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (n.territory_id) n.territory_id, n.nature, n.name,
               greatest(similarity(n.folded, typed.q), word_similarity(typed.q, n.folded) - 0.1)
               + 0.05 * log(greatest(n.weight, 1)) - (n.nature = 'former')::integer * 0.1 AS score
          FROM (SELECT public.f_place_fold(%(text)s) AS q) AS typed, territories_placename AS n
         WHERE (n.folded %% public.f_place_fold(%(text)s) OR public.f_place_fold(%(text)s) <%% n.folded)
           AND n.nature NOT IN ('postcode', 'code')
         ORDER BY n.territory_id, score DESC) AS found
     ORDER BY score DESC, territory_id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.score DESC, best.territory_id
"""
POSTCODES = """
SELECT n.folded, array_agg(t.id ORDER BY t.population DESC NULLS LAST, t.id),
       array_agg(t.name ORDER BY t.population DESC NULLS LAST, t.id), sum(t.population),
       (array_agg(public.ST_X(t.chief_place) ORDER BY t.population DESC NULLS LAST, t.id))[1],
       (array_agg(public.ST_Y(t.chief_place) ORDER BY t.population DESC NULLS LAST, t.id))[1],
       min(public.ST_XMin(t.envelope)), min(public.ST_YMin(t.envelope)),
       max(public.ST_XMax(t.envelope)), max(public.ST_YMax(t.envelope))
  FROM territories_placename AS n JOIN territories_territory AS t ON t.id = n.territory_id
 WHERE n.folded LIKE %(text)s || '%%' AND n.nature = 'postcode' AND t.kind = 'commune'
 GROUP BY n.folded ORDER BY sum(t.population) DESC NULLS LAST, n.folded LIMIT %(limit)s
"""
WITH_POSTCODE = f"""
WITH best AS MATERIALIZED (
    SELECT id AS territory_id, 'name' AS nature, name, population AS size FROM territories_territory
     WHERE postcodes @> ARRAY[%(text)s] ORDER BY population DESC NULLS LAST, id LIMIT %(limit)s)
{DESCRIBED} ORDER BY best.size DESC NULLS LAST, t.id
"""
NAMES_SHOWN = 3
DIGITS = re.compile(r"[0-9]{2,5}")
# « Saint-Denis 93 », « Aubusson (23200) », « 23200 Aubusson »
CODE = r"\(?([0-9]{5}|[0-9]{2,3}|2[abAB])\)?"
CODE_AFTER = re.compile(rf"(?P<name>.*[^\W0-9].*?)[\s,]+{CODE}")
CODE_BEFORE = re.compile(rf"{CODE}[\s,]+(?P<name>.*[^\W0-9].*)")


def suggest(text: str, limit: int = 10) -> list[Place]:
    """Places for what a person is typing, the likeliest first.

    An exact name first of all, then larger populations. Accents, case, hyphens, apostrophes, « St »
    and « 18e » do not count; typing errors are forgiven where no name holds the text.
    Former communes give the present one; digits give départements and postcodes.
    """
    typed = " ".join(text.replace("\x00", " ")[:MAX_TEXT].split())
    if not typed or limit < 1:
        return []
    numbers = typed.replace(" ", "")
    if DIGITS.fullmatch(numbers):
        return by_number(numbers, limit)
    if not any(sign.isalnum() for sign in typed):
        return []
    found = described(BEGINNING, text=typed, limit=limit)
    if len(found) < limit and len(typed) > 2:
        known = {place.id for place in found}
        holding = described(HOLDING, text=typed, limit=limit)
        found += [place for place in holding if place.id not in known][: limit - len(found)]
    return found or by_name_and_code(typed, limit) or described(ALIKE, text=typed, limit=limit)


def by_number(digits: str, limit: int) -> list[Place]:
    """The département of this number, then postcodes; a whole postcode is followed by its communes."""
    found = described(NUMBERED, text=digits, limit=limit)
    found += postcodes(digits, limit)
    if len(digits) == 5:
        found += described(WITH_POSTCODE, text=digits, limit=limit)
    return found[:limit]


def by_name_and_code(typed: str, limit: int) -> list[Place]:
    match = CODE_AFTER.fullmatch(typed) or CODE_BEFORE.fullmatch(typed)
    if match is None:
        return []
    code = next(group for group in match.groups() if group is not None and group != match["name"])
    return described(NAMED_IN, text=match["name"], code=code, limit=limit)


def described(sql: str, **given: Any) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [place_of(row) for row in cursor.fetchall()]


def place_of(row: tuple[Any, ...]) -> Place:
    nature, matched, kind, identifier, name, population, lon, lat, west, south, east, north, context = row
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
    )


def postcodes(digits: str, limit: int) -> list[Place]:
    """Postcodes that begin with these digits, each with its communes."""
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
        )
        for postcode, ids, names, population, lon, lat, west, south, east, north in rows
    ]
