"""The write side in bulk: thousands of listings brought at once, or taken back, in the caller's transaction.

Who calls says what to write as a query; PostgreSQL does the rest, row after row, in flat memory. Triggers
derive what is derived and keep the history, as for a single one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from directory import postings
from directory.models import Initiative, Origin, Publication
from directory.pyramid import fold_when_many

# What a listing may bring, as columns of the table.
BROUGHT = (
    "name", "summary", "description", "activities", "legal_form", "legal_form_note", "siret", "rna",
    "website", "email", "phone", "street", "postcode", "locality", "location", "precision", "commune_id",
    "arrondissement_id", "departement_id", "founded", "founded_precision", "closed", "closed_precision",
    "opening_hours", "activity_state", "language",
)  # fmt: skip
# Changed by more, a table is not what the planner and the counts believe it to be.
MANY = 10_000

# ``key`` is the caller's; without an initiative it is a new one. ``said`` holds columns of BROUGHT, and of a
# new one its ``uuid`` where it bears one already; ``provenance`` what is noted of them.
TABLE = """
    CREATE TEMP TABLE bringing (
        key bigint PRIMARY KEY, initiative_id bigint, said jsonb NOT NULL, provenance jsonb NOT NULL,
        created boolean NOT NULL DEFAULT false, slug text, base text, place text
    ) ON COMMIT DROP
"""
FILL = "INSERT INTO bringing (key, initiative_id, said, provenance) "
SLUG = """
    coalesce(nullif(trim(BOTH '-' FROM regexp_replace(public.f_fold({}), '[^a-z0-9]+', '-', 'g')), ''), '{}')
"""
NUMBER = f"""
    UPDATE bringing SET created = true,
        initiative_id = nextval(pg_get_serial_sequence('public.directory_initiative', 'id')),
        slug = {SLUG.format("said->>'name'", "initiative")}
    WHERE initiative_id IS NULL
"""
# Paris, Lyon and Marseille: a point is in an arrondissement too; a place elsewhere is in none.
ARRONDISSEMENTS = """
    UPDATE bringing b SET said = b.said || jsonb_build_object('arrondissement_id', (
        SELECT a.id FROM territories_territory a
        WHERE a.kind = 'arrondissement' AND a.commune_id = b.said->>'commune_id'
          AND public.ST_Covers(a.geometry, (b.said->>'location')::public.geometry) LIMIT 1))
    WHERE b.said ? 'commune_id'
"""
# A slug that nobody bears nor bore: the name, then with its place, then numbered.
PLACES = f"""
    UPDATE bringing b SET place = {SLUG.format("t.name", "")}
    FROM territories_territory t WHERE b.created AND t.id = b.said->>'commune_id'
"""
TAKEN = """
    SELECT b.key FROM bringing b
    LEFT JOIN (SELECT slug, min(key) AS first FROM bringing WHERE created GROUP BY slug HAVING count(*) > 1)
        AS same ON same.slug = b.slug
    WHERE b.created AND (
        same.first < b.key
        OR EXISTS (SELECT FROM directory_initiative i WHERE i.slug = b.slug)
        OR EXISTS (SELECT FROM directory_merge m WHERE m.slug = b.slug))
"""
WITH_PLACE = f"""
    UPDATE bringing b SET slug = b.slug || '-' || b.place
    FROM ({TAKEN}) AS taken WHERE taken.key = b.key AND b.place <> ''
"""
BASES = "UPDATE bringing SET base = slug WHERE created"
NUMBERED = f"""
    UPDATE bringing b SET slug = b.base || '-' || (%s + n.rank)
    FROM (SELECT key, row_number() OVER (PARTITION BY base ORDER BY key) AS rank
          FROM bringing WHERE key IN ({TAKEN})) AS n
    WHERE n.key = b.key
"""
NEW = ("uuid", "accepts_testimony", "charter_signatory", "publication", "origin", "source")
INSERT = f"""
    INSERT INTO directory_initiative (id, slug, {", ".join(BROUGHT)}, {", ".join(NEW)}, provenance,
                                      created_at, updated_at)
    SELECT b.initiative_id, b.slug, {", ".join(f"r.{name}" for name in (*BROUGHT, *NEW))}, b.provenance,
        %s, %s
    FROM bringing b, jsonb_populate_record(NULL::directory_initiative,
        jsonb_build_object('uuid', gen_random_uuid()) || %s::jsonb || b.said) AS r
    WHERE b.created ORDER BY b.key
