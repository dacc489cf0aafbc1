"""Who is told that an event does not take place, once, and who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.contacts import answer_consent
from events import holding, inviting, registering
from events.errors import EventRefused
from events.models import Registration, Session
from tests.events.gathering import Gathering, contact, gather, lasting, listed, token_in
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Gathering:
    return gather()


def told() -> dict[str, str]:
    """The letter that each address was sent; fails where one was sent two."""
    sent = [each for each in posted() if each.letter.startswith("events.called_off")]
    assert len({each.to for each in sent}) == len(sent)
    return {each.to.partition("@")[0]: each.letter for each in sent}


def test_who_comes_or_waits_is_told_once_and_who_cancelled_or_has_no_address_is_not(found: Gathering) -> None:
    event = found.event
    Session.objects.create(event=event, title="Ouverture", start=event.start, end=event.end, capacity=1)
    for name in ("Anne", "Bruno", "Chloé"):
        found.register(name)
    registering.enter(event, found.coordinator, {"name": "Driss", "email": "", "public": "elected"}, {})
    registering.cancel(Registration.objects.get(name="Chloé"))
    Registration.objects.filter(name="Bruno").update(language="en")
    states = Registration.objects.order_by("name").values_list("state", flat=True)
    assert list(states) == ["coming", "waiting", "cancelled", "waiting"]
    holding.cancel(event, found.coordinator)
    assert told() == {"anne": "events.called_off", "bruno": "events.called_off"}
    letter = last("anne@example.org")
    assert "Annulé\u202f: Forum d’essai" in letter.subject and "n’aura pas lieu" in letter.text
    assert registering.by_token(token_in(letter, "inscription")).name == "Anne"
    assert "Cancelled" in last("bruno@example.org").subject
    holding.cancel(event, found.coordinator)
    assert len(told()) == 2


def test_who_was_invited_is_told_unless_she_declined_or_withdrew_her_consent(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    people = {name: contact(fournil, name) for name in ("Anne", "Bruno", "Chloé", "Driss")}
    contact(fournil, "Élise", agrees=False)
    inviting.invite(found.event, found.coordinator)
    asked = {each.contact.name: each for each in inviting.invitations(found.event)}
    inviting.decline(asked["Bruno"])
    answer_consent(people["Chloé"], "events", granted=False)
    told_ = {"name": "Driss", "email": "DRISS@example.org", "public": "citizen"}
    registering.register(found.event, told_, {}, invitation=asked["Driss"])
    holding.cancel(found.event, found.coordinator)
    assert {each.lower(): letter for each, letter in told().items()} == {
        "anne": "events.called_off_invited", "driss": "events.called_off",
    }  # fmt: skip
    assert "Le Fournil" in last("anne@example.org").text


def test_whoever_registered_under_another_address_is_not_told_as_invited_too(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    contact(fournil, "Anne")
    inviting.invite(found.event, found.coordinator)
    [asked] = inviting.invitations(found.event)
    given = {"name": "Anne", "email": "chez-elle@example.org", "public": "citizen"}
    registering.register(found.event, given, {}, invitation=asked)
    holding.cancel(found.event, found.coordinator)
    assert told() == {"chez-elle": "events.called_off"}


def test_nobody_is_told_of_what_is_over_or_where_the_cancelling_is_refused(found: Gathering) -> None:
    found.register("Anne")
    type(found.event).objects.update(status="draft")
    with pytest.raises(EventRefused):
        holding.cancel(found.event, found.coordinator)
    type(found.event).objects.update(status="published")
    lasting(found.event, timedelta(hours=-9))  # eight hours long
    holding.cancel(found.event, found.coordinator)
    assert told() == {}


def test_a_cancelled_event_gives_nobody_a_place(found: Gathering) -> None:
    event = found.event
    Session.objects.create(event=event, title="Ouverture", start=event.start, end=event.end, capacity=1)
    anne, bruno = found.register("Anne"), found.register("Bruno")
    holding.cancel(event, found.coordinator)
    registering.cancel(anne)
    bruno.refresh_from_db()
    assert bruno.state == "waiting" and not posted(letter="events.let_in")
