"""Creating an account and signing in with a password: what is told, what is not, what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Signed
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db


def sign_up(client: Client, email: str, password: str = "", **more: Any) -> Any:
    return client.post("/compte/signup/", {"email": email, "password1": password}, **more)


def path(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def page(answer: Any) -> str:
    """A page without what is different each time: the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def code(secret: str, late: int = 0) -> str:
    counter = next(iter(yield_hotp_counters_from_time())) + late
    return format_hotp_value(hotp_value(secret, counter))


def test_an_account_opens_once_its_address_is_confirmed(client: Client) -> None:
    answer = sign_up(client, "Dominique@Example.org", PASSWORD)
    assert answer.headers["Location"] == "/compte/confirm-email/"
    person = User.objects.get(email="dominique@example.org")
    assert not EmailAddress.objects.get(user=person).verified
    assert client.get("/compte/").status_code == 302

    (link,) = links(last("dominique@example.org", "accounts.confirm"))
    shown = client.get(path(link))
    assert "Oui, confirmer" in shown.content.decode()
    assert not EmailAddress.objects.get(user=person).verified  # a program that opens links confirms nothing
    client.post(path(link))
    assert EmailAddress.objects.get(user=person).verified
    client.post("/compte/login/", {"login": "DOMINIQUE@example.org", "password": PASSWORD})
    assert client.get("/compte/").status_code == 200


def test_who_confirms_in_the_same_browser_goes_on_to_what_they_were_about(client: Client) -> None:
    wanted = "/compte/mes-donnees/"
    new = {"email": "dominique@example.org", "password1": PASSWORD, "next": wanted}
    client.post("/compte/signup/", new)
    (link,) = links(last("dominique@example.org", "accounts.confirm"))
    assert client.post(path(link)).headers["Location"] == wanted
    assert client.get("/compte/").status_code == 200


def test_who_confirms_elsewhere_signs_in_first(client: Client) -> None:
    """A link of a letter opens no account by itself, whoever holds it."""
    sign_up(client, "dominique@example.org", PASSWORD)
    (link,) = links(last("dominique@example.org", "accounts.confirm"))
    elsewhere = Client()
    assert elsewhere.post(path(link)).headers["Location"].startswith("/compte/login/")
    assert elsewhere.get("/compte/").status_code == 302


def test_who_signs_up_in_english_is_written_to_in_english(client: Client) -> None:
    client.post("/en/compte/signup/", {"email": "robin@example.org", "password1": ""})
    message = last("robin@example.org")
    assert message.subject == "Confirm your address"
    assert "/en/compte/confirm-email/" in message.text
    assert User.objects.get(email="robin@example.org").language == "en"


def test_passwords_are_stored_hashed_and_weak_ones_refused(client: Client) -> None:
    for weak in ("1234567", "motdepasse1"[:7], "password", "98765432", "sacha@example.org", "x" * 1_001):
        answer = sign_up(client, "sacha@example.org", weak)
        assert answer.status_code == 200, weak
        assert 'aria-invalid="true"' in answer.content.decode()
    assert not User.objects.exists()
    sign_up(client, "sacha@example.org", "x" * 999 + "é")
    person = User.objects.get()
    assert person.password and "xxx" not in person.password


def test_a_taken_address_gets_the_answer_of_a_free_one(client: Client, camille: User) -> None:
    free, taken = sign_up(client, "libre@example.org", PASSWORD), sign_up(Client(), camille.email, PASSWORD)
    assert free.status_code == taken.status_code == 302
    assert free.headers["Location"] == taken.headers["Location"]
    told = [Client().get(answer.headers["Location"]) for answer in (free, taken)]
    assert page(told[0]) == page(told[1])
    assert last(camille.email).letter == "accounts.already"
    camille.refresh_from_db()
    assert camille.name and camille.check_password(PASSWORD)
    assert User.objects.count() == 2


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(camille: User) -> None:
    wrong, unknown = (
        Client().post("/compte/login/", {"login": login, "password": "autre chose"})
        for login in (camille.email, "personne@example.org")
    )
    assert page(wrong).replace(camille.email, "…") == page(unknown).replace("personne@example.org", "…")
    assert "L’adresse ou le mot de passe n’est pas juste." in wrong.content.decode()


