"""Claiming a page: a mail to an address of its website's domain shows that a person belongs to it.

The letter holds a signed link that serves once, within two days, and only to the account that asked: who
reads the mailbox without being that person cannot be made to grant anything, and may say so. Where the domain
proves nothing, or somebody keeps the page already, people decide (directory.roles).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Func, Q, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contributions.domains import NoDomain, address_at, mail_domain
from contributions.models import Claim, ClaimState
from directory.errors import BadLink, RoleRefused
from directory.letters import page
from directory.models import Initiative, Publication, Role, RoleKind
from directory.permissions import Action, require
from mail.posting import post
from mail.writing import known_language

SALT = "contributions.claims"
HOURS = 48
# Letters within a day: those of one person, and to the address or about the initiative whoever asks.
DAY = timedelta(days=1)
MOST_OF_A_PERSON = 5
MOST_TO_AN_ADDRESS = 2
MOST_OF_AN_INITIATIVE = 6
# Claims that were answered, or that nobody confirmed, are of no use any more.
KEPT = timedelta(days=30)


def domain_of(initiative: Initiative) -> str:
    """The domain where mail proves that one belongs to this initiative. RoleRefused says why not."""
    if kept(initiative):
        raise RoleRefused(_("Quelqu’un tient déjà cette page : c’est à son équipe de vous y inviter."))
    try:
        domain = mail_domain(initiative.website)
    except NoDomain as none:
        raise RoleRefused(str(none.doubt.label)) from None
    if _namesakes(initiative):
        raise RoleRefused(_("D’autres initiatives de la carte ont le même site web."))
    return domain


def kept(initiative: Initiative) -> bool:
    """Whether somebody answers for it already."""
    return Role.objects.held().filter(kind=RoleKind.OWNER, initiative=initiative).exists()


def _namesakes(initiative: Initiative) -> bool:
    """Whether other listings have this very website, but those of one organisation."""
    site = Func(F("website"), function="public.directory_website_key", output_field=TextField())
    same = Func(Value(initiative.website), function="public.directory_website_key", output_field=TextField())
    own = Q(pk=initiative.pk) | Q(parent=initiative)
    if initiative.parent_id:
        own |= Q(pk=initiative.parent_id) | Q(parent=initiative.parent_id)
    if initiative.siret:
        own |= Q(siret__startswith=initiative.siret[:9])
    rows = Initiative.objects.published().alias(site=site).exclude(website="").filter(site=same)
    return rows.exclude(own).exists()


@transaction.atomic
def claim_by_mail(person: User, initiative: Initiative, local_part: str) -> Claim:
    """Write to ``local_part`` at the domain of the website. RoleRefused says what is in the way, and nothing
    of whether there is such a mailbox."""
    require(person, Action.CLAIM_INITIATIVE, initiative)
    row = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)  # limits count in turn
    if row.publication != Publication.PUBLISHED:
        raise RoleRefused(_("Cette page n’est pas publiée."))
    domain = domain_of(row)
    try:
        address = address_at(local_part, domain)
    except ValidationError as error:
        raise RoleRefused(" ".join(error.messages)) from None
    _limit(person, row, address)
    claim = Claim.objects.create(person=person, initiative=row, domain=domain, address=address)
    language = known_language(person.language)
    with override(language):
        context = {
            "initiative": row.name,
            "asker": person.with_address(),
            "hours": HOURS,
            "link": page("people:claim_answer", key_of(claim)),
            "page": page("frontend:initiative", row.slug),
        }
    post("contributions.claim", address, language, context, key=f"claim-{claim.pk}")
    return claim


def _limit(person: User, initiative: Initiative, address: str) -> None:
    since = timezone.now() - DAY
    own = Claim.objects.filter(person=person)
    if own.filter(initiative=initiative, state=ClaimState.DISOWNED).exists():
        raise RoleRefused(_("L’initiative a répondu qu’elle ne vous connaît pas. Demandez à la modération."))
    today = Claim.objects.filter(created_at__gt=since)
    if (
        own.filter(created_at__gt=since).count() >= MOST_OF_A_PERSON
        or today.filter(address=address).count() >= MOST_TO_AN_ADDRESS
        or today.filter(initiative=initiative).count() >= MOST_OF_AN_INITIATIVE
    ):
        raise RoleRefused(_("Plusieurs courriels sont déjà partis aujourd’hui. Réessayez demain."))


def key_of(claim: Claim) -> str:
    return signing.dumps(claim.pk, salt=SALT)


def by_key(key: str) -> Claim:
    """The claim that a link of a letter is about. BadLink where it was forged, has served or is too old."""
    try:
        pk = signing.loads(key, salt=SALT, max_age=HOURS * 3_600)
    except signing.BadSignature:
        raise BadLink from None
    if not isinstance(pk, int):
        raise BadLink
    claim = Claim.objects.select_related("initiative", "person").filter(pk=pk).first()
    if claim is None or claim.state != ClaimState.WAITING or not claim.person.is_active:
        raise BadLink
    return claim


@transaction.atomic
def confirm(claim: Claim, person: User) -> Role:
    """The role, for whoever asked only. BadLink where the link serves no more: used, or the page has another
    website by now; RoleRefused where somebody else came first."""
    row = _waiting(claim)
    if row.person_id != person.pk:
        raise BadLink
    require(person, Action.CLAIM_INITIATIVE, row.initiative)
    if row.initiative.publication != Publication.PUBLISHED:
        raise BadLink
    if domain_of(row.initiative) != row.domain:
        raise BadLink
    row.role = begin(
        person, row.initiative, _("Courriel confirmé au domaine {domain}").format(domain=row.domain)
    )
    _answer(row, ClaimState.CONFIRMED)
    return row.role


@transaction.atomic
def disown(claim: Claim) -> None:
    """Who reads the mailbox does not know this person, who may not write there again."""
    _answer(_waiting(claim), ClaimState.DISOWNED)


@transaction.atomic
def begin(person: User, initiative: Initiative, reason: str, by: User | None = None) -> Role:
    """Make somebody answer for an initiative; a request of theirs that waits is granted by it."""
    how = {"decided_at": timezone.now(), "decided_by": by, "granted": True}
    asked = {"person": person, "kind": RoleKind.OWNER, "initiative": initiative}
    waiting = Role.objects.select_for_update(of=("self",)).filter(**asked, decided_at=None).first()
    try:
        with transaction.atomic():
            if waiting is None:
                return Role.objects.create(**asked, reason=reason, **how)
            for name, value in {**how, "answer": reason}.items():
                setattr(waiting, name, value)
            waiting.save(update_fields=[*how, "answer"])
            return waiting
    except IntegrityError as error:
        if "role_once" not in str(error):
            raise
        raise RoleRefused(_("Vous tenez déjà cette page.")) from None


def _waiting(claim: Claim) -> Claim:
    """The claim, locked after its initiative: two people who confirm at once come one after the other."""
    Initiative.objects.select_for_update(of=("self",)).get(pk=claim.initiative_id)
    row = Claim.objects.select_for_update(of=("self",)).select_related("initiative").get(pk=claim.pk)
    if row.state != ClaimState.WAITING:
        raise BadLink
    return row


def _answer(claim: Claim, state: ClaimState) -> None:
    claim.state, claim.answered_at, claim.address = state, timezone.now(), ""
    claim.save(update_fields=["state", "answered_at", "address", "role"])


def forget(now: datetime | None = None) -> int:
    """Erase claims that are of no use any more; what was disowned stays, without an address."""
    old = Claim.objects.filter(created_at__lte=(now or timezone.now()) - KEPT)
    return old.exclude(state=ClaimState.DISOWNED).delete()[0]
