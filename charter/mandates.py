"""Whether who signs for a structure may commit it: by a role that was granted before, else somebody decides.

No document is asked for nor kept: who signs says in writing what entitles her to (« délibération du 3
mars »), and somebody who answers for the structure, or moderates the place, believes it or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from charter.errors import SigningRefused
from charter.keys import key_of
from charter.letters import tell, tell_decider
from charter.models import LONGEST_STATEMENT, Mandate, Signature
from charter.renewing import begin, once
from charter.signatories import inside
from directory.errors import NotAllowed
from directory.locking import lock_with_listing
from directory.models import Grouping, Initiative, Role, RoleKind
from directory.permissions import TABLE, Action, Who, may, places_of, standings
from territories.models import Territory

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from directory.permissions import Person

# A mandate to verify is told to so many at most: those who may decide see it on their page in any case.
TOLD = 20
TO_VERIFY = Q(mandate=Mandate.WAITING, confirmed_at__isnull=False, withdrawn_at=None)
# The role by which one speaks for each kind of structure.
SPEAKS = {"initiative": RoleKind.OWNER, "grouping": RoleKind.COORDINATOR, "territory": RoleKind.OFFICER}
CAPACITIES = {Initiative: Who.OWNER, Grouping: Who.COORDINATOR, Territory: Who.OFFICER}


def waiting() -> QuerySet[Signature]:
    """The signatures whose mandate is to be verified, the oldest first."""
    rows = Signature.objects.filter(TO_VERIFY).select_related(
        "version", "initiative", "grouping__perimeter", "territory"
    )
    polygons = ("grouping__perimeter__geometry", "territory__geometry")
    return rows.defer("initiative__search", *polygons).order_by("created_at", "pk")


def decidable(person: User) -> QuerySet[Signature]:
    """Those of which this person may have to decide: ``may_decide`` is asked of each that is shown."""
    rows = waiting().exclude(email__iexact=person.email)
    return rows if person.is_superuser else rows.filter(near(person))


def may_decide(person: Person, signature: Signature) -> bool:
    """Whoever moderates the place, or answers for that very structure: the coordinator of a network does not
    for each of its members, nor an officer for each initiative. Nobody decides of her own mandate."""
    if not isinstance(person, User) or not person.is_active:
        return False
    if person.email.lower() == signature.email.lower():
        return False
    if may(person, Action.DECIDE_MANDATE):  # wherever it is: asks the database nothing
        return True
    structure = signature.structure
    near = {CAPACITIES[type(structure)], Who.MODERATOR} if structure else set()
    return not (TABLE[Action.DECIDE_MANDATE] & near).isdisjoint(standings(person, structure))


def decides_mandates(person: Person) -> bool:
    """Whether there may be mandates that this person decides of."""
    kinds = (*SPEAKS.values(), RoleKind.MODERATOR)
    return isinstance(person, User) and (
        person.is_superuser or person.roles.held().filter(kind__in=kinds).exists()
    )


def settle(row: Signature) -> None:
    """Once the address is confirmed: who holds the role that speaks for the structure needs no other
    mandate, for her address is that of the account. Of the others somebody decides, and is told."""
    if row.mandate != Mandate.WAITING:
        return
    if speaks_for(row):
        row.mandate, row.mandate_at = Mandate.GRANTED, timezone.now()
        return
    for person in deciders(row):
        tell_decider(row, person)


def speaks_for(row: Signature) -> bool:
    for name, kind in SPEAKS.items():
        if target := getattr(row, f"{name}_id"):
            held = Role.objects.held().filter(kind=kind, **{name: target}, person__email__iexact=row.email)
            verified = Q(person__emailaddress__verified=True, person__emailaddress__email__iexact=row.email)
            return held.filter(verified).exists()
    return False


def deciders(row: Signature) -> list[User]:
    """Those nearest to the structure who may decide, TOLD at most, else the administrators."""
    near = Q()
    if row.initiative:
        near |= Q(roles__kind=RoleKind.OWNER, roles__initiative=row.initiative)
        near |= Q(roles__kind=RoleKind.MODERATOR, roles__territory__in=places_of(row.initiative))
    elif row.grouping:
        near |= Q(roles__kind=RoleKind.COORDINATOR, roles__grouping=row.grouping)
    elif row.territory:
        around = Territory.objects.all().enclosing(row.territory).order_by().values("pk")
        near |= Q(roles__kind=RoleKind.OFFICER, roles__territory=row.territory)
        near |= Q(roles__kind=RoleKind.MODERATOR) & (
            Q(roles__territory=row.territory) | Q(roles__territory__in=around)
        )
    people = User.objects.filter(is_active=True).order_by("pk")
    held = people.filter(near, roles__granted=True, roles__ended_at=None).distinct()
    found = [each for each in held[:TOLD] if may_decide(each, row)]
    return found or [each for each in people.filter(is_superuser=True)[:TOLD] if may_decide(each, row)]


@transaction.atomic
def grant(signature: Signature, by: User) -> Signature:
    """The structure has signed. NotAllowed; SigningRefused where it was decided before, or had signed."""
    row = _undecided(signature, by)
    row.mandate, row.mandate_at, row.mandate_by = Mandate.GRANTED, timezone.now(), by
    with once():
        begin(row)
    return row


@transaction.atomic
def refuse(signature: Signature, by: User, answer: str) -> Signature:
    """Say why: the answer is sent to who signed."""
    answer = answer.replace("\x00", "").strip()
    if not 1 <= len(answer) <= LONGEST_STATEMENT:
        raise SigningRefused(_("Dites pourquoi vous refusez : la personne recevra votre réponse."))
    row = _undecided(signature, by)
    row.mandate, row.mandate_at, row.mandate_by = Mandate.REFUSED, timezone.now(), by
    row.answer = answer
    row.save()
    tell(row, "mandate_refused", key_of(row))
    return row


def _undecided(signature: Signature, by: User) -> Signature:
    """The row, locked, that ``by`` may decide of and nobody has decided of yet."""
    row = lock_with_listing(Signature.objects.all(), signature.pk)
    if not may_decide(by, row):
        raise NotAllowed(Action.DECIDE_MANDATE, row.structure)
    if row.withdrawn_at or row.mandate != Mandate.WAITING or not row.confirmed_at:
        raise SigningRefused(_("Ce mandat a déjà été décidé, ou la signature est retirée."))
    return row


def near(person: User) -> Q:
    """Signatures that this person may have to decide of."""
    near = Q(pk__in=[])
    for held in person.roles.held().select_related("territory"):
        if held.territory and held.kind == RoleKind.MODERATOR:
            near |= _placed_in(held.territory)
        elif held.territory:
            near |= _authorities_in(held.territory)
        elif held.kind == RoleKind.COORDINATOR:
            near |= Q(grouping=held.grouping_id)
        elif held.initiative_id:
            near |= Q(initiative=held.initiative_id)
    return Q(pk__in=Signature.objects.filter(near).values("pk"))


def _placed_in(territory: Territory) -> Q:
    communes = Territory.objects.all().communes_of(territory).order_by().values("pk")
    return _authorities_in(territory) | (
        Q(initiative__commune__in=communes) | Q(initiative__departement=territory)
        | Q(initiative__region=territory) | Q(initiative__country=territory)
        | Q(initiative__arrondissement=territory)
        | Q(grouping__perimeter__in=[territory.pk, *inside(territory)])
    )  # fmt: skip


def _authorities_in(territory: Territory) -> Q:
    return Q(territory__in=[territory.pk, *inside(territory)])
