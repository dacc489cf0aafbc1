"""Whom each line of an import is of: known for sure, doubtful, or new.

Lines come in batches, commune after commune, so that a batch is compared with what is known around it alone
and memory does not grow with the file. Three ways bring pairs together: what identifies (numbers, addresses
of sites, identifiers of the source, whole names), a distance of 500 metres, and a commune, inside which names
are compared by RapidFuzz. What a pair is worth is told by :mod:`exchange.likeness`. Once all lines claimed
whom they look like, claims are weighed against each other, in one statement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from exchange.likeness import (
    AT_HAND,
    DOUBTFUL,
    MARGIN,
    NEAR,
    SURE,
    Likeness,
    Place,
    Reason,
    Shared,
    Told,
    alike,
    compare,
    read_name,
)
from exchange.models import Candidate, Import, NeverSame
from exchange.naming import name_key, street_key
from exchange.values import MADE
from territories.geometry import BBox, Point
from territories.names import fold

BATCH = 2_000
# Of the initiatives that share a number, a site or a whole name with a line, so many are looked at.
MOST_ALIKE = 8
# Of those of other communes within 500 metres: a street of Paris has fewer.
MOST_AROUND = 1_000
# Claims of one line that are kept, the best first.
KEPT = 3

PRECISE = "'address', 'street'"
REFUSED = "problems @? '$[*] ? (@.refuses == true)'"

# Lines that were neither refused nor decided on, commune after commune.
LINES = f"""
SELECT c.id, c.line, c.external_id, c.siret, c.rna, c.website_key,
       coalesce(c.fields->>'name', ''), c.name_key, coalesce(c.fields->>'phone', ''),
       coalesce(c.fields->>'email', ''), coalesce(c.fields->>'street', ''),
       coalesce(c.fields->>'maillage', ''),
       CASE WHEN c.precision NOT IN ('commune', 'blurred') THEN public.ST_X(c.point) END,
       CASE WHEN c.precision NOT IN ('commune', 'blurred') THEN public.ST_Y(c.point) END,
       coalesce(c.commune_id, ''), coalesce(t.name, ''), coalesce(t.population, 0),
       coalesce(c.departement_id, t.departement_id, ''), coalesce(c.fields->>'activities', ''),
       sirets.siret IS NOT NULL, rnas.rna IS NOT NULL, sites.website_key IS NOT NULL
FROM exchange_candidate c
LEFT JOIN territories_territory t ON t.id = c.commune_id
LEFT JOIN (SELECT siret FROM exchange_candidate WHERE batch_id = %(batch)s AND siret <> ''
           GROUP BY siret HAVING count(*) > 1) AS sirets ON sirets.siret = c.siret
LEFT JOIN (SELECT rna FROM exchange_candidate WHERE batch_id = %(batch)s AND rna <> ''
           GROUP BY rna HAVING count(*) > 1) AS rnas ON rnas.rna = c.rna
LEFT JOIN (SELECT website_key FROM exchange_candidate WHERE batch_id = %(batch)s AND website_key <> ''
           GROUP BY website_key HAVING count(*) > 1) AS sites ON sites.website_key = c.website_key
WHERE c.batch_id = %(batch)s AND c.decision = '' AND NOT c.{REFUSED}
  AND NOT EXISTS (SELECT FROM exchange_claim k WHERE k.line_id = c.id)
ORDER BY c.commune_id COLLATE "C", c.line
"""
# The lines that their source names as before, of the same name in the same commune: nothing can speak
# against them (``likeness.compare`` would say 1), and whom else they look like does not matter.
STANDING = f"""
INSERT INTO exchange_claim (line_id, line, initiative_id, score, bond, reasons)
SELECT c.id, c.line, i.id, 1, true, '["{Reason.SAME_ID}"]'
FROM exchange_candidate c
JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.external_id = c.external_id
JOIN directory_initiative i ON i.id = r.initiative_id
WHERE c.batch_id = %(batch)s AND c.decision = '' AND NOT c.{REFUSED}
  AND i.name = c.fields->>'name' AND i.commune_id = c.commune_id
  AND (i.siret = '' OR c.siret IN ('', i.siret)) AND NOT c.fields ? 'maillage'
  AND NOT EXISTS (SELECT FROM exchange_neversame n
                  WHERE n.source_id = r.source_id AND n.key = c.external_id AND n.initiative_id = i.id)
