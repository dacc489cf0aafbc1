"""Campaigns: who is asked is fixed at the start, letters leave a day's worth at a time, one reminder, a stop.

A campaign is sent by jobs (verification/tasks.py). Each letter has a key of its own, so that a job which runs
twice writes once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from directory.letters import page
from directory.models import Grouping, Initiative, Notice, NoticeKind, Origin, RoleKind
from directory.permissions import Action, may, require
from directory.search import start_of
from directory.vouching import link, whom
from mail import letters
from mail.posting import post
from mail.writing import Written, write
from territories.models import Territory
from verification import reaching
from verification.errors import VerificationRefused
from verification.models import LONGEST_MESSAGE, Answer, Asked, Campaign, Said

# Letters of one campaign in a day: so that those who answer are read.
A_DAY = 200
BATCH = 20
MOST = 2_000
# Of templates/verification/letters/asked.txt.
WORDING = "2026-11-22"
AGES = (0, 6, 12, 24)
REMINDER_AFTER = timedelta(days=14)
LETTER, REMINDER = "verification.asked", "verification.reminder"


def action_of(target: Territory | Grouping) -> Action:
    return Action.ASK_TERRITORY if isinstance(target, Territory) else Action.ASK_MEMBERS


def runs(person: object) -> bool:
    """Whether there is anything that this person may run a campaign for."""
    if not isinstance(person, User) or not person.is_active:
        return False
    kinds = (RoleKind.MODERATOR, RoleKind.COORDINATOR)
    return person.is_superuser or person.roles.held().filter(kind__in=kinds).exists()


def targets(person: User) -> list[Territory | Grouping]:
    """What this person holds a role for that allows a campaign."""
    held = person.roles.held().select_related("territory", "grouping").order_by("pk")
    found = [role.target for role in held if role.kind in (RoleKind.MODERATOR, RoleKind.COORDINATOR)]
    return [each for each in found if isinstance(each, Territory | Grouping)]


def visible_to(person: User, most: int) -> list[Campaign]:
    """The campaigns of what this person may run one for, the latest first, so many at most."""
    rows = Campaign.objects.select_related("territory", "grouping").defer("territory__geometry")
    if person.is_superuser and person.is_active:
        return list(rows[:most])

    @cache  # asked once of each place and network, not of each campaign
    def seen(target: Territory | Grouping) -> bool:
        return may(person, action_of(target), target)

    return list(islice((each for each in rows if seen(each.target)), most))


# -- Before -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a campaign would write to, and whom not and why, by the value of ``Asked.LeftOut``."""

    reached: list[Initiative]
    left_out: dict[str, list[Initiative]]
    letter: Written | None

    @property
    def found(self) -> int:
        return len(self.reached) + sum(len(each) for each in self.left_out.values())


def preview(target: Territory | Grouping, by: User, months: int, message: str) -> Preview:
    """Nothing is written. NotAllowed; VerificationRefused beyond MOST."""
    require(by, action_of(target), target)
    reached: list[Initiative] = []
    left_out: dict[str, list[Initiative]] = {}
    taken: set[str] = set()
    letter = None
    rows = _concerned(target, months)
    addresses = reaching.addresses_of([each.pk for each in rows])
    for each in rows:
        found, why = addresses[each.pk]
        fresh = {address: language for address, language in found.items() if address.lower() not in taken}
        if not fresh:
            left_out.setdefault(why or Asked.LeftOut.LATELY, []).append(each)
            continue
        taken |= {address.lower() for address in fresh}
        reached.append(each)
        if letter is None:
            language = next(iter(fresh.values()))
            letter = write(letters.get(LETTER), language, _said(each, target, message, language, "", ""))
    return Preview(reached, left_out, letter)


def _concerned(target: Territory | Grouping, months: int) -> list[Initiative]:
    rows = reaching.concerned(target, months).select_related("commune").defer("search", "commune__geometry")
    found = list(rows[: MOST + 1])
    if len(found) > MOST:
        raise VerificationRefused(
            _("Une campagne s’adresse à {most} initiatives au plus : choisissez plus petit.").format(
                most=MOST
            )
        )
    return found


# -- During -------------------------------------------------------------------------------------------