def test_a_forgotten_password_tells_nobody_whether_there_is_an_account(camille: User) -> None:
    known, unknown = (
        Client().post("/compte/password/reset/", {"email": email}, follow=True)
        for email in (camille.email, "personne@example.org")
    )
    assert page(known) == page(unknown)
    assert posted(camille.email, "accounts.reset")
    assert posted("personne@example.org", "accounts.unknown")


def test_a_link_to_choose_a_password_serves_once(camille: User) -> None:
    client = Client()
    client.post("/compte/password/reset/", {"email": camille.email.upper()})
    (link,) = links(last(camille.email, "accounts.reset"))
    opened = client.get(path(link), follow=True)
    place = opened.redirect_chain[-1][0]
    assert path(link) not in place  # the token is in no address from here on
    done = client.post(place, {"password1": "un-autre-secret", "password2": "un-autre-secret"})
    assert done.status_code == 302
    camille.refresh_from_db()
    assert camille.check_password("un-autre-secret")
    assert last(camille.email).letter == "accounts.changed"
    assert "Ce lien ne sert plus" in Client().get(path(link)).content.decode()


def test_who_announces_the_address_of_another_learns_nothing_and_gets_nothing(
    camille: User, signed: Signed
) -> None:
    other = User.objects.create_user("autre@example.org", PASSWORD)
    other.own_address(verified=True)
    answers = []
    for wanted in (camille.email, "vraiment-libre@example.org"):
        client = signed(other)
        client.post("/compte/reauthenticate/", {"password": PASSWORD})
        answer = client.post("/compte/email/", {"email": wanted, "action_add": ""}, follow=True)
        answers.append(page(answer).replace(wanted, "…"))
        EmailAddress.objects.filter(user=other, verified=False).delete()
    assert answers[0] == answers[1]
    assert posted(camille.email, "accounts.address")
    # Camille's link goes to Camille's account, not to that of who announced the address.
    EmailAddress.objects.create(user=other, email=camille.email, verified=False)
    Client().post("/compte/lien/", {"email": camille.email})
    assert f"({camille.email})" in last(camille.email, "accounts.link").text


def test_the_session_gets_another_number_when_somebody_signs_in(camille: User) -> None:
    client = Client()
    client.get("/compte/effacer/")  # sends to sign in
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/compte/login/", {"login": camille.email, "password": PASSWORD})
    assert client.session.session_key != before
    assert Client(headers={"Cookie": f"sessionid={before}"}).get("/compte/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["/compte/login/", "/compte/signup/", "/compte/lien/", "/compte/password/reset/", "/compte/logout/"],
)
def test_a_form_of_another_site_is_refused(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address, {"email": "a@example.org"}).status_code == 403