"""

# What is known of an initiative, from i and its commune t. Sub-queries that end in LIMIT are read row by row,
# through an index: the planner cannot know how few they are, and would read the whole of a table.
KNOWN = f"""
       i.id, i.name, i.siret, i.rna,
       CASE WHEN i.website <> '' THEN public.directory_website_key(i.website) ELSE '' END,
       i.phone, i.email, i.street,
       CASE WHEN i.precision IN ({PRECISE}) THEN public.ST_X(i.location) END,
       CASE WHEN i.precision IN ({PRECISE}) THEN public.ST_Y(i.location) END,
       coalesce(i.commune_id, ''), coalesce(t.name, ''), coalesce(t.population, 0),
       coalesce(i.departement_id, ''), i.activities
"""
NUMBER = re.compile(r"\d+")
NAME, COMMUNE = 1, 10  # their ranks in it

ITS_COMMUNE = """
LEFT JOIN LATERAL (
    SELECT c.name, c.population FROM territories_territory c WHERE c.id = i.commune_id LIMIT 1
) AS t ON true
"""
# Through source_record_once, initiative_siren, initiative_rna, initiative_website, initiative_by_name.
IDENTIFIED = f"""
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(external_ids)s::text[], %(sirets)s::text[], %(rnas)s::text[],
                         %(sites)s::text[], %(names)s::text[], %(uuids)s::uuid[], %(slugs)s::text[])
           AS a(id, external_id, siret, rna, site, name, uuid, slug)
), found AS (
    SELECT a.id, r.initiative_id AS known, 'same-id' AS bond FROM asked a
      JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.external_id = a.external_id
     WHERE a.external_id <> ''
    UNION ALL
    SELECT a.id, i.id, 'maillage-id' FROM asked a JOIN directory_initiative i ON i.uuid = a.uuid
    UNION ALL
    SELECT a.id, i.id, 'maillage-id' FROM asked a JOIN directory_initiative i ON i.slug = a.slug
    UNION ALL
    SELECT a.id, m.target_id, 'maillage-id' FROM asked a JOIN directory_merge m ON m.slug = a.slug
    UNION ALL
    SELECT a.id, k.id, '' FROM asked a CROSS JOIN LATERAL (
        SELECT i.id FROM directory_initiative i WHERE left(i.siret, 9) = left(a.siret, 9) AND i.siret <> ''
         ORDER BY i.siret <> a.siret, i.id LIMIT {MOST_ALIKE}
    ) AS k WHERE a.siret <> ''
    UNION ALL
    SELECT a.id, k.id, '' FROM asked a CROSS JOIN LATERAL (
        SELECT i.id FROM directory_initiative i WHERE i.rna = a.rna AND i.rna <> '' LIMIT {MOST_ALIKE}
    ) AS k WHERE a.rna <> ''
    UNION ALL
    SELECT a.id, k.id, '' FROM asked a CROSS JOIN LATERAL (
        SELECT i.id FROM directory_initiative i
         WHERE public.directory_website_key(i.website) = a.site AND i.website <> '' LIMIT {MOST_ALIKE}
    ) AS k WHERE a.site <> ''
    UNION ALL
    SELECT a.id, k.id, '' FROM asked a CROSS JOIN LATERAL (
        SELECT i.id FROM directory_initiative i
         WHERE i.name_sort = a.name AND i.publication = 'published' AND i.activity_state = 'open'
         LIMIT {MOST_ALIKE}
    ) AS k WHERE a.name <> ''
)
SELECT f.id, f.bond, {KNOWN}
FROM (SELECT id, known, max(bond) AS bond FROM found GROUP BY id, known) AS f
CROSS JOIN LATERAL (SELECT * FROM directory_initiative o WHERE o.id = f.known LIMIT 1) AS i
{ITS_COMMUNE}
"""

# Those of other communes in a box around a line, through initiative_location, which holds the unseen too: on
# PostGIS, Django makes it without the condition that the model says.
AROUND = f"""
SELECT a.id, '', {KNOWN}
FROM unnest(%(ids)s::bigint[], %(communes)s::text[], %(wests)s::float8[], %(souths)s::float8[],
            %(easts)s::float8[], %(norths)s::float8[]) AS a(id, commune, west, south, east, north)
