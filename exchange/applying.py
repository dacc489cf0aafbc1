"""A planned import written to the directory at once, and taken back as a whole: the SQL of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from directory.bringing import bound_sql, bring, publish_drafts, take_back
from directory.models import Publication
from exchange.differences import PLAIN
from exchange.models import Decision, Import, Outcome, State

APPLIED = f"'{Outcome.CREATE}', '{Outcome.UPDATE}', '{Outcome.UNCHANGED}'"

# One import of a source at a time; the initiatives that it is about are held until the end.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('exchange.source'), %s)"
HOLD = """
    SELECT count(*) FROM (
        SELECT id FROM directory_initiative WHERE id IN (
            SELECT initiative_id FROM exchange_candidate
            WHERE batch_id = %s AND initiative_id IS NOT NULL)
        ORDER BY id FOR UPDATE
    ) AS held
"""
# Under which name the provenance of a column is noted.
NOTED = "regexp_replace(key, '_(id|precision)$', '')"
BEFORE = f"""
    CREATE TEMP TABLE applied_before ON COMMIT DROP AS
    SELECT c.id, c.outcome,
        CASE WHEN c.outcome = '{Outcome.UPDATE}' THEN (
            SELECT jsonb_object_agg({NOTED}, i.provenance->{NOTED}) FROM jsonb_object_keys(c.changes) AS key)
        END AS provenance,
        CASE WHEN r.id IS NOT NULL THEN jsonb_build_object(
            'initiative', r.initiative_id, 'last_seen', r.last_seen, 'vanished_at', r.vanished_at,
            'hash', r.hash)
        END AS record
    FROM exchange_candidate c
    LEFT JOIN directory_initiative i ON i.id = c.initiative_id AND c.outcome = '{Outcome.UPDATE}'
    LEFT JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.external_id = c.external_id
    WHERE c.batch_id = %(batch)s AND c.outcome IN ({APPLIED})
"""
SHAPE = "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
# The columns of a new one: what its line says, where it is, its UUID where another Maillage gave it one.
NEW = f"""
    (SELECT jsonb_object_agg(key, value) FROM jsonb_each(fields)
     WHERE key = ANY (%(plain)s) AND value NOT IN ('null', '""'))
    || jsonb_build_object('location', point::text, 'precision', precision, 'commune_id', commune_id,
                          'departement_id', departement_id)
    || CASE WHEN lower(fields->>'maillage') ~ '{SHAPE}'
             AND row_number() OVER (PARTITION BY lower(fields->>'maillage') ORDER BY line) = 1
             AND NOT EXISTS (SELECT FROM directory_initiative WHERE uuid::text = lower(fields->>'maillage'))
            THEN jsonb_build_object('uuid', lower(fields->>'maillage')) ELSE '{{}}' END
"""
TOLD = f"""
    SELECT jsonb_object_agg({NOTED}, %(note)s::jsonb) FROM jsonb_each({{}}) AS t(key, value)
    WHERE value NOT IN ('null', '""') AND key <> 'uuid'
"""
BRING = f"""
    SELECT id, NULL, said, ({TOLD.format("said")}) FROM (
        SELECT id, {NEW} AS said FROM exchange_candidate
        WHERE batch_id = %(batch)s AND outcome = '{Outcome.CREATE}') AS lines
    UNION ALL
    SELECT id, initiative_id,
        (SELECT jsonb_object_agg(key, pair->1) FROM jsonb_each(changes) AS e(key, pair)),
        (SELECT jsonb_object_agg({NOTED}, %(note)s::jsonb) FROM jsonb_object_keys(changes) AS key)
    FROM exchange_candidate WHERE batch_id = %(batch)s AND outcome = '{Outcome.UPDATE}'
"""
# What people said of pairs stays said, whatever becomes of the import.
NEVER = f"""
    INSERT INTO exchange_neversame (source_id, key, initiative_id, by_id, at)
    SELECT %(source)s, external_id, initiative_id, decided_by_id, %(at)s FROM exchange_candidate
    WHERE batch_id = %(batch)s AND decision = '{Decision.NEVER}' AND initiative_id IS NOT NULL
    ON CONFLICT DO NOTHING
"""
# What the file said beside is not kept: nobody needs it any more, and it may be of persons.
CLOSE = """
    UPDATE exchange_candidate c SET initiative_id = coalesce(b.initiative_id, c.initiative_id), cells = '[]',
        before = jsonb_build_object('provenance', a.provenance, 'record', a.record)
    FROM applied_before a LEFT JOIN bringing b ON b.key = a.id WHERE a.id = c.id
