"""What each line of an import would change: field by field, and what it may not, because others said it.

An import overwrites what is empty and what this same source said last. What a person or another source said
is left, and told (``Candidate.kept``): {column: {"why", "by", "value"}}, where ``why`` is ``person``,
``source`` (``by`` is its slug), ``unsaid`` (nobody knows who said it) or ``contradicts`` (the dates).
"""

from __future__ import annotations

from django.db import connection, transaction

from directory.models import LegalForm
from directory.models.initiative import Precision
from directory.publishing import ACCOUNT
from exchange.likeness import Reason
from exchange.models import Decision, Import, Match, Outcome

# Compared as they are, column by column.
PLAIN = (
    "name", "summary", "description", "activities", "legal_form", "legal_form_note", "siret", "rna",
    "website", "email", "phone", "street", "postcode", "locality", "founded", "founded_precision", "closed",
    "closed_precision", "opening_hours", "activity_state", "language",
)  # fmt: skip
# What is noted under the name of another column.
NOTED_AS = {"founded_precision": "founded", "closed_precision": "closed"}
PRECISIONS = (Precision.BLURRED, Precision.COMMUNE, Precision.STREET, Precision.ADDRESS)
# Nearer than this (degrees, some decimetres) a point did not move.
SAME_POINT = 0.000005
# A point that stands for more than itself comes back in an export of ours as if it were an address.
ROUGH = f"('{Precision.BLURRED}', '{Precision.COMMUNE}')"

# Refusals that are judged here, each time anew.
JUDGED = ("no-activity", "gone", "doubled", "same-initiative")
OTHERS = (
    "jsonb_path_query_array(problems, '$[*] ? (!(" + " || ".join(f'@.code == "{c}"' for c in JUDGED) + "))')"
)