CROSS JOIN LATERAL (
    SELECT * FROM directory_initiative o
    WHERE o.location && public.ST_MakeEnvelope(a.west, a.south, a.east, a.north, 4326)
      AND o.precision IN ({PRECISE}) AND o.commune_id IS DISTINCT FROM a.commune
    LIMIT {MOST_AROUND}
) AS i
{ITS_COMMUNE}
"""

# Through initiative_commune.
OF_COMMUNES = f"""
SELECT {KNOWN} FROM directory_initiative i {ITS_COMMUNE} WHERE i.commune_id = ANY (%(communes)s)
"""

CLAIMS = """
CREATE TEMP TABLE exchange_claim (
    line_id bigint, line integer, initiative_id bigint, score float8, bond boolean, reasons jsonb
) ON COMMIT DROP;
CREATE TEMP TABLE exchange_double (line_id bigint PRIMARY KEY, twin integer) ON COMMIT DROP;
"""

# Claims weighed against each other: whom a line surely is, nobody else is; of two that are as alike, none is
# sure. A line that says the same as an earlier one gives way to it.
VERDICTS = f"""
WITH bonded AS (
    SELECT DISTINCT initiative_id FROM exchange_claim WHERE bond
), weighed AS (
    SELECT c.line_id, c.line, c.initiative_id, c.bond, c.reasons, b.initiative_id IS NOT NULL AS taken,
           c.score - CASE WHEN b.initiative_id IS NULL THEN 0 ELSE 0.3 END AS score
    FROM exchange_claim c LEFT JOIN bonded b ON b.initiative_id = c.initiative_id AND NOT c.bond
), ranked AS (
    SELECT *, row_number() OVER alike AS place, lead(score) OVER alike AS next,
           lead(bond) OVER alike AS bond_next
    FROM weighed WINDOW alike AS (PARTITION BY line_id ORDER BY bond DESC, score DESC, initiative_id)
), best AS (
    SELECT r.*, d.twin,
           coalesce(next >= {DOUBTFUL} AND r.score - next < {MARGIN} AND r.bond = bond_next, false) AS several
    FROM ranked r LEFT JOIN exchange_double d ON d.line_id = r.line_id
    WHERE place = 1 AND r.score >= {DOUBTFUL}
), seated AS (
    SELECT *, row_number() OVER rivals AS seat, lead(score) OVER rivals AS rival,
           lead(bond) OVER rivals AS bond_rival, lead(twin) OVER rivals IS NOT NULL AS rival_gives_way
    FROM best WINDOW rivals AS (
        PARTITION BY initiative_id ORDER BY twin IS NOT NULL AND NOT bond, bond DESC, score DESC, line)
), judged AS (
    SELECT *, taken OR seat > 1 OR coalesce(
               NOT rival_gives_way AND score - rival < {MARGIN} AND bond = bond_rival, false) AS claimed
    FROM seated
)
UPDATE exchange_candidate c
SET match = verdict.match, initiative_id = verdict.initiative_id, score = verdict.score,
    reasons = verdict.reasons
