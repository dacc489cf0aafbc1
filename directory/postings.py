"""Hot SQL of words: which initiatives hold them, as sets of bits, so that common ones cost no row.

``directory_posting`` holds, as of one moment, the ids of the visible initiatives that bear each lexeme; what
changed since is read as it is now, in the same statement as the list of what changed: so the answer is exact,
as of that statement. docs/counts.md describes the tables; migration 0011 makes them.
"""

from __future__ import annotations

import sys
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from django.db import connection, transaction

from directory.search import SearchCriteria
from directory.words import Lexeme, Term, tsquery_of
from territories.models import Kind

# Beyond so many changes the rows themselves are read, until the postings are made anew.
MOST_CHANGED = 5_000
# A beginning that more lexemes bear is looked for among the rows.
MOST_BEGUN = 10_000
CODED = {Kind.COMMUNE, Kind.DEPARTEMENT, Kind.REGION}
# Bytes of sets that a process keeps.
KEPT = 48_000_000

Set = int  # the initiative of id n is in it where its bit n is set


@dataclass(frozen=True, slots=True)
class Matches:
    """Those that match; of them, those that hold the words themselves; of these, those whose name does."""

    every: Set
    worded: Set
    named: Set

    def tiers(self) -> list[Set]:
        """Names, then texts, then what the words stand for; each initiative once."""
        return [self.named, self.worded ^ self.named, self.every ^ self.worded]


def covers(criteria: SearchCriteria) -> bool:
    """Whether words, whole sectors, communes, départements and régions are all that is asked."""
    return (
        criteria.text is not None
        and criteria.asked() <= {"text", "activities", "territories"}
        and criteria.sector_mask is not None
        and not criteria.served
        and all(territory.kind in CODED for territory in criteria.territories)
    )


def count(criteria: SearchCriteria) -> int | None:
    """How many match, exactly; None where the rows have to be asked."""
    found = matches(criteria)
    return None if found is None else found.every.bit_count()


def terms_of(criteria: SearchCriteria, text: Sequence[Term]) -> tuple[Term, ...]:
    """The text and the other criteria that it ``covers``, as one search."""
    terms = list(text)
    if mask := criteria.sector_mask:
        terms.append(tuple((Lexeme(f"§s{bit + 1}"),) for bit in range(mask.bit_length()) if mask >> bit & 1))
    if criteria.territories:
        terms.append(tuple((Lexeme("§" + territory.pk),) for territory in criteria.territories))
    return tuple(terms)


# What changed, looked up one by one; which of it matches now; and the postings that tell the rest.
CHANGED = """
WITH changed AS MATERIALIZED (SELECT initiative_id AS id FROM directory_posting_change LIMIT %s),
present AS MATERIALIZED (
    SELECT i.id, i.search FROM changed, LATERAL (
        SELECT id, search FROM directory_initiative WHERE id = changed.id
        AND publication = 'published' AND activity_state = 'open' AND search @@ %s::tsquery OFFSET 0
    ) AS i
)
SELECT base.generation::text, ARRAY(SELECT id FROM changed), ARRAY(SELECT id FROM present) {others}
FROM directory_posting_base AS base
"""
AMONG = ", ARRAY(SELECT id FROM present WHERE search @@ %s::tsquery)"
HELD = """
SELECT base.generation::text, p.ids, p.bits, p.named_ids, p.named_bits
FROM directory_posting_base AS base LEFT JOIN directory_posting AS p ON p.lexeme {} LIMIT %s
"""


def matches(criteria: SearchCriteria) -> Matches | None:
    """Those that match criteria; None where postings do not cover them, are not made, or are too old."""
    if criteria.text is None or not covers(criteria):
        return None
    every, worded = terms_of(criteria, criteria.text.terms), terms_of(criteria, criteria.text.worded)
    sets = _present([(every, False), (worded, False), (worded, True)])
    return None if sets is None else Matches(*sets)


def named(terms: tuple[Term, ...]) -> Set | None:
    """The visible initiatives whose name holds these; None where the rows have to be asked."""
    sets = _present([(terms, True)])
    return None if sets is None else sets[0]


