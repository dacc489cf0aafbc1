"""All that one person wrote, taken back at once: looked at first, then done, and told by the history.

A person is known by the account that wrote, or by the address that proposals came from; neither is shown.
Field by field, what a person wrote last goes back to what was there before; what somebody else wrote since
stays, and is said. A listing that exists by that person alone is hidden. Nothing is erased but photographs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from pghistory.models import Context

from accounts.models import User
from contributions import moderating
from contributions.errors import AlreadyDecided
from contributions.models import Photo, Proposal, ProposalState
from directory import history, publishing
from directory.errors import NotAllowed
from directory.history import Change, Hand, hand_of
from directory.locking import lock
from directory.models import Initiative, Publication
from directory.permissions import Action, may


@dataclass(frozen=True, slots=True)
class Author:
    account: int | None
    email: str = ""

    @property
    def known(self) -> bool:
        return self.account is not None or bool(self.email)


def author_of(proposal: Proposal) -> Author:
    return Author(proposal.account_id, proposal.email)


def authors_of(events: Iterable[Any]) -> dict[int, Author]:
    """By version, who wrote it, as far as that is known: what a moderator accepted is of whoever proposed it,
    and what an import brought is of nobody here."""
    rows = {each.pk: each.pgh_context.metadata if each.pgh_context else {} for each in events}
    found = {pk: _writer(told) for pk, told in rows.items()}
    found |= {each.event: author_of(each) for each in Proposal.objects.filter(event__in=rows) if each.event}
    return {pk: author for pk, author in found.items() if author.known}


def _writer(told: Mapping[str, Any]) -> Author:
    by = told.get("by", "")
    account = by.removeprefix(publishing.ACCOUNT)
    if account == by or not account.isdigit():
        return Author(None)
    through = told.get("via") == moderating.VIA or told.get("hand") == Hand.IMPORT
    return Author(None if through else int(account))


@dataclass(slots=True)
class Step:
    """What becomes of one listing: fields that go back (``before`` is what is there now, ``after`` what comes
    back), fields that others changed since, fields that a listing cannot hold any more as they were
    (``unfit``), whether it is hidden, or would be but for others, the photograph that goes.

    Where a listing is goes back as a whole, or stays: ``outside``, because it would leave the territories of
    who undoes."""

    initiative: Initiative
    back: list[Change] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)
    outside: bool = False
    hides: bool = False
    kept: bool = False
    photo: Photo | None = None

    @property
    def acts(self) -> bool:
        """Whether anything is done, and not only said."""
        return bool(self.back or self.hides or self.photo)


@dataclass(slots=True)
class Plan:
    """``elsewhere``: listings outside of one's territories, which stay. ``waiting``: proposals to refuse."""

    steps: list[Step]
    waiting: list[Proposal]
    elsewhere: int


def proposals_of(author: Author) -> QuerySet[Proposal]:
    whose = Q(pk__in=[])
    if author.account is not None:
        whose |= Q(account=author.account)
    if author.email:
        whose |= Q(email__iexact=author.email)
    return Proposal.objects.filter(whose)


def plan(author: Author, by: User) -> Plan:
    """What would be undone, as things are; reads only."""
    steps, elsewhere = [], 0
    theirs, sent = _events(author), _photos(author)
    rows = Initiative.objects.filter(pk__in={*theirs, *sent}).order_by("name_sort", "pk").defer("search")
    for initiative in rows:
        if not may(by, Action.MODERATE, initiative):
            elsewhere += 1
            continue
        step = _step(initiative, theirs.get(initiative.pk, set()))
        step.photo = sent.get(initiative.pk)
        _hold_back(step, by)
        if step.acts or step.left or step.unfit or step.outside or step.kept:
            steps.append(step)
    waiting = moderating.queue(by).filter(pk__in=proposals_of(author).values("pk"))
    return Plan(steps, list(waiting), elsewhere)


def _events(author: Author) -> dict[int, set[int]]:
    """The versions that this person wrote, by listing: with the account, and by proposals that were accepted.
    What a moderator accepted is of whoever proposed it."""
    written = Q(pk__in=proposals_of(author).exclude(event=None).values("event"))
    if author.account is not None:
        told = Context.objects.filter(metadata__contains={"by": f"{publishing.ACCOUNT}{author.account}"})
        for apart in ({"via": moderating.VIA}, {"hand": str(Hand.IMPORT)}):
            told = told.exclude(metadata__contains=apart)
        written |= Q(pgh_context__in=told)
    found: dict[int, set[int]] = defaultdict(set)
    rows = history.events().filter(written).exclude(pgh_label="delete").order_by("-pgh_id")
    for pk, event in rows.values_list("pgh_obj_id", "pk"):
        found[pk].add(event)
    return found


