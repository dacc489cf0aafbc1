"""What stands: the lines of a file that say what they said in the import before.

Most lines of an edition do. They are where they were, if that was sure, and what was judged of them is put
down again, for :mod:`exchange.matching` and :mod:`exchange.differences` to hold against what is known now:
they write only what they find otherwise. Nothing is taken as true here but coordinates that were held against
outlines that have not changed since.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from exchange.likeness import Reason
from exchange.models import Import, Match, Outcome, State
from territories.models import Territory

# A place that was as certain as coordinates of a file are, without a mend.
CERTAIN = 0.9
# The same lines are joined before they are sifted: what is asked of documents, no planner can estimate.
AS_BEFORE = f"""
    WITH same AS MATERIALIZED (
        SELECT c.id, p.id AS before, p.external_id
        FROM exchange_candidate c
        JOIN exchange_candidate p ON p.external_id = c.external_id AND p.hash = c.hash
        WHERE c.batch_id = %(batch)s AND p.batch_id = %(before)s
    )
    UPDATE exchange_candidate c SET
        point = p.point, commune_id = p.commune_id, departement_id = p.departement_id,
        precision = p.precision, place_score = p.place_score, place_said = p.place_said,
        match = '{Match.SURE}', initiative_id = r.initiative_id, score = 1,
        reasons = '["{Reason.SAME_ID}"]', outcome = '{Outcome.UNCHANGED}', kept = p.kept
    FROM same
    JOIN exchange_candidate p ON p.id = same.before
    JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.external_id = same.external_id
    WHERE c.id = same.id
      AND p.outcome IN ('{Outcome.CREATE}', '{Outcome.UPDATE}', '{Outcome.UNCHANGED}')
      AND p.place_said->>'way' = 'coordinates' AND p.place_score >= {CERTAIN}
      AND NOT p.problems @? '$[*] ? (@.code starts with "coordinates")'
      AND NOT c.problems @> '[{{"refuses": true}}]'
"""

# From so many lines on, a plan made for tables as they were before the last import took minutes: the
# records that it wrote are not yet in the statistics.
MANY = 1_000
FRESHEN = "ANALYZE exchange_candidate; ANALYZE directory_sourcerecord"


def stand(batch: Import) -> int:
    """Put down again what the last import of this source found of lines that have not changed; how many."""
    done = Import.objects.filter(source=batch.source_id, state=State.DONE).order_by("-done_at").first()
    loaded = Territory.objects.aggregate(at=Max("updated_at"))["at"]
    if done is None or done.planned_at is None or (loaded and done.planned_at <= loaded):
        return 0
    with connection.cursor() as cursor:
        if batch.rows >= MANY:
            cursor.execute(FRESHEN)
        cursor.execute(AS_BEFORE, {"batch": batch.pk, "before": done.pk, "source": batch.source_id})
        count: int = cursor.rowcount
    return count