@pytest.mark.parametrize("value", ["a\0b@example.org", "é" * 10_000, "a" * 10_000 + "@example.org", "", "@"])
@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/compte/login/", "login"), ("/compte/login/", "password"), ("/compte/signup/", "email"),
        ("/compte/signup/", "password1"), ("/compte/lien/", "email"), ("/compte/password/reset/", "email"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(address: str, field: str, value: str) -> None:
    good = {"login": "a@example.org", "email": "a@example.org", "password": "x" * 9, "password1": PASSWORD}
    answer = Client().post(address, good | {field: value})
    assert answer.status_code in (200, 302)
    if answer.status_code == 302:  # a password of any length, or none
        assert field == "password1" and value in ("", "@")[:1]


def test_an_address_is_as_long_as_its_column_at_most() -> None:
    there = "@" + ".".join(["b" * 60] * 3) + ".example.org"
    fits, too_long = ("a" * (length - len(there)) + there for length in (254, 255))
    assert sign_up(Client(), too_long).status_code == 200
    assert sign_up(Client(), fits).status_code == 302
    assert User.objects.get().email == fits


def test_a_closed_account_does_not_open(camille: User) -> None:
    User.objects.filter(pk=camille.pk).update(is_active=False)
    answer = Client().post("/compte/login/", {"login": camille.email, "password": PASSWORD}, follow=True)
    assert "Ce compte est fermé" in answer.content.decode()


# -- Second factor --------------------------------------------------------------------------------


@pytest.fixture
def secret(camille: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(camille, secret)
    RecoveryCodes.activate(camille)
    return secret


def test_a_code_is_asked_for_after_the_password(camille: User, secret: str) -> None:
    client = Client()
    answer = client.post("/compte/login/", {"login": camille.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/compte/2fa/authenticate/"
    assert client.get("/compte/").status_code == 302
    assert "n’est pas juste" in client.post("/compte/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert client.post("/compte/2fa/authenticate/", {"code": code(secret)}).status_code == 302
    assert client.get("/compte/").status_code == 200


def test_the_administration_asks_for_the_second_factor_too(camille: User, secret: str) -> None:
    User.objects.filter(pk=camille.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    answer = client.post(
        "/admin/login/", {"username": camille.email, "password": PASSWORD, "next": "/admin/"}, follow=True
    )
    assert "_auth_user_id" not in client.session
    assert answer.request["PATH_INFO"] == "/compte/login/"
    client.post("/compte/login/?next=/admin/", {"login": camille.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    client.post("/compte/2fa/authenticate/", {"code": code(secret)})
    assert client.get("/admin/").status_code == 200


# -- Sessions -------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_by_their_owner(camille: User, signed: Signed) -> None:
    phone = signed(camille, user_agent="Mozilla/5.0 (Android 14; Mobile) Firefox/131.0")
    desk = signed(camille, user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36")
    shown = desk.get("/compte/sessions/").content.decode()
    assert "Firefox, Android" in shown and "Chrome, Linux" in shown and shown.count("celle-ci") == 1

    other = User.objects.create_user("autre@example.org", PASSWORD)
    other.own_address(verified=True)
    theirs = UserSession.objects.get(session_key=phone.session.session_key)
    assert signed(other).post("/compte/sessions/", {"session": theirs.pk}).status_code == 404
    assert phone.get("/compte/").status_code == 200

    desk.post("/compte/sessions/", {"session": theirs.pk})
    assert phone.get("/compte/").status_code == 302
    assert desk.get("/compte/").status_code == 200


def test_a_new_password_ends_the_other_sessions(camille: User, signed: Signed) -> None:
    here, there = signed(camille), signed(camille)
    new = {"oldpassword": PASSWORD, "password1": "un-autre-secret", "password2": "un-autre-secret"}
    assert here.post("/compte/password/change/", new).status_code == 302
    assert there.get("/compte/").status_code == 302
    assert here.get("/compte/").status_code == 200
    assert here.get("/compte/sessions/").content.decode().count("<tr>") == 2  # the head and this one


def test_signing_out_takes_a_button(camille: User, signed: Signed) -> None:
    client = signed(camille)
    assert "Se déconnecter ?" in client.get("/compte/logout/").content.decode()
    assert client.get("/compte/").status_code == 200
    client.post("/compte/logout/")
    assert client.get("/compte/").status_code == 302


# -- What is kept on the way ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/compte/", "/compte/login/", "/en/compte/signup/", "/compte/lien/", "/compte/rien/"]
)
def test_no_cache_and_no_search_engine_keeps_these_pages(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /compte/" in robots and "Disallow: /en/compte/" in robots


def test_public_pages_name_nobody_and_give_no_cookie(camille: User, signed: Signed) -> None:
    client = signed(camille)
    shown = client.get("/a-propos/").content.decode()
    assert shown == Client().get("/a-propos/").content.decode()
    assert 'href="/compte/"' in shown and camille.name not in shown
    assert not Client().get("/a-propos/").cookies
