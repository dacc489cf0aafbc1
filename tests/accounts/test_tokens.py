"""Keys of the API: what they are made of, how many, and the pages where their owner keeps them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import personal, tokens
from accounts.errors import TokenRefused
from accounts.models import ApiToken, Scope, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.org", "un mot de passe")


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    """Who has just said their password again."""
    ada.own_address(verified=True)
    client.force_login(ada)
    client.post(reverse("account_reauthenticate"), {"password": "un mot de passe"})
    return client


def test_of_a_key_only_a_digest_is_kept(ada: User) -> None:
    made, key = tokens.mint(ada, "essai", [Scope.READ], 90)
    assert tokens.FORM.fullmatch(key) and key.startswith(f"maillage_{made.mark}_")
    secret = key.rpartition("_")[2]
    assert len(bytes.fromhex(secret)) == 32, "256 bits"
    assert secret not in repr(ApiToken.objects.values().get())
    assert tokens.read(key) == made
    assert made.expires_at - made.created_at == timedelta(days=90)


def test_a_token_serves_to_its_last_second(ada: User) -> None:
    made, key = tokens.mint(ada, "essai", [Scope.READ], 30)
    now = timezone.now()
    ApiToken.objects.filter(pk=made.pk).update(expires_at=now + timedelta(seconds=30))
    assert tokens.read(key)
    ApiToken.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=1), expires_at=now)
    with pytest.raises(TokenRefused, match="expired"):
        tokens.read(key)


def test_twenty_live_at_once_and_not_one_more(ada: User) -> None:
    made = [tokens.mint(ada, f"{n}", [Scope.READ], 30)[0] for n in range(tokens.MOST)]
    with pytest.raises(TokenRefused, match="too-many"):
        tokens.mint(ada, "de trop", [Scope.READ], 30)
    tokens.revoke(made[0])
    assert tokens.mint(ada, "à sa place", [Scope.READ], 30)
    other = User.objects.create_user("b@example.org", "x")
    assert tokens.mint(other, "d’une autre", [Scope.READ], 30)


@pytest.mark.parametrize("days", [0, 29, 366, 10**9])
def test_a_length_that_is_not_offered_is_refused(ada: User, days: int) -> None:
    with pytest.raises(ValueError, match="lives"):
        tokens.mint(ada, "essai", [Scope.READ], days)


def test_ones_data_tell_of_tokens_and_go_with_the_account(ada: User) -> None:
    _made, key = tokens.mint(ada, "essai", [Scope.WRITE], 30)
    [told] = personal.everything(ada)["tokens"]
    assert told["name"] == "essai"
    assert "digest" not in told
    ada.delete()
    with pytest.raises(TokenRefused, match="unknown"):
        tokens.read(key)


# -- The pages --------------------------------------------------------------------------------------


def make(client: Client, **given: Any) -> Any:
    sent = {"name": "Le site du réseau", "scope": "write", "days": "30"} | given
    return client.post(reverse("people:token_new"), sent)


def test_a_key_is_shown_once_and_kept_nowhere(signed_in: Client) -> None:
    response = make(signed_in)
    assert response.status_code == 200
    [key] = set(re.findall(r"maillage_[0-9a-f]{8}_[0-9a-f]{64}", response.text))
    assert "no-store" in response["Cache-Control"]
    assert tokens.read(key).scopes == ["read", "write"]
    listed = signed_in.get(reverse("people:tokens"))
    assert "Le site du réseau" in listed.text and tokens.FORM.search(listed.text) is None
    assert f"maillage_{key[9:17]}…" in listed.text
    assert key not in repr([session.get_decoded() for session in Session.objects.all()])


def test_a_session_that_is_not_fresh_is_asked_for_its_password_first(client: Client, ada: User) -> None:
    client.force_login(ada)
    for response in (client.get(reverse("people:token_new")), make(client)):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_after_a_confirmation(signed_in: Client, ada: User) -> None:
    made, key = tokens.mint(ada, "essai", [Scope.READ], 30)
    address = reverse("people:token_revoke", args=[made.pk])
    assert signed_in.get(address).status_code == 200
    assert tokens.read(key), "asking changes nothing"
    assert signed_in.post(address).status_code == 302
    with pytest.raises(TokenRefused, match="revoked"):
        tokens.read(key)
    revoked = ApiToken.objects.get().revoked_at
    signed_in.post(address)
    assert ApiToken.objects.get().revoked_at == revoked, "once is enough"
    assert "révoqué le" in signed_in.get(reverse("people:tokens")).text


def test_a_token_of_another_is_not_there(signed_in: Client) -> None:
    other = User.objects.create_user("b@example.org", "x")
    made, key = tokens.mint(other, "à une autre", [Scope.READ], 30)
    for method in ("get", "post"):
        address = reverse("people:token_revoke", args=[made.pk])
        assert getattr(signed_in, method)(address).status_code == 404
    assert tokens.read(key)
    assert "à une autre" not in signed_in.get(reverse("people:tokens")).text
    assert signed_in.get(f"/compte/jetons/{2**70}/revoquer/").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": ""}, "name"), ({"name": "a" * 101}, "name"), ({"name": "a\x00"}, "name"),
     ({"scope": "admin"}, "scope"), ({"days": "31"}, "days"), ({"days": "x"}, "days"),
     ({"days": ""}, "days")],
)  # fmt: skip
def test_a_form_that_is_wrong_makes_nothing(signed_in: Client, given: dict[str, str], field: str) -> None:
    response = make(signed_in, **given)
    assert set(response.context["form"].errors) == {field}
    assert not ApiToken.objects.exists()


def test_one_too_many_is_told(signed_in: Client, ada: User) -> None:
    for n in range(tokens.MOST):
        tokens.mint(ada, f"{n}", [Scope.READ], 30)
    assert "révoquez d’abord" in make(signed_in).text


@pytest.mark.parametrize("name", ["tokens", "token_new"])
def test_nobody_signed_in_is_sent_to_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(f"people:{name}"))
    assert response["Location"].startswith(reverse("account_login"))