"""
# Where the place is not certain the line says nothing yet: the same line again may find a better one.
RECORDS = f"""
    INSERT INTO directory_sourcerecord AS r
        (initiative_id, source_id, external_id, first_seen, last_seen, vanished_at, hash)
    SELECT initiative_id, %(source)s, external_id, %(at)s, %(at)s, NULL, hash FROM exchange_candidate
    WHERE batch_id = %(batch)s AND outcome IN ({APPLIED}) AND initiative_id IS NOT NULL
    ON CONFLICT (source_id, external_id) DO UPDATE SET
        initiative_id = excluded.initiative_id, last_seen = excluded.last_seen, vanished_at = NULL,
        hash = excluded.hash
"""
RETURNED = "SELECT count(*) FROM applied_before WHERE record->>'vanished_at' IS NOT NULL"
VANISH = """
    UPDATE directory_sourcerecord r SET vanished_at = %(at)s
    WHERE r.source_id = %(source)s AND r.vanished_at IS NULL AND NOT EXISTS (
        SELECT FROM exchange_candidate c WHERE c.batch_id = %(batch)s AND c.external_id = r.external_id)
"""
# An initiative that its source calls by another identifier now has not vanished.
VANISHED = """
    FROM directory_sourcerecord r JOIN directory_initiative i ON i.id = r.initiative_id
    WHERE r.source_id = %(source)s AND r.vanished_at = %(at)s AND NOT EXISTS (
        SELECT FROM directory_sourcerecord o
        WHERE o.source_id = r.source_id AND o.initiative_id = r.initiative_id AND o.vanished_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What an import wrote."""

    created: int
    updated: int
    vanished: int
    returned: int


def hold(batch: Import) -> None:
    """Nobody else writes what this import is about until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [batch.source_id])
        cursor.execute(HOLD, [batch.pk])


def tells_all(batch: Import) -> bool:
    """Whether what a whole listing does not hold is gone: one of which no line is taken, as where its columns
    were not recognised, says nothing of it."""
    outcomes = batch.counts.get("outcomes", {})
    return any(count for outcome, count in outcomes.items() if outcome != Outcome.REFUSED)


def write(batch: Import, at: datetime) -> Written:
    """Write what was planned, in the caller's transaction and history."""
    source = batch.source
    note = {"at": at.isoformat(), "by": source.slug, "from": source.name}
    asked: dict[str, Any] = {
        "batch": batch.pk, "source": source.pk, "at": at, "note": json.dumps(note), "plain": list(PLAIN),
    }  # fmt: skip
    publication = Publication.PUBLISHED if batch.profile.publish else Publication.DRAFT
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS applied_before")
        cursor.execute(BEFORE, asked)
        cursor.execute("CREATE INDEX ON applied_before (id); ANALYZE applied_before")
        cursor.execute(NEVER, asked)
        brought = bring(BRING, asked, publication=publication, source=source.name)
        cursor.execute(CLOSE)
        cursor.execute(RECORDS, asked)
        cursor.execute(RETURNED)
        returned = cursor.fetchone()[0]
        vanished = 0
        if batch.profile.complete and tells_all(batch):
            cursor.execute(VANISH, asked)
            cursor.execute(f"SELECT count(DISTINCT i.id) {VANISHED}", asked)
            vanished = cursor.fetchone()[0]
        cursor.execute("DROP TABLE applied_before")
    return Written(brought.created, brought.updated, vanished, returned)


def vanished(batch: Import) -> list[dict[str, str]]:
    """The initiatives that this import found gone from their source."""
    asked = {"source": batch.source_id, "at": batch.done_at}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT i.slug, i.name, r.external_id {VANISHED} ORDER BY i.name, i.slug", asked
        )
        return [{"slug": slug, "name": name, "external_id": key} for slug, name, key in cursor.fetchall()]


# What an import created, of what there still is.
MADE = f"""
    SELECT initiative_id FROM exchange_candidate
    WHERE batch_id = %s AND outcome = '{Outcome.CREATE}' AND initiative_id IS NOT NULL
"""


def publish_made(batch: Import) -> int:
    """Put on the site what an import created and left as drafts, in the caller's transaction and history."""
    return publish_drafts(MADE, [batch.pk])


# -- Taking back ------------------------------------------------------------------------------------