@transaction.atomic
def start(target: Territory | Grouping, by: User, months: int, message: str = "") -> Campaign:
    """Fix who is asked; the letters leave by jobs. NotAllowed; VerificationRefused where there is nobody, or
    one runs already for the same."""
    require(by, action_of(target), target)
    message = message.replace("\x00", "").strip()
    if months not in AGES or len(message) > LONGEST_MESSAGE:
        raise ValueError("Checked by the form.")
    of = {"territory" if isinstance(target, Territory) else "grouping": target}
    type(target)._default_manager.select_for_update().only("pk").get(pk=target.pk)
    if Campaign.objects.filter(state=Campaign.State.RUNNING, **of).exists():
        raise VerificationRefused(_("Une campagne est déjà en cours d’envoi ici : arrêtez-la d’abord."))
    planned = preview(target, by, months, message).reached
    if not planned:
        raise VerificationRefused(_("Il n’y a personne à qui écrire."))
    made = Campaign.objects.create(months=months, message=message, opened_by=by, **of)
    Asked.objects.bulk_create(Asked(campaign=made, initiative=each) for each in planned)
    return made


@transaction.atomic
def stop(campaign: Campaign, by: User) -> bool:
    """No letter leaves any more that has not left; false where all had, or it was stopped."""
    require(by, action_of(campaign.target), campaign.target)
    row = _locked(campaign)
    if row.state == Campaign.State.STOPPED or not to_write(row).exists():
        return False
    row.state, row.stopped_at = Campaign.State.STOPPED, timezone.now()
    row.save(update_fields=["state", "stopped_at"])
    return True


@transaction.atomic
def remind(campaign: Campaign, by: User, now: datetime | None = None) -> Campaign:
    """Ask once more whoever did not answer: once, a fortnight after the last letters at the earliest."""
    require(by, action_of(campaign.target), campaign.target)
    row = _locked(campaign)
    if not may_remind(row, now):
        raise VerificationRefused(
            _("On relance une fois, quatorze jours au moins après les dernières lettres.")
        )
    row.reminded_at, row.state = now or timezone.now(), Campaign.State.RUNNING
    row.save(update_fields=["reminded_at", "state"])
    return row


def may_remind(campaign: Campaign, now: datetime | None = None) -> bool:
    if campaign.state != Campaign.State.SENT or campaign.reminded_at is not None:
        return False
    last = campaign.asked.exclude(sent_at=None).order_by("-sent_at").first()
    ripe = (now or timezone.now()) - REMINDER_AFTER
    return (
        last is not None and last.sent_at is not None and last.sent_at <= ripe and _silent(campaign).exists()
    )


def _silent(campaign: Campaign) -> QuerySet[Asked]:
    """Those who had the letter and of whom nobody has said anything since."""
    since = Answer.objects.filter(initiative=OuterRef("initiative"), at__gte=OuterRef("sent_at"))
    return campaign.asked.exclude(sent_at=None).exclude(Exists(since))


def to_write(campaign: Campaign) -> QuerySet[Asked]:
    """Those whose letter, or reminder once it was asked for, has not left."""
    if campaign.reminded_at is None:
        return campaign.asked.filter(sent_at=None, left_out="")
    return _silent(campaign).filter(reminded_at=None, passed_over=False)


