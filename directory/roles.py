"""Roles, the write side: asked for with a reason, decided by somebody else, ended; told by letter."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.administration import begin_administration, end_administration
from accounts.models import User
from directory.errors import RoleRefused
from directory.letters import page
from directory.locking import lock_with_listing
from directory.models import LONGEST_REASON, TARGETS, Grouping, Initiative, Role, RoleKind
from directory.models.role import CURRENT, RoleQuerySet
from directory.permissions import GRANTS, Action, may, places_of, require
from directory.signals import role_ended
from mail.posting import post
from territories.models import Territory

# A request is told to so many at most: those who may decide see it on their page in any case.
TOLD = 20


def ask(person: User, kind: str, target: Initiative | Grouping | Territory | None, reason: str) -> Role:
    """Ask for a role. RoleRefused where the reason is empty or too long, or the role asked for or held."""
    require(person, Action.ASK_ROLE)
    reason = reason.replace("\x00", "").strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise RoleRefused(_("Dites pourquoi vous demandez ce rôle, en 2 000 signes au plus."))
    name = TARGETS[kind]
    try:
        with transaction.atomic():
            role = Role.objects.create(
                person=person, kind=kind, reason=reason, **({name: target} if name else {})
            )
            for each in deciders(role):
                _tell(each, "role_asked", role, f"role-asked-{role.pk}-{each.pk}")
    except IntegrityError as error:
        if "role_once" not in str(error):
            raise
        raise RoleRefused(_("Vous avez déjà ce rôle, ou votre demande attend une réponse.")) from None
    return role


@transaction.atomic
def grant(role: Role, by: User, answer: str = "") -> Role:
    """Grant what was asked for. NotAllowed for who may not; RoleRefused where it was decided before."""
    row = _waiting(role, by)
    if row.kind == RoleKind.ADMINISTRATOR:
        begin_administration(row.person)
    return _decide(row, by, granted=True, answer=answer)


@transaction.atomic
def refuse(role: Role, by: User, answer: str) -> Role:
    """Refuse what was asked for, and say why."""
    if not answer.strip():
        raise RoleRefused(_("Dites pourquoi vous refusez : la personne recevra votre réponse."))
    return _decide(_waiting(role, by), by, granted=False, answer=answer)


@transaction.atomic
def end(role: Role, by: User) -> Role:
    """End a role, by its holder or by whoever may grant it; a request that waits is withdrawn by its author.

    ``accounts.errors.LastAdministrator`` where nobody would be left to administer the site.
    """
    row = _locked(role)
    if row.state == "waiting" and row.person_id == by.pk:
        row.delete()
        return row
    if not may(by, Action.END_OWN_ROLE, row):
        require(by, GRANTS[row.kind], row)
    if row.state != "held":
        raise RoleRefused(_("Ce rôle a déjà pris fin."))
    if row.kind == RoleKind.ADMINISTRATOR:
        end_administration(row.person)
    row.ended_at, row.ended_by = timezone.now(), by
    row.save(update_fields=["ended_at", "ended_by"])
    role_ended.send(Role, role=row)
    if row.person_id != by.pk:
        tell_of_end(row)
    return row


def merged(kept: Initiative, gone: Initiative, team: Collection[int] = ()) -> None:
    """The roles of these accounts, and what waits for an answer, go over to the listing that stays. Those of
    others end there: whoever plants a double of a page does not take it over."""
    for row in gone.roles.select_for_update(of=("self",)).order_by("pk"):
        there = kept.roles.filter(CURRENT, person=row.person_id)
        held, follows = row.state == "held", row.person_id in team
        if held and follows:
            there.filter(decided_at=None).delete()  # what it asks for is had from now on
        both = there.exists()
        if row.state == "waiting" and both:
            continue  # it goes with the listing
        if held and (both or not follows):
            row.ended_at = timezone.now()
        row.initiative = kept
        row.save(update_fields=["initiative", "ended_at"])
        if row.ended_at and held and not both:
            role_ended.send(Role, role=row)


def tell_of_end(role: Role, *, vanished: bool = False) -> None:
    """By letter; ``vanished``: with the territory that it was for, which nothing succeeds."""
    _tell(role.person, "role_ended", role, f"role-ended-{role.pk}", vanished=vanished)


def deciders(role: Role) -> list[User]:
    """Who may decide of this request, TOLD at most: those nearest to it, else the administrators."""
    near = Q()
    if role.initiative:
        near |= Q(roles__kind=RoleKind.OWNER, roles__initiative=role.initiative)
        near |= Q(roles__kind=RoleKind.MODERATOR, roles__territory__in=places_of(role.initiative))
    elif role.grouping:
        near |= Q(roles__kind=RoleKind.COORDINATOR, roles__grouping=role.grouping)
    elif role.territory:
        near |= Q(roles__kind=role.kind, roles__territory__in=_around(role.territory))
    people = User.objects.filter(is_active=True).exclude(pk=role.person_id).order_by("pk")
    if near:
        held = people.filter(near, roles__granted=True, roles__ended_at=None).distinct()
        found = [each for each in held[:TOLD] if may(each, GRANTS[role.kind], role)]
        if found:
            return found
    return list(people.filter(is_superuser=True)[:TOLD])


def decidable(person: User) -> list[Role]:
    """The requests that wait for a decision which this person may take, oldest first."""
    return _within_reach(person, Role.objects.waiting().order_by("asked_at", "pk"))


def governed(person: User) -> list[Role]:
    """The roles of others, in force, that this person may end, the latest first."""
    return _within_reach(person, Role.objects.held().order_by("-decided_at", "-pk"))


def governs(person: User) -> bool:
    """Whether there may be roles of others that this person decides of."""
    return person.is_superuser or person.roles.held().exists()


def _within_reach(person: User, rows: RoleQuerySet) -> list[Role]:
    """Of these roles, those of others that this person decides of."""
    rows = rows.exclude(person=person).select_related("person", "initiative", "grouping", "territory")
    if person.is_superuser:
        return list(rows)
    near = Q(pk__in=[])
    for held in person.roles.held().select_related("territory"):
        if held.kind == RoleKind.OWNER:
            near |= Q(kind=RoleKind.OWNER, initiative=held.initiative_id)
        elif held.kind == RoleKind.COORDINATOR:
            near |= Q(kind=RoleKind.COORDINATOR, grouping=held.grouping_id)
        elif held.territory:
            inside = Territory.objects.all().within(held.territory).order_by().values("pk")
            near |= Q(kind=held.kind, territory__in=inside)
            if held.kind == RoleKind.MODERATOR:
                near |= Q(kind=RoleKind.OWNER) & _placed_in(held.territory)
    # A wider net than the table's: an intercommunality that crosses the border is caught here, not there.
    return [role for role in rows.filter(near) if may(person, GRANTS[role.kind], role)]


def _around(territory: Territory) -> QuerySet[Territory]:
    """What contains a commune of this territory: wider than what covers it all."""
    communes = Territory.objects.all().communes_of(territory).order_by()
    parents = Q(pk__in=communes.values("pk"))
    for kind in ("epci", "departement", "region", "country"):
        parents |= Q(pk__in=communes.values(kind))
    customs = Q(pk__in=communes.filter(in_customs__isnull=False).values("in_customs__territory"))
    return Territory.objects.filter(parents | customs).order_by()


def _placed_in(territory: Territory) -> Q:
    """Roles of initiatives placed in a territory."""
    if territory.kind == "arrondissement":
        return Q(initiative__arrondissement=territory)
    communes = Territory.objects.all().communes_of(territory).order_by().values("pk")
    # Some initiatives say their département only.
    return Q(initiative__commune__in=communes) | Q(initiative__departement=territory)


def _locked(role: Role) -> Role:
    return lock_with_listing(Role.objects.all(), role.pk)


def _waiting(role: Role, by: User) -> Role:
    """The request, locked, which ``by`` may decide of and nobody has decided of yet."""
    row = _locked(role)
    require(by, GRANTS[row.kind], row)
    if row.state != "waiting":
        raise RoleRefused(_("Quelqu’un d’autre a déjà répondu à cette demande."))
    return row


def _decide(role: Role, by: User, granted: bool, answer: str) -> Role:
    role.decided_at, role.decided_by, role.granted = timezone.now(), by, granted
    role.answer = answer.replace("\x00", "").strip()[:LONGEST_REASON]
    role.save(update_fields=["decided_at", "decided_by", "granted", "answer"])
    _tell(role.person, "role_granted" if granted else "role_refused", role, f"role-decided-{role.pk}")
    return role


def _tell(person: User, letter: str, role: Role, key: str, **more: object) -> None:
    """One letter about a role, in the language of whoever reads it."""
    with override(person.language):
        context = {
            "role": str(role.get_kind_display()), "target": str(role.target or ""),
            "reason": role.reason, "answer": role.answer, "asker": str(role.person),
            "link": page("people:role_requests" if letter == "role_asked" else "people:roles"), **more,
        }  # fmt: skip
    post(f"directory.{letter}", to=person.email, language=person.language, context=context, key=key)
