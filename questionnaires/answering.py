"""Answering without an account: a key opens one's answers, to go on, see what they give, or erase them.

The key is made once and kept nowhere but in the link: its digest finds the answers (as in
:mod:`accounts.tokens`, 192 bits of chance need no slow hash). Answers that no initiative made its own are
erased twelve months after they were last touched.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.errors import BadLink
from questionnaires.errors import SessionRefused
from questionnaires.gathered import held, keep
from questionnaires.models import QuestionnaireVersion, Response
from questionnaires.scoring import Result, read_answers, score

if TYPE_CHECKING:
    from accounts.models import User
    from directory.models import Initiative

KEY = re.compile(r"\A[A-Za-z0-9_-]{32}\Z")
KEPT = timedelta(days=365)


@transaction.atomic
def begin(
    version: QuestionnaireVersion,
    answers: Mapping[str, Any] | None = None,
    *,
    language: str = "fr",
    initiative: Initiative | None = None,
    account: User | None = None,
    **fields: Any,
) -> tuple[Response, str]:
    """A response, private, and its key, which nobody can know again. AnswersRefused.

    Who may answer for an initiative is for the caller to know. ``fields`` are others of the row.
    """
    key = new_key()
    made = Response.objects.create(
        version=version, key_digest=digest(key), language=language, initiative=initiative, account=account,
        year=timezone.localdate().year, **fields,
    )  # fmt: skip
    return (answer(made, answers) if answers else made), key


def by_key(key: str) -> Response:
    """Whose key this is. BadLink where it opens nothing, or nothing any more."""
    if not KEY.fullmatch(key):
        raise BadLink
    rows = Response.objects.select_related("version__questionnaire", "initiative__commune", "group")
    found = (
        rows.defer("initiative__search", "initiative__commune__geometry")
        .filter(key_digest=digest(key))
        .first()
    )
    if found is None:
        raise BadLink
    return found


def new_key() -> str:
    return secrets.token_urlsafe(24)


def renew(row: Response) -> str:
    """Another key for a row that is held; that of before opens nothing any more."""
    key = new_key()
    row.key_digest = digest(key)
    row.save(update_fields=["key_digest"])
    return key


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def answer(response: Response, answers: Mapping[str, Any]) -> Response:
    """Answers written over those of the same questions; None erases one, the others stay.

    AnswersRefused; BadLink where the response was erased, or fixed, in the meantime; SessionRefused where it
    was given in a session that has ended, whose figures stay as they were.
    """
    row = _held(response)
    _refuse_after_the_end(row)
    both = {**row.answers, **answers}
    row.answers = read_answers(row.version.parsed, both)
    row.scores = scores_of(row)
    row.save(update_fields=["answers", "scores", "updated_at"])
    return row


@transaction.atomic
def finish(response: Response, now: datetime | None = None) -> Response:
    """She says that she has answered; she may still change her answers. SessionRefused as above."""
    row = _held(response)
    if row.finished_at is None:
        _refuse_after_the_end(row)
        row.finished_at = now or timezone.now()
        row.save(update_fields=["finished_at", "updated_at"])
    return row


def result_of(response: Response, language: str = "fr") -> Result:
    """What these answers give, under the version that they were given to."""
    return score(response.version.parsed, response.answers, language)


def scores_of(response: Response) -> dict[str, int]:
    """By dimension, the scores that show."""
    found = result_of(response).dimensions
    return {each.slug: each.score for each in found if each.score is not None}


def erased_on(response: Response) -> datetime | None:
    """When these answers are erased if nothing is done; None for those of an initiative or of a session."""
    return None if response.initiative_id or response.group_id else response.updated_at + KEPT


@transaction.atomic
def erase(response: Response) -> None:
    """Figures of a session that is over stay as they were. BadLink as for :func:`answer`."""
    row = _held(response)
    if row.group_id:
        keep(row.group_id)
    row.delete()


def forget_old(now: datetime | None = None) -> int:
    """Erase the answers of nobody that nobody touched for twelve months; how many. Those of a session go with
    it (:mod:`questionnaires.sessions`)."""
    old = Response.objects.filter(initiative=None, group=None, updated_at__lte=(now or timezone.now()) - KEPT)
    return old.delete()[0]


def _held(response: Response) -> Response:
    """The row, held, while the key that opened it still does: its owner may have fixed it since then."""
    rows = Response.objects.select_for_update(of=("self",)).select_related("version__questionnaire")
    found = rows.filter(pk=response.pk, key_digest=response.key_digest).first()
    if found is None or found.key_digest is None:
        raise BadLink
    return found


def _refuse_after_the_end(row: Response) -> None:
    if row.group_id and not held(row.group_id).is_open:  # held: the end counts it, or it is refused
        raise SessionRefused(_("Cette séance est terminée : les réponses ne se changent plus."))
