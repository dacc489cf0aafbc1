"""However many attempts: only the first few look at a password, whichever process they fall on."""

from __future__ import annotations

from unittest import mock

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from accounts.limits import Limits
from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def attempt(login: str, password: str = "faux", **where: str) -> int:
    return Client().post("/compte/login/", {"login": login, "password": password}, **where).status_code


def test_ten_thousand_attempts_from_one_address() -> None:
    """Twenty-five here, as they must all fall within a minute, each at another account: ten of them are
    looked at, and no more in that minute."""
    with mock.patch("accounts.models.User.set_password") as checked:
        codes = [attempt(f"a{number}@example.org") for number in range(25)]
    assert codes == [200] * 10 + [429] * 15
    assert checked.call_count == 10


def test_attempts_at_one_account_from_everywhere(camille: User) -> None:
    with mock.patch("accounts.models.User.check_password", return_value=False) as checked:
        codes = [attempt(camille.email, REMOTE_ADDR=f"203.0.113.{number}") for number in range(20)]
    assert codes == [200] * 5 + [429] * 15
    assert checked.call_count == 5
    # The right password does not pass either: else trying it would tell.
    assert attempt(camille.email, PASSWORD, REMOTE_ADDR="198.51.100.1") == 429


def test_the_page_says_when_to_come_back(camille: User) -> None:
    for _ in range(5):
        attempt(camille.email)
    answer = Client().post("/compte/login/", {"login": camille.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Trop d’essais" in answer.content.decode()


def test_counts_are_kept_in_the_database_for_all_processes(camille: User) -> None:
    attempt(camille.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), bool_or(cache_key LIKE '%%camille%%') FROM accounts_limits")
        kept, named = cursor.fetchone()
    assert kept >= 2 and not named
    # Another process has objects of its own, and finds the same counts.
    other = Limits("accounts_limits", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
    other.set("shared", 1, 60)
    assert caches["default"].get("shared") == 1


def test_making_many_counts_does_not_forget_the_first_ones() -> None:
    small = Limits("accounts_limits", {"OPTIONS": {"MAX_ENTRIES": 3}})
    small.set("old", 1, -1)
    for number in range(10):
        small.set(f"n{number}", 1, 60)
    assert [small.get(f"n{number}") for number in range(10)] == [1] * 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_limits")
        assert cursor.fetchone() == (10,)


@pytest.mark.parametrize(("trusted", "last"), [(True, 200), (False, 429)])
def test_the_address_is_what_a_trusted_proxy_says(settings: object, trusted: bool, last: int) -> None:
    settings.TRUST_PROXY = trusted  # type: ignore[attr-defined]
    codes = [
        attempt(f"a{number}@example.org", headers={"X-Forwarded-For": f"1.2.3.4, 203.0.113.{number}"})  # type: ignore[arg-type]
        for number in range(11)
    ]
    assert codes[-1] == last


def test_what_a_visitor_writes_before_the_proxy_counts_for_nothing(settings: object) -> None:
    settings.TRUST_PROXY = True  # type: ignore[attr-defined]
    codes = [
        attempt(f"a{number}@example.org", headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"})  # type: ignore[arg-type]
        for number in range(11)
    ]
    assert codes[-1] == 429
