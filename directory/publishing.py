"""The write side: one verb, one transaction; provenance is written with the fields."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from directory import history, listings, reports, roles, ties
from directory.errors import MergeRefused, VersionRefused
from directory.history import SEEN, noting
from directory.locking import lock
from directory.models import Grouping, Initiative, Merge, Publication, RelayStop, Report
from directory.permissions import Action, require
from directory.places import complete_place
from directory.pyramid import fold_when_many
from directory.signals import initiatives_merged
from territories.gazetteer import locate
from territories.geometry import Point
from territories.names import WORD, fold

# How provenance names a person who signed in: by the number of the account, never by name.
ACCOUNT = "account "

# Written by the database or by the verbs: their provenance says nothing.
WITHOUT_PROVENANCE = {"provenance", "slug", "verified_by"}

# A reference is read aloud: no sign that is taken for another.
REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
# How long the address of who reported is kept once the report was handled.
REPORTER_KEPT = timedelta(days=365)


def mint_slug(name: str, place: str = "") -> str:
    """A slug that no initiative bears nor bore: the name, then with its place, then numbered."""
    base = _slug(name) or "initiative"
    with_place = f"{base}-{_slug(place)}" if place else base
    for candidate in (base, with_place, *(f"{with_place}-{n}" for n in range(2, 10_000))):
        taken = (
            Initiative.objects.filter(slug=candidate).exists()
            or Merge.objects.filter(slug=candidate).exists()
        )
        if not taken:
            return candidate
    raise ValueError(f"No free slug for {name!r}.")


def _slug(text: str) -> str:
    return slugify(" ".join(WORD.findall(fold(text))))


@transaction.atomic
def save(
    initiative: Initiative, changed: Iterable[str], by: str, source: str,
    *, hand: str = "", via: str = "", why: str = "",
) -> Initiative:  # fmt: skip
    """Save an initiative whose ``changed`` fields ``by`` somebody come from ``source``.

    Mints the slug of a new one, completes its place, notes the provenance of each field; the history says
    by whom, in which capacity (``history.Hand``), by which way (the source if nothing is said) and why.
    Provenance keeps the capacity too: who answers for a page today may not have when a field was written.
    """
    complete_place(initiative)
    if not initiative.slug:
        place = initiative.commune.name if initiative.commune else ""
        initiative.slug = mint_slug(initiative.name, place)
    hand = hand or _hand(by, initiative)
    note = {"at": timezone.now().isoformat(), "by": by, "from": source} | (
        {"hand": str(hand)} if hand else {}
    )
    initiative.provenance = {
        **initiative.provenance, **{name: note for name in changed if name not in WITHOUT_PROVENANCE}
    }  # fmt: skip
    with noting(by=by, hand=hand, via=via or source, why=why):
        initiative.save()
    transaction.on_commit(fold_when_many)
    return initiative


def _hand(by: str, initiative: Initiative) -> str:
    """The capacity of whoever has this account; none for who has no account (any more)."""
    number = by.removeprefix(ACCOUNT)
    if number == by or not number.isdigit():
        return ""
    person = User.objects.filter(pk=number).first()
    return history.hand_of(person, initiative) if person else ""


def publish(initiative: Initiative, by: str, why: str, *, hand: str = "", via: str = "") -> bool:
    """Put an initiative on the site; false where it was there already."""
    return _put(initiative, Publication.PUBLISHED, by, why, hand=hand, via=via)


def hide(initiative: Initiative, by: str, why: str, *, hand: str = "", via: str = "") -> bool:
    """Take a published initiative off the site, which a moderator can undo; false where it was off already.

    ``by`` is an account, or who else asked; ``why`` is told by the history.
    """
    return _put(initiative, Publication.HIDDEN, by, why, hand=hand, via=via)


@transaction.atomic
def _put(initiative: Initiative, state: Publication, by: str, why: str, **how: str) -> bool:
    row = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    if (row.publication == Publication.PUBLISHED) == (state == Publication.PUBLISHED):
        return False
    row.publication = state
    save(row, ["publication"], by=by, source=why, why=why, **how)
    return True


# What a version brings back. Not whether it is published, nor who verified it: they are decisions.
RESTORED = tuple(
    name for name in SEEN if name not in {"publication", "origin", "verified_at"}
)  # fmt: skip

# Where a listing is.
PLACE = frozenset({"location", "precision", "commune", "arrondissement", "departement"})


def check_changed(initiative: Initiative, changed: Iterable[str]) -> None:
    """ValidationError where the model refuses what changed: what an import wrote before is no fault of who
    changes something else."""
    others = {each.name for each in initiative._meta.fields} - set(changed) if initiative.pk else {"slug"}
    initiative.clean_fields(exclude=others)
    initiative.validate_constraints(exclude=None if initiative.pk else {"slug"})


def require_places(by: User, action: Action, initiative: Initiative) -> None:
    """NotAllowed where ``by`` may not do this of all the places that it lies in as it is now: its commune,
    and what is under its point. Nothing is published outside one's territories."""
    there = {initiative.commune or initiative.departement}
    if initiative.location is not None:
        under = locate(Point(initiative.location.x, initiative.location.y))
        there.add(under or initiative.commune or initiative.departement)
    for each in there:
        require(by, action, each)