"""
UPDATE = f"""
    UPDATE directory_initiative i SET
        ({", ".join(BROUGHT)}) = (
            SELECT {", ".join(f"r.{name}" for name in BROUGHT)} FROM jsonb_populate_record(i, b.said) AS r),
        provenance = jsonb_strip_nulls(i.provenance || b.provenance), updated_at = %s
    FROM bringing b WHERE i.id = b.initiative_id AND NOT b.created
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """How many were written."""

    created: int
    updated: int


def bring(
    query: str, parameters: Sequence[Any] | Mapping[str, Any], *, publication: Publication, source: str
) -> Brought:
    """Write listings, real ones, in the caller's transaction and history (``noting``).

    ``query`` gives ``key, initiative_id, said, provenance`` for each: see TABLE. Until the transaction ends,
    the table ``bringing`` tells which initiative became of each key.
    """
    now = timezone.now()
    said = defaults() | {"publication": str(publication), "origin": str(Origin.REAL), "source": source}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bringing")
        cursor.execute(TABLE)
        cursor.execute(FILL + query, parameters)
        cursor.execute(ARRONDISSEMENTS)
        cursor.execute(NUMBER)
        created = cursor.rowcount
        cursor.execute("ANALYZE bringing")
        if created:
            _mint_slugs(cursor)
            cursor.execute(INSERT, [now, now, json.dumps(said)])
        cursor.execute(UPDATE, [now])
        updated = cursor.rowcount
        if created + updated > MANY:
            cursor.execute("ANALYZE directory_initiative")
    transaction.on_commit(lambda: _count_anew(created + updated))
    return Brought(created, updated)


def _mint_slugs(cursor: Any) -> None:
    cursor.execute(PLACES)
    cursor.execute(WITH_PLACE)
    cursor.execute(BASES)
    number = 1
    while True:
        cursor.execute(NUMBERED, [number])
        if not cursor.rowcount:
            return
        number += cursor.rowcount


def _count_anew(written: int) -> None:
    fold_when_many()
    if written > MANY:
        postings.rebuild_when_worn()


def defaults() -> dict[str, Any]:
    """What a column holds of a listing that does not say it."""
    found: dict[str, Any] = {}
    for field in Initiative._meta.concrete_fields:
        if field.column in (*BROUGHT, *NEW) and not field.null and field.column not in ("uuid", "name"):
            value = field.get_default()
            found[field.column] = value if value is not None or field.null else ""
    return found


def publish_drafts(query: str, parameters: Sequence[Any] | Mapping[str, Any]) -> int:
    """Put on the site the drafts among the initiatives that ``query`` gives the ids of; how many.

    What a person hid or archived stays so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE directory_initiative SET publication = '{Publication.PUBLISHED}', updated_at = now()"
            f" WHERE publication = '{Publication.DRAFT}' AND id IN ({query})",
            parameters,
        )
        count: int = cursor.rowcount
    transaction.on_commit(lambda: _count_anew(count))
    return count


# -- Taking back ------------------------------------------------------------------------------------


def hanging() -> list[tuple[str, str]]:
    """(table, column) of what may belong to an initiative, its records at sources set aside."""
    found: list[tuple[str, str]] = []
    for relation in Initiative._meta.related_objects:
        its = relation.related_model._meta
        if relation.on_delete in (models.CASCADE, models.PROTECT) and its.app_label == "directory":
            found.append((its.db_table, str(relation.field.column)))
    return [each for each in found if each[0] != "directory_sourcerecord"]


def bound_sql(alias: str) -> str:
    """A condition: something hangs on the initiative ``alias``: a contact, a role, a link, a message…"""
    return " OR ".join(
        f"EXISTS (SELECT FROM {table} h WHERE h.{column} = {alias}.id)" for table, column in hanging()
    )


def take_back(query: str, parameters: Sequence[Any]) -> int:
    """Delete the initiatives that ``query`` gives the ids of, with their records at sources; how many.

    Nothing else may hang on them (``bound_sql``).
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken_back")
        cursor.execute("CREATE TEMP TABLE taken_back (id bigint PRIMARY KEY) ON COMMIT DROP")
        cursor.execute(f"INSERT INTO taken_back {query}", parameters)
        cursor.execute("ANALYZE taken_back")
        cursor.execute("DELETE FROM directory_sourcerecord r USING taken_back t WHERE r.initiative_id = t.id")
        cursor.execute("DELETE FROM directory_initiative i USING taken_back t WHERE i.id = t.id")
        gone: int = cursor.rowcount
    transaction.on_commit(lambda: _count_anew(gone))
    return gone
