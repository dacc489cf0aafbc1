"""Colleagues: whoever answers for an initiative invites others by mail to keep its page with them.

The letter holds a signed link that serves once, within two weeks. Whoever opens it takes the role with an
account of theirs, whatever its address; all who keep the page are told who came, and may end it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contributions.claiming import begin
from contributions.models import ColleagueInvitation, ColleagueState
from directory.errors import BadLink, RoleRefused
from directory.letters import page
from directory.models import Initiative, Role
from directory.permissions import Action, may, require
from directory.ties import owners
from mail.posting import post
from mail.writing import known_language

SALT = "contributions.colleagues"
DAYS = 14
MOST_WAITING = 20  # of one initiative
MOST_A_DAY = 20  # of one person
KEPT = timedelta(days=30)


@transaction.atomic
def invite(by: User, initiative: Initiative, address: str, language: str = "fr") -> ColleagueInvitation:
    """Write to a colleague. RoleRefused where one waits there already, or beyond the limits.

    Nothing tells whether there is an account at that address.
    """
    require(by, Action.GRANT_OWNER, initiative)
    forget_expired(initiative)
    if waiting(initiative).count() >= MOST_WAITING:
        raise RoleRefused(_("Beaucoup d’invitations attendent déjà une réponse : retirez-en d’abord."))
    today = ColleagueInvitation.objects.filter(
        invited_by=by, created_at__gt=timezone.now() - timedelta(days=1)
    )
    if today.count() >= MOST_A_DAY:
        raise RoleRefused(_("Beaucoup d’invitations sont déjà parties aujourd’hui. Réessayez demain."))
    language = known_language(language)
    try:
        with transaction.atomic():
            made = ColleagueInvitation.objects.create(
                initiative=initiative, address=address, language=language, invited_by=by
            )
    except IntegrityError as error:
        if "colleague_once" not in str(error):
            raise
        raise RoleRefused(_("Une invitation attend déjà une réponse à cette adresse.")) from None
    with override(language):
        context = {
            "initiative": initiative.name,
            "inviter": str(by),
            "day": timezone.localdate(made.created_at + timedelta(days=DAYS)),
            "link": page("people:colleague_answer", key_of(made)),
            "page": page("frontend:initiative", initiative.slug),
        }
    post("contributions.colleague", address, language, context, key=f"colleague-{made.pk}")
    return made


def waiting(initiative: Initiative) -> QuerySet[ColleagueInvitation]:
    since = timezone.now() - timedelta(days=DAYS)
    return initiative.colleague_invitations.filter(state=ColleagueState.WAITING, created_at__gt=since)


def key_of(invitation: ColleagueInvitation) -> str:
    return signing.dumps(invitation.pk, salt=SALT)


def by_key(key: str) -> ColleagueInvitation:
    """The invitation of a link. BadLink where it was forged, has served, is too old, or comes of somebody
    who may not invite any more."""
    try:
        pk = signing.loads(key, salt=SALT, max_age=DAYS * 24 * 3_600)
    except signing.BadSignature:
        raise BadLink from None
    if not isinstance(pk, int):
        raise BadLink
    rows = ColleagueInvitation.objects.select_related("initiative", "invited_by")
    found = rows.filter(pk=pk, state=ColleagueState.WAITING).first()
    if found is None or not may(found.invited_by, Action.GRANT_OWNER, found.initiative):
        raise BadLink
    return found


@transaction.atomic
def accept(invitation: ColleagueInvitation, person: User) -> Role:
    """The role, granted by who invited. BadLink where the invitation holds no more, RoleRefused where this
    person keeps the page already."""
    row = _waiting(invitation)
    require(person, Action.ASK_ROLE)
    if not may(row.invited_by, Action.GRANT_OWNER, row.initiative):
        raise BadLink
    if row.invited_by_id == person.pk:
        raise RoleRefused(_("Cette invitation est de vous : elle est pour quelqu’un d’autre."))
    row.role = begin(person, row.initiative, _("Invitation de l’équipe"), by=row.invited_by)
    _answer(row, ColleagueState.ACCEPTED)
    for owner in owners(row.initiative).exclude(pk=person.pk):
        _tell_arrival(owner, person, row)
    return row.role


@transaction.atomic
def decline(invitation: ColleagueInvitation) -> None:
    _answer(_waiting(invitation), ColleagueState.DECLINED)


@transaction.atomic
def withdraw(invitation: ColleagueInvitation, by: User) -> None:
    require(by, Action.GRANT_OWNER, invitation.initiative)
    _answer(_waiting(invitation), ColleagueState.WITHDRAWN)


def _tell_arrival(owner: User, person: User, invitation: ColleagueInvitation) -> None:
    with override(owner.language):
        context = {
            "initiative": invitation.initiative.name,
            "person": str(person),
            "link": page("people:own_initiative", invitation.initiative.slug),
        }
    key = f"colleague-came-{invitation.pk}-{owner.pk}"
    post("contributions.colleague_came", owner.email, owner.language, context, key=key)


def _waiting(invitation: ColleagueInvitation) -> ColleagueInvitation:
    rows = ColleagueInvitation.objects.select_for_update(of=("self",))
    row = rows.select_related("initiative", "invited_by").get(pk=invitation.pk)
    if row.state != ColleagueState.WAITING:
        raise BadLink
    return row


def _answer(invitation: ColleagueInvitation, state: ColleagueState) -> None:
    invitation.state, invitation.answered_at, invitation.address = state, timezone.now(), ""
    invitation.save(update_fields=["state", "answered_at", "address", "role"])


def forget_expired(initiative: Initiative) -> None:
    """An address may be invited anew once its link serves no more."""
    initiative.colleague_invitations.filter(
        state=ColleagueState.WAITING, created_at__lte=timezone.now() - timedelta(days=DAYS)
    ).delete()


def forget(now: datetime | None = None) -> int:
    """Erase invitations that are of no use any more; the roles that they gave stay."""
    return ColleagueInvitation.objects.filter(created_at__lte=(now or timezone.now()) - KEPT).delete()[0]
