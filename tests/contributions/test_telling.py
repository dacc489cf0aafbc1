"""Teams are told what others change on their page: once a day at most, and never who."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contributions import telling
from directory import publishing
from directory.models import Initiative
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db
LETTER = "contributions.changed"


@pytest.fixture
def ferme(taxonomy: None) -> Initiative:
    return make_initiative("La Ferme")


@pytest.fixture
def owner(ferme: Initiative) -> User:
    return keeper("owner", ferme)


def keeper(name: str, initiative: Initiative) -> User:
    """Since yesterday: within a test, the database dates all that is written by its beginning."""
    return make_person(name, "owner", initiative, decided_at=timezone.now() - timedelta(days=1))


def write(initiative: Initiative, by: User, hand: str, why: str = "", **fields: str) -> None:
    for name, value in fields.items():
        setattr(initiative, name, value)
    publishing.save(initiative, fields, by=f"account {by.pk}", source="site", hand=hand, why=why)


def soon() -> object:
    return timezone.now() + telling.SETTLED


def test_the_team_is_told_what_moderators_changed(ferme: Initiative, owner: User) -> None:
    moderator = make_person("moderator")
    write(ferme, moderator, "moderation", "D’après leur site.", phone="+33555000000", summary="Du pain.")
    assert telling.tell(timezone.now()) == 0, "what is being written is waited for"
    assert telling.tell(soon()) == 1
    letter = last(owner.email, LETTER)
    for said in ("La Ferme", "En une phrase", "Téléphone", "par la modération", "D’après leur site."):
        assert said in letter.text
    assert moderator.email not in letter.text and "+33555000000" not in letter.text
    assert telling.tell(soon()) == 0 and len(posted(letter=LETTER)) == 1, "once"


def test_what_the_team_writes_or_what_was_there_before_is_no_news(ferme: Initiative) -> None:
    write(ferme, make_person("moderator"), "moderation", summary="Avant.")
    owner, colleague = (make_person(name, "owner", ferme) for name in ("owner", "colleague"))
    assert telling.tell(soon()) == 0
    write(ferme, owner, "owner", summary="Après.")
    assert telling.tell(soon()) == 0 and not posted(letter=LETTER)
    assert colleague.email


def test_one_letter_a_day_then_the_rest(ferme: Initiative, owner: User) -> None:
    moderator, now = make_person("moderator"), timezone.now()
    for day, summary in enumerate(("Un.", "Deux.")):
        write(ferme, moderator, "moderation", summary=summary)
        telling.tell(now + telling.SETTLED + timedelta(hours=day))
    assert len(posted(owner.email, LETTER)) == 1
    telling.tell(now + telling.SETTLED + telling.BETWEEN)
    assert len(posted(owner.email, LETTER)) == 2


def test_a_page_taken_off_is_told_and_a_draft_s_changes_are_not(ferme: Initiative, owner: User) -> None:
    moderator = make_person("moderator")
    write(ferme, moderator, "moderation", "Doublon.", publication="hidden")
    telling.tell(soon())
    letter = last(owner.email, LETTER)
    assert "n’est plus en ligne" in letter.subject
    assert "/mentions-legales/" in letter.text and "Signaler une erreur" not in letter.text
    write(ferme, moderator, "moderation", summary="Hors ligne.")
    assert telling.tell(timezone.now() + timedelta(days=2)) == 0


def test_each_may_do_without_these_letters(ferme: Initiative, owner: User) -> None:
    colleague, client = keeper("colleague", ferme), Client()
    client.force_login(owner)
    address = f"/compte/initiatives/{ferme.slug}/courriels/"
    assert client.post(address, {"letters": "no"}).status_code == 302 and not telling.wanted(owner, ferme)
    write(ferme, make_person("moderator"), "moderation", summary="Du pain.")
    telling.tell(soon())
    assert not posted(owner.email, LETTER) and posted(colleague.email, LETTER)
    client.post(address, {"letters": "yes"})
    assert telling.wanted(owner, ferme)
    stranger = Client()
    stranger.force_login(make_person("stranger"))
    assert stranger.post(address, {"letters": "no"}).status_code == 403


def test_a_page_that_nobody_keeps_any_more_tells_nobody(ferme: Initiative, owner: User) -> None:
    write(ferme, make_person("moderator"), "moderation", summary="Du pain.")
    owner.roles.update(ended_at=timezone.now())
    assert telling.tell(soon()) == 0 and not posted(letter=LETTER)
