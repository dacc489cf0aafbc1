"""Inviting: only who agreed that her name serves to invite her, once for an event, with a status to follow.

Who withdraws that consent is in no list, letter or file from then on; her row stays, nameless, as a count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from directory.contacts import token_of as details_token
from directory.errors import BadLink, NotAllowed
from directory.exports import record_export
from directory.letters import page
from directory.listings import criteria_of
from directory.models import ConsentPurpose, Contact, Grouping, PersonalExport
from directory.permissions import Action, may
from events.errors import RegistrationRefused
from events.holders import require_holds
from events.letters import about_event
from events.models import Event, Invitation, InvitationStatus, Status
from events.workshops import hold
from mail.posting import post

if TYPE_CHECKING:
    from accounts.models import User

SALT = "events.inviting"
# Of one event: more is no gathering, and a mailing that nobody wants.
MOST = 1_000
# Letters of one go, which takes some seconds; who asks again writes to the next ones.
AT_ONCE = 200
UNANSWERED = (InvitationStatus.INVITED, InvitationStatus.REMINDED)
# What a mail-merge file holds of each person: what the text of the consent names, and public facts.
FIELDS = ("name", "role", "email", "initiative", "street", "postcode", "commune", "status", "link")


def agreeing(event: Event) -> QuerySet[Contact]:
    """The contacts of the initiatives in the event's list who agreed to be invited; none without a list."""
    if event.listing is None:
        return Contact.objects.none()
    chosen = criteria_of(event.listing).initiatives().order_by().values("pk")
    return (
        Contact.objects.agreeing(ConsentPurpose.EVENTS)
        .filter(initiative__in=chosen)
        .select_related("initiative__commune")
        .defer("initiative__search", "initiative__commune__geometry")
        .order_by("initiative__name_sort", "name", "pk")
    )


def candidates(event: Event) -> QuerySet[Contact]:
    """Those of them who were not invited yet."""
    asked = Invitation.objects.filter(event=event, contact=OuterRef("pk"))
    return agreeing(event).exclude(Exists(asked))


def invitations(event: Event, statuses: Collection[str] = ()) -> QuerySet[Invitation]:
    """The invitations of people who still agree, by initiative then name."""
    still = Contact.objects.agreeing(ConsentPurpose.EVENTS).filter(pk=OuterRef("contact"))
    rows = event.invitations.filter(Exists(still)).select_related("contact__initiative__commune")
    if statuses:
        rows = rows.filter(status__in=statuses)
    rows = rows.defer("contact__initiative__search", "contact__initiative__commune__geometry")
    return rows.order_by("contact__initiative__name_sort", "contact__name", "pk")


def withdrawn(event: Event) -> int:
    """How many were invited and do not agree any more."""
    return event.invitations.count() - invitations(event).count()


def counts(event: Event) -> dict[str, int]:
    """How many invitations are in each state, withdrawn ones included: they were sent."""
    found = dict.fromkeys(InvitationStatus.values, 0)
    for status in event.invitations.order_by().values_list("status", flat=True):
        found[status] += 1
    return found


# -- Inviting -----------------------------------------------------------------------------------------


@transaction.atomic
def invite(event: Event, by: User, contacts: Collection[int] | None = None, *, by_mail: bool = True) -> int:
    """Invite these candidates, or all, AT_ONCE at a time; how many. ``by_mail`` False: they are told
    otherwise, and only noted.

    RegistrationRefused where the event is not announced, is over, or would have more than MOST invited.
    """
    require_holds(by, event)
    row = hold(event)
    if row.status != Status.PUBLISHED or row.end <= timezone.now():
        raise RegistrationRefused(_("On n’invite qu’à un évènement publié et à venir."))
    found = candidates(row)
    if contacts is not None:
        found = found.filter(pk__in=contacts)
    if by_mail:
        found = found.exclude(email="")
    people = list(found[:AT_ONCE] if by_mail else found)
    if row.invitations.count() + len(people) > MOST:
        raise RegistrationRefused(
            _("Un évènement invite {most} personnes au plus : resserrez la liste.").format(most=MOST)
        )
    for each in people:
        made = Invitation.objects.create(event=row, contact=each, by_mail=by_mail)
        if by_mail:
            _letter(made, "events.invitation")
    return len(people)


@transaction.atomic
def remind(event: Event, by: User) -> int:
    """Write once more to who was invited by mail and did not answer, AT_ONCE at a time; how many. Nobody is
    reminded twice."""
    require_holds(by, event)
    row = hold(event)
    if row.status != Status.PUBLISHED or row.end <= timezone.now():
        raise RegistrationRefused(_("On ne relance que pour un évènement publié et à venir."))
    rows = invitations(row, [InvitationStatus.INVITED]).filter(by_mail=True).exclude(contact__email="")
    waiting = list(rows[:AT_ONCE])
    for each in waiting:
        each.status, each.reminded_at = InvitationStatus.REMINDED, timezone.now()
        each.save(update_fields=["status", "reminded_at"])
        _letter(each, "events.reminder")
    return len(waiting)


