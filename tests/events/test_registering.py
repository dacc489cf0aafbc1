"""Who may register and until when, what a link opens, and who is let in when a place is freed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from directory.errors import BadLink, NotAllowed
from events import registering, workshops
from events.errors import RegistrationRefused
from events.models import Registration, Seat, Session
from events.registering import Wished
from tests.events.gathering import Gathering, gather, lasting, token_in
from tests.factories import make_commune, make_initiative, make_person
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Gathering:
    return gather()


def test_a_person_registers_and_is_sent_the_link_that_opens_her_registration(found: Gathering) -> None:
    made = found.register("Anne Durand", found.wish(0, 1), image_right=True)
    assert (made.state, made.image_right, made.listed, made.wording_version) == (
        "coming",
        True,
        False,
        "2026-11",
    )
    assert [(each.session, each.rank) for each in made.choices.all()] == [
        (found.morning[0], 1), (found.morning[1], 2),
    ]  # fmt: skip
    letter = last("anne@example.org")
    assert "Inscription confirmée" in letter.subject
    assert registering.by_token(token_in(letter, "inscription")) == made


@pytest.mark.parametrize("days", [0, 1])
def test_the_last_day_is_a_day_to_register_and_the_next_is_not(found: Gathering, days: int) -> None:
    found.event.registration_closes = timezone.localdate() - timedelta(days=days)
    found.event.save()
    if days:
        with pytest.raises(RegistrationRefused, match="closes"):
            found.register("Anne")
    else:
        assert found.register("Anne").state == "coming"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "cancelled"}, "annulé"),
        ({"registration_open": False}, "pas ouvertes"),
        (
            {"start": timezone.now() - timedelta(days=2), "end": timezone.now() - timedelta(days=1)},
            "a eu lieu",
        ),
    ],
)
def test_what_is_cancelled_closed_or_over_takes_nobody(found: Gathering, change: dict, why: str) -> None:  # type: ignore[type-arg]
    type(found.event).objects.filter(pk=found.event.pk).update(**change)
    found.event.refresh_from_db()
    with pytest.raises(RegistrationRefused, match=why):
        found.register("Anne")
    assert not Registration.objects.exists()


def test_twice_is_once_and_the_form_tells_nobody_who_comes(found: Gathering) -> None:
    first = found.register("Anne Durand")
    again = found.register("Une autre", email="ANNE@example.org")
    assert again == first and Registration.objects.get().name == "Anne Durand"
    assert "existe déjà" in last("anne@example.org").subject
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(event=found.event, name="X", email="Anne@Example.org")


def test_who_cancelled_may_register_again(found: Gathering) -> None:
    registering.cancel(found.register("Anne"))
    assert "annulée" in last("anne@example.org").subject
    assert found.register("Anne").state == "coming"


def test_beyond_what_the_plenary_holds_one_waits_and_is_let_in_when_a_place_is_freed(
    found: Gathering,
) -> None:
    event = found.event
    Session.objects.create(event=event, title="Ouverture", start=event.start, end=event.end, room_capacity=2)
    people = [found.register(name) for name in ("Anne", "Bruno", "Chloé", "Driss")]
    assert [each.state for each in people] == ["coming", "coming", "waiting", "waiting"]
    assert "liste d’attente" in last(people[2].email).subject
    registering.cancel(people[0])
    states = list(Registration.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "coming", "coming", "waiting"]
    assert "libérée" in last(people[2].email).subject
    registering.let_in(people[3], found.coordinator)  # her holder decides, whatever the room
    assert "libérée" in last(people[3].email).subject


def test_what_she_types_is_recognised_or_left_as_it_is(found: Gathering) -> None:
    felletin = make_commune(name="Felletin")
    fournil = make_initiative("Le Fournil à Bois")
    known = found.register("Anne", structure="le fournil a bois", town="Felletin")
    assert (known.initiative, known.commune) == (fournil, felletin)
    assert known.sector_id == fournil.main_sector
    unknown = found.register("Bruno", structure="Atelier Inconnu", town="Nulle-Part")
    assert (unknown.initiative, unknown.commune, unknown.town) == (None, None, "Nulle-Part")
    make_initiative("Le Fournil à Bois")
    assert found.register("Chloé", structure="Le Fournil à bois").initiative is None  # two bear that name


def test_names_that_no_badge_would_expect_are_kept_whole(found: Gathering) -> None:
    name = "عبد الرحمن 👩🏽‍🌾 " + "Ö" * 280
    assert found.register(name[:300], email="long@example.org").name == name[:300]
    with pytest.raises(IntegrityError), transaction.atomic():
        found.register("x" * 301, email="trop@example.org")


def test_her_link_changes_what_she_said_but_not_her_address(found: Gathering) -> None:
    made = found.register("Anne", found.wish(0))
    key = f"m{found.morning[0].pk}"
    told = {"name": "Anne D.", "email": "autre@example.org", "public": "press", "listed": True}
    registering.correct(made, told, {key: Wished(absent=True)})
    made.refresh_from_db()
    assert (made.name, made.email, made.public, made.listed) == ("Anne D.", "anne@example.org", "press", True)
    assert {each.rank for each in made.choices.all()} == {0}
    lasting(found.event, timedelta(days=-2))
    with pytest.raises(RegistrationRefused, match="a eu lieu"):
        registering.correct(made, told)


@pytest.mark.parametrize("token", ["", "x", "x:y", "of another"])
def test_a_link_that_was_forged_opens_nothing(found: Gathering, token: str) -> None:
    if token == "of another":  # signed, for something else
        token = signing.dumps([1, "x"], salt="another")
    with pytest.raises(BadLink):
        registering.by_token(token)


def test_a_link_dies_with_the_address_it_was_sent_to(found: Gathering) -> None:
    made = found.register("Anne")
    token = registering.token_of(made)
    Registration.objects.update(email="autre@example.org")
    with pytest.raises(BadLink):
        registering.by_token(token)
    Registration.objects.all().delete()
    with pytest.raises(BadLink):
        registering.by_token(token)


def test_only_who_holds_the_event_writes_for_others(found: Gathering) -> None:
    stranger: User = make_person("autre")
    told = {"name": "Bruno", "email": "", "public": "elected"}
    with pytest.raises(NotAllowed):
        registering.enter(found.event, stranger, told, {})
    made = registering.enter(found.event, found.coordinator, told, {})
    assert (made.source, made.email) == ("hand", "") and not posted("")
    for verb in (lambda: registering.cancel(made, by=stranger), lambda: registering.let_in(made, stranger)):
        with pytest.raises(NotAllowed):
            verb()
    registering.enter(found.event, found.coordinator, told, {})  # two namesakes without an address
    found.register("Anne")
    with pytest.raises(RegistrationRefused, match="déjà inscrit"):
        registering.enter(found.event, found.coordinator, told | {"email": "anne@example.org"}, {})


# -- Workshops ----------------------------------------------------------------------------------------


def where(person: Registration, half: tuple[Session, Session]) -> tuple[str, bool] | None:
    seat = Seat.objects.filter(registration=person, session__in=half).select_related("session").first()
    return (seat.session.letter, seat.waiting) if seat else None


def test_workshops_are_made_up_and_what_was_placed_by_hand_stays(found: Gathering) -> None:
    people = [found.register(name, found.wish(0, 1)) for name in ("Anne", "Bruno", "Chloé", "Driss")]
    absent = found.register("Élise", Wished(absent=True))
    done = workshops.make_up(found.event, found.coordinator)
    assert (done.first, done.second, done.anywhere, done.waiting) == (2, 2, 4, 1)
    assert where(absent, found.morning) is None
    assert [where(each, found.morning) for each in people] == [
        ("A", False), ("A", False), ("B", False), ("B", False),
    ]  # fmt: skip
    found.morning[0].room_capacity = 3
    found.morning[0].save()
    workshops.place(people[3], found.morning[0], found.coordinator)
    done = workshops.make_up(found.event, found.coordinator)
    assert where(people[3], found.morning) == ("A", False) and done.by_hand == 1
    assert Seat.objects.filter(session=found.morning[0], waiting=False).count() == 2
    workshops.place(people[1], found.morning[0], found.coordinator)
    with pytest.raises(RegistrationRefused, match="3 places"):  # beyond what was planned, not beyond the room
        workshops.place(absent, found.morning[0], found.coordinator)


def test_a_place_that_is_freed_goes_to_who_waits_for_it_and_she_is_told(found: Gathering) -> None:
    people = [found.register(name, found.wish(0)) for name in ("Anne", "Bruno", "Chloé")]
    workshops.make_up(found.event, found.coordinator)
    assert where(people[2], found.morning) == ("A", True)
    registering.cancel(people[0])
    assert where(people[2], found.morning) == ("A", False)
    assert "Atelier A" in last(people[2].email).text


def test_who_registers_once_workshops_are_made_up_gets_what_is_left(found: Gathering) -> None:
    for name in ("Anne", "Bruno"):
        found.register(name, found.wish(0))
    workshops.make_up(found.event, found.coordinator)
    assert where(found.register("Chloé", found.wish(0, 1)), found.morning) == ("B", False)
    assert where(found.register("Driss", found.wish(0)), found.morning) == ("A", True)
    assert where(found.register("Élise"), found.morning) == ("B", False)


def test_only_those_who_have_no_place_are_placed_when_that_is_asked(found: Gathering) -> None:
    first = found.register("Anne", found.wish(0))
    workshops.make_up(found.event, found.coordinator)
    workshops.free(first, workshops.moments(found.event)[0], found.coordinator)
    second = found.register("Bruno", found.wish(1))
    workshops.place(second, found.morning[0], found.coordinator)
    workshops.make_up(found.event, found.coordinator, anew=False)
    assert where(first, found.morning) == ("A", False) and where(second, found.morning) == ("A", False)


def test_a_stranger_makes_nothing_up(found: Gathering) -> None:
    row = found.register("Anne")
    stranger = make_person("autre")
    for verb in (
        lambda: workshops.make_up(found.event, stranger),
        lambda: workshops.place(row, found.morning[0], stranger),
        lambda: workshops.free(row, workshops.moments(found.event)[0], stranger),
    ):
        with pytest.raises(NotAllowed):
            verb()
