"""What is kept, for how long, and what becomes of it then. A plan is made first; it can be read, then done.

Nothing is deleted of an initiative: it is hidden, through the verb of publishing, and a moderator can bring
it back. Examples and synthetic rows are left alone; so are closed initiatives, whose page stays for memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from directory import publishing
from directory.ages import HIDDEN, TO_CONFIRM
from directory.ages import months_before as months_before
from directory.history import Hand
from directory.letters import page
from directory.models import (
    ActivityState,
    Contact,
    Initiative,
    Notice,
    NoticeKind,
    Origin,
    PersonalExport,
    Publication,
    RelayCount,
    Role,
)
from directory.vouching import link, whom
from mail.models import Message, State
from mail.posting import post

# Months.
CONTACTS_PURGED, REASONS_KEPT, LOG_KEPT_MONTHS = 12, 12, 36
WARNED = timedelta(days=30)
COUNTS_KEPT = timedelta(days=1)
BATCH = 100
WORDING = "2026-11-22"  # of templates/directory/letters/stale.txt
WHY = "sans confirmation depuis 36 mois"
BY = "retention"
FORGOTTEN = "…"  # what stays of a reason
GONE = (Publication.HIDDEN, Publication.ARCHIVED)
OFF = Q(publication__in=GONE) | Q(publication=Publication.PUBLISHED, activity_state=ActivityState.CLOSED)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: ``what`` is a key of DO, ``pk`` the row, ``label`` what a person reads (no name)."""

    what: str
    pk: int
    label: str


def plan(now: datetime | None = None) -> Iterator[Step]:
    """All that is due, in the order in which it is done."""
    now = now or timezone.now()
    for what, rows in [
        ("to-confirm", _to_confirm(now)),
        ("warn", _to_warn(now)),
        ("hide", _to_hide(now)),
        ("purge-contacts", _contacts_to_purge(now)),
    ]:
        yield from (Step(what, row.pk, row.slug) for row in rows)
    for what, others in [
        ("forget-reporter", publishing.reporters_to_forget(now)),
        ("forget-reason", _reasons(now)),
        ("drop-count", _counts(now)),
        ("drop-export", _exports(now)),
    ]:
        yield from (Step(what, pk, str(pk)) for pk in others.order_by("pk").values_list("pk", flat=True))


def carry_out(steps: Iterable[Step], now: datetime | None = None) -> Iterator[Step]:
    """Do these steps, BATCH in a transaction; yields what was done. What is not due any more is left out."""
    now = now or timezone.now()
    rest = iter(steps)
    while batch := list(islice(rest, BATCH)):
        with transaction.atomic():
            done = [step for step in batch if DO[step.what](step.pk, now)]
        yield from done


# -- What is due --------------------------------------------------------------------------------------


def subject_to_it() -> QuerySet[Initiative]:
    return (
        Initiative.objects.published()
        .filter(origin=Origin.REAL)
        .exclude(activity_state=ActivityState.CLOSED)
        .order_by("pk")
    )


def _unconfirmed(before: datetime) -> Iterator[Initiative]:
    """Those that nobody vouched for since."""
    old = subject_to_it().filter(vouched_at__lte=before)
    return old.only("slug", "vouched_at").iterator(chunk_size=2_000)


def _to_confirm(now: datetime) -> Iterator[Initiative]:
    return _unconfirmed(months_before(now, TO_CONFIRM))


def _to_warn(now: datetime) -> Iterator[Initiative]:
    """A month before they may be hidden, or later where there was nobody to write to then."""
    for row in _unconfirmed(months_before(now + WARNED, HIDDEN)):
        if not _warnings(row) and whom(row):
            yield row


def _to_hide(now: datetime) -> Iterator[Initiative]:
    return (row for row in _unconfirmed(months_before(now, HIDDEN)) if _may_hide(row, now))


def _may_hide(initiative: Initiative, now: datetime) -> bool:
    """Whoever can be written to was, a month ago or more, and the letter left."""
    warnings = _warnings(initiative)
    if not warnings:
        return not whom(initiative)
    if not settings.EMAIL_HOST:  # nothing leaves
        return False
    keys = [notice.key for notice in warnings]
    here = Message.objects.filter(key__in=keys, state__in=(State.QUEUED, State.KEPT)).exists()
    return not here and max(notice.at for notice in warnings) <= now - WARNED


def _warnings(initiative: Initiative) -> list[Notice]:
    """The letters that still hold: a confirmation since then makes them void."""
    rows = Notice.objects.filter(initiative=initiative, kind=NoticeKind.STALE)
    return list(rows.filter(at__gt=initiative.vouched_at))


