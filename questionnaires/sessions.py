"""Answering together: a session that a network, a PTCE or a working group opens, joined with a code.

Nobody who answers has an account, and nothing of a person is asked. What the group answered is told from
five answers on (:mod:`questionnaires.aggregating`), and answers count until the session ends. A year later
the answers are erased; the figures stay, as they were at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import User
from directory.errors import NotAllowed
from directory.models import Grouping
from directory.permissions import Action, Person, may, require
from questionnaires.answering import begin
from questionnaires.errors import SessionRefused
from questionnaires.gathered import held, keep
from questionnaires.models import LONGEST_CIRCLE, MOST_CIRCLES, GroupSession, QuestionnaireVersion

# Signs that are not taken for one another when they are read aloud or off a screen.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7
TRIES = 5
DAYS = (1, 7, 30)  # a session may last
MOST = 500  # answers of one session
KEPT_DAYS = 365


@transaction.atomic
def open_session(
    by: User,
    version: QuestionnaireVersion,
    title: str,
    *,
    note: str = "",
    circles: Sequence[str] = (),
    grouping: Grouping | None = None,
    days: int = 1,
    live: bool = True,
) -> GroupSession:
    """A session with a code of its own, until so many days from now at most.

    NotAllowed where it is opened in the name of another's network; SessionRefused where it cannot be written.
    """
    require(by, Action.OPEN_SESSION)
    if grouping is not None:
        require(by, Action.HOLD_SESSION, grouping)
    if days not in DAYS or version.published_at is None:
        raise SessionRefused(_("Cette séance ne peut pas être ouverte ainsi."))
    values: dict[str, Any] = {
        "version": version, "title": title, "note": note, "circles": tidy(circles), "grouping": grouping,
        "opened_by": by, "live": live, "closes_at": timezone.now() + timedelta(days=days),
    }  # fmt: skip
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return GroupSession.objects.create(code=get_random_string(LENGTH, ALPHABET), **values)
        except IntegrityError as error:
            if "group_session_code" not in str(error):
                raise
    raise SessionRefused(_("Aucun code n’est libre : réessayez."))


def tidy(circles: Sequence[str]) -> list[str]:
    """What those who answer may say they are: each once, none blank. SessionRefused beyond what is taken."""
    found = list(dict.fromkeys(" ".join(each.split()) for each in circles if each.strip()))
    if len(found) > MOST_CIRCLES or any(len(each) > LONGEST_CIRCLE for each in found):
        raise SessionRefused(
            _("Nommez {most} groupes au plus, de {signs} signes chacun au plus.").format(
                most=MOST_CIRCLES, signs=LONGEST_CIRCLE
            )
        )
    return found


def called(code: str) -> GroupSession | None:
    """The session of this code, however it was typed; ended ones included."""
    plain = "".join(sign for sign in code[:40].upper() if sign.isalnum())
    if len(plain) != LENGTH:
        return None
    return GroupSession.objects.select_related("version", "grouping").filter(code=plain).first()


@transaction.atomic
def join(session: GroupSession, circle: int | None, language: str) -> str:
    """Begin to answer in a session: the key of one's answers. SessionRefused once it is over, or full."""
    row = GroupSession.objects.select_for_update(of=("self",)).select_related("version").get(pk=session.pk)
    if not row.is_open:
        raise SessionRefused(_("Cette séance est terminée."))
    if row.responses.count() >= MOST:
        raise SessionRefused(_("Cette séance a déjà reçu trop de réponses."))
    _response, key = begin(row.version, language=language, group=row, circle=circle)
    return key


def holds(person: Person, session: GroupSession) -> bool:
    """Whether this person runs that session: who opened it, or who coordinates its network."""
    if not isinstance(person, User) or not person.is_active:
        return False
    if session.grouping is not None:
        return may(person, Action.HOLD_SESSION, session.grouping)
    return session.opened_by_id == person.pk


def require_holds(person: Person, session: GroupSession) -> None:
    if not holds(person, session):
        raise NotAllowed(Action.HOLD_SESSION, session)


def own_sessions(person: User) -> QuerySet[GroupSession]:
    """The sessions that this person runs, the latest first."""
    coordinated = person.roles.held().filter(grouping__isnull=False).order_by().values("grouping")
    mine = Q(opened_by=person, grouping=None) | Q(grouping__in=coordinated)
    rows = GroupSession.objects.select_related("version", "grouping").order_by("-created_at", "-pk")
    return rows.filter(mine)


@transaction.atomic
def end(session: GroupSession, by: User) -> GroupSession:
    """No answer counts from now on, and figures stay as they are. Nothing where it has ended."""
    require_holds(by, session)
    row = held(session.pk)
    if row.is_open:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
    return keep(row.pk)


@transaction.atomic
def discard(session: GroupSession, by: User) -> None:
    """The session goes, and what was answered in it, but for what an initiative took as its profile."""
    require_holds(by, session)
    erase(session)


@transaction.atomic
def erase(session: GroupSession) -> None:
    """The same, whoever asks."""
    _erase_answers(session)
    session.delete()


def visible(session: GroupSession) -> bool:
    """Whether the group sees its figures now: at once, or once it has ended, as its author chose. Figures
    that move with each answer tell a watchful eye something of the last one."""
    return session.live or not session.is_open


# -- Forgetting ---------------------------------------------------------------------------------------


def expired(now: datetime | None = None) -> QuerySet[GroupSession]:
    """The sessions that ended a year ago, whose answers are still there."""
    before = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    return GroupSession.objects.filter(erased_at=None).filter(
        Q(ended_at__lte=before) | Q(ended_at=None, closes_at__lte=before)
    )


@transaction.atomic
def forget_answers(session: GroupSession) -> None:
    """Keep the figures and erase the answers."""
    row = keep(session.pk)
    if row.erased_at or row.is_open:
        return
    _erase_answers(row)
    row.erased_at = timezone.now()
    row.save(update_fields=["erased_at"])


def _erase_answers(session: GroupSession) -> None:
    own = session.responses.filter(initiative__isnull=False)
    own.update(group=None, circle=None, updated_at=F("updated_at"))
    session.responses.all().delete()
