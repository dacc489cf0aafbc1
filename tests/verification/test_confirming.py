"""« Toujours vrai, à corriger, fermé » : who may say it, what changes then, what the public is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directory import publishing, retention, vouching
from directory.ages import to_confirm_before
from directory.errors import BadLink, NotAllowed
from directory.history import Hand
from directory.models import Initiative, Notice, NoticeKind
from tests.factories import join, make_initiative, make_person
from tests.mail.outbox import last, posted
from tests.verification.conftest import Ground, Old, path_in
from verification import answering, confirming
from verification.errors import VerificationRefused
from verification.models import Answer, How, Said

pytestmark = pytest.mark.django_db

ADDRESS = "atelier@example.org"


def letter_to(initiative: Initiative, address: str = ADDRESS, key: str = "verify-1-0") -> str:
    """The key of the link in a letter that was sent to this address."""
    notice = Notice.objects.create(
        initiative=initiative, kind=NoticeKind.VERIFY, sent_to=address, wording_version="1", key=key
    )
    return vouching.key_of(notice)


def page_of(key: str) -> str:
    return reverse("people:verification", args=[key])


# -- With an account ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "hand"),
    [
        ("owner", Hand.OWNER), ("moderator", Hand.MODERATION), ("coordinator", Hand.COORDINATOR),
        ("other-moderator", ""), ("stranger", ""),
    ],
)  # fmt: skip
def test_who_may_confirm_and_in_which_capacity_the_public_is_told(
    ground: Ground, old: Old, client: Client, who: str, hand: str
) -> None:
    row = old("L’Atelier", commune=ground.felletin)
    join(ground.network, row)
    people = {
        "owner": make_person("owner", "owner", row), "moderator": ground.moderator,
        "coordinator": ground.coordinator, "other-moderator": ground.other_moderator,
        "stranger": make_person("stranger"),
    }  # fmt: skip
    before = row.vouched_at
    if not hand:
        with pytest.raises(NotAllowed):
            confirming.confirm(row, people[who], How.SITE)
        row.refresh_from_db()
        assert row.verified_at is None and row.vouched_at == before
        return
    answer = confirming.confirm(row, people[who], How.SITE)
    row.refresh_from_db()
    assert row.verified_at == answer.at <= row.vouched_at and row.verified_by == people[who]
    assert not confirming.to_confirm(row)
    html = client.get(f"/initiatives/{row.slug}/").content.decode()
    assert str(Hand(hand).label) in html and people[who].email not in html


def test_example_and_invented_data_are_not_confirmed(ground: Ground, old: Old) -> None:
    for origin in ("example", "synthetic"):
        row = old("L’Exemple", commune=ground.felletin, origin=origin)
        with pytest.raises(VerificationRefused):
            confirming.confirm(row, ground.moderator, How.SITE)
    assert not Answer.objects.exists()


def test_whoever_verified_otherwise_than_here_is_told_by_date_alone(taxonomy: None) -> None:
    row = make_initiative(verified_at=timezone.now())
    assert confirming.vouched_by(row) == ""


def test_the_page_of_ones_own_asks_twice_before_it_closes(ground: Ground, old: Old, client: Client) -> None:
    row = old("L’Atelier", commune=ground.felletin)
    client.force_login(ground.moderator)
    address = reverse("people:verify", args=[row.slug])
    assert client.get(address).status_code == 200
    assert "vraiment" in client.post(address, {"answer": "closed"}).content.decode()
    row.refresh_from_db()
    assert row.activity_state == "open"
    assert client.post(address, {"answer": "closed", "sure": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.activity_state == "closed" and row.publication == "published"
    client.force_login(ground.other_moderator)
    assert client.get(address).status_code == client.post(address, {"answer": "true"}).status_code == 403


# -- By the link of a letter -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_program_that_opens_the_link_changes_nothing(old: Old, client: Client, method: str) -> None:
    key = letter_to(old("L’Atelier", email=ADDRESS))
    for _twice in range(2):
        assert getattr(client, method)(page_of(key)).status_code == 200
    assert not Answer.objects.exists() and Initiative.objects.get().verified_at is None
    assert "Toujours vrai" in client.get(page_of(key)).content.decode()
    assert not client.cookies


def test_still_true_is_dated_told_and_served_once(old: Old, client: Client) -> None:
    row = old("L’Atelier", email=ADDRESS)
    key = letter_to(row)
    assert confirming.to_confirm(row)
    html = client.post(page_of(key), {"answer": "true"}).content.decode()
    assert "Merci" in html
    row.refresh_from_db()
    assert row.verified_at == Answer.objects.get().at and row.verified_by is None
    assert row.provenance["verified_at"]["by"] == "organisation"
    assert "l’équipe de l’initiative" in client.get(f"/initiatives/{row.slug}/").content.decode()
    again = client.post(page_of(key), {"answer": "closed", "sure": "1"}).content.decode()
    assert "sert une fois" in again
    row.refresh_from_db()
    assert row.activity_state == "open" and Answer.objects.count() == 1
    with pytest.raises(VerificationRefused):
        confirming.close(row, None, How.LETTER, notice=Notice.objects.get())


def test_closed_is_asked_twice_and_keeps_the_page(old: Old, client: Client) -> None:
    row = old("L’Atelier", email=ADDRESS)
    key = letter_to(row)
    assert "vraiment" in client.post(page_of(key), {"answer": "closed"}).content.decode()
    assert not Answer.objects.exists()
    client.post(page_of(key), {"answer": "closed", "sure": "1"})
    row.refresh_from_db()
    assert (row.activity_state, row.publication) == ("closed", "published")
    assert client.get(f"/initiatives/{row.slug}/").status_code == 200


def test_to_be_corrected_verifies_nothing_and_leads_to_the_form(old: Old, client: Client) -> None:
    row = old("L’Atelier", email=ADDRESS)
    response = client.post(page_of(letter_to(row)), {"answer": "correct"})
    assert response.status_code == 302 and row.slug in response["Location"]
    assert client.get(response["Location"]).status_code == 200
    row.refresh_from_db()
    assert row.verified_at is None and Answer.objects.get().said == Said.CORRECT


@pytest.mark.parametrize("bad", ["", "peut-être", "TRUE", "\x00", "true" * 5_000])
def test_another_answer_is_no_answer(old: Old, client: Client, bad: str) -> None:
    key = letter_to(old("L’Atelier", email=ADDRESS))
    assert client.post(page_of(key), {"answer": bad}).status_code == 200
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "key",
    ["x", "a:b:c", "%00", "é" * 20, pytest.param(signing.dumps([1, 0], salt="other"), id="of another salt")],
)
def test_a_forged_link_opens_nothing(taxonomy: None, client: Client, key: str) -> None:
    assert client.get(page_of(key)).status_code == 404
    assert client.post(page_of(key), {"answer": "true"}).status_code == 404


def test_the_link_dies_with_the_address_that_it_was_sent_to(old: Old) -> None:
    row = old("L’Atelier", email=ADDRESS)
    key = letter_to(row)
    assert answering.by_key(key).initiative == row
    Initiative.objects.update(email="autre@example.org")
    with pytest.raises(BadLink):
        answering.by_key(key)


def test_the_link_dies_when_the_address_that_it_was_sent_to_is_forgotten(old: Old) -> None:
    row = old("L’Atelier")  # an organisation without an address of its own
    owner = make_person("owner", "owner", row)
    key = letter_to(row, owner.email)
    opened = answering.by_key(key)
    Notice.objects.update(sent_to="")
    with pytest.raises(BadLink):
        answering.by_key(key)
    assert not answering.send_again(opened) and Notice.objects.count() == 1


def test_an_owner_who_left_answers_no_more(old: Old) -> None:
    row = old("L’Atelier")
    owner = make_person("owner", "owner", row)
    key = letter_to(row, owner.email)
    assert answering.by_key(key)
    owner.roles.update(ended_at=timezone.now())
    with pytest.raises(BadLink):
        answering.by_key(key)


def test_after_sixty_days_a_new_link_goes_to_the_same_address(
    old: Old, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = old("L’Atelier", email=ADDRESS)
    key = letter_to(row)
    made = timezone.now().timestamp()
    clock = {"now": made + vouching.LINK_KEPT.total_seconds() - 60}
    monkeypatch.setattr("django.core.signing.time.time", lambda: clock["now"])
    assert not answering.by_key(key).expired
    clock["now"] += 120
    html = client.post(page_of(key), {"answer": "true"}).content.decode()
    assert "soixante jours" in html and not Answer.objects.exists()
    Notice.objects.update(at=timezone.now() - timedelta(days=61))
    asked = client.post(f"{page_of(key)}nouveau-lien/", {"email": "voleur@example.org"})
    assert asked.status_code == 200
    letter = last(letter=answering.AGAIN)
    assert letter.to == ADDRESS
    client.post(f"{page_of(key)}nouveau-lien/")
    assert len(posted(letter=answering.AGAIN)) == 1, "one an hour"
    client.post(path_in(letter), {"answer": "true"})
    assert Answer.objects.get().said == Said.TRUE


# -- With age ------------------------------------------------------------------------------------------


def test_the_letter_before_hiding_has_the_same_buttons_and_brings_back_what_was_hidden(
    old: Old, client: Client
) -> None:
    row = old("L’Atelier", 37, email=ADDRESS)
    list(retention.carry_out(retention.plan()))
    address = path_in(last(to=ADDRESS))
    publishing.hide(row, by=retention.BY, why=retention.WHY, hand=Hand.MAINTENANCE)
    assert "Toujours vrai" in client.get(address).content.decode()
    client.post(address, {"answer": "true"})
    row.refresh_from_db()
    assert row.publication == "published" and not confirming.to_confirm(row)


def test_what_a_moderator_hid_does_not_come_back_by_a_link(old: Old, client: Client) -> None:
    row = old("L’Atelier", 37, email=ADDRESS)
    key = letter_to(row)
    publishing.hide(row, by="account 1", why="doublon", hand=Hand.MODERATION)
    assert "n’est pas en ligne" in client.post(page_of(key), {"answer": "true"}).content.decode()
    row.refresh_from_db()
    assert row.publication == "hidden" and row.verified_at is not None


@pytest.mark.parametrize(("shift", "shown"), [(timedelta(seconds=1), False), (timedelta(0), True)])
def test_at_24_months_page_and_list_say_to_be_confirmed_again(
    old: Old, client: Client, shift: timedelta, shown: bool
) -> None:
    row = old("L’Atelier")
    Initiative.objects.filter(pk=row.pk).update(verified_at=to_confirm_before() + shift)
    for address in (f"/initiatives/{row.slug}/", "/?q=atelier"):
        card = client.get(address).content.decode().partition("<main")[2]
        said = card.count("à reconfirmer") - card.count("à reconfirmer : rien")
        assert bool(said) is shown, address