def _contacts_to_purge(now: datetime) -> Iterator[Initiative]:
    """Initiatives with contacts that have been off the site, or closed, for twelve months."""
    rows = Initiative.objects.filter(OFF, pk__in=Contact.objects.values("initiative")).order_by("pk")
    before = months_before(now, CONTACTS_PURGED)
    return (row for row in rows.only("slug", "updated_at").iterator() if off_since(row) <= before)


def hidden_by_age(initiative: Initiative) -> bool:
    """Whether it is hidden because nobody had confirmed it, and for nothing else."""
    if initiative.publication != Publication.HIDDEN:
        return False
    history = apps.get_model("directory", "InitiativeEvent")._default_manager.filter(pgh_obj_id=initiative.pk)
    for event in history.order_by("-pgh_id").select_related("pgh_context"):
        if event.publication != Publication.HIDDEN:
            return False
        if event.pgh_context and event.pgh_context.metadata.get("by") == BY:
            return True
    return False


def off_since(initiative: Initiative) -> datetime:
    """Since when an initiative that is hidden, archived or closed has been so: its history says, which the
    database writes whatever road a change came by."""
    history = apps.get_model("directory", "InitiativeEvent")._default_manager.filter(pgh_obj_id=initiative.pk)
    since = None
    for event in history.order_by("pgh_id").only("pgh_created_at", "publication", "activity_state"):
        off = event.publication in GONE or event.activity_state == ActivityState.CLOSED
        since = (since or event.pgh_created_at) if off else None
    return since or initiative.updated_at


def _reasons(now: datetime) -> QuerySet[Role]:
    """Requests refused and roles ended twelve months ago, whose reasons have been read by then."""
    before = months_before(now, REASONS_KEPT)
    past = Q(granted=False, decided_at__lte=before) | Q(granted=True, ended_at__lte=before)
    return Role.objects.filter(past).exclude(reason=FORGOTTEN, answer="")


def _counts(now: datetime) -> QuerySet[RelayCount]:
    return RelayCount.objects.filter(since__lte=now - COUNTS_KEPT)


def _exports(now: datetime) -> QuerySet[PersonalExport]:
    return PersonalExport.objects.filter(at__lte=months_before(now, LOG_KEPT_MONTHS))


# -- What is done: each is asked again under a lock, for the plan may be some minutes old ------------------


def _row(rows: QuerySet[Initiative], pk: int) -> Initiative | None:
    return rows.select_for_update(of=("self",)).filter(pk=pk).first()


def _count_only(pk: int, now: datetime) -> bool:
    return True


def _warn(pk: int, now: datetime) -> bool:
    row = _row(subject_to_it(), pk)
    if row is None or row.vouched_at > months_before(now + WARNED, HIDDEN) or _warnings(row):
        return False
    told = whom(row)
    for n, (address, language) in enumerate(told.items()):
        key = f"stale-{row.uuid}-{row.vouched_at:%Y%m%d}-{n}"
        notice = Notice.objects.create(
            initiative=row,
            kind=NoticeKind.STALE,
            sent_to=address,
            at=now,
            wording_version=WORDING,
            key=key,
        )
        with override(language):
            context = {
                "initiative": row.name,
                "day": timezone.localdate(now + WARNED),
                "link": page("frontend:initiative", row.slug),
                "confirm": link(notice),
            }
        post("directory.stale", address, language, context, key=key)
    return bool(told)


def _hide(pk: int, now: datetime) -> bool:
    row = _row(subject_to_it(), pk)
    if row is None or row.vouched_at > months_before(now, HIDDEN) or not _may_hide(row, now):
        return False
    return publishing.hide(row, by=BY, why=WHY, hand=Hand.MAINTENANCE)


def _purge_contacts(pk: int, now: datetime) -> bool:
    row = _row(Initiative.objects.filter(OFF), pk)
    if row is None or off_since(row) > months_before(now, CONTACTS_PURGED):
        return False
    return bool(row.contacts.all().delete()[0])


DO: dict[str, Callable[[int, datetime], bool]] = {
    "to-confirm": _count_only,
    "warn": _warn,
    "hide": _hide,
    "purge-contacts": _purge_contacts,
    "forget-reporter": lambda pk, now: bool(
        publishing.reporters_to_forget(now).filter(pk=pk).update(email="")
    ),
    "forget-reason": lambda pk, now: bool(_reasons(now).filter(pk=pk).update(reason=FORGOTTEN, answer="")),
    "drop-count": lambda pk, now: bool(_counts(now).filter(pk=pk).delete()[0]),
    "drop-export": lambda pk, now: bool(_exports(now).filter(pk=pk).delete()[0]),
}