FROM (
SELECT said.id, said.initiative_id,
    CASE WHEN said.score >= {SURE} AND NOT said.several AND NOT said.claimed AND said.twin IS NULL
         THEN 'sure'
         WHEN said.score IS NOT NULL OR said.twin IS NOT NULL THEN 'doubtful'
         ELSE 'new' END AS match,
    CASE WHEN said.bond THEN 1 WHEN said.score < 0.99 THEN round(said.score::numeric, 3)::float8
         WHEN said.score >= 0.99 THEN 0.99 END AS score,
    coalesce(said.reasons, '[]')
        || CASE WHEN said.several THEN '["{Reason.SEVERAL}"]'::jsonb ELSE '[]' END
        || CASE WHEN said.claimed AND said.twin IS NULL THEN '["{Reason.CLAIMED}"]'::jsonb ELSE '[]' END
        || CASE WHEN said.twin IS NULL THEN '[]'
                ELSE jsonb_build_array('{Reason.DOUBLE}:' || said.twin) END AS reasons
FROM (
    SELECT l.id, d.twin, j.initiative_id, j.score, j.bond, j.reasons, j.several, j.claimed
    FROM exchange_candidate l
    LEFT JOIN judged j ON j.line_id = l.id
    LEFT JOIN exchange_double d ON d.line_id = l.id
    WHERE l.batch_id = %(batch)s AND l.decision = '' AND NOT l.{REFUSED}
) AS said
) AS verdict WHERE c.id = verdict.id
  AND (c.match, c.initiative_id, c.score, c.reasons)
      IS DISTINCT FROM (verdict.match, verdict.initiative_id, verdict.score, verdict.reasons)