@transaction.atomic
def restore(initiative: Initiative, event: Any, by: User, why: str) -> Initiative:
    """The listing as a version of its history has it (``event``), its place completed again.

    Territories served, links and memberships stay as they are. Raises NotAllowed, also where the version
    lies in a place that ``by`` may do nothing of, or VersionRefused where it names what exists no more or
    holds what is not taken any more.
    """
    row = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    require(by, Action.RESTORE_VERSION, row)
    hand = history.hand_of(by, row)  # as things are: the version may be of another place
    if event.pgh_obj_id != row.pk:
        raise ValueError("This version is of another initiative.")
    changed = [change.field for change in history.changes(row, event) if change.field in RESTORED]
    if lost := history.lost(event):
        raise VersionRefused(lost)
    for name in changed:
        setattr(row, history.column(name), history.stored(event, name))
    if PLACE.intersection(changed):
        require_places(by, Action.RESTORE_VERSION, row)
    try:
        check_changed(row, changed)
    except ValidationError as error:
        raise VersionRefused(error.messages) from None
    source = f"rétabli : version du {timezone.localtime(event.pgh_created_at):%Y-%m-%d %H:%M}"
    return save(
        row, changed, by=f"{ACCOUNT}{by.pk}", source=source, why=why, via="site",
        hand=hand,
    )  # fmt: skip


@transaction.atomic
def merge(
    kept: Initiative, gone: Initiative, by: str = "", why: str = "",
    *, hand: str = "", via: str = "", team: Collection[int] = (),
) -> None:  # fmt: skip
    """Two listings of one place become one: the address of ``gone`` leads to ``kept`` from now on, and all
    that hangs on it goes over; of those who keep ``gone``, the accounts of ``team`` alone.

    MergeRefused where each leads a network, or a PTCE, of its own.
    """
    if kept.pk == gone.pk:
        raise ValueError("An initiative is not merged with itself.")
    lock(kept.pk, gone.pk)
    with noting(by=by, hand=hand, via=via, why=why):
        _merge(kept, gone, team)


def _take_groupings(kept: Initiative, gone: Initiative) -> None:
    """An initiative leads one of each kind."""
    theirs = Grouping.objects.filter(initiative=gone)
    for own in Grouping.objects.filter(initiative=kept):
        if other := theirs.filter(kind=own.kind).first():
            raise MergeRefused(
                _(
                    "Chacune anime un groupement de même nature : « {one} » et « {other} ». Dites d’abord"
                    " lequel reste."
                ).format(one=own.name, other=other.name)
            )
    theirs.update(initiative=kept)


def _merge(kept: Initiative, gone: Initiative, team: Collection[int]) -> None:
    _take_groupings(kept, gone)
    Merge.objects.filter(target=gone).update(target=kept)
    Merge.objects.create(slug=gone.slug, target=kept, former=gone.pk)
    gone.source_records.update(initiative=kept)
    gone.reports.update(initiative=kept)
    gone.contacts.update(initiative=kept)
    gone.notices.update(initiative=kept)
    listings.merged(kept, gone)
    ties.merged(kept, gone, team)
    for each in gone.relay_stops.all():  # who refused messages goes on refusing them
        RelayStop.objects.get_or_create(initiative=kept, contact=each.contact)
    if is_under(kept, gone):  # nobody is a site of oneself, however far down
        Initiative.objects.filter(pk=kept.pk).update(parent=None)
    gone.sites.update(parent=kept)
    initiatives_merged.send(Initiative, kept=kept, gone=gone, team=team)
    roles.merged(kept, gone, team)  # last: who hears of the end of a role holds what has gone over already
    gone.delete()
    transaction.on_commit(fold_when_many)


def is_under(site: Initiative, head: Initiative) -> bool:
    """Whether one is a site of the other, or a site of one of its sites."""
    seen, parent = set(), site.parent_id
    while parent is not None and parent not in seen:
        if parent == head.pk:
            return True
        seen.add(parent)
        parent = Initiative.objects.values_list("parent", flat=True).get(pk=parent)
    return False


@transaction.atomic
def report(
    initiative: Initiative, reason: str, message: str, email: str = "", language: str = "fr"
) -> Report:
    """A reader says what is wrong with a listing. The reference is what the reader keeps."""
    reference = "".join(secrets.choice(REFERENCE_SIGNS) for _sign in range(REFERENCE_LENGTH))
    made = Report.objects.create(
        reference=reference, initiative=initiative, name=initiative.name, reason=reason, message=message,
        email=email, language=language,
    )  # fmt: skip
    reports.received(made)
    return made


@transaction.atomic
def handle(told: Report, by: User, answer: str | None = None) -> Report:
    """A report was seen to; handled again it keeps its first date. ``answer`` None leaves what is there;
    another is sent to the author who left an address."""
    row = Report.objects.select_for_update(of=("self",)).get(pk=told.pk)
    row.handled_at = row.handled_at or timezone.now()
    row.handled_by = row.handled_by or by
    if answer is not None:
        row.answer = answer
    row.save(update_fields=["handled_at", "handled_by", "answer"])
    reports.answered(row)
    return row


def reporters_to_forget(now: datetime | None = None) -> QuerySet[Report]:
    """Reports handled twelve months ago or more that still hold an e-mail address."""
    before = (now or timezone.now()) - REPORTER_KEPT
    return Report.objects.filter(handled_at__lte=before).exclude(email="")


@transaction.atomic
def forget_reporters(now: datetime | None = None) -> int:
    """Erase the e-mail addresses of reports handled twelve months ago or more; how many were."""
    return reporters_to_forget(now).update(email="")