def _photos(author: Author) -> dict[int, Photo]:
    """The photographs that this person proposed and that pages show, by listing."""
    shown = Photo.objects.filter(proposal__in=proposals_of(author), initiative__isnull=False)
    return {each.initiative_id: each for each in shown.defer("content") if each.initiative_id}


def _step(initiative: Initiative, theirs: set[int]) -> Step:
    """What there is to take back of what this person wrote, and to speak of."""
    step, made = Step(initiative), False
    last: dict[
        str, tuple[bool, Any]
    ] = {}  # by field: whether theirs is what is there, and what was before it
    others = initiative.merged.exists()  # what others wrote of the same, and what hung on it, is here
    for event, previous in _versions(initiative, min(theirs)) if theirs else ():
        mine = event.pk in theirs
        made |= mine and event.pgh_label == "insert"
        others |= made and not mine
        for change in history.changes(previous, event) if previous else ():
            if change.field in publishing.RESTORED:
                _weigh(last, change, mine)
    _sort(step, last)
    if made and initiative.publication == Publication.PUBLISHED:
        step.hides, step.kept = not others, others
    if step.hides:
        step.back, step.left = [], []
    return step


def _weigh(last: dict[str, tuple[bool, Any]], change: Change, mine: bool) -> None:
    """A run of changes by this person goes back to what was before the first of them; somebody else's ends
    it, and for a place any part of it does."""
    if mine:
        own, before = last.get(change.field, (False, None))
        last[change.field] = (True, before if own else change.before)
        return
    for name in last.keys() & (publishing.PLACE if change.field in publishing.PLACE else {change.field}):
        last[name] = (False, last[name][1])


def _versions(initiative: Initiative, since: int) -> Iterator[tuple[Any, Any]]:
    """Each version from ``since`` on, with the one before it; None before the first."""
    rows = history.events().filter(pgh_obj=initiative.pk).exclude(pgh_label="delete")
    previous = rows.filter(pk__lt=since).order_by("-pk").first()
    for event in rows.filter(pk__gte=since).order_by("pk"):
        yield event, previous
        previous = event


def _sort(step: Step, last: dict[str, tuple[bool, Any]]) -> None:
    """What goes back, what stays: a place that somebody else touched since stays as a whole."""
    apart = {name for name, (theirs, _before) in last.items() if not theirs}
    for name in publishing.RESTORED:
        if name not in last:
            continue
        now, before = history.stored(step.initiative, name), last[name][1]
        if now == before:
            continue
        if name in apart or (name in publishing.PLACE and apart & publishing.PLACE):
            step.left.append(name)
        else:
            step.back.append(Change(name, now, before))


def _hold_back(step: Step, by: User) -> None:
    """What cannot go back stays: what a listing would not be taken with today, a territory or an activity
    that is no more; a place that ``by`` does not moderate. A moderator looks at it."""
    if not step.back:
        return
    row, names = copy(step.initiative), [change.field for change in step.back]
    _write_back(row, step.back)
    try:
        publishing.check_changed(row, names)
    except ValidationError:
        step.unfit, step.back = names, []
        return
    if publishing.PLACE.isdisjoint(names):
        return
    try:
        publishing.require_places(by, Action.MODERATE, row)
    except NotAllowed:
        step.outside = True
        step.back = [change for change in step.back if change.field not in publishing.PLACE]


def _write_back(row: Initiative, changes: Iterable[Change]) -> None:
    for change in changes:
        setattr(row, history.column(change.field), change.after)


@transaction.atomic
def undo(author: Author, by: User, why: str) -> Plan:
    """Do what ``plan`` says, as things are by then."""
    # Held until the end: listings, then proposals (directory.locking).
    sent = proposals_of(author).filter(state=ProposalState.WAITING)
    lock(*_events(author), *sent.values_list("initiative", flat=True))
    list(sent.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    done = plan(author, by)
    for step in done.steps:
        _undo(step, by, why)
    waiting, done.waiting = done.waiting, []
    for proposal in waiting:
        with suppress(AlreadyDecided):  # its author withdrew it meanwhile
            done.waiting.append(moderating.refuse(proposal, by, why))
    return done


def _undo(step: Step, by: User, why: str) -> None:
    if step.photo is not None:
        step.photo.delete()
    row = Initiative.objects.get(pk=step.initiative.pk)
    account, hand = f"{publishing.ACCOUNT}{by.pk}", hand_of(by, row)
    if step.hides:
        publishing.hide(row, account, why, hand=hand, via="site")
    elif step.back:
        _write_back(row, step.back)
        names = [change.field for change in step.back]
        publishing.save(
            row, names, by=account, source=moderating.FROM_MODERATION, hand=hand, via="site", why=why
        )
