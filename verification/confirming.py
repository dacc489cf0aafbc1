"""Vouching for a record as a whole: still true, to be corrected, closed. One verb each, one transaction.

Only a person verifies: an import or a harvest does not. The public is told when, and in which capacity.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from directory import history, publishing, retention
from directory.ages import to_confirm_before
from directory.history import Hand
from directory.models import ActivityState, Initiative, Notice, Origin
from directory.notices import ORGANISATION
from directory.permissions import Action, Who, require, standings
from directory.publishing import ACCOUNT
from verification.errors import VerificationRefused
from verification.models import Answer, Asked, How, Said

SOURCE = "vérification"
VERIFIED = ["verified_at"]


@transaction.atomic
def confirm(
    initiative: Initiative,
    by: User | None,
    how: str,
    *,
    notice: Notice | None = None,
    asked: Asked | None = None,
) -> Answer:
    """« Toujours vrai »: verified now. ``by`` is None where a signed link is the authority.

    What was hidden only for want of this comes back. NotAllowed, VerificationRefused.
    """
    row, hand = _hold(initiative, by)
    answer = _answered(row, Said.TRUE, hand, by, how, notice, asked)
    returns = retention.hidden_by_age(row)
    _verified(row, by, answer.at)
    publishing.save(row, VERIFIED, by=_name(by), source=SOURCE, hand=hand, via=how)
    if returns:
        publishing.publish(row, by=_name(by), why=_("confirmée"), hand=hand, via=how)
    return answer


@transaction.atomic
def close(
    initiative: Initiative,
    by: User | None,
    how: str,
    *,
    notice: Notice | None = None,
    asked: Asked | None = None,
) -> Answer:
    """« Fermé »: its page stays, for memory, and says so; lists and figures count it no more."""
    row, hand = _hold(initiative, by)
    answer = _answered(row, Said.CLOSED, hand, by, how, notice, asked)
    _verified(row, by, answer.at)
    row.activity_state = ActivityState.CLOSED
    publishing.save(row, [*VERIFIED, "activity_state"], by=_name(by), source=SOURCE, hand=hand, via=how)
    return answer


@transaction.atomic
def doubt(
    initiative: Initiative, how: str, *, notice: Notice | None = None, asked: Asked | None = None
) -> Answer:
    """« À corriger »: noted; what is to be corrected is said in a form of its own. Nothing is verified."""
    row, hand = _hold(initiative, None)
    return _answered(row, Said.CORRECT, hand, None, how, notice, asked)


def capacity(person: User, initiative: Initiative) -> str:
    """In which capacity a person vouches for an initiative."""
    found = standings(person, initiative)
    if Who.COORDINATOR in found and not found & {Who.OWNER, Who.MODERATOR}:
        return Hand.COORDINATOR
    return history.hand_of(person, initiative)


def last_vouching(initiative: Initiative) -> Answer | None:
    """What made it verified last, whose ``hand`` says in which capacity; None where it was otherwise than
    here."""
    if initiative.verified_at is None:
        return None
    return initiative.answers.filter(said__in=(Said.TRUE, Said.CLOSED), at=initiative.verified_at).first()


def vouched_by(initiative: Initiative) -> str:
    """In which capacity somebody verified it last, in words; nothing where it was otherwise than here."""
    answer = last_vouching(initiative)
    return str(answer.get_hand_display()) if answer else ""


def to_confirm(initiative: Initiative) -> bool:
    """Whether nobody has vouched for it in 24 months."""
    return initiative.activity_state != ActivityState.CLOSED and initiative.vouched_at <= to_confirm_before()


def _hold(initiative: Initiative, by: User | None) -> tuple[Initiative, str]:
    row = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    if by is not None:
        require(by, Action.VERIFY_INITIATIVE, row)
    if row.origin != Origin.REAL:
        raise VerificationRefused(_("Une donnée d’exemple ou d’essai ne se confirme pas."))
    return row, capacity(by, row) if by else Hand.OWNER


def _answered(
    row: Initiative,
    said: str,
    hand: str,
    by: User | None,
    how: str,
    notice: Notice | None,
    asked: Asked | None,
) -> Answer:
    if notice is not None and Answer.objects.filter(notice=notice).exists():
        raise VerificationRefused(_("Ce lien a déjà servi : votre réponse est enregistrée."))
    how = How(how)
    return Answer.objects.create(
        initiative=row, said=said, hand=hand, by=by, how=how, notice=notice, asked=asked
    )


def _verified(row: Initiative, by: User | None, at: datetime) -> None:
    row.verified_at, row.verified_by = at, by


def _name(by: User | None) -> str:
    """As provenance and history name who writes."""
    return f"{ACCOUNT}{by.pk}" if by else ORGANISATION
