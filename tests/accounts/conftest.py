"""People with a confirmed address, and a browser for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User

PASSWORD = "quatre-vingts-choux"

Signed = Callable[..., Client]


@pytest.fixture(autouse=True)
def _forget_counts(db: None) -> None:
    caches["default"].clear()


@pytest.fixture
def camille(db: None) -> User:
    """Somebody with a password, a name, and a confirmed address."""
    person = User.objects.create_user("camille@example.org", PASSWORD, name="Camille Exemple")
    person.own_address(verified=True)
    return person


@pytest.fixture
def signed() -> Signed:
    """``signed(person)``: a browser where the person signed in with the password, just now."""

    def opened(person: User, **headers: Any) -> Client:
        client = Client(headers=headers or None)
        answer = client.post("/compte/login/", {"login": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return opened
