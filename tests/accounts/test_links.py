"""Signing in by a mailed link: once, soon, by who reads the mail; nobody learns who has an account."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest import mock

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils.http import int_to_base36

from accounts import links
from accounts.models import User
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_signing_in import page, path
from tests.mail.outbox import last, posted
from tests.mail.outbox import links as addresses

pytestmark = pytest.mark.django_db


def asked(email: str, **more: str) -> str:
    """Ask for a link; its path, as the mail tells it."""
    Client().post("/compte/lien/", {"email": email} | more)
    return path(addresses(last(email.lower(), "accounts.link"))[0])


def used(client: Client, link: str) -> bool:
    """Open the link and press the button; whether that signs in."""
    client.get(link)
    client.post("/compte/lien/entrer/")
    return client.get("/compte/").status_code == 200


def test_a_link_signs_in_who_has_no_password(camille: User) -> None:
    camille.set_unusable_password()
    camille.save()
    link = asked(camille.email)
    client = Client()
    opened = client.get(link)
    assert opened.headers["Location"] == "/compte/lien/entrer/"  # the token is in no address from here on
    shown = client.get("/compte/lien/entrer/").content.decode()
    assert camille.email in shown and link.split("/")[-2] not in shown
    before = client.session.session_key
    assert client.post("/compte/lien/entrer/").headers["Location"] == "/compte/"
    assert client.session.session_key != before
    assert client.get("/compte/").status_code == 200


def test_a_program_that_opens_the_links_of_a_mail_uses_none(camille: User) -> None:
    link = asked(camille.email)
    for _ in range(3):
        Client().get(link, follow=True)
    assert used(Client(), link)


def test_a_link_serves_once(camille: User) -> None:
    link = asked(camille.email)
    early = Client()
    early.get(link)  # holds it, has not pressed
    assert used(Client(), link)
    assert not used(Client(), link)
    answer = early.post("/compte/lien/entrer/")
    assert answer.status_code == 410
    assert "Ce lien ne sert plus" in answer.content.decode()


def test_a_link_serves_once_before_a_second_factor_too(camille: User) -> None:
    TOTP.activate(camille, generate_totp_secret())
    link = asked(camille.email)
    client = Client()
    client.get(link)
    assert client.post("/compte/lien/entrer/").headers["Location"] == "/compte/2fa/authenticate/"
    assert client.get("/compte/").status_code == 302
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(("minutes", "serves"), [(29, True), (31, False)])
def test_a_link_serves_for_half_an_hour(camille: User, minutes: int, serves: bool) -> None:
    link = asked(camille.email)
    later = datetime.now() + timedelta(minutes=minutes)
    with mock.patch.object(links.Links, "_now", return_value=later):
        assert used(Client(), link) is serves


@pytest.mark.parametrize("change", ["password", "email", "last_login", "closed"])
def test_a_link_dies_with_what_it_was_made_for(camille: User, change: str) -> None:
    link = asked(camille.email)
    if change == "password":
        camille.set_password("un-autre-secret")
        camille.save()
    elif change == "last_login":
        Client().post("/compte/login/", {"login": camille.email, "password": PASSWORD})
    else:
        changed = {"email": {"email": "nouvelle@example.org"}, "closed": {"is_active": False}}[change]
        User.objects.filter(pk=camille.pk).update(**changed)
    assert Client().get(link).status_code == 410


def test_a_forged_link_opens_nothing(camille: User) -> None:
    other = User.objects.create_user("autre@example.org", PASSWORD)
    link = asked(camille.email)
    _, _, _, key, token, _ = link.split("/")
    forged = [
        link.replace(f"/{key}/", f"/{int_to_base36(other.pk)}/"),
        link.replace(token, token[:-1] + ("0" if token[-1] != "0" else "1")),
        link.replace(f"/{key}/", "/" + "z" * 200 + "/"),
        link.replace(token, "x"),
        link.replace(token, "0-0"),
    ]
    assert [Client().get(each).status_code for each in forged] == [410] * len(forged)
    assert Client().post("/compte/lien/entrer/").status_code == 410
    assert Client().get("/compte/lien/%00/a-b/").status_code == 404


def test_whoever_asks_is_told_the_same(camille: User) -> None:
    known, unknown, closed = (
        Client().post("/compte/lien/", {"email": email}, follow=True)
        for email in (camille.email.upper(), "personne@example.org", "fermee@example.org")
    )
    assert page(known) == page(unknown) == page(closed)
    assert last("personne@example.org").letter == "accounts.unknown"
    assert len(posted()) == 3  # one mail each: neither the time nor the work tells


def test_the_fourth_mail_to_one_address_waits(camille: User) -> None:
    for email in (camille.email, "personne@example.org"):
        answers = [Client().post("/compte/lien/", {"email": email}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
        assert answers[-1].headers["Retry-After"] == "600"
        assert len(posted(email)) == 3


def test_the_link_proves_the_address_and_drops_the_password_of_whoever_gave_it() -> None:
    """Somebody signs up with the address of another, and waits for that other to confirm it."""
    Client().post("/compte/signup/", {"email": "dominique@example.org", "password1": PASSWORD})
    assert used(Client(), asked("dominique@example.org"))
    person = User.objects.get(email="dominique@example.org")
    assert person.own_address().verified
    assert not person.has_usable_password()


def test_the_link_goes_on_to_where_one_wanted_to_go_on_this_site_only(camille: User) -> None:
    for onward, place in [("/compte/sessions/", "/compte/sessions/"), ("https://evil.example/", "/compte/")]:
        client = Client()
        client.get(asked(camille.email, next=onward))
        assert client.post("/compte/lien/entrer/").headers["Location"] == place