def _present(searches: list[tuple[tuple[Term, ...], bool]]) -> list[Set] | None:
    """What each search finds: its terms, and whether their words are in the name. The first one finds all
    that the others do. None where the postings do not tell."""
    first, *others = [tsquery_of(*search) for search in searches]
    sql = CHANGED.format(others="".join(AMONG for _other in others))
    with connection.cursor() as cursor:
        cursor.execute(sql, [MOST_CHANGED + 1, first, *others])
        row = cursor.fetchone()
    if row is None or len(row[1]) > MOST_CHANGED or None in row[1]:
        return None
    generation, *ids = row
    changed, *present = (of_ids(each) for each in ids)
    try:
        held = [_found(generation, *search) for search in searches]
    except Unread:
        return None
    return [old ^ (old & changed) | new for old, new in zip(held, present, strict=True)]


def _found(generation: str, terms: Iterable[Term], named: bool) -> Set:
    found = -1  # everything
    for term in terms:
        either = 0
        for alternative in term:
            both = -1
            for lexeme in alternative:
                both &= _kept.read(generation, lexeme)[named and not lexeme.text.startswith("§")]
            either |= both
        found &= either
    return found


class Unread(Exception):
    """The postings were made anew meanwhile, or a beginning is of too many words."""


class Kept:
    """The sets that this process read last, by the postings that they were read from."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.sets: OrderedDict[tuple[str, Lexeme], tuple[Set, Set]] = OrderedDict()
        self.size = 0

    def read(self, generation: str, lexeme: Lexeme) -> tuple[Set, Set]:
        """The initiatives that hold a lexeme, and those whose name does. Unread."""
        key = generation, lexeme
        with self.lock:
            if key in self.sets:
                self.sets.move_to_end(key)
                return self.sets[key]
        found = _read(generation, lexeme)
        with self.lock:
            if key not in self.sets:
                self.sets[key] = found
                self.size += weight(found)
            while self.size > KEPT:
                _key, oldest = self.sets.popitem(last=False)
                self.size -= weight(oldest)
        return found


_kept = Kept()


def weight(sets: tuple[Set, ...]) -> int:
    return sum(sys.getsizeof(each) for each in sets)


def _read(generation: str, lexeme: Lexeme) -> tuple[Set, Set]:
    with connection.cursor() as cursor:
        begun = lexeme.text + "%" if lexeme.begun else lexeme.text
        cursor.execute(HELD.format("LIKE %s" if lexeme.begun else "= %s"), [begun, MOST_BEGUN + 1])
        rows = cursor.fetchall()
    if len(rows) > MOST_BEGUN or any(row[0] != generation for row in rows) or not rows:
        raise Unread
    ids = [each for row in rows for each in row[1] or ()]
    named_ids = [each for row in rows for each in row[3] or ()]
    held, named = of_ids(ids), of_ids(named_ids)
    for _generation, _ids, bits, _named_ids, named_bits in rows:
        held |= int.from_bytes(bits or b"", "little")
        named |= int.from_bytes(named_bits or b"", "little")
    return held, named


def of_ids(ids: Sequence[int]) -> Set:
    """The set of these ids."""
    if not ids:
        return 0
    held = bytearray(max(ids) // 8 + 1)
    for each in ids:
        held[each >> 3] |= 1 << (each & 7)
    return int.from_bytes(held, "little")


def ids_of(found: Set) -> Iterator[int]:
    """The ids of a set, the lowest first."""
    words = array("Q", found.to_bytes((found.bit_length() + 63) // 64 * 8, "little"))
    if sys.byteorder == "big":
        words.byteswap()
    for place, word in enumerate(words):
        while word:
            lowest = word & -word
            yield place * 64 + lowest.bit_length() - 1
            word ^= lowest


# -- The write side ------------------------------------------------------------------------------

# Postings are worth making from so many initiatives on; what changed is read with each search.
WORTH = 10_000
MANY_CHANGED = 1_000
# A set is kept as bits where that is shorter than its ids, of eight bytes each.
BITS_OF_AN_ID = 64

TRUTH = """
    SELECT lexeme, array_agg(id ORDER BY id) AS ids,
           array_agg(id ORDER BY id) FILTER (WHERE 'A' = ANY (weights)) AS named_ids
    FROM directory_initiative, unnest(search) AS u
    WHERE publication = 'published' AND activity_state = 'open' GROUP BY lexeme