"""

FORGET = f"""
UPDATE exchange_candidate SET match = '', initiative_id = NULL, score = NULL, reasons = '[]'
WHERE batch_id = %(batch)s AND decision = '' AND match <> '' AND {REFUSED}
"""
# Lines that double an earlier one: the same name in the same commune, at the same address where both say one.
# Not where their source knows them under two identifiers of its own.
TWINS = f"""
INSERT INTO exchange_double (line_id, twin)
SELECT id, first FROM (
    SELECT id, line, first_value(line) OVER alike AS first,
           CASE WHEN street <> '' AND first_value(street) OVER alike <> ''
                THEN street = first_value(street) OVER alike
                WHEN placed IS NOT NULL AND first_value(placed) OVER alike IS NOT NULL
                THEN public.ST_DistanceSphere(placed, first_value(placed) OVER alike) <= {AT_HAND}
                ELSE true END AS together
    FROM (
        SELECT id, line, name_key, commune_id, public.f_fold(coalesce(fields->>'street', '')) AS street,
               CASE WHEN precision NOT IN ('commune', 'blurred') THEN point END AS placed
        FROM exchange_candidate
        WHERE batch_id = %(batch)s AND external_id LIKE '{MADE}%%' AND name_key <> '' AND NOT generic
          AND commune_id IS NOT NULL AND NOT {REFUSED}
    ) AS lines WINDOW alike AS (PARTITION BY name_key, commune_id ORDER BY line)
) AS told WHERE line > first AND together
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, and what of it other lines of the file bear too."""

    told: Told
    number: int
    external_id: str
    folded: str
    uuid: UUID | None
    slug: str
    shared: Shared


@dataclass(slots=True)
class Found:
    """Pairs of one batch: by line, by initiative; and what several initiatives share with one line."""

    lines: dict[int, Line]
    known: dict[int, dict[int, tuple[Told, str]]] = field(default_factory=lambda: defaultdict(dict))

    def wanting(self) -> Iterator[Line]:
        """The lines that no identifier names, or that it names otherwise: they are compared with others."""
        for pk, line in self.lines.items():
            if not any(
                bond and known.name.words == line.told.name.words
                for known, bond in self.known.get(pk, {}).values()
            ):
                yield line

    def add(self, line: int, known: Told, bond: str = "") -> None:
        self.known[line].setdefault(known.pk, (known, bond))


@transaction.atomic
def match(batch: Import) -> dict[str, int]:
    """Says of each line whom it is of (``match``, ``initiative``, ``score``, ``reasons``); lines decided on
    stay as they are. Returns how many are sure, doubtful and new. Once again gives the same."""
    never = set(NeverSame.objects.filter(source=batch.source_id).values_list("key", "initiative"))
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"batch": batch.pk})
        cursor.execute(CLAIMS)
        cursor.execute(STANDING, {"batch": batch.pk, "source": batch.source_id})
        cursor.execute("ANALYZE exchange_claim")
        for lines in _batches(batch):
            _claim(_found(lines, batch.source_id), never)
        cursor.execute(TWINS, {"batch": batch.pk})
        cursor.execute("ANALYZE exchange_claim, exchange_double")
        cursor.execute(VERDICTS, {"batch": batch.pk})
        cursor.execute("DROP TABLE exchange_claim; DROP TABLE exchange_double")
        cursor.execute(
            "SELECT match, count(*) FROM exchange_candidate WHERE batch_id = %s GROUP BY match", [batch.pk]
        )
        return dict(cursor.fetchall())


def like(told: Told, name: str) -> list[tuple[int, Likeness]]:
    """Which initiatives one listing that is of no file may be of, as lines of imports are matched: their ids,
    the likest first; of everything that is known, published or not. ``name`` is as it was typed."""
    line = Line(told, 0, "", fold(name), None, "", Shared())
    pairs = _found([line], source=0).known[told.pk].values()
    shared = _shared(line, pairs)
    claims = [(known.pk, compare(told, known, shared)) for known, _bond in pairs]
    claims.sort(key=lambda claim: (-claim[1].score, claim[0]))
    return [claim for claim in claims if claim[1].score >= DOUBTFUL]


def site_key(website: str) -> str:
    """By which addresses of sites are compared, as the database makes it; empty for none."""
    if not website:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.directory_website_key(%s)", [website])
        return str(cursor.fetchone()[0] or "")


def doubled(candidate: Candidate) -> Candidate | None:
    """The earlier line of the file that this one says again, if that is why it is doubtful."""
    lines = [
        int(code.partition(":")[2]) for code in candidate.reasons if code.startswith(f"{Reason.DOUBLE}:")
    ]
    return Candidate.objects.filter(batch=candidate.batch_id, line__in=lines).first()


def _batches(batch: Import) -> Iterator[list[Line]]:
    """The lines as they were when the reading began, a batch at a time: the server keeps the others."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINES, {"batch": batch.pk})
        while rows := cursor.fetchmany(BATCH):
            yield [_line(*row) for row in rows]


def _line(
    pk: int, number: int, external_id: str, siret: str, rna: str, site: str, name: str, key: str, phone: str,
    email: str, street: str, maillage: str, lon: float | None, lat: float | None, commune: str, place: str,
    population: int, departement: str, activities: str, *shared: bool,
) -> Line:  # fmt: skip
    told = Told(
        pk, read_name(key, place), Place(commune, place, population), departement, lon, lat,
        street_key(street), siret, rna, site, phone, email, _sectors(map(int, NUMBER.findall(activities))),
    )  # fmt: skip
    identified = _uuid(maillage)
    slug = "" if identified else maillage
    return Line(told, number, external_id, fold(name), identified, slug, Shared(*shared))


def _known(
    pk: int, name: str, siret: str, rna: str, site: str, phone: str, email: str, street: str,
    lon: float | None, lat: float | None, commune: str, place: str, population: int, departement: str,
    activities: list[int],
) -> Told:  # fmt: skip
    return Told(
        pk, read_name(name_key(name), place), Place(commune, place, population), departement, lon, lat,
        street_key(street), siret, rna, site, phone, email, _sectors(activities or ()),
    )  # fmt: skip


