"""Experience sheets and testimonies, the write side: draft, waiting, then published or refused by a moderator
of the place; withdrawn by its author, or by the moderation. What waits or is published is changed by nobody:
it is taken back first, and read again.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from directory.errors import StoryRefused
from directory.letters import page
from directory.models import (
    LONGEST_STORY_REASON,
    Initiative,
    Publication,
    Story,
    StoryKind,
    StoryState,
)
from directory.permissions import Action, moderated_q, require
from mail.posting import post

WRITE = {StoryKind.SHEET: Action.WRITE_SHEET, StoryKind.TESTIMONY: Action.WRITE_TESTIMONY}
WRITTEN = ("title", "context", "text", "difficulties", "advice", "signature", "language")
# Of one person, waiting to be read: more is no testimony.
MOST_WAITING = 10
# Of one person, drafts and refused ones included.
MOST_KEPT = 200


@transaction.atomic
def write(by: User, initiative: Initiative, kind: str, said: dict[str, str]) -> Story:
    """A draft, which its author alone sees. ``said`` holds the WRITTEN fields, as plain text."""
    require(by, WRITE[StoryKind(kind)], initiative)
    User.objects.select_for_update().get(pk=by.pk)  # one at a time: see the limit
    if initiative.publication != Publication.PUBLISHED:
        raise StoryRefused(_("Cette initiative n’est pas publiée."))
    if Story.objects.filter(account=by).count() >= MOST_KEPT:
        raise StoryRefused(_("Vous gardez déjà trop de récits : effacez ceux qui ne servent plus."))
    return save(Story(initiative=initiative, kind=kind, account=by), said)


@transaction.atomic
def rewrite(story: Story, by: User, said: dict[str, str]) -> Story:
    """Change a draft, or what was refused or withdrawn, which becomes a draft again."""
    row = locked(story)
    require(by, Action.EDIT_STORY, row)
    if row.state in (StoryState.WAITING, StoryState.PUBLISHED):
        raise StoryRefused(_("Pour changer un récit publié ou en attente, retirez-le d’abord."))
    row.state = StoryState.DRAFT
    return save(row, said)


def save(row: Story, said: dict[str, str]) -> Story:
    for name in WRITTEN:
        if name in said:
            setattr(row, name, said[name].replace("\x00", "").strip())
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as error:
        raise StoryRefused(" ".join(error.messages)) from None
    row.save()
    return row


@transaction.atomic
def send(story: Story, by: User) -> Story:
    """Propose it: a moderator of the place will read it."""
    row = locked(story)
    require(by, Action.EDIT_STORY, row)
    if row.state != StoryState.DRAFT:
        raise StoryRefused(_("Ce récit est déjà proposé ou publié."))
    require(by, WRITE[StoryKind(row.kind)], row.initiative)  # a role may have ended since
    User.objects.select_for_update().get(pk=by.pk)  # one at a time: see the limit
    if Story.objects.filter(account=by, state=StoryState.WAITING).count() >= MOST_WAITING:
        raise StoryRefused(_("Trop de vos récits attendent déjà une relecture."))
    row.state, row.sent_at, row.reason = StoryState.WAITING, timezone.now(), ""
    row.save(update_fields=["state", "sent_at", "reason"])
    return row


@transaction.atomic
def withdraw(story: Story, by: User) -> Story:
    """Its author takes it back: at once, from everywhere."""
    row = locked(story)
    require(by, Action.EDIT_STORY, row)
    if row.state not in (StoryState.WAITING, StoryState.PUBLISHED):
        raise StoryRefused(_("Ce récit n’est ni publié ni en attente."))
    row.state = StoryState.WITHDRAWN
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def discard(story: Story, by: User) -> None:
    """Its author erases it for good, whatever its state."""
    row = locked(story)
    require(by, Action.EDIT_STORY, row)
    row.delete()


@transaction.atomic
def publish(story: Story, by: User) -> Story:
    """Publish what was read: ``story`` as it was sent when the moderator saw it."""
    return decide(story, by, StoryState.PUBLISHED, "story_published")


@transaction.atomic
def refuse(story: Story, by: User, reason: str) -> Story:
    """Send it back to its author, and say why."""
    return decide(story, by, StoryState.REFUSED, "story_refused", reason_given(reason))


@transaction.atomic
def take_down(story: Story, by: User, reason: str) -> Story:
    """A moderator takes off what was published, and says why to its author."""
    row = locked(story)
    require(by, Action.DECIDE_STORY, row.initiative)
    if row.state != StoryState.PUBLISHED:
        raise StoryRefused(_("Ce récit n’est pas publié."))
    row.state, row.reason = StoryState.WITHDRAWN, reason_given(reason)
    row.decided_at, row.decided_by = timezone.now(), by
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    tell(row, "story_taken_down")
    return row


def decide(story: Story, by: User, state: StoryState, letter: str, reason: str = "") -> Story:
    row = locked(story)
    require(by, Action.DECIDE_STORY, row.initiative)
    if row.account_id == by.pk:
        raise StoryRefused(_("De votre propre récit, quelqu’un d’autre décide."))
    if row.state != StoryState.WAITING:
        raise StoryRefused(_("Quelqu’un d’autre a déjà répondu, ou son auteur l’a repris."))
    if row.sent_at != story.sent_at:
        raise StoryRefused(_("Son auteur l’a repris et proposé de nouveau depuis : relisez-le."))
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, timezone.now(), by
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    tell(row, letter)
    return row


def reason_given(reason: str) -> str:
    said = reason.replace("\x00", "").strip()[:LONGEST_STORY_REASON]
    if not said:
        raise StoryRefused(_("Dites pourquoi : la personne recevra votre réponse."))
    return said


def tell(story: Story, letter: str) -> None:
    person = story.account
    if person is None or not person.is_active:
        return
    with override(person.language):
        context: dict[str, Any] = {
            "story": story.title, "initiative": story.initiative.name, "reason": story.reason,
            "link": page("people:stories"),
        }  # fmt: skip
    key = f"{letter}-{story.pk}-{story.decided_at:%Y%m%d%H%M%S%f}"
    post(f"directory.{letter}", to=person.email, language=person.language, context=context, key=key)


# -- Read by pages ------------------------------------------------------------------------------------


def decidable(person: User) -> QuerySet[Story]:
    """What waits to be read in the territories of a moderator, one's own but excepted, the oldest first."""
    rows = Story.objects.filter(state=StoryState.WAITING).exclude(account=person)
    rows = rows.select_related("initiative__commune", "initiative__departement").order_by("sent_at", "pk")
    if person.is_superuser:
        return rows
    return rows.filter(moderated_q(person))


def locked(story: Story) -> Story:
    rows = Story.objects.select_for_update(of=("self",)).select_related("initiative", "account")
    row = rows.filter(pk=story.pk).first()
    if row is None:
        raise StoryRefused(_("Ce récit n’existe plus."))
    return row
