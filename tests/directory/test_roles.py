"""Roles: asked for with a reason, granted by somebody else, dated, ended; told by mail at each step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import LastAdministrator
from accounts.models import User
from directory import roles
from directory.errors import NotAllowed, RoleRefused
from directory.models import LONGEST_REASON, Role
from directory.permissions import Action, may
from mail.models import Message
from tests.factories import make_person

REASON = "Je suis chargée de mission ESS de la communauté de communes."


def told(letter: str) -> list[str]:
    """To whom this letter was written."""
    rows = Message.objects.filter(letter=f"directory.{letter}").order_by("pk")
    return list(rows.values_list("to", flat=True))


@pytest.mark.django_db
def test_an_officer_asks_and_whoever_has_the_role_above_grants(places: dict[str, Any]) -> None:
    above = make_person("departement", "officer", places["departement"])
    make_person("ailleurs", "officer", places["other"])
    asker = make_person("agente")
    role = roles.ask(asker, "officer", places["epci"], REASON)
    assert role.state == "waiting" and not may(asker, Action.SAVE_DIAGNOSIS, places["epci"])
    # The département holds its EPCI: nobody else is bothered.
    assert told("role_asked") == ["departement@example.org"]
    assert REASON in Message.objects.get(letter="directory.role_asked").text

    granted = roles.grant(role, above, "Bienvenue.")
    assert (granted.state, granted.decided_by) == ("held", above) and granted.decided_at
    assert may(asker, Action.SAVE_DIAGNOSIS, places["epci"])
    assert not may(asker, Action.SAVE_DIAGNOSIS, places["departement"])
    assert told("role_granted") == ["agente@example.org"]

    ended = roles.end(granted, asker)
    assert ended.state == "ended" and ended.ended_at and not may(asker, Action.SAVE_DIAGNOSIS, places["epci"])
    assert told("role_ended") == []  # she knows


@pytest.mark.django_db
def test_where_nobody_is_near_administrators_are_told(places: dict[str, Any]) -> None:
    User.objects.create_superuser("admin@example.org")
    roles.ask(make_person("agente"), "officer", places["epci"], REASON)
    assert told("role_asked") == ["admin@example.org"]


@pytest.mark.django_db
def test_a_refusal_says_why_and_one_may_ask_again(places: dict[str, Any]) -> None:
    administrator = User.objects.create_superuser("admin@example.org")
    asker = make_person("agente")
    role = roles.ask(asker, "moderator", places["epci"], REASON)
    with pytest.raises(RoleRefused):
        roles.refuse(role, administrator, "  ")
    assert roles.refuse(role, administrator, "Écrivez depuis votre adresse de travail.").state == "refused"
    assert "adresse de travail" in Message.objects.get(letter="directory.role_refused").text
    assert roles.ask(asker, "moderator", places["epci"], REASON).state == "waiting"


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   \n", "\x00", "x" * (LONGEST_REASON + 1)])
def test_a_reason_is_said(places: dict[str, Any], reason: str) -> None:
    with pytest.raises(RoleRefused):
        roles.ask(make_person("agente"), "officer", places["epci"], reason)
    assert not Role.objects.exists() and not Message.objects.exists()


@pytest.mark.django_db
def test_the_longest_reason_is_taken(places: dict[str, Any]) -> None:
    role = roles.ask(make_person("agente"), "officer", places["epci"], "x" * LONGEST_REASON)
    assert len(role.reason) == LONGEST_REASON


@pytest.mark.django_db
def test_a_role_is_asked_for_once_at_a_time(places: dict[str, Any]) -> None:
    asker = make_person("agente")
    roles.ask(asker, "officer", places["epci"], REASON)
    with pytest.raises(RoleRefused):
        roles.ask(asker, "officer", places["epci"], REASON)
    roles.ask(asker, "officer", places["departement"], REASON)  # another territory is another role
    assert Role.objects.count() == 2


@pytest.mark.django_db
def test_nobody_grants_their_own_whatever_the_road(places: dict[str, Any]) -> None:
    administrator = User.objects.create_superuser("admin@example.org")
    own = roles.ask(administrator, "officer", places["epci"], REASON)
    with pytest.raises(NotAllowed):
        roles.grant(own, administrator)
    own.granted, own.decided_by, own.decided_at = True, administrator, own.asked_at
    with pytest.raises(IntegrityError, match="role_granted_by_another"), transaction.atomic():
        own.save()


@pytest.mark.django_db
def test_who_has_no_say_neither_grants_nor_refuses_nor_ends(places: dict[str, Any]) -> None:
    stranger = make_person("voisin", "moderator", places["other"])
    role = roles.ask(make_person("agente"), "moderator", places["epci"], REASON)
    for verb in (lambda: roles.grant(role, stranger), lambda: roles.refuse(role, stranger, "Non."),
                 lambda: roles.end(role, stranger)):  # fmt: skip
        with pytest.raises(NotAllowed):
            verb()
    role.refresh_from_db()
    assert role.state == "waiting"


@pytest.mark.django_db
def test_owners_invite_their_colleagues_and_moderators_decide(places: dict[str, Any]) -> None:
    make_person("responsable", "owner", places["initiative"])
    make_person("moderatrice", "moderator", places["departement"])
    make_person("autre", "owner", places["elsewhere"])
    roles.ask(make_person("collegue"), "owner", places["initiative"], REASON)
    assert told("role_asked") == ["responsable@example.org", "moderatrice@example.org"]


@pytest.mark.django_db
def test_what_waits_is_shown_to_who_may_decide(places: dict[str, Any]) -> None:
    moderator = make_person("moderatrice", "moderator", places["departement"])
    neighbour = make_person("voisin", "moderator", places["other"])
    administrator = User.objects.create_superuser("admin@example.org")
    asker = make_person("agente")
    asked = [
        roles.ask(asker, "owner", places["initiative"], REASON),
        roles.ask(asker, "moderator", places["commune"], REASON),
        roles.ask(asker, "moderator", places["epci"], REASON),
    ]
    for not_theirs in (places["departement"], places["region"]):
        roles.ask(asker, "moderator", not_theirs, REASON)
    roles.ask(asker, "officer", places["epci"], REASON)
    assert roles.decidable(moderator) == asked
    assert roles.decidable(neighbour) == [] == roles.decidable(asker)
    assert len(roles.decidable(administrator)) == 6
    for role in asked:
        roles.grant(role, moderator)
    assert set(roles.governed(moderator)) == set(asked)
    assert roles.governed(asker) == []


@pytest.mark.django_db
def test_an_administrator_is_made_and_the_last_one_stays(places: dict[str, Any]) -> None:
    first = User.objects.create_superuser("admin@example.org")
    second = make_person("seconde")
    role = roles.grant(roles.ask(second, "administrator", None, REASON), first)
    second.refresh_from_db()
    assert second.is_superuser and second.is_staff and may(second, Action.MANAGE_PEOPLE)
    User.objects.filter(pk=first.pk).update(is_active=False)
    with pytest.raises(LastAdministrator):
        roles.end(role, second)
    User.objects.filter(pk=first.pk).update(is_active=True)
    roles.end(role, second)
    second.refresh_from_db()
    assert not second.is_superuser and not second.is_staff


@pytest.mark.django_db
def test_a_request_is_withdrawn_by_its_author(places: dict[str, Any]) -> None:
    asker = make_person("agente")
    roles.end(roles.ask(asker, "officer", places["epci"], REASON), asker)
    assert not Role.objects.exists()


@pytest.mark.django_db
def test_a_role_names_its_own_kind_of_target(places: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="role_names_its_target"), transaction.atomic():
        Role.objects.create(person=make_person("x"), kind="owner", territory=places["epci"], reason=REASON)


def together(*works: Callable[[], object]) -> list[str]:
    """Run these at once, each on a connection of its own; what each raised, or « done »."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait()
            work()
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_answer_at_once(places: dict[str, Any]) -> None:
    """One answer counts, one letter leaves, and the other administrator is told."""
    first, second = (User.objects.create_superuser(f"{name}@example.org") for name in ("a", "b"))
    role = roles.ask(make_person("agente"), "officer", places["epci"], REASON)
    outcome = together(lambda: roles.grant(role, first), lambda: roles.refuse(role, second, "Non."))
    assert outcome == ["RoleRefused", "done"]
    assert len(told("role_granted") + told("role_refused")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_leave_at_once(places: dict[str, Any]) -> None:
    """One of them stays."""
    first = User.objects.create_superuser("a@example.org")
    second, third = (
        roles.grant(roles.ask(make_person(name), "administrator", None, REASON), first) for name in ("b", "c")
    )
    User.objects.filter(pk=first.pk).update(is_superuser=False)
    outcome = together(lambda: roles.end(second, second.person), lambda: roles.end(third, third.person))
    assert outcome == ["LastAdministrator", "done"]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_asks_twice_at_once(places: dict[str, Any]) -> None:
    asker = make_person("agente")
    ask = lambda: roles.ask(asker, "officer", places["epci"], REASON)  # noqa: E731
    assert together(ask, ask) == ["RoleRefused", "done"]
