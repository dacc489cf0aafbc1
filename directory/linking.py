"""Links, the write side: asserted by one side, agreed to or declined by the other, ended by either.

Who may speak for an initiative may for its side of a link. What was declined is not asked again: the side
that declined may still agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from directory.circuits import with_ends
from directory.errors import TieRefused
from directory.history import hand_of, noting
from directory.locking import lock
from directory.models import (
    LINK_STANDS,
    LONGEST_TIE_SOURCE,
    Initiative,
    Link,
    LinkKind,
    LinkSide,
    Publication,
    Role,
    RoleKind,
)
from directory.permissions import Action, may, require
from directory.publishing import ACCOUNT
from directory.ties import owners, tell, twin

# Of one initiative, waiting for others to answer: more is a mailing.
MOST_UNANSWERED = 50


def assert_link(
    by: User, side: Initiative, other: Initiative, kind: str,
    *, outward: bool = True, since: date | None = None, source: str = "",
) -> Link:  # fmt: skip
    """Say, in the name of ``side``, that it is linked with ``other``: from it, or to it unless ``outward``.

    Where the other said so already, this agrees. NotAllowed, or TieRefused where it cannot be said.
    """
    require(by, Action.LINK_INITIATIVE, side)
    origin, target = (side, other) if outward else (other, side)
    here = LinkSide.ORIGIN if outward else LinkSide.TARGET
    link = Link(
        origin=origin,
        target=target,
        kind=LinkKind(kind),
        since=since,
        source=cleaned(source),
        asserted_by=here,
    )
    check(link, side, other)
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, side), via="site"):
        # One assertion between these at a time, whichever side speaks: a relation without direction is said
        # once, and the limit holds.
        lock(side.pk, other.pk)
        there = twin(link)
        if there is not None:
            return again(there, by, side)
        if unanswered(side).count() >= MOST_UNANSWERED:
            raise TieRefused(_("Trop de liens attendent déjà une réponse des autres."))
        set_agreed(link, here)
        if is_owner(by, other):  # she speaks for both
            set_agreed(link, opposite(here))
        try:
            with transaction.atomic():
                link.save()
        except IntegrityError:  # said by the other at this very moment
            raise TieRefused(_("Ce lien vient d’être déclaré de l’autre côté : rechargez la page.")) from None
        if link.state == "asserted":
            tell(owners(other), "tie_asserted", link, by)
    return link


def check(link: Link, side: Initiative, other: Initiative) -> None:
    """What no row could say, or nobody could read."""
    if side.pk == other.pk:
        raise TieRefused(_("Une initiative n’a pas de lien avec elle-même."))
    if {side.publication, other.publication} != {Publication.PUBLISHED}:
        raise TieRefused(_("L’une des deux n’est pas publiée."))
    if link.since and link.since > timezone.localdate():
        raise TieRefused(_("Un lien ne commence pas dans le futur."))


def cleaned(source: str) -> str:
    """What is said of where it comes from, on one line; TieRefused where it is too long."""
    said = " ".join(source.replace("\x00", " ").split())
    if len(said) > LONGEST_TIE_SOURCE:
        raise TieRefused(_("La source tient en {most} signes.").format(most=LONGEST_TIE_SOURCE))
    return said


def again(link: Link, by: User, side: Initiative) -> Link:
    """What is said a second time: the other's word is agreed to, one's own stands."""
    if link.agreed_at(link.side_of(side)) is not None:
        if link.declined_at:
            raise TieRefused(_("L’autre côté a refusé ce lien : lui seul peut y revenir."))
        raise TieRefused(_("Ce lien est déjà déclaré."))
    return agree(link, by, side)


@transaction.atomic
def agree(link: Link, by: User, side: Initiative) -> Link:
    """Agree in the name of ``side``: to what the other asserted, or to what a source says."""
    row = locked(link, by, side)
    here = row.side_of(side)
    if row.until is not None or row.agreed_at(here) is not None:
        raise TieRefused(_("Il n’y a rien à accepter : ce lien a changé depuis."))
    if said_by(row, opposite(here)) == f"{ACCOUNT}{by.pk}" and not is_owner(by, side):
        raise TieRefused(_("Vous l’avez dit au nom de l’autre côté : de celui-ci, quelqu’un d’autre répond."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, side), via="site"):
        set_agreed(row, here)
        row.declined_at = None
        row.save(update_fields=[f"{here}_agreed_at", "declined_at"])
    if row.asserted_by:
        tell(owners(row.side(opposite(here))), "tie_agreed", row, by)
    return row


@transaction.atomic
def decline(link: Link, by: User, side: Initiative, reason: str = "") -> Link:
    """Refuse, in the name of ``side``, what the other asserted. It is kept, so that it is not asked again."""
    row = locked(link, by, side)
    here = row.side_of(side)
    if row.until is not None or row.state != "asserted" or row.asserted_by == here:
        raise TieRefused(_("Il n’y a rien à refuser : ce lien a changé depuis."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, side), via="site"):
        row.declined_at = timezone.now()
        row.save(update_fields=["declined_at"])
    tell(owners(row.side(opposite(here))), "tie_declined", row, by, cleaned_reason(reason))
    return row


@transaction.atomic
def end(link: Link, by: User, side: Initiative, reason: str = "") -> Link:
    """End a link in the name of ``side``. One that both sides agreed to keeps its dates; one that never was
    agreed to goes: withdrawn by who asserted it, or a source that is wrong."""
    row = locked(link, by, side)
    here, state = row.side_of(side), row.state
    if row.until is not None:
        raise TieRefused(_("Ce lien a déjà pris fin."))
    if row.asserted_by and state != "confirmed" and row.asserted_by != here:
        raise TieRefused(_("Ce lien attend votre réponse : acceptez-le ou refusez-le."))
    if state == "declined":
        raise TieRefused(_("L’autre côté a refusé ce lien : il n’est plus montré."))
    with noting(by=f"{ACCOUNT}{by.pk}", hand=hand_of(by, side), via="site", why=cleaned_reason(reason)):
        if state == "confirmed":
            row.until = max(timezone.localdate(), row.since or date.min)
            row.save(update_fields=["until"])
        else:
            Link.objects.filter(pk=row.pk).delete()
    if row.agreed_at(opposite(here)) is not None:
        tell(owners(row.side(opposite(here))), "tie_ended", row, by, cleaned_reason(reason))
    return row


def cleaned_reason(reason: str) -> str:
    return reason.replace("\x00", "").strip()[:LONGEST_TIE_SOURCE]


# -- Read by pages and letters ------------------------------------------------------------------------


def told_on_page_of(initiative: Initiative) -> QuerySet[Link]:
    """The links that the page of an initiative tells today: those that stand, and what it asserts itself."""
    out = Q(origin=initiative) & (LINK_STANDS | Q(asserted_by=LinkSide.ORIGIN, declined_at=None))
    into = Q(target=initiative) & (LINK_STANDS | Q(asserted_by=LinkSide.TARGET, declined_at=None))
    rows = Link.objects.filter(out | into, until=None)
    return with_ends(rows).order_by("kind", "pk")


def unanswered(initiative: Initiative) -> QuerySet[Link]:
    """What an initiative asserted and nobody answered yet."""
    rows = Link.objects.filter(until=None, declined_at=None)
    out = Q(origin=initiative, asserted_by=LinkSide.ORIGIN, target_agreed_at=None)
    return rows.filter(out | Q(target=initiative, asserted_by=LinkSide.TARGET, origin_agreed_at=None))


def to_answer(initiatives: Iterable[Initiative]) -> QuerySet[Link]:
    """What others assert and one of these has not answered."""
    keys = [each.pk for each in initiatives]
    rows = Link.objects.filter(until=None, declined_at=None)
    out = Q(origin__in=keys, asserted_by=LinkSide.TARGET, origin_agreed_at=None)
    into = Q(target__in=keys, asserted_by=LinkSide.ORIGIN, target_agreed_at=None)
    return with_ends(rows.filter(out | into)).order_by("pk")


# -- Its parts --------------------------------------------------------------------------------------------


def opposite(side: str) -> LinkSide:
    return LinkSide.TARGET if side == LinkSide.ORIGIN else LinkSide.ORIGIN


def set_agreed(link: Link, side: str) -> None:
    setattr(link, f"{side}_agreed_at", timezone.now())


def is_owner(person: User, initiative: Initiative) -> bool:
    held = Role.objects.held().filter(person=person, kind=RoleKind.OWNER, initiative=initiative)
    return may(person, Action.LINK_INITIATIVE, initiative) and held.exists()


def said_by(link: Link, side: str) -> str:
    """Who gave the word of a side, as the history has it; empty where nobody did."""
    events = apps.get_model("directory", "LinkEvent").objects.filter(pgh_obj=link.pk)
    given = events.filter(**{f"{side}_agreed_at": link.agreed_at(side)}).order_by("pgh_id")
    first = given.select_related("pgh_context").first() if link.agreed_at(side) else None
    context = first.pgh_context if first else None
    return str(context.metadata.get("by", "")) if context else ""


def locked(link: Link, by: User, side: Initiative) -> Link:
    """The row, locked, on a side of which ``by`` may speak for ``side``."""
    require(by, Action.LINK_INITIATIVE, side)
    rows = Link.objects.select_for_update(of=("self",)).select_related("origin", "target")
    row = rows.filter(Q(origin=side) | Q(target=side), pk=link.pk).first()
    if row is None:
        raise TieRefused(_("Ce lien n’existe plus."))
    return row
