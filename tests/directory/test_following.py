"""What becomes of a role when its commune is no more: it goes on in the new one, or its holder is told."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from directory import roles
from directory.models import Role
from directory.permissions import Action, may
from mail.models import Message
from territories.loading import delete_vanished
from territories.models import Territory
from territories.signals import territories_loaded
from tests.factories import make_commune, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def old() -> Territory:
    return make_commune("23998", "Vallée ancienne")


@pytest.fixture
def new() -> Territory:
    return make_commune("23999", "Vallée nouvelle")


def load(vanished: dict[str, str | None]) -> None:
    """What a load of the territories of a new year does of those that are no more; nothing refuses it."""
    territories_loaded.send(sender=Territory, vanished=vanished)
    delete_vanished(vanished)


def held_of(person: User) -> list[tuple[str, str]]:
    return [(row.state, str(row.territory)) for row in Role.objects.filter(person=person)]


def test_a_role_goes_on_for_the_new_commune(old: Territory, new: Territory) -> None:
    person, waiting = make_person("agente", "officer", old), make_person("autre")
    roles.ask(waiting, "officer", old, "J’y travaille.")
    load({old.pk: new.pk})
    assert may(person, Action.SAVE_DIAGNOSIS, new)
    assert held_of(person) == [("held", str(new))] and held_of(waiting) == [("waiting", str(new))]
    assert not Message.objects.filter(letter="directory.role_ended").exists()


@pytest.mark.parametrize("asked_first", [True, False])
def test_who_asked_for_one_and_held_the_other_holds_the_new_one(
    old: Territory, new: Territory, asked_first: bool
) -> None:
    held, asked = (old, new) if asked_first else (new, old)
    person = make_person("agente", "officer", held)
    roles.ask(person, "officer", asked, "Aussi.")
    load({old.pk: new.pk})
    assert held_of(person) == [("held", str(new))]


def test_who_held_both_holds_one(old: Territory, new: Territory) -> None:
    person = make_person("agente", "officer", old)
    _also(person, new)
    load({old.pk: new.pk})
    assert held_of(person) == [("held", str(new))]


def test_a_territory_that_nothing_succeeds_ends_the_role_and_its_holder_is_told(
    old: Territory, new: Territory
) -> None:
    person, beside = make_person("agente", "officer", old), make_person("voisine", "officer", new)
    load({old.pk: None})
    assert held_of(person) == [] and held_of(beside) == [("held", str(new))]
    letter = Message.objects.get(letter="directory.role_ended")
    assert letter.to == person.email and "Vallée ancienne" in letter.subject
    assert "n’existe plus dans le découpage officiel" in letter.text


def _also(person: User, territory: Any) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    roles.grant(roles.ask(person, "officer", territory, "Aussi."), admin)