@transaction.atomic
def mark(invitation: Invitation, status: str, by: User) -> Invitation:
    """What who holds the event was told by telephone, or at the market."""
    require_holds(by, invitation.event)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    row.status = InvitationStatus(status)
    if row.status not in UNANSWERED:
        row.answered_at = timezone.now()
    elif row.status == InvitationStatus.REMINDED and row.reminded_at is None:
        row.reminded_at = timezone.now()
    row.save(update_fields=["status", "answered_at", "reminded_at"])
    return row


@transaction.atomic
def decline(invitation: Invitation) -> Invitation:
    """She answers by her link that she cannot come. Whoever registered cancels that instead."""
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.status != InvitationStatus.COMING:
        row.status, row.answered_at = InvitationStatus.DECLINED, timezone.now()
        row.save(update_fields=["status", "answered_at"])
    return row


# -- Files for a mail merge ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a mail-merge file; ``link`` is where she answers, none where she is not invited."""

    contact: Contact
    status: str
    link: str

    def cells(self) -> tuple[str, ...]:
        """In the order of FIELDS."""
        at = self.contact.initiative
        commune = at.commune.name if at.commune else at.locality
        return (
            self.contact.name, self.contact.role, self.contact.email, at.name, at.street, at.postcode,
            commune, self.status, self.link,
        )  # fmt: skip


def takes_files(person: User, event: Event) -> Grouping | None:
    """For which network that holds the event this person may take away names and addresses, as its
    coordinator; None for who does not coordinate any."""
    rows = event.organisers.exclude(grouping=None).select_related("grouping")
    found = (each.grouping for each in rows if may(person, Action.EXPORT_CONTACTS, each.grouping))
    return next(found, None)


@transaction.atomic
def mail_merge(
    event: Event, by: User, statuses: Collection[str], purpose: str, *, invited: bool = False
) -> tuple[PersonalExport, list[Line]]:
    """The people in these states (``""``: not invited yet), logged before they are given. With ``invited``,
    those who were not are noted as invited otherwise than by the site. NotAllowed, ContactRefused."""
    require_holds(by, event)
    grouping = takes_files(by, event)
    if grouping is None:
        raise NotAllowed(Action.EXPORT_CONTACTS, event)
    if "" in statuses and invited:
        asked = set(candidates(event).values_list("pk", flat=True))
        invite(event, by, asked, by_mail=False)
        rows = [each for each in invitations(event) if each.status in statuses or each.contact_id in asked]
        lines = list(_lines(rows))
    else:
        lines = list(_lines(invitations(event, [each for each in statuses if each] or ["none"])))
        if "" in statuses:
            lines += [Line(each, _("à inviter"), "") for each in candidates(event)]
    criteria = {"consent": ConsentPurpose.EVENTS.value, "event": event.slug, "statuses": sorted(statuses)}
    held = [each.contact for each in lines]
    made = record_export(by, "event", held, FIELDS, purpose, grouping=grouping, criteria=criteria)
    return made, lines


def _lines(rows: Collection[Invitation] | QuerySet[Invitation]) -> Iterator[Line]:
    for each in rows:
        link = page("people:invitation", token_of(each)) if each.contact.email else ""
        yield Line(each.contact, str(each.get_status_display()), link)


# -- Her answer, without an account -------------------------------------------------------------------


def token_of(invitation: Invitation) -> str:
    """What opens an invitation: sent to the person invited, or given in a file to who writes to her."""
    return signing.dumps([invitation.pk, _fingerprint(invitation.contact.email)], salt=SALT)


def by_token(token: str) -> Invitation:
    """BadLink where it was forged, or the invitation is gone, or her address changed."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    found = Invitation.objects.select_related("event", "contact__initiative").filter(pk=pk).first()
    if found is None or _fingerprint(found.contact.email) != fingerprint:
        raise BadLink
    return found


def _fingerprint(email: str) -> str:
    return salted_hmac(SALT, email.lower()).hexdigest()[:16]


def _letter(invitation: Invitation, letter: str) -> None:
    contact = invitation.contact
    with override(contact.language):
        context = {
            **about_event(invitation.event),
            "name": contact.name,
            "initiative": contact.initiative.name,
            "answer": page("people:invitation", token_of(invitation)),
            "rights": page("people:own_details", details_token(contact)),
        }
    post(letter, contact.email, contact.language, context)
