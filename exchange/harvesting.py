"""Sources read again and again where they are published, through the verbs of an import.

What is as it was is not read again; what vanished from the source is marked and not deleted, and comes back
with it. A reading that fails leaves the directory as it is, and is tried again; after three failures in a row
whoever answers for the source is written to, once until it works again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override

from accounts.models import User
from directory.errors import NotAllowed
from directory.history import Hand, noting
from directory.letters import page
from directory.models import SourceRecord
from directory.permissions import Action, require
from exchange import another_maillage, fetching, importing, wording
from exchange.differences import compare
from exchange.fetching import Unfetched
from exchange.likeness import Reason
from exchange.models import Candidate, Harvest, HarvestKind, Import, Match, Outcome, Profile, Rhythm, State
from exchange.problems import problem
from exchange.staging import digest_of
from formats.reading.table import Unreadable
from mail.posting import post

EVERY = {Rhythm.DAY: timedelta(days=1), Rhythm.WEEK: timedelta(days=7), Rhythm.MONTH: timedelta(days=30)}
# What failed is tried again the next day, whatever its rhythm, or when its server asks.
AGAIN = timedelta(days=1)
WARNED_AFTER = 3
# A source that loses so much at once is more likely broken than emptied; of fewer rows it is believed.
MOST_GONE, FEW = 0.5, 20
MARKED = 5_000
STATES = (State.READ, State.PLANNED, State.APPLYING)

SAID = {
    "half-gone": gettext_noop("{gone} fiches sur {known} en ont disparu d’un coup : à confirmer à la main"),
    "not-allowed": gettext_noop("la personne responsable de cette source ne coordonne plus ce réseau"),
    "internal": gettext_noop("la lecture s’est interrompue par une erreur de ce site"),
}

log = logging.getLogger(__name__)


class Doubtful(Exception):
    """What was read is left for a person to confirm; ``said`` says how much would be gone."""

    def __init__(self, **said: int) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True, slots=True)
class Read:
    """A reading that went well: its import, none where nothing changed; what to go on with."""

    batch: Import | None
    vanished: int = 0
    kept: tuple[tuple[str, str], ...] = ()


def subscribe(
    profile: Profile, address: str, rhythm: str, by: User | None, kind: str = HarvestKind.FILE
) -> Harvest:
    """Read a source from now on. Raises NotAllowed, Unfetched where the address cannot be one."""
    if by is not None:
        require(by, Action.IMPORT_LISTINGS, profile.grouping)
    fetching.check_address(address)
    with transaction.atomic():
        if kind == HarvestKind.MAILLAGE:
            profile.columns = {str(name): str(name) for name in another_maillage.COLUMNS}
            profile.complete = False  # it says itself what was withdrawn
            profile.save(update_fields=["columns", "complete", "updated_at"])
        told = {"address": address, "rhythm": rhythm, "kind": kind, "owner": by, "active": True}
        forgotten = {"etag": "", "last_modified": "", "following": "", "next_at": timezone.now()}
        return Harvest.objects.update_or_create(profile=profile, defaults=told | forgotten)[0]


def set_active(source: Harvest, active: bool, by: User) -> None:
    """Stop reading a source, or read it again, now to begin with. Raises NotAllowed."""
    require(by, Action.IMPORT_LISTINGS, source.profile.grouping)
    begun = {"next_at": timezone.now()} if active else {}
    Harvest.objects.filter(pk=source.pk).update(active=active, **begun)


def due(now: datetime | None = None) -> QuerySet[Harvest]:
    return Harvest.objects.filter(active=True, next_at__lte=now or timezone.now()).order_by("next_at", "pk")


def harvest(source: Harvest, now: datetime | None = None) -> Harvest:
    """Read a source now, and note how it went. What is no failure of the source is raised once noted."""
    now = now or timezone.now()
    related = ("profile__source", "profile__grouping", "owner", "last", "to_review")
    row = Harvest.objects.select_related(*related).get(pk=source.pk)
    try:
        if row.owner:
            require(row.owner, Action.IMPORT_LISTINGS, row.profile.grouping)
        with TemporaryDirectory(prefix="harvest-") as folder:
            found = READING[row.kind](row, Path(folder))
    except Unfetched as error:
        _failed(row, now, error.code, error.said, error.retry_after)
    except Unreadable as error:
        told = {"code": error.code, "said": error.said, "line": error.line, "column": error.column}
        _failed(row, now, "refused", told)
    except Doubtful as error:
        _failed(row, now, "half-gone", error.said)
    except NotAllowed:
        _failed(row, now, "not-allowed", {})
    except Exception:
        _failed(row, now, "internal", {})
        raise
    else:
        _went_well(row, now, found)
    row.refresh_from_db()
    return row


def said(error: dict[str, Any]) -> str:
    """Why a source failed, in the language of the moment."""
    code, told = error.get("code", ""), error.get("said", {})
    if code == "refused":
        return wording.refusal(told["code"], told["said"], told["line"], told["column"])
    text = gettext(SAID[code]) if code in SAID else str(fetching.SAID.get(code, ""))
    return text.format(**told)


# -- Reading ----------------------------------------------------------------------------------------


def _read_file(row: Harvest, folder: Path) -> Read:
    path = folder / "file"
    asked = {"etag": row.etag, "last_modified": row.last_modified}
    fetched = fetching.fetch(row.address, path, **asked)
    if fetched is None:
        _seen_again(row)
        return Read(None)
    batch = _bring(row, path, fetched.name or "file")
    return Read(batch, kept=(("etag", fetched.etag), ("last_modified", fetched.last_modified)))


def _read_maillage(row: Harvest, folder: Path) -> Read:
    path = folder / "changes.csv"
    taken = another_maillage.read(row.address, row.profile.source, row.following, path)
    if taken.live is not None:
        known = set(importing.known(row.profile.source).values_list("external_id", flat=True))
        taken.gone |= known - taken.live
        _look(len(known & taken.gone), len(known))
    batch = _bring(row, path, "changes.csv") if taken.rows else None
    return Read(batch, _mark(row, taken.gone), kept=(("following", taken.following),))


READING: dict[str, Callable[[Harvest, Path], Read]] = {
    HarvestKind.FILE: _read_file,
    HarvestKind.MAILLAGE: _read_maillage,
}


def _bring(row: Harvest, path: Path, name: str) -> Import | None:
    """The file brought whole, through the verbs of an import; None where it was brought the last time. One
    that was cut short goes on, one that was left and is out of date is abandoned."""
    last, same = row.last, row.last is not None and row.last.digest == digest_of(path)
    if last and same and last.done_at and last.state == State.DONE and row.profile.updated_at < last.done_at:
        _seen_again(row)
        return None
    batch = last if same and last and last.state in STATES else None
    if batch is None:
        if last and last.state in STATES:
            importing.abandon(last)
        batch = importing.stage(path, name, row.profile, row.owner)
        Harvest.objects.filter(pk=row.pk).update(last=batch)
    importing.plan(batch)
    if row.kind == HarvestKind.FILE:
        _leave_ours(batch)
    if row.profile.complete:
        _look(importing.would_vanish(batch).count(), importing.known(batch.source).count())
    importing.apply(batch, row.owner)
    _leave_for_review(row, batch, path, name)
    return batch


@transaction.atomic
def _seen_again(row: Harvest) -> None:
    """The source says what it said the last time: it was seen to hold the same initiatives today."""
    last = row.last and Import.objects.select_for_update(of=("self",)).get(pk=row.last.pk)
    if last is None or last.state != State.DONE or last.seen_at is None:
        return
    now = timezone.now()
    importing.known(last.source).filter(last_seen=last.seen_at).update(last_seen=now)
    last.report |= {"seen_at": now.isoformat()}  # by which its records are found when it is taken back
    last.save(update_fields=["report"])


@transaction.atomic
def _leave_ours(batch: Import) -> None:
    """Refuse the lines that bear an identifier of ours: they came from here, and are not taken back. A person
    who brings such a file may mean to correct it; a source does not."""
    ours = batch.candidates.filter(reasons__contains=[Reason.MAILLAGE_ID])
    brought = SourceRecord.objects.filter(source=batch.source, initiative=OuterRef("initiative"))
    found = list(ours.exclude(Exists(brought)).only("problems"))
    for line in found:
        line.problems = [*line.problems, problem("from-here")]
    if found:
        Candidate.objects.bulk_update(found, ["problems"], batch_size=1_000)
        compare(batch)


@transaction.atomic
def _leave_for_review(row: Harvest, batch: Import, path: Path, name: str) -> None:
    """Doubtful lines wait for a person in an import of the same file that is ready to be confirmed. It takes
    the place of the one before, which would bring back what was, and what was decided there."""
    before, again = row.to_review, None
    if before and before.state not in STATES:
        before = None
    if batch.counts["outcomes"].get(Outcome.TO_REVIEW):
        again = importing.plan(importing.stage(path, name, row.profile, row.owner))
        if row.kind == HarvestKind.FILE:
            _leave_ours(again)
        for old in before.candidates.exclude(decision="") if before else ():
            same = again.candidates.filter(external_id=old.external_id, match=Match.DOUBTFUL)
            for new in same.filter(initiative=old.initiative_id):
                importing.decide(new, old.decision, old.decided_by)
    if before:
        importing.abandon(before)
    Harvest.objects.filter(pk=row.pk).update(to_review=again)


def _look(gone: int, known: int) -> None:
    """Raise Doubtful where so much is gone at once that a person should look first."""
    if gone and (gone == known or known >= FEW and gone > known * MOST_GONE):
        raise Doubtful(gone=gone, known=known)


def _mark(row: Harvest, gone: set[str]) -> int:
    """Mark what is no more at the source; how many were there until now."""
    marked, ids = 0, sorted(gone)
    with noting(hand=Hand.IMPORT, via=row.profile.source.name):
        for at in range(0, len(ids), MARKED):
            rows = importing.known(row.profile.source).filter(external_id__in=ids[at : at + MARKED])
            marked += rows.update(vanished_at=timezone.now())
    return marked


# -- How it went ------------------------------------------------------------------------------------


def _went_well(row: Harvest, now: datetime, found: Read) -> None:
    Harvest.objects.filter(pk=row.pk).update(
        failures=0, failing_since=None, error={}, read_at=now, next_at=now + EVERY[Rhythm(row.rhythm)],
        **dict(found.kept),
    )  # fmt: skip


@transaction.atomic
def _failed(row: Harvest, now: datetime, code: str, told: dict[str, Any], wait: int = 0) -> None:
    """Note a failure, to be tried again; the third in a row is told."""
    held = Harvest.objects.select_for_update(of=("self",)).get(pk=row.pk)
    held.failures += 1
    held.failing_since = held.failing_since or now
    held.error = {"code": code, "said": told}
    held.next_at = now + max(AGAIN, timedelta(seconds=wait))
    held.save(update_fields=["failures", "failing_since", "error", "next_at"])
    log.warning("Source %s: %s %s, %d in a row.", row.profile.slug, code, told, held.failures)
    if held.failures == WARNED_AFTER:
        _warn(held)


def _warn(row: Harvest) -> None:
    """Whoever answers for the source, else those who administer the site."""
    owner = row.owner if row.owner and row.owner.is_active else None
    since = row.failing_since or timezone.now()
    for person in [owner] if owner else User.objects.filter(is_superuser=True, is_active=True):
        with override(person.language):
            context = {
                "source": row.profile.name,
                "address": row.address,
                "error": said(row.error),
                "day": timezone.localdate(since),
                "failures": row.failures,
                "link": page("people:imports"),
            }
        key = f"source-failing-{row.pk}-{since:%Y%m%d%H%M%S%f}-{person.pk}"
        post("exchange.source_failing", person.email, person.language, context, key=key)
