"""Signing in by another service: against a provider that runs here, well and badly behaved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Signed
from tests.accounts.identities import CLIENT, SECRET, Provider, asked_for, key, serving
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db
LOGIN, BACK = "/compte/oidc/faux/login/", "/compte/oidc/faux/login/callback/"
WELL = {"email": "dominique@example.org", "email_verified": True, "name": "Dominique Exemple"}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with serving() as provider:
        app = {"provider_id": "faux", "name": "Faux Connect", "client_id": CLIENT, "secret": SECRET}
        apps = [app | {"settings": {"server_url": provider.url}}]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
        provider.person = dict(WELL)
        yield provider


def leave(client: Client, provider: Provider, process: str = "login") -> dict[str, str]:
    """Go to the provider; what it is asked for."""
    answer = client.post(f"{LOGIN}?process={process}")
    assert answer.status_code == 302, answer.content.decode()
    assert answer.headers["Location"].startswith(f"{provider.url}/authorize?")
    asked = asked_for(answer.headers["Location"])
    provider.nonce = asked["nonce"]
    return asked


def come_back(client: Client, asked: dict[str, str], **more: str) -> Any:
    return client.get(BACK, {"code": "c", "state": asked["state"]} | more)


def enter(client: Client, provider: Provider, **more: str) -> Any:
    return come_back(client, leave(client, provider), **more)


def inside(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def failed(answer: Any, client: Client) -> bool:
    return "La connexion n’a pas abouti" in answer.content.decode() and not inside(client)


@pytest.mark.parametrize("signed", [False, True])
def test_a_provider_makes_an_account_and_opens_it_again(provider: Provider, signed: bool) -> None:
    provider.signed_person = signed
    client = Client()
    asked = leave(client, provider)
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) > 20
    assert come_back(client, asked).headers["Location"] == "/compte/"
    person = User.objects.get()
    assert (person.email, person.name) == ("dominique@example.org", "Dominique Exemple")
    assert not person.has_usable_password() and person.own_address().verified
    other = Client()
    enter(other, provider)
    assert inside(client) and inside(other) and User.objects.count() == 1


def test_the_page_of_sign_in_offers_it_by_a_button(provider: Provider) -> None:
    assert "Continuer avec Faux Connect" in Client().get("/compte/login/").content.decode()
    shown = Client().get(LOGIN)  # a link leaves for nowhere: else any page could send people there
    assert shown.status_code == 200 and "Faux Connect" in shown.content.decode()
    assert Client().get("/compte/oidc/autre/login/").status_code == 404


def test_an_address_that_the_provider_does_not_vouch_for_is_confirmed_by_mail(provider: Provider) -> None:
    for number, vouched in enumerate([False, None, "false"]):
        provider.person = WELL | {
            "email": f"d{number}@example.org",
            "email_verified": vouched,
            "sub": str(number),
        }
        provider.claims = {"sub": str(number)}
        client = Client()
        assert enter(client, provider).headers["Location"] == "/compte/confirm-email/"
        assert not inside(client)
        assert last(f"d{number}@example.org").letter == "accounts.confirm"


@pytest.mark.parametrize("vouched", [True, False])
def test_a_provider_does_not_take_over_an_account_by_its_address(
    provider: Provider, camille: User, vouched: bool
) -> None:
    provider.person = {"email": camille.email.upper(), "email_verified": vouched}
    client = Client()
    assert enter(client, provider).headers["Location"] == "/compte/confirm-email/"
    assert not inside(client)
    assert not SocialAccount.objects.exists() and User.objects.count() == 1
    assert [message.letter for message in posted(camille.email)] == ["accounts.already"]
    camille.refresh_from_db()
    assert camille.check_password(PASSWORD)


def test_the_owner_links_the_two_from_inside(provider: Provider, camille: User, signed: Signed) -> None:
    provider.person = {"email": "ailleurs@example.com", "email_verified": True}
    client = signed(camille)
    client.post("/compte/reauthenticate/", {"password": PASSWORD})
    asked = leave(client, provider, "connect")
    come_back(client, asked)
    assert SocialAccount.objects.get().user == camille
    assert last(camille.email).letter == "accounts.changed"
    elsewhere = Client()
    enter(elsewhere, provider)
    assert inside(elsewhere)
    camille.refresh_from_db()
    assert camille.email == "camille@example.org"
    assert "Faux Connect" in client.get("/compte/3rdparty/").content.decode()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "un autre"}, {"nonce": None}, {"aud": "un-autre-site"}, {"iss": "https://evil.example"},
        {"exp": 1}, {"sub": "43"}, {"sub": None},
    ],
)  # fmt: skip
def test_an_identity_that_was_not_asked_for_opens_nothing(provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    client = Client()
    assert failed(enter(client, provider), client)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("algorithm", "with_what"), [("RS256", "another key"), ("HS256", SECRET), ("none", "")]
)
def test_an_identity_signed_by_nobody_that_we_trust_opens_nothing(
    provider: Provider, algorithm: str, with_what: str
) -> None:
    provider.algorithm = algorithm
    provider.signs_with = key() if algorithm == "RS256" else with_what
    client = Client()
    assert failed(enter(client, provider), client)


def test_an_identity_serves_the_sign_in_that_asked_for_it_only(provider: Provider) -> None:
    """Who caught the answer of another sign-in plays it again, in another browser or in the same one."""
    first, second = Client(), Client()
    asked = leave(first, provider)
    caught = provider.nonce
    theirs = leave(second, provider)
    provider.nonce = caught
    assert failed(come_back(second, theirs), second)
    assert not inside(second)
    come_back(first, asked)
    assert inside(first)
    assert "La connexion n’a pas abouti" in come_back(first, asked).content.decode()
    assert (
        "La connexion n’a pas abouti"
        in Client().get(BACK, {"code": "c", "state": asked["state"]}).content.decode()
    )


def test_consent_that_is_refused_is_said_plainly(provider: Provider) -> None:
    client = Client()
    asked = leave(client, provider)
    answer = client.get(BACK, {"error": "access_denied", "state": asked["state"]}, follow=True)
    assert "Vous avez renoncé à cette connexion" in answer.content.decode()
    assert not inside(client)


@pytest.mark.parametrize("broken", ["/token", "/keys", "/userinfo", "/.well-known/openid-configuration"])
def test_a_provider_that_fails_is_no_fault_of_the_site(provider: Provider, broken: str) -> None:
    client = Client()
    if broken.startswith("/.well-known"):
        provider.broken = broken
        assert failed(client.post(LOGIN), client)
    else:
        asked = leave(client, provider)
        provider.broken = broken
        assert failed(come_back(client, asked), client)


def test_a_provider_that_is_away_is_no_fault_of_the_site(provider: Provider, settings: Any) -> None:
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = "http://127.0.0.1:9/"
    client = Client()
    assert failed(client.post(LOGIN), client)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"person": {"email": "a\0b@example.org"}}, {"person": {"email": "a" * 250 + "@example.org"}},
        {"person": {"name": "a\0b", "email": "a@example.org"}}, {"person": {"sub": None}},
        {"token": {"access_token": None}}, {"token": {"id_token": None}}, {"token": {"id_token": "a.b.c"}},
        {"token": {"id_token": 7}}, {"claims": {"sub": "x" * 10_000}, "person": {"sub": "x" * 10_000}},
    ],
)  # fmt: skip
def test_nonsense_from_a_provider_is_refused(provider: Provider, nonsense: dict[str, Any]) -> None:
    for name, value in nonsense.items():
        setattr(provider, name, value)
    client = Client()
    assert failed(enter(client, provider), client)


def test_a_name_of_another_service_is_put_on_one_short_line(provider: Provider) -> None:
    provider.person = WELL | {"name": "Dominique\n\r\tBcc: " + "é" * 10_000}
    enter(Client(), provider)
    assert User.objects.get().name == "Dominique Bcc: " + "é" * 135
