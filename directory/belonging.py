"""Memberships, the write side: asserted by the initiative or by the PTCE or network, agreed to or declined by
the other, ended by either. In force once both have said so (``directory.models.EFFECTIVE``)."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from directory.errors import TieRefused
from directory.history import Hand, noting
from directory.linking import cleaned, cleaned_reason
from directory.models import Grouping, Initiative, Membership, Publication
from directory.permissions import Action, require
from directory.publishing import ACCOUNT
from directory.ties import coordinators, owners, tell

# Asserted by one initiative, or by one grouping, and not answered: more is a mailing.
MOST_UNANSWERED = {"member": 20, "grouping": 500}


class Side(models.TextChoices):
    MEMBER = "member", gettext_lazy("l’initiative")
    GROUPING = "grouping", gettext_lazy("le réseau ou PTCE")


OTHER = {Side.MEMBER: Side.GROUPING, Side.GROUPING: Side.MEMBER}
HANDS = {Side.MEMBER: Hand.OWNER, Side.GROUPING: Hand.COORDINATOR}


def assert_membership(
    by: User, grouping: Grouping, initiative: Initiative, side: str,
    *, since: date | None = None, source: str = "",
) -> Membership:  # fmt: skip
    """Say, in the name of one side, that the initiative belongs to the grouping. Where the other said so
    already, this agrees. NotAllowed, or TieRefused where it cannot be said."""
    here = Side(side)
    speak(by, here, grouping, initiative)
    check(grouping, initiative, since)
    made = Membership(grouping=grouping, initiative=initiative, since=since, source=cleaned(source))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=HANDS[here], via="site"):
        lock_asserting(here, grouping, initiative)
        rows = Membership.objects.filter(grouping=grouping, initiative=initiative, until=None)
        there = rows.select_related("grouping", "initiative").first()
        if there is not None:
            return again(there, by, here)
        if unanswered(here, grouping, initiative).count() >= MOST_UNANSWERED[here]:
            raise TieRefused(_("Trop d’adhésions attendent déjà une réponse."))
        set_agreed(made, here)
        if people(made, OTHER[here]).filter(pk=by.pk).exists():  # one's own word for both
            set_agreed(made, OTHER[here])
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:  # said by the other at this very moment
            raise TieRefused(_("Cette adhésion vient d’être déclarée de l’autre côté.")) from None
        if not effective(made):
            tell(people(made, OTHER[here]), "tie_asserted", made, by)
    return made


def check(grouping: Grouping, initiative: Initiative, since: date | None) -> None:
    if initiative.publication != Publication.PUBLISHED or not grouping.published:
        raise TieRefused(_("L’un des deux n’est pas publié."))
    if grouping.initiative_id == initiative.pk:
        raise TieRefused(_("Cette initiative l’anime : elle en fait partie d’office."))
    if since and since > timezone.localdate():
        raise TieRefused(_("Une adhésion ne commence pas dans le futur."))


def again(membership: Membership, by: User, here: Side) -> Membership:
    if agreed_at(membership, here) is not None:
        if membership.declined_at:
            raise TieRefused(_("L’autre côté a refusé cette adhésion : lui seul peut y revenir."))
        raise TieRefused(_("Cette adhésion est déjà déclarée."))
    return agree(membership, by, here)


@transaction.atomic
def agree(membership: Membership, by: User, side: str) -> Membership:
    """Agree, in the name of a side, to what the other asserted; even after having declined it."""
    row, here = locked(membership, by, side), Side(side)
    if row.until is not None or agreed_at(row, here) is not None:
        raise TieRefused(_("Il n’y a rien à accepter : cette adhésion a changé depuis."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=HANDS[here], via="site"):
        set_agreed(row, here)
        row.declined_at = None
        row.save(update_fields=[f"{here}_agreed_at", "declined_at"])
    tell(people(row, OTHER[here]), "tie_agreed", row, by)
    return row


@transaction.atomic
def decline(membership: Membership, by: User, side: str, reason: str = "") -> Membership:
    """Refuse what the other side asserted. It is kept, so that it is not asked again."""
    row, here = locked(membership, by, side), Side(side)
    if row.until is not None or row.declined_at or agreed_at(row, here) is not None:
        raise TieRefused(_("Il n’y a rien à refuser : cette adhésion a changé depuis."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=HANDS[here], via="site"):
        row.declined_at = timezone.now()
        row.save(update_fields=["declined_at"])
    tell(people(row, OTHER[here]), "tie_declined", row, by, cleaned_reason(reason))
    return row


@transaction.atomic
def end(membership: Membership, by: User, side: str, reason: str = "") -> Membership:
    """End a membership. One in force keeps its dates; what only one side ever said is withdrawn by it."""
    row, here = locked(membership, by, side), Side(side)
    if row.until is not None:
        raise TieRefused(_("Cette adhésion a déjà pris fin."))
    if row.declined_at:
        raise TieRefused(_("L’autre côté a refusé cette adhésion : elle n’est plus montrée."))
    was_in_force = effective(row)
    if not was_in_force and agreed_at(row, here) is None:
        raise TieRefused(_("Cette adhésion attend votre réponse : acceptez-la ou refusez-la."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=HANDS[here], via="site", why=cleaned_reason(reason)):
        if was_in_force:
            row.until = max(timezone.localdate(), row.since or date.min)
            row.save(update_fields=["until"])
        else:
            Membership.objects.filter(pk=row.pk).delete()
    if was_in_force:
        tell(people(row, OTHER[here]), "tie_ended", row, by, cleaned_reason(reason))
    return row


# -- Read by pages ------------------------------------------------------------------------------------


def waiting() -> QuerySet[Membership]:
    """Asserted by one side, not answered by the other."""
    one = Q(member_agreed_at=None) | Q(grouping_agreed_at=None)
    rows = Membership.objects.filter(one, until=None, declined_at=None)
    return rows.select_related("grouping", "initiative").order_by("pk")


def unanswered(side: str, grouping: Grouping, initiative: Initiative) -> QuerySet[Membership]:
    """What this side asserted and the other has not answered."""
    if side == Side.MEMBER:
        return waiting().filter(initiative=initiative, grouping_agreed_at=None)
    return waiting().filter(grouping=grouping, member_agreed_at=None)


# -- Its parts --------------------------------------------------------------------------------------------


def effective(membership: Membership) -> bool:
    """``EFFECTIVE``, of a row at hand."""
    return bool(membership.member_agreed_at and membership.grouping_agreed_at and membership.until is None)


def agreed_at(membership: Membership, side: str) -> object:
    return getattr(membership, f"{side}_agreed_at")


def set_agreed(membership: Membership, side: str) -> None:
    setattr(membership, f"{side}_agreed_at", timezone.now())


def people(membership: Membership, side: str) -> QuerySet[User]:
    if side == Side.MEMBER:
        return owners(membership.initiative)
    return coordinators(membership.grouping)


def speak(by: User, side: str, grouping: Grouping, initiative: Initiative) -> None:
    """NotAllowed unless this person may speak for the side."""
    if side == Side.MEMBER:
        require(by, Action.AGREE_AS_MEMBER, initiative)
    else:
        require(by, Action.EDIT_GROUPING, grouping)


def lock_asserting(side: str, grouping: Grouping, initiative: Initiative) -> None:
    """One assertion of a side at a time: see the limit."""
    if side == Side.MEMBER:
        Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    else:
        Grouping.objects.select_for_update(of=("self",)).get(pk=grouping.pk)


def locked(membership: Membership, by: User, side: str) -> Membership:
    """The row, locked, of which ``by`` may speak for the side."""
    speak(by, side, membership.grouping, membership.initiative)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("grouping", "initiative")
    row = rows.filter(pk=membership.pk).first()
    if row is None:
        raise TieRefused(_("Cette adhésion n’existe plus."))
    return row
