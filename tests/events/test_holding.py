"""What an event refuses, what it keeps, and who may write it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from directory.errors import NotAllowed
from events import holding
from events.errors import EventRefused
from events.holders import acts_for, holds, own_events
from events.models import Event, Organiser, Session
from events.past import revisions
from tests.factories import make_commune, make_grouping, make_initiative, make_person, make_territory

pytestmark = pytest.mark.django_db

HOURS = {"start": (9, 30), "end": (17, 0)}


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return timezone.make_aware(datetime(2027, 6, day, hour, minute))


def details(**more: Any) -> dict[str, Any]:
    return {"title": "Forum d’essai", "start": at(9, 30), "end": at(17)} | more


@pytest.fixture
def network(db: None) -> Any:
    return make_grouping("reseau-essai", kind="network")


@pytest.fixture
def coordinator(network: Any) -> User:
    return make_person("coordonne", "coordinator", network)


@pytest.fixture
def event(network: Any, coordinator: User) -> Event:
    return holding.create(coordinator, network, details())


def session(**more: Any) -> dict[str, Any]:
    return {"title": "Ouverture", "kind": "plenary", "start": at(9, 30), "end": at(10)} | more


# -- What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"end": at(9, 30)}, "end"),
        ({"end": at(9, 29)}, "end"),
        ({"end": at(9, 30) + timedelta(days=31, seconds=1)}, "end"),
        ({"start": datetime(1, 1, 3, tzinfo=timezone.get_current_timezone())}, "start"),
        ({"registration_closes": date(2027, 6, 21)}, "registration_closes"),
        ({"point": Point(-30, 40, srid=4326)}, "point"),
    ],
)
def test_an_event_that_cannot_be_is_refused_by_the_name_of_the_field(
    network: Any, coordinator: User, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(EventRefused) as refused:
        holding.create(coordinator, network, details(**changed))
    assert set(refused.value.faults) == {field}
    assert not Event.objects.exists()


def test_an_event_may_last_a_minute_or_thirty_one_days(network: Any, coordinator: User) -> None:
    short = holding.create(coordinator, network, details(end=at(9, 31)))
    long = holding.create(coordinator, network, details(end=at(9, 30) + timedelta(days=31)))
    assert (short.slug, long.slug) == ("forum-d-essai-2027-06-20", "forum-d-essai-2027-06-20-2")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start": at(9, 29)}, "start"),
        ({"end": at(17, 1)}, "end"),
        ({"end": at(9, 30)}, "end"),
        ({"room_capacity": 30, "capacity": 31}, "capacity"),
    ],
)
def test_a_session_stays_in_its_event_and_in_its_room(
    event: Event, coordinator: User, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(EventRefused) as refused:
        holding.add_session(event, coordinator, session(**changed))
    assert set(refused.value.faults) == {field}
    whole = session(start=event.start, end=event.end, room_capacity=30, capacity=30)
    assert holding.add_session(event, coordinator, whole).capacity == 30


def test_the_database_itself_refuses_a_session_fuller_than_its_room(event: Event) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(event=event, **session(room_capacity=10, capacity=11))


def test_an_event_is_not_moved_away_from_its_sessions(event: Event, coordinator: User) -> None:
    holding.add_session(event, coordinator, session())
    with pytest.raises(EventRefused, match="Ouverture"):
        holding.edit(event, coordinator, {"start": at(10)})
    event.refresh_from_db()
    assert event.start == at(9, 30)


def test_workshops_take_the_first_free_letter_and_none_is_given_twice(
    event: Event, coordinator: User
) -> None:
    workshops = [holding.add_session(event, coordinator, session(kind="workshop")) for _each in range(2)]
    assert [each.letter for each in workshops] == ["A", "B"]
    holding.edit_session(workshops[0], coordinator, {"letter": "C"})
    assert holding.add_session(event, coordinator, session(kind="workshop")).letter == "A"
    with pytest.raises(EventRefused) as refused:
        holding.edit_session(workshops[1], coordinator, {"letter": "C"})
    assert set(refused.value.faults) == {"letter"}
    assert holding.add_session(event, coordinator, session()).letter == ""


def test_a_testimony_is_of_an_initiative_or_of_a_name_and_no_longer_than_its_session(
    event: Event, coordinator: User
) -> None:
    town = make_commune("23076", "Felletin")
    known = make_initiative("La Filature", commune=town)
    opening = holding.add_session(event, coordinator, session())
    told = holding.add_testimony(opening, coordinator, {"initiative": known, "minutes": 30})
    assert (told.name, told.commune) == ("La Filature", town)
    with pytest.raises(EventRefused, match="plus long"):
        holding.add_testimony(opening, coordinator, {"name": "Ailleurs", "minutes": 31})
    with pytest.raises(EventRefused, match="qui témoigne"):
        holding.add_testimony(opening, coordinator, {"name": ""})
    known.delete()
    assert opening.testimonies.get().name == "La Filature"


# -- Its life ---------------------------------------------------------------------------------------


def test_an_event_is_published_once_one_knows_where_then_cancelled_and_never_deleted(
    event: Event, coordinator: User
) -> None:
    with pytest.raises(EventRefused, match="où il se tient"):
        holding.publish(event, coordinator)
    holding.edit(event, coordinator, {"commune": make_commune("23008", "Aubusson")})
    assert holding.publish(event, coordinator).status == "published"
    with pytest.raises(EventRefused, match="s’annule"):
        holding.discard(event, coordinator)
    assert holding.cancel(event, coordinator).status == "cancelled"
    event.refresh_from_db()
    assert event.sequence == 3
    labels = [each.status for each in event.versions.order_by("pgh_id")]
    assert labels == ["draft", "draft", "published", "cancelled"]
    hands = {each.pgh_context.metadata["hand"] for each in event.versions.select_related("pgh_context")}
    assert hands == {"coordinator"}


def test_each_revision_says_what_changed_and_in_which_capacity(event: Event, coordinator: User) -> None:
    holding.edit(event, coordinator, {"title": "Autre", "venue": "Salle Tibord"})
    holding.add_session(event, coordinator, session())
    told = [(each.first, each.changed, each.hand) for each in revisions(event)]
    by = "par la coordination d’un réseau ou PTCE"
    assert told == [(False, [], by), (False, ["titre", "lieu"], by), (True, [], by)]
    assert [each.changed for each in revisions(event, most=2)] == [[], ["titre", "lieu"]]


def test_a_draft_is_deleted_and_cannot_be_cancelled(event: Event, coordinator: User) -> None:
    with pytest.raises(EventRefused, match="effacez-le"):
        holding.cancel(event, coordinator)
    holding.discard(event, coordinator)
    assert not Event.objects.exists()


# -- Who --------------------------------------------------------------------------------------------


def test_one_acts_for_those_of_whom_one_has_the_role_and_for_no_other(network: Any) -> None:
    departement = make_territory("departement", "23", "Creuse")
    epci = make_territory("epci", "200044014", "CC Creuse Grand Sud", departement=departement)
    town = make_commune("23008", "Aubusson", epci=epci, departement=departement)
    member = make_initiative("La Filature", commune=town)
    network.perimeter = departement
    network.save()
    people = {
        "coordinator": make_person("c", "coordinator", network),
        "officer": make_person("o", "officer", departement),
        "owner": make_person("w", "owner", member),
        "moderator": make_person("m", "moderator", departement),
        "asked": make_person("a", "coordinator", network, granted=False, decided_at=None),
        "nobody": make_person("n"),
    }
    allowed = {
        name: {each for each, person in people.items() if acts_for(person, target)}
        for name, target in {"network": network, "epci": epci, "member": member}.items()
    }
    # An officer of the département does not act for a network that works there, nor for an initiative.
    assert allowed == {"network": {"coordinator"}, "epci": {"officer"}, "member": {"owner"}}


def test_an_organiser_who_joins_may_change_the_event_and_the_last_of_ones_own_stays(
    event: Event, coordinator: User
) -> None:
    town = make_commune("23008", "Aubusson")
    officer = make_person("agent", "officer", town)
    with pytest.raises(NotAllowed):
        holding.edit(event, officer, {"title": "Autre"})
    joined = holding.add_organiser(event, coordinator, town)
    holding.add_organiser(event, coordinator, None, "Labo de l’ESS")
    assert holds(officer, event) and list(own_events(officer)) == [event]
    with pytest.raises(EventRefused, match="déjà"):
        holding.add_organiser(event, coordinator, town)
    with pytest.raises(EventRefused, match="pour lequel vous agissez"):
        holding.remove_organiser(Organiser.objects.get(grouping__isnull=False), coordinator)
    holding.remove_organiser(joined, coordinator)
    assert not holds(officer, event) and not own_events(officer).exists()
