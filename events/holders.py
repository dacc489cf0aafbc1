"""Who may act on an event: whoever acts for one of those who hold it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from directory.errors import NotAllowed
from directory.history import Hand
from directory.models import Grouping, Initiative, Role, RoleKind
from directory.permissions import Action, Person, Who, may, standings
from events.models import Event, Organiser
from territories.models import Territory

Holder = Grouping | Territory | Initiative

# In which capacity one acts for each kind of organiser, and no other: a network's coordinator does not act
# for each initiative that is a member, nor an officer for each network of the territory.
CAPACITIES: dict[type[Holder], tuple[Who, Hand]] = {
    Grouping: (Who.COORDINATOR, Hand.COORDINATOR),
    Territory: (Who.OFFICER, Hand.OFFICER),
    Initiative: (Who.OWNER, Hand.OWNER),
}
FIELDS: dict[type[Holder], str] = {Grouping: "grouping", Territory: "territory", Initiative: "initiative"}
ROLES = (RoleKind.COORDINATOR, RoleKind.OFFICER, RoleKind.OWNER)


def acts_for(person: Person, holder: Holder) -> bool:
    """Whether this person may announce an event in the name of that organiser."""
    if not isinstance(person, User) or not may(person, Action.HOLD_EVENT, holder):
        return False
    return person.is_superuser or CAPACITIES[type(holder)][0] in standings(person, holder)


def holds(person: Person, event: Event) -> bool:
    """Whether this person may change and run that event."""
    if not isinstance(person, User) or not person.is_active:
        return False
    if person.is_superuser:
        return True
    rows = event.organisers.select_related("grouping", "territory", "initiative")
    return any(acts_for(person, holder) for each in rows if (holder := holder_of(each)))


def require_holds(person: Person, event: Event) -> None:
    """NotAllowed where ``holds`` says no."""
    if not holds(person, event):
        raise NotAllowed(Action.HOLD_EVENT, event)


def holder_of(organiser: Organiser) -> Holder | None:
    """None where it is a name only."""
    return organiser.grouping or organiser.territory or organiser.initiative


def hand_of(person: User, event: Event) -> Hand:
    """In which capacity this person writes of that event, for the history."""
    for each in event.organisers.select_related("grouping", "territory", "initiative"):
        holder = holder_of(each)
        if holder and CAPACITIES[type(holder)][0] in standings(person, holder):
            return CAPACITIES[type(holder)][1]
    return Hand.ADMINISTRATION


def held_roles(person: User) -> QuerySet[Role]:
    return person.roles.held().filter(kind__in=ROLES)


def holds_events(person: Any) -> bool:
    """Whether there is anybody for whom this person may announce an event."""
    return isinstance(person, User) and (person.is_superuser or held_roles(person).exists())


def own_holders(person: User) -> list[Holder]:
    """Those for whom this person has a role, by name."""
    rows = held_roles(person).select_related("grouping", "territory", "initiative")
    targets: list[Any] = [row.target for row in rows]
    return sorted((each for each in targets if each), key=lambda each: each.name.casefold())


def own_events(person: User) -> QuerySet[Event]:
    """The events that this person may run, the latest first."""
    rows = Event.objects.select_related("commune").defer("commune__geometry").order_by("-start", "-pk")
    if person.is_superuser:
        return rows
    near = Q(pk__in=[])
    for role in held_roles(person).select_related("territory"):
        if role.territory:
            inside = Territory.objects.all().within(role.territory).order_by().values("pk")
            near |= Q(territory=role.territory) | Q(territory__in=inside)
        else:
            near |= Q(grouping=role.grouping_id) if role.grouping_id else Q(initiative=role.initiative_id)
    candidates = Organiser.objects.filter(near).select_related("grouping", "territory", "initiative")
    # What only crosses the border of one's territory is near, and not one's own.
    own = {each.event_id for each in candidates if (holder := holder_of(each)) and acts_for(person, holder)}
    return rows.filter(pk__in=own)