# Left as they are: deleted, written by somebody else since, or bearing what came after.
UNDOABLE = f"""
    CREATE TEMP TABLE undoing ON COMMIT DROP AS
    SELECT c.id, c.line, c.outcome, c.initiative_id, c.external_id, c.changes, c.before, CASE
        WHEN i.id IS NULL THEN 'deleted'
        WHEN c.outcome <> '{Outcome.UNCHANGED}' AND EXISTS (
            SELECT FROM directory_initiativeevent e
            WHERE e.pgh_obj_id = c.initiative_id
              AND (e.pgh_context_id IS NULL OR e.pgh_context_id <> ALL (%(undone)s) )
              AND e.pgh_id > (SELECT max(m.pgh_id) FROM directory_initiativeevent m
                              WHERE m.pgh_obj_id = c.initiative_id AND m.pgh_context_id = %(context)s))
        THEN 'edited'
        WHEN c.outcome = '{Outcome.CREATE}' AND ({bound_sql("i")} OR EXISTS (
            SELECT FROM directory_sourcerecord r WHERE r.initiative_id = i.id AND r.source_id <> %(source)s))
        THEN 'bound'
        END AS left_because
    FROM exchange_candidate c LEFT JOIN directory_initiative i ON i.id = c.initiative_id
    WHERE c.batch_id = %(batch)s AND c.before IS NOT NULL
"""
OLD = f"""
    SELECT id, initiative_id,
        (SELECT jsonb_object_agg(key, pair->0) FROM jsonb_each(changes) AS e(key, pair)),
        before->'provenance'
    FROM undoing WHERE left_because IS NULL AND outcome = '{Outcome.UPDATE}'
"""
CREATED = f"SELECT initiative_id FROM undoing WHERE left_because IS NULL AND outcome = '{Outcome.CREATE}'"
# Of what is left the record stays too: the source still knows it.
FORGET_RECORDS = """
    DELETE FROM directory_sourcerecord r USING undoing u
    WHERE r.source_id = %(source)s AND r.external_id = u.external_id AND r.last_seen = %(seen)s
      AND u.left_because IS NULL AND u.before->>'record' IS NULL
"""
RESTORE_RECORDS = """
    UPDATE directory_sourcerecord r SET initiative_id = (u.before->'record'->>'initiative')::bigint,
        last_seen = (u.before->'record'->>'last_seen')::timestamptz,
        vanished_at = (u.before->'record'->>'vanished_at')::timestamptz, hash = u.before->'record'->>'hash'
    FROM undoing u
    WHERE r.source_id = %(source)s AND r.external_id = u.external_id AND r.last_seen = %(seen)s
      AND u.left_because IS NULL AND u.before->>'record' IS NOT NULL
      AND EXISTS (SELECT FROM directory_initiative WHERE id = (u.before->'record'->>'initiative')::bigint)
"""
REAPPEAR = """
    UPDATE directory_sourcerecord SET vanished_at = NULL
    WHERE source_id = %(source)s AND vanished_at = %(at)s
"""
UNLINK = """
    UPDATE exchange_candidate c SET initiative_id = NULL FROM directory_initiative i
    WHERE i.id = c.initiative_id AND i.id IN (
        SELECT initiative_id FROM undoing WHERE left_because IS NULL AND outcome = 'create')
"""
FORGET_NEVER = f"DELETE FROM exchange_neversame WHERE initiative_id IN ({CREATED})"
LEFT = f"""
    SELECT u.line, u.left_because, u.outcome, coalesce(i.slug, ''), coalesce(i.name, '')
    FROM undoing u LEFT JOIN directory_initiative i ON i.id = u.initiative_id
    WHERE u.left_because IS NOT NULL AND u.outcome <> '{Outcome.UNCHANGED}' ORDER BY u.line
"""


def _without_edits(batch: Import) -> list[UUID]:
    """Under which names the history holds what changed no field for good: imports of this source that were
    taken back with their taking back, and the publishing of what they had created."""
    found = Import.objects.filter(source=batch.source_id)
    undone = found.filter(state=State.UNDONE).values_list("context", "report__undone__context")
    published = found.filter(report__has_key="published").values_list(
        "report__published__contexts", flat=True
    )
    return [UUID(str(each)) for group in (*undone, *published) for each in group if each]


def take_import_back(batch: Import) -> dict[str, Any]:
    """Bring back what an import changed, in the caller's transaction and history.

    ``restored``, ``deleted`` are counts; ``left`` names what stays as it is, each with its ``why``:
    ``edited`` since, ``bound`` (something hangs on what was created), ``deleted``.
    """
    asked = {
        "batch": batch.pk, "source": batch.source_id, "at": batch.done_at, "seen": batch.seen_at,
        "context": batch.context,
        "undone": [batch.context, *_without_edits(batch)],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS undoing")
        cursor.execute(UNDOABLE, asked)
        # the planner may still believe that there is next to nothing of what an import has just written
        cursor.execute("CREATE INDEX ON undoing (id); ANALYZE undoing; ANALYZE directory_sourcerecord")
        cursor.execute(LEFT)
        names = ("line", "why", "outcome", "slug", "name")
        left = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        restored = bring(OLD, (), publication=Publication.DRAFT, source="").updated
        cursor.execute(FORGET_RECORDS, asked)
        cursor.execute(RESTORE_RECORDS, asked)
        cursor.execute(REAPPEAR, asked)
        cursor.execute(FORGET_NEVER)
        cursor.execute(UNLINK)
        deleted = take_back(CREATED, ())
        cursor.execute("DROP TABLE undoing")
    return {"restored": restored, "deleted": deleted, "left": left}