# What becomes of each line, as far as matching and decisions tell; ``refusal`` says why not.
DESTINED = f"""
    CREATE TEMP TABLE destined ON COMMIT DROP AS
    SELECT id, line, initiative_id, first,
        CASE WHEN refused OR refusal IS NOT NULL THEN '{Outcome.REFUSED}' ELSE way END AS outcome, refusal
    FROM (
        SELECT *, CASE
            WHEN refused OR way = '{Outcome.TO_REVIEW}' THEN NULL
            WHEN way = '{Outcome.CREATE}' THEN CASE WHEN wanting THEN 'no-activity' END
            WHEN initiative_id IS NULL THEN CASE WHEN doubles THEN 'doubled' ELSE 'gone' END
            WHEN first < line THEN 'same-initiative' END AS refusal
        FROM (
            SELECT *, first_value(line) OVER (
                PARTITION BY initiative_id, way, refused ORDER BY sure DESC, line) AS first
            FROM (
                SELECT id, line, initiative_id, match = '{Match.SURE}' AS sure,
                    reasons @? '$[*] ? (@ starts with "{Reason.DOUBLE}")' AS doubles,
                    {OTHERS} @? '$[*] ? (@.refuses == true)' AS refused,
                    coalesce(fields->'activities', '[]') = '[]' AS wanting,
                    CASE WHEN match = '{Match.DOUBTFUL}' AND decision = '' THEN '{Outcome.TO_REVIEW}'
                         WHEN match = '{Match.SURE}' AND decision = '' OR decision = '{Decision.MERGE}'
                         THEN '{Outcome.UPDATE}' ELSE '{Outcome.CREATE}' END AS way
                FROM exchange_candidate
                WHERE batch_id = %(batch)s AND (%(line)s::integer IS NULL OR line = %(line)s)
            ) AS matched
        ) AS ranked
    ) AS judged
"""
VALUES = ",\n".join(
    f"('{name}', '{NOTED_AS.get(name, name)}', to_jsonb(i.{name}), c.fields->'{name}')" for name in PLAIN
)
EMPTY = f"""
    (coalesce(old, 'null') IN ('null', '""', '[]') OR (key = 'legal_form' AND old = '"{LegalForm.UNKNOWN}"')
     OR (key IN ('activity_state', 'language') AND by IS NULL))
"""
# Each column that the line says otherwise than the initiative, and why it may not be written, if it may not.
# What is emptied was said by this source.
WHY = f"""
    CASE WHEN {{free}} OR by = %(source)s THEN NULL WHEN by IS NULL THEN 'unsaid'
         WHEN starts_with(by, '{ACCOUNT}') THEN 'person' ELSE 'source' END
"""
DIFFERENT = f"""
    CREATE TEMP TABLE different ON COMMIT DROP AS
    SELECT id, key, coalesce(old, 'null') AS old, new, by, {WHY.format(free=EMPTY)} AS why
    FROM (
        SELECT d.id, v.key, v.old, v.new, i.provenance->v.noted->>'by' AS by
        FROM destined d
        JOIN exchange_candidate c ON c.id = d.id
        JOIN directory_initiative i ON i.id = d.initiative_id
        CROSS JOIN LATERAL (VALUES {VALUES}) AS v(key, noted, old, new)
        WHERE d.outcome = '{Outcome.UPDATE}' AND v.new IS NOT NULL
          AND coalesce(v.old, 'null') IS DISTINCT FROM v.new
    ) AS said
    WHERE new NOT IN ('null', '""') OR by = %(source)s
"""
RANK = "array_position(ARRAY[" + ", ".join(f"'{each}'" for each in PRECISIONS) + "], {}::text)"
# The place goes as a whole: point, precision and commune. What is known more precisely in the same commune
# is not made less so.
MOVED = f"""
    INSERT INTO different (id, key, old, new, by, why)
    SELECT id, key, coalesce(was, 'null'), coalesce(new, 'null'), by, {WHY.format(free="free")} FROM (
        SELECT d.id, v.key, v.was, v.new,
            i.location IS NULL AND i.commune_id IS NULL AND i.departement_id IS NULL AS free,
            coalesce(i.provenance->'location'->>'by', i.provenance->'commune'->>'by') AS by
        FROM destined d
        JOIN exchange_candidate c ON c.id = d.id
        JOIN directory_initiative i ON i.id = d.initiative_id
        CROSS JOIN LATERAL (VALUES
            ('location', to_jsonb(i.location::text), to_jsonb(c.point::text)),
            ('precision', to_jsonb(i.precision), to_jsonb(c.precision)),
            ('commune_id', to_jsonb(i.commune_id), to_jsonb(c.commune_id)),
            ('departement_id', to_jsonb(i.departement_id),
             to_jsonb(CASE WHEN c.commune_id IS NULL THEN c.departement_id ELSE i.departement_id END))
        ) AS v(key, was, new)
        WHERE d.outcome = '{Outcome.UPDATE}' AND (c.point IS NOT NULL OR c.commune_id IS NOT NULL)
          AND v.was IS DISTINCT FROM v.new
          AND NOT coalesce(
              c.commune_id = i.commune_id AND i.location IS NOT NULL AND (
                  c.point IS NULL
                  OR {RANK.format("c.precision")} < {RANK.format("i.precision")}
                  OR ((c.precision = i.precision OR i.precision IN {ROUGH})
                      AND public.ST_DWithin(c.point, i.location, {SAME_POINT}))
              ), false)
    ) AS moved
"""
# With what stays, a date may contradict: the database would refuse the row.
CONTRADICTING = """
    UPDATE different SET why = 'contradicts'
    FROM (SELECT d.id,
              coalesce(f.new #>> '{}', i.founded::text) AS founded,
              coalesce(e.new #>> '{}', i.closed::text) AS closed
          FROM destined d
          JOIN directory_initiative i ON i.id = d.initiative_id
          LEFT JOIN different f ON f.id = d.id AND f.key = 'founded' AND f.why IS NULL
          LEFT JOIN different e ON e.id = d.id AND e.key = 'closed' AND e.why IS NULL
          WHERE f.id IS NOT NULL OR e.id IS NOT NULL) AS dates
    WHERE dates.id = different.id AND dates.closed < dates.founded
      AND key IN ('founded', 'founded_precision', 'closed', 'closed_precision') AND why IS NULL
"""
WRITE = f"""
    UPDATE exchange_candidate c SET
        outcome = judged.outcome, changes = judged.changes, kept = judged.kept, problems = judged.problems
    FROM (
        SELECT l.id,
            CASE WHEN d.outcome = '{Outcome.UPDATE}' AND f.changes IS NULL
                 THEN '{Outcome.UNCHANGED}' ELSE d.outcome END AS outcome,
            coalesce(f.changes, '{{}}') AS changes, coalesce(f.kept, '{{}}') AS kept,
            {OTHERS.replace("problems", "l.problems")} || CASE WHEN d.refusal IS NULL THEN '[]' ELSE
                jsonb_build_array(jsonb_build_object(
                    'code', d.refusal, 'column', NULL, 'value', NULL, 'refuses', true,
                    'said', jsonb_build_object('line', d.first))) END AS problems
        FROM destined d JOIN exchange_candidate l ON l.id = d.id LEFT JOIN (
            SELECT id, jsonb_object_agg(key, jsonb_build_array(old, new)) FILTER (WHERE why IS NULL)
                    AS changes,
                jsonb_object_agg(key, jsonb_build_object('why', why, 'value', new,
                                                         'by', CASE WHEN why = 'source' THEN by END))
                    FILTER (WHERE why IS NOT NULL) AS kept
            FROM different GROUP BY id
        ) AS f ON f.id = d.id
    ) AS judged
    WHERE c.id = judged.id AND (c.outcome, c.changes, c.kept, c.problems)
        IS DISTINCT FROM (judged.outcome, judged.changes, judged.kept, judged.problems)
"""
COUNT = "SELECT outcome, count(*) FROM exchange_candidate WHERE batch_id = %s GROUP BY outcome"


@transaction.atomic
def compare(batch: Import, line: int | None = None) -> None:
    """Judge every line of an import anew (or one): what comes of it, what it changes, what is left.

    Counts the outcomes in ``batch.counts``.
    """
    asked = {"batch": batch.pk, "line": line, "source": batch.source.slug}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS destined, different")
        cursor.execute(DESTINED, asked)
        cursor.execute("CREATE INDEX ON destined (id); ANALYZE destined")
        cursor.execute(DIFFERENT, asked)
        cursor.execute(MOVED, asked)
        cursor.execute("CREATE INDEX ON different (id); ANALYZE different")
        cursor.execute(CONTRADICTING)
        cursor.execute(WRITE)
        cursor.execute("DROP TABLE destined, different")
        cursor.execute(COUNT, [batch.pk])
        found = dict(cursor.fetchall())
    batch.counts |= {"outcomes": {str(each): found.get(each, 0) for each in Outcome if each}}
    batch.save(update_fields=["counts"])
