"""Contacts, the write side: entered by who answers for the initiative, opened by the person alone.

Whoever has an e-mail address is asked there. What somebody else declares for her is kept, and opens nothing
until she says so herself; where there is no address, what was declared counts, with who collected it and how.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.consent import CURRENT
from directory.errors import BadLink, ContactRefused
from directory.letters import page
from directory.models import BY_HERSELF, Consent, ConsentMethod, ConsentPurpose, Contact, Initiative
from directory.permissions import Action, require
from directory.publishing import ACCOUNT
from mail.posting import post

if TYPE_CHECKING:
    from accounts.models import User

SALT = "directory.contacts"
# How long the link of a letter opens her page; a new one is sent on request.
LINK_KEPT = timedelta(days=90)
# Who she is: when one of these changes, what was agreed to was agreed to by another.
IDENTITY = ("name", "email")
DETAILS = (*IDENTITY, "role", "phone", "language")
HERSELF = "the person"
# Contacts of one initiative: each gets a letter, and nobody needs more.
MOST = 50


@transaction.atomic
def create(
    initiative: Initiative,
    by: User,
    details: Mapping[str, str],
    granted: Collection[str] = (),
    method: str = "",
) -> Contact:
    """Enter a person; she is told by mail where she has an address that is not the enterer's.

    ``granted`` are the purposes that ``by`` declares she agreed to, ``method`` how that was collected.
    """
    require(by, Action.EDIT_CONTACTS, initiative)
    if initiative.contacts.count() >= MOST:
        raise ContactRefused(_("Cette initiative a déjà beaucoup de contacts : effacez-en d’abord."))
    told = {name: details.get(name, "") for name in DETAILS} | {"language": details.get("language", "fr")}
    contact = Contact.objects.create(initiative=initiative, entered_by=_account(by), **told)
    for purpose in granted:
        declare(contact, purpose, True, by, method)
    _tell(contact, by)
    return contact


@transaction.atomic
def change(
    contact: Contact,
    by: User,
    details: Mapping[str, str],
    granted: Collection[str] | None = None,
    method: str = "",
) -> Contact:
    """Change what is known of a person. Another name or address is another person: she is asked anew.

    ``granted`` None leaves the answers as they are.
    """
    require(by, Action.EDIT_CONTACTS, contact.initiative)
    row = _locked(contact)
    before = {name: getattr(row, name) for name in IDENTITY}
    for name in DETAILS:
        setattr(row, name, details.get(name, getattr(row, name)))
    row.save()
    if any(getattr(row, name) != value for name, value in before.items()):
        for purpose, latest in answers(row).items():
            if latest is not None:
                _write(row, purpose, False, ConsentMethod.CHANGED, _account(by), latest.wording_version)
        _tell(row, by)
    for purpose in ConsentPurpose.values if granted is not None else ():
        declare(row, purpose, purpose in (granted or ()), by, method)
    return row


@transaction.atomic
def correct(contact: Contact, details: Mapping[str, str]) -> Contact:
    """What she corrects of herself, by her link: all but the address, which the link is bound to."""
    row = _locked(contact)
    for name in ("name", "role", "phone", "language"):
        setattr(row, name, details.get(name, getattr(row, name)))
    row.save()
    return row


@transaction.atomic
def erase(contact: Contact, by: User | None = None) -> None:
    """Erase a person for good, with her answers. ``by`` None: she asks it herself, by her link."""
    if by is not None:
        require(by, Action.EDIT_CONTACTS, contact.initiative)
    contact.delete()


@transaction.atomic
def declare(contact: Contact, purpose: str, granted: bool, by: User, method: str) -> Consent | None:
    """What ``by`` declares that she answered. None where it changes nothing.

    ContactRefused for a yes where she said no herself: only she can change that.
    """
    require(by, Action.EDIT_CONTACTS, contact.initiative)
    row = _locked(contact)
    if is_own(row, by):
        return _answer(row, purpose, granted, ConsentMethod.ACCOUNT, _account(by))
    latest = answers(row)[purpose]
    if latest is None and not granted:
        return None  # no row means no already
    if latest is not None and latest.granted == granted:
        return None
    if granted and latest is not None and latest.method in BY_HERSELF:
        raise ContactRefused(_("Cette personne a dit non elle-même : elle seule peut changer sa réponse."))
    if method not in (ConsentMethod.WRITTEN, ConsentMethod.SPOKEN):
        raise ContactRefused(_("Dites comment sa réponse a été recueillie."))
    return _write(row, purpose, granted, method, _account(by))


@transaction.atomic
def answer_consent(contact: Contact, purpose: str, granted: bool) -> Consent | None:
    """What she answers herself, by the link of her letter. None where it changes nothing."""
    return _answer(_locked(contact), purpose, granted, ConsentMethod.LINK, HERSELF)


def _answer(contact: Contact, purpose: str, granted: bool, method: str, source: str) -> Consent | None:
    latest = answers(contact)[purpose]
    if latest is not None and latest.granted == granted and latest.method in BY_HERSELF:
        return None
    return _write(contact, purpose, granted, method, source)


def _write(
    contact: Contact, purpose: str, granted: bool, method: str, source: str, version: str = CURRENT
) -> Consent:
    return Consent.objects.create(
        contact=contact, purpose=purpose, granted=granted, wording_version=version, method=method,
        source=source,
    )  # fmt: skip


def answers(contact: Contact) -> dict[str, Consent | None]:
    """The latest answer to each purpose, None where there is none."""
    latest: dict[str, Consent | None] = dict.fromkeys(ConsentPurpose.values)
    for row in contact.consents.order_by("at", "pk"):
        latest[row.purpose] = row
    return latest


def in_force(contact: Contact, answer: Consent | None) -> bool:
    """Whether this latest answer is a yes that counts; ``Contact.objects.agreeing`` asks the same."""
    return bool(answer and answer.granted and (not contact.email or answer.method in BY_HERSELF))


def shown(initiative: Initiative) -> QuerySet[Contact]:
    """Who agreed to be named on the public page."""
    return initiative.contacts.agreeing(ConsentPurpose.PUBLIC).order_by("pk")


def is_own(contact: Contact, person: User) -> bool:
    return bool(contact.email) and contact.email.lower() == person.email.lower()


# -- Her own page, without an account ---------------------------------------------------------------


def token_of(contact: Contact) -> str:
    """What opens the page of a person: only ever sent to her own address, or shown to its account."""
    return signing.dumps([contact.pk, _fingerprint(contact.email)], salt=SALT)


def by_token(token: str) -> Contact:
    """The contact whose link this is. BadLink where it was forged or is too old, or her address changed."""
    try:
        pk, fingerprint = signing.loads(token, salt=SALT, max_age=LINK_KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLink from None
    contact = Contact.objects.select_related("initiative").filter(pk=pk).first()
    if contact is None or not contact.email or _fingerprint(contact.email) != fingerprint:
        raise BadLink
    return contact


@transaction.atomic
def send_links(email: str) -> int:
    """Send the links of all that is held under this address to it; how many there are. Says nothing else."""
    found = Contact.objects.filter(email__iexact=email).select_related("initiative").order_by("pk")
    for contact in found:
        _letter(contact, "directory.contact_link", key="")
    return len(found)


def _tell(contact: Contact, by: User) -> None:
    """The information that is owed to whom others enter (GDPR, article 14), once for an address."""
    if contact.email and not is_own(contact, by):
        _letter(contact, "directory.contact_entered", f"contact-{contact.pk}-{_fingerprint(contact.email)}")


def _letter(contact: Contact, letter: str, key: str) -> None:
    with override(contact.language):
        context = {
            "name": contact.name,
            "initiative": contact.initiative.name,
            "link": page("people:own_details", token_of(contact)),
            "days": LINK_KEPT.days,
        }
    post(letter, contact.email, contact.language, context, key=key)


def _fingerprint(email: str) -> str:
    return salted_hmac(SALT, email.lower()).hexdigest()[:16]


def _account(person: User) -> str:
    """By the number of the account, never by name: it outlives neither."""
    return f"{ACCOUNT}{person.pk}"


def _locked(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).select_related("initiative").get(pk=contact.pk)
