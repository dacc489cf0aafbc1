"""The letter that tells moderators what waits: once a day at most, when something came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from contributions import digest, moderating
from contributions.proposing import propose
from directory import publishing, roles
from tests.factories import make_person
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db
LETTER = "contributions.waiting"


@pytest.fixture
def moderator(places: dict[str, Any]) -> User:
    return make_person("moderation", "moderator", places["departement"])


def corrected(places: dict[str, Any], summary: str = "Un") -> Any:
    return propose({"summary": summary}, initiative=places["initiative"])


def test_it_counts_what_waits_and_no_more(places: dict[str, Any], moderator: User) -> None:
    corrected(places)
    moderating.refuse(corrected(places, "Deux"), moderator, "Non.")
    publishing.report(places["initiative"], "wrong", "Le numéro est faux.")
    roles.ask(make_person("equipe"), "owner", places["initiative"], "J’en fais partie.")
    elsewhere = make_person("correze", "moderator", places["other"])
    waiting = digest.waiting_for(moderator)
    assert (waiting.new, waiting.corrections, waiting.reports, waiting.claims, waiting.total) == (
        0,
        1,
        1,
        1,
        3,
    )
    assert digest.waiting_for(elsewhere).total == 0
    assert digest.send() == 1
    letter = last(moderator.email, LETTER)
    assert letter.subject == "3 choses attendent votre relecture"
    assert "- 1 correction" in letter.text and "nouvelle initiative" not in letter.text
    assert posted(elsewhere.email) == []


def test_once_a_day_at_most_and_only_when_something_came(places: dict[str, Any], moderator: User) -> None:
    assert digest.send() == 0  # nothing waits
    corrected(places)
    assert digest.send() == 1
    corrected(places, "Deux")
    came = timezone.now()
    assert digest.send(came + timedelta(hours=19)) == 0  # the same day
    assert digest.send(came + timedelta(hours=24)) == 1
    assert digest.send(came + timedelta(hours=48)) == 0  # nothing new
    assert digest.send(came + timedelta(days=7, hours=23)) == 0
    assert digest.send(came + timedelta(days=8)) == 1  # it has waited for a week


def test_who_wants_none_gets_none(places: dict[str, Any], moderator: User) -> None:
    corrected(places)
    digest.choose(moderator, wanted=False)
    assert digest.send() == 0
    digest.choose(moderator, wanted=True)
    assert digest.send() == 1


def test_only_those_in_charge_are_written_to(places: dict[str, Any]) -> None:
    corrected(places)
    make_person("refuse", "moderator", places["departement"], granted=False)
    gone = make_person("parti", "moderator", places["departement"])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_person("equipe", "owner", places["initiative"])
    assert digest.send() == 0
    User.objects.create_superuser("admin@example.org")
    assert digest.send() == 1