"""
# One statement, so one snapshot: what others commit meanwhile stays among the changes.
REBUILD = f"""
WITH gone AS (DELETE FROM directory_posting), known AS (DELETE FROM directory_posting_change),
older AS (DELETE FROM directory_posting_base),
made AS (INSERT INTO directory_posting (lexeme, ids, named_ids) {TRUTH})
INSERT INTO directory_posting_base VALUES (gen_random_uuid())
"""
LONGEST = "SELECT max(id) FROM directory_initiative"
MANY = "SELECT lexeme, ids, named_ids FROM directory_posting WHERE cardinality(ids) > %s"
AS_BITS = """
UPDATE directory_posting SET bits = %s, named_bits = %s, ids = NULL, named_ids = NULL WHERE lexeme = %s
"""
WORN = f"""
SELECT CASE WHEN EXISTS (SELECT FROM directory_posting_base)
    THEN (SELECT count(*) > {MANY_CHANGED}
          FROM (SELECT FROM directory_posting_change LIMIT {MANY_CHANGED} + 1) AS c)
    ELSE (SELECT count(*) >= {WORTH} FROM (SELECT FROM directory_initiative LIMIT {WORTH}) AS i) END
"""
LOCK = "SELECT pg_{}advisory_xact_lock('public.directory_posting'::regclass::bigint)"


def rebuild_when_worn() -> bool:
    """Make the postings anew where much changed since, or where they are wanting and would be worth it.

    Whether they were; not where another session is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute(WORN)
        return bool(cursor.fetchone()[0]) and rebuild(wait=False)


def rebuild(wait: bool = True) -> bool:
    """Make the postings anew: half a minute for a million initiatives. Neither readers nor writers wait.

    Whether it was done: without ``wait``, not where another session is at it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK.format("" if wait else "try_"))
        if cursor.fetchone()[0] is False:
            return False
        # A truncation waits for the end; words are many, and grouped in memory.
        cursor.execute("LOCK TABLE directory_initiative IN ACCESS SHARE MODE; SET LOCAL work_mem = '256MB'")
        cursor.execute(REBUILD)
        cursor.execute(LONGEST)
        most = (cursor.fetchone()[0] or 0) // BITS_OF_AN_ID
        cursor.execute(MANY, [most])
        for lexeme, ids, named_ids in cursor.fetchall():
            cursor.execute(AS_BITS, [_bytes(of_ids(ids)), _bytes(of_ids(named_ids or [])), lexeme])
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:  # what was forgotten is not to be read past
            cursor.execute("VACUUM (ANALYZE) directory_posting")
            cursor.execute("VACUUM directory_posting_change")
    return True


def _bytes(found: Set) -> bytes:
    return found.to_bytes((found.bit_length() + 7) // 8, "little")


COMPARED = f"""
WITH made AS (SELECT EXISTS (SELECT FROM directory_posting_base) AS made)
SELECT lexeme, p.ids, p.bits, p.named_ids, p.named_bits, truth.ids, truth.named_ids
FROM (SELECT * FROM directory_posting WHERE (SELECT made FROM made)) AS p
FULL JOIN (SELECT * FROM ({TRUTH}) AS t WHERE (SELECT made FROM made)) AS truth USING (lexeme)
"""


def check() -> list[str]:
    """The lexemes of which the postings say otherwise than the initiatives do, those that changed since
    aside; empty when exact."""
    differ: dict[str, set[int]] = {}
    with connection.chunked_cursor() as rows:
        rows.execute(COMPARED)
        for lexeme, ids, bits, named_ids, named_bits, true_ids, true_named in rows:
            held = {*(ids or []), *ids_of(int.from_bytes(bits or b"", "little"))}
            named = {*(named_ids or []), *ids_of(int.from_bytes(named_bits or b"", "little"))}
            if wrong := (held ^ set(true_ids or [])) | (named ^ set(true_named or [])):
                differ[lexeme] = wrong
    with connection.cursor() as cursor:  # after, so that nothing that the comparison saw is lacking
        cursor.execute("SELECT array_agg(DISTINCT initiative_id) FROM directory_posting_change")
        changed = set(cursor.fetchone()[0] or [])
    if None in changed:
        return []
    return [
        f"word {lexeme}: initiative {min(wrong - changed)} is wrong"
        for lexeme, wrong in sorted(differ.items())
        if wrong - changed
    ]