def _sectors(activities: Iterable[int]) -> frozenset[int]:
    """Of activities, whose numbers begin with that of their sector."""
    return frozenset(activity // 100 for activity in activities)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _found(lines: list[Line], source: int) -> Found:
    found = Found({line.told.pk: line for line in lines})
    _find_identified(found, source)
    _find_around(found)
    _find_in_communes(found)
    return found


def _find_identified(found: Found, source: int) -> None:
    lines = list(found.lines.values())
    told = [line.told for line in lines]
    asked = {
        "source": source, "ids": [each.pk for each in told], "names": [line.folded for line in lines],
        "sirets": [each.siret for each in told], "rnas": [each.rna for each in told],
        "sites": [each.website for each in told], "external_ids": [line.external_id for line in lines],
        "uuids": [line.uuid for line in lines], "slugs": [line.slug or None for line in lines],
    }  # fmt: skip
    _read_pairs(found, IDENTIFIED, asked)


def _find_around(found: Found) -> None:
    asked: dict[str, list[Any]] = {
        key: [] for key in ("ids", "communes", "wests", "souths", "easts", "norths")
    }
    for line in found.wanting():
        if line.told.lon is None or line.told.lat is None:
            continue
        # A box may meet the antimeridian: so near to it, France has no land.
        box = BBox.around(Point(line.told.lon, line.told.lat), NEAR).parts()[0]
        values = (line.told.pk, line.told.place.pk or None, *box)
        for key, value in zip(asked, values, strict=True):
            asked[key].append(value)
    if asked["ids"]:
        _read_pairs(found, AROUND, asked)


def _read_pairs(found: Found, sql: str, asked: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        for line, bond, *known in cursor:
            found.add(line, _known(*known), bond)


def _find_in_communes(found: Found) -> None:
    """Those of the same commune whose names may be alike."""
    here: dict[str, list[Told]] = defaultdict(list)
    for line in found.wanting():
        if line.told.place.pk:
            here[line.told.place.pk].append(line.told)
    there: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OF_COMMUNES, {"communes": list(here)})
        for row in cursor:
            there[row[COMMUNE]].append(row)
    for commune, rows in there.items():
        lines = here[commune]
        names = [read_name(name_key(row[NAME]), lines[0].place.name) for row in rows]
        told: dict[int, Told] = {}
        for mine, other in alike([line.name for line in lines], names):
            if other not in told:
                told[other] = _known(*rows[other])
            found.add(lines[mine].pk, told[other])


CLAIM = "COPY exchange_claim (line_id, line, initiative_id, score, bond, reasons) FROM STDIN"


def _claim(found: Found, never: set[tuple[str, int]]) -> None:
    """Whom each line of a batch may be of: the best, with what speaks for and against it."""
    encode = msgspec.json.Encoder().encode
    with connection.cursor() as cursor, cursor.copy(CLAIM) as copy:
        for pk, pairs in found.known.items():
            line = found.lines[pk]
            shared = _shared(line, pairs.values())
            claims = [
                (likeness.score, known.pk, bond != "", likeness.reasons)
                for known, bond in pairs.values()
                if (line.external_id, known.pk) not in never
                and (likeness := compare(line.told, known, shared, *([Reason(bond)] if bond else ())))
                and likeness.score >= DOUBTFUL
            ]
            claims.sort(key=lambda claim: (not claim[2], -claim[0], claim[1]))
            for score, known_pk, bound, reasons in claims[:KEPT]:
                said = encode([str(reason) for reason in reasons]).decode()
                copy.write_row((pk, line.number, known_pk, score, bound, said))


def _shared(line: Line, pairs: Iterable[tuple[Told, str]]) -> Shared:
    """What this line shares with other lines, or with several initiatives."""
    told, known = line.told, [known for known, _bond in pairs]
    return Shared(
        siret=line.shared.siret or sum(each.siret == told.siret for each in known) > 1,
        rna=line.shared.rna or sum(each.rna == told.rna for each in known) > 1,
        website=line.shared.website or sum(each.website == told.website for each in known) > 1,
    )
