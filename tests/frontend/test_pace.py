"""Every form has a limit: who sends without end is asked to come back, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from frontend import pace
from tests.config.test_readonly import addresses, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pace, "MOST_OF_ADDRESS", 3)
    monkeypatch.setattr(pace, "MOST_OF_ACCOUNT", 2)
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


def codes(client: Client, times: int, **where: str) -> list[int]:
    return [client.post("/compte/", **where).status_code for _ in range(times)]  # type: ignore[arg-type]


def test_the_last_that_is_taken_and_the_first_that_is_not(client: Client) -> None:
    assert 429 not in codes(client, 3)
    assert codes(client, 2) == [429, 429]
    assert 429 not in codes(client, 1, REMOTE_ADDR="203.0.113.9")


def test_an_account_is_counted_wherever_it_sends_from(client: Client) -> None:
    client.force_login(User.objects.create_user("camille@example.org"))
    found = [codes(client, 1, REMOTE_ADDR=f"203.0.113.{number}")[0] for number in range(4)]
    assert found[2:] == [429, 429] and 429 not in found[:2]
    other = Client()
    other.force_login(User.objects.create_user("sacha@example.org"))
    assert 429 not in codes(other, 2, REMOTE_ADDR="203.0.113.1")


def test_the_page_says_when_and_that_nothing_is_lost(client: Client) -> None:
    codes(client, 3)
    answer = client.post("/en/compte/")
    assert answer.headers["Retry-After"] == "3600"
    page = answer.content.decode()
    assert "Come back in 60 minutes" in page and "What you wrote is not lost" in page


def test_reading_is_never_counted(client: Client) -> None:
    codes(client, 4)
    assert client.get("/a-propos/").status_code == 200


def test_no_address_of_the_site_takes_a_form_past_the_limit(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever answers under a name, whether or not it has a form: what is refused is refused before it."""
    monkeypatch.setattr(pace, "MOST_OF_ADDRESS", 0)
    taken, asked = [], 0
    for name, parts, converters in addresses():
        if name.startswith("api:"):
            continue
        try:
            address = reverse(name, kwargs={part: told(name, part, converters) for part in parts})
        except NoReverseMatch:
            continue
        if address.startswith("/api/"):
            continue
        asked += 1
        if client.post(address).status_code != 429:
            taken.append(name)
    assert asked > 200
    assert not taken
