"""What a session gathered: counted while it goes on, kept as it was once it is over.

Figures are stored at the end, or before an answer of a session that is over is erased: they never move
afterwards, for the difference between two readings would tell what that answer said.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from questionnaires.aggregating import Aggregate, Given, aggregate
from questionnaires.models import GroupSession, Response


def counted(session: GroupSession) -> QuerySet[Response]:
    """The answers that count: finished while the session was open."""
    return session.responses.filter(finished_at__isnull=False, finished_at__lte=session.over_at).order_by(
        "pk"
    )


def numbers(session: GroupSession) -> tuple[int, int]:
    """(finished, begun and not finished); once figures are kept, nothing is begun any more."""
    if session.figures:
        return int(session.figures["count"]), 0
    finished = counted(session).count()
    return finished, session.responses.count() - finished


def figures(session: GroupSession) -> Aggregate | None:
    """What the group answered; None of fewer than five answers."""
    if session.figures:
        kept = session.figures["aggregate"]
        return None if kept is None else msgspec.convert(kept, Aggregate)
    return aggregate(session.version.parsed, group_of(session))


def group_of(session: GroupSession) -> list[Given]:
    rows = counted(session).values_list("answers", "scores", "circle")
    return [Given(answers, scores, circle) for answers, scores, circle in rows]


def held(session_id: int) -> GroupSession:
    """The row, held until the end of the transaction: no answer is finished, and none erased, meanwhile."""
    rows = GroupSession.objects.select_for_update(of=("self",), no_key=True).select_related("version")
    return rows.get(pk=session_id)


@transaction.atomic
def keep(session_id: int) -> GroupSession:
    """Store the figures of a session that is over, once. Nothing where it is open."""
    row = held(session_id)
    if not row.is_open and not row.figures:
        row.figures = {"count": numbers(row)[0], "aggregate": msgspec.to_builtins(figures(row))}
        row.save(update_fields=["figures"])
    return row


def not_kept(now: datetime | None = None) -> QuerySet[GroupSession]:
    """The sessions that closed by themselves, whose figures are not stored yet."""
    now = now or timezone.now()
    return GroupSession.objects.filter(figures={}).filter(Q(ended_at__lte=now) | Q(closes_at__lte=now))
