"""Bringing a listing in, verb after verb: stage, plan, decide, apply, publish, undo.

Each step is one transaction, or several that can be done again: a process killed in the middle leaves the
state of the step before, from which the same verb goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from accounts.models import User
from directory.history import Hand, noting
from directory.models import Initiative, Publication, Source, SourceRecord
from directory.permissions import Action, require
from directory.publishing import ACCOUNT
from directory.version import token
from exchange.applying import hold, publish_made, take_import_back, tells_all, write
from exchange.differences import compare
from exchange.errors import CannotBeApplied, CannotBeDecided, CannotBePublished, CannotBeUndone
from exchange.matching import match
from exchange.models import Candidate, Decision, Import, Match, Outcome, State
from exchange.placing import place
from exchange.reporting import report as report
from exchange.staging import stage as stage
from exchange.staging import unfinished as unfinished
from exchange.standing import stand
from exchange.values import parse_rows

Progress = Callable[[int, int, str], None]
OPEN = (State.READ, State.PLANNED, State.APPLYING)
# How long the lines of a file are kept: an import can be taken back so long, and waits so long.
DONE_KEPT, LEFT_KEPT = timedelta(days=90), timedelta(days=30)
# How often an import is written where another takes, at the same moment, an address that it had chosen.
TIMES = 5
# How the work of a plan is shared out, in hundredths.
PARSED, PLACED, MATCHED, WHOLE = 25, 60, 90, 100
# What stays of ``Import.counts`` when its lines are forgotten.
FIGURES = ("outcomes", "places")


def plan(batch: Import, progress: Progress | None = None) -> Import:
    """Read every line as the profile says, place it, recognise it, and say what would become of it.

    Writes nothing to the directory; done again it begins anew, decisions included. Raises CannotBeApplied
    where the import is over.
    """
    tell = progress or (lambda _done, _total, _message: None)
    if batch.state not in OPEN:
        raise CannotBeApplied(batch.state)
    rows = max(batch.rows, 1)
    tell(0, WHOLE, _("Lecture des valeurs"))
    parse_rows(batch, lambda done: tell(min(PARSED * done // rows, PARSED), WHOLE, _("Lecture des valeurs")))
    stand(batch)
    shown = PLACED - PARSED
    look = _("Recherche des lieux")
    place(batch, lambda done, total: tell(PARSED + shown * done // max(total, 1), WHOLE, look))
    tell(PLACED, WHOLE, _("Comparaison avec les fiches connues"))
    version = token()
    match(batch)
    tell(MATCHED, WHOLE, _("Relevé des différences"))
    compare(batch)
    batch.counts |= {"version": version}
    if batch.profile.complete and tells_all(batch):
        batch.counts |= {"vanishing": would_vanish(batch).count()}
    batch.state, batch.planned_at = State.PLANNED, timezone.now()
    batch.save(update_fields=["counts", "state", "planned_at"])
    tell(WHOLE, WHOLE, "")
    return batch


def known(source: Source) -> QuerySet[SourceRecord]:
    """What a source holds, as far as is known."""
    return SourceRecord.objects.filter(source=source, vanished_at=None)


def would_vanish(batch: Import) -> QuerySet[SourceRecord]:
    """What its source held and that this file does not hold any more."""
    there = batch.candidates.filter(external_id=OuterRef("external_id"))
    return known(batch.source).filter(~Q(Exists(there)))


@transaction.atomic
def decide(candidate: Candidate, decision: str, by: User | None) -> Candidate:
    """What a person says of a doubtful line; "" takes it back. Raises NotAllowed, CannotBeDecided."""
    batch = Import.objects.select_for_update(of=("self",)).get(pk=candidate.batch_id)
    _require(batch, by)
    row = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    if batch.state != State.PLANNED or row.match != Match.DOUBTFUL or decision not in Decision.values:
        raise CannotBeDecided(batch.state)
    row.decision, row.decided_by = decision, by if decision else None
    row.save(update_fields=["decision", "decided_by"])
    compare(batch, row.line)
    batch.counts |= {"version": ""}  # lines decided upon are weighed against each other when all is applied
    batch.save(update_fields=["counts"])
    row.refresh_from_db()
    return row


def apply(batch: Import, by: User | None = None) -> Import:
    """Write what was planned, all of it or nothing. Doubtful lines without a decision wait for another time.

    What others wrote since it was planned is looked at anew. Raises NotAllowed, CannotBeApplied.
    """
    for _time in range(TIMES - 1):
        try:
            return _apply(batch, by)
        except IntegrityError as error:  # another took an address that was free when it was chosen
            if not isinstance(error.__cause__, UniqueViolation):
                raise
    return _apply(batch, by)


def _apply(batch: Import, by: User | None) -> Import:
    with noting(by=_name(by), hand=Hand.IMPORT, via=batch.source.name):
        row = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        _require(row, by)
        if row.state not in (State.PLANNED, State.APPLYING):
            raise CannotBeApplied(row.state)
        hold(row)
        if row.counts.get("version") != token():
            compare(row)
        row.done_at = timezone.now()
        written = write(row, row.done_at)
        row.report = {
            "created": written.created, "updated": written.updated, "vanished": written.vanished,
            "returned": written.returned,
        }  # fmt: skip
        row.context, row.state = _context(), State.DONE
        row.save(update_fields=["report", "context", "state", "done_at"])
    batch.refresh_from_db()
    return batch


def drafts(batch: Import) -> QuerySet[Initiative]:
    """What an import created and that is on the site of nobody yet."""
    made = batch.candidates.filter(outcome=Outcome.CREATE).values("initiative")
    return Initiative.objects.filter(pk__in=made, publication=Publication.DRAFT)


def publish(batch: Import, by: User | None = None) -> int:
    """Put on the site all that an import created and left as drafts; how many. What a person hid or archived
    since stays so. Raises NotAllowed, CannotBePublished."""
    with noting(by=_name(by), hand=Hand.IMPORT, via=batch.source.name):
        row = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        _require(row, by)
        if row.state != State.DONE or row.forgotten_at:
            raise CannotBePublished(row.state)
        hold(row)
        count = publish_made(row)
        before = row.report.get("published", {"count": 0, "contexts": []})
        contexts = [*before["contexts"], str(_context())]
        row.report |= {"published": {"count": before["count"] + count, "contexts": contexts}}
        row.save(update_fields=["report"])
    batch.refresh_from_db()
    return count


def undo(batch: Import, by: User | None = None) -> Import:
    """Take an import back as a whole; what somebody wrote since is left, and named in its report.

    Raises NotAllowed, CannotBeUndone.
    """
    with noting(by=_name(by), hand=Hand.IMPORT, via=batch.source.name):
        row = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        _require(row, by)
        if row.state != State.DONE or row.forgotten_at:
            raise CannotBeUndone(row.state)
        hold(row)
        row.report |= {"undone": take_import_back(row) | {"context": str(_context())}}
        row.state, row.undone_at = State.UNDONE, timezone.now()
        row.save(update_fields=["report", "state", "undone_at"])
    batch.refresh_from_db()
    return batch


@transaction.atomic
def abandon(batch: Import, by: User | None = None) -> Import:
    """Nothing will come of an import that was not applied; its lines are forgotten."""
    row = Import.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    _require(row, by)
    if row.state not in OPEN and row.state != State.FAILED:
        raise CannotBeApplied(row.state)
    row.candidates.all().delete()
    row.state = State.ABANDONED
    row.save(update_fields=["state"])
    batch.refresh_from_db()
    return batch


@transaction.atomic
def forget(now: datetime | None = None) -> int:
    """Erase the lines of imports that ended, or were left unconfirmed, long enough ago; how many imports.

    Their figures stay. They can be taken back no more.
    """
    now = now or timezone.now()
    left = Q(state__in=(*OPEN, State.FAILED), created_at__lte=now - LEFT_KEPT)
    ended = Q(state__in=(State.DONE, State.UNDONE), done_at__lte=now - DONE_KEPT)
    old = Import.objects.select_for_update().filter(left | ended).exclude(forgotten_at__lte=now)
    for batch in old:
        batch.candidates.all().delete()
        batch.counts = {key: value for key, value in batch.counts.items() if key in FIGURES}
        batch.remarks, batch.forgotten_at = [], now
        batch.state = State.ABANDONED if batch.state in (*OPEN, State.FAILED) else batch.state
        batch.save(update_fields=["counts", "remarks", "forgotten_at", "state"])
    return len(old)


def _require(batch: Import, by: User | None) -> None:
    """Who has no account here is the site itself: a command, a harvest."""
    if by is not None:
        require(by, Action.IMPORT_LISTINGS, batch.profile.grouping)


def _name(by: User | None) -> str:
    return f"{ACCOUNT}{by.pk}" if by else ""


def _context() -> UUID:
    """The name under which the history holds what this transaction writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_id')")
        return UUID(cursor.fetchone()[0])