@transaction.atomic
def send_some(pk: int, most: int = BATCH) -> int | None:
    """Write the next letters of a campaign; how many rows were seen to, None where none is left today or
    it was stopped. In one transaction: they leave together with what says that they did."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=pk)
    most = min(most, A_DAY - _written_today(campaign))
    if campaign.state != Campaign.State.RUNNING or most <= 0:
        return None
    rows = list(
        to_write(campaign).select_related("initiative").defer("initiative__search").order_by("pk")[:most]
    )
    for row in rows:
        _remind(row, campaign) if campaign.reminded_at else _ask(row, campaign)
    if not to_write(campaign).exists():
        campaign.state = Campaign.State.SENT
        campaign.save(update_fields=["state"])
    return len(rows) or None


def _written_today(campaign: Campaign) -> int:
    today = start_of(timezone.localdate())
    return campaign.asked.filter(Q(sent_at__gte=today) | Q(reminded_at__gte=today)).count()


def _ask(row: Asked, campaign: Campaign) -> None:
    """The letter, to each who answers for the initiative; or why there is none."""
    why = _no_more(row.initiative, campaign.opened_at)
    found, unreached = ({}, "") if why else reaching.addresses(row.initiative)
    row.left_out = why or unreached
    if not row.left_out:
        row.sent_at = timezone.now()
        for n, (address, language) in enumerate(found.items()):
            _write(LETTER, row, campaign, address, language, f"verify-{row.pk}-{n}")
    row.save(update_fields=["left_out", "sent_at"])


def _remind(row: Asked, campaign: Campaign) -> None:
    """To those who had the letter and may still be written to."""
    row.passed_over = True
    if row.sent_at and not _no_more(row.initiative, row.sent_at):
        letters_of = Notice.objects.filter(key__startswith=f"verify-{row.pk}-", kind=NoticeKind.VERIFY)
        theirs = whom(row.initiative)
        for notice in letters_of.order_by("pk"):
            known = theirs.get(notice.sent_to)
            if known and not reaching.opposed(reaching.digest(notice.sent_to)):
                row.passed_over, row.reminded_at = False, timezone.now()
                _post(REMINDER, row, campaign, notice, known, f"{notice.key}-again")
    row.save(update_fields=["reminded_at", "passed_over"])


def _no_more(initiative: Initiative, since: datetime) -> str:
    """Why an initiative that was to be asked is not any more."""
    if not Initiative.objects.visible().filter(pk=initiative.pk, origin=Origin.REAL).exists():
        return Asked.LeftOut.GONE
    return Asked.LeftOut.VOUCHED if initiative.vouched_at > since else ""


def _write(letter: str, row: Asked, campaign: Campaign, address: str, language: str, key: str) -> None:
    notice = Notice.objects.create(
        initiative=row.initiative, kind=NoticeKind.VERIFY, sent_to=address, wording_version=WORDING, key=key
    )
    _post(letter, row, campaign, notice, language, key)


def _post(letter: str, row: Asked, campaign: Campaign, notice: Notice, language: str, key: str) -> None:
    with override(language):
        answer = link(notice, row.pk)
        stop_key = reaching.opposition_key(notice.sent_to)
        context = _said(row.initiative, campaign.target, campaign.message, language, answer, stop_key)
    post(letter, notice.sent_to, language, context, key=key)


def _said(
    initiative: Initiative,
    target: Territory | Grouping,
    message: str,
    language: str,
    answer: str,
    stop_key: str,
) -> dict[str, object]:
    """What the letter says, in the language of who reads it; of a preview, the links lead nowhere yet."""
    with override(language):
        return {
            "initiative": initiative.name,
            "asker": _who_asks(target),
            "message": message,
            "verified": timezone.localdate(initiative.verified_at) if initiative.verified_at else None,
            "link": page("frontend:initiative", initiative.slug),
            "answer": answer or page("people:verification", "xxxx"),
            "stop": page("people:verification_stop", stop_key or "xxxx"),
        }


def _who_asks(target: Territory | Grouping) -> str:
    if isinstance(target, Territory):
        return _("La modération de Maillage ({territory})").format(territory=target.name)
    return target.name


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


# -- How far it is ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Initiatives, not letters. ``answered`` is how many of those written to said something since."""

    planned: int
    written: int
    left_out: dict[str, int]
    reminded: int
    answered: int
    by_answer: dict[str, int]

    @property
    def waiting(self) -> int:
        return self.planned - self.written - sum(self.left_out.values())

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None where nobody was written to yet."""
        return self.answered / self.written if self.written else None


def progress(campaign: Campaign) -> Progress:
    """What was said since the letter counts, by its link or on the site; the last answer of each."""
    rows = list(campaign.asked.values_list("initiative", "sent_at", "left_out", "reminded_at"))
    left_out = dict.fromkeys(Asked.LeftOut.values, 0)
    for _initiative, _sent, why, _reminded in rows:
        if why:
            left_out[why] += 1
    said = [answer for answer in asked(campaign).values_list("said", flat=True) if answer]
    by_answer = dict.fromkeys(Said.values, 0)
    for answer in said:
        by_answer[answer] += 1
    return Progress(
        planned=len(rows),
        written=sum(1 for row in rows if row[1]),
        left_out={why: count for why, count in left_out.items() if count},
        reminded=sum(1 for row in rows if row[3]),
        answered=len(said),
        by_answer=by_answer,
    )


def asked(campaign: Campaign) -> QuerySet[Any]:
    """Each row of ``Asked`` with ``said``, the last answer since its letter, in the order of names."""
    last = Answer.objects.filter(initiative=OuterRef("initiative"), at__gte=OuterRef("sent_at"))
    rows = campaign.asked.annotate(said=last.order_by("-at", "-pk").values("said")[:1])
    rows = rows.select_related("initiative__commune").defer(
        "initiative__search", "initiative__commune__geometry"
    )
    return rows.order_by("initiative__name_sort", "pk")
