"""Street addresses from a service that answers, refuses, hangs or talks nonsense."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from territories import addresses as room
from territories.addresses import addresses, asked_for, service_host, suggest_addresses
from territories.errors import AddressServiceDown
from territories.geometry import Point
from tests.address_service import STREETS, AddressService, address_service, collection, feature, give


@pytest.fixture
def service(settings: Any) -> Iterator[AddressService]:
    caches["addresses"].clear()
    with address_service() as running:
        settings.ADDRESS_SERVICE_URL = running.url
        yield running
    caches["addresses"].clear()


def test_what_the_service_gives(service: AddressService) -> None:
    found = suggest_addresses("  12 rue du moulin ", 5)
    assert [address.name for address in found] == ["12 Rue du Moulin", "Rue du Moulin"]
    assert (found[0].postcode, found[0].city, found[0].commune) == ("23500", "Felletin", "23079")
    assert found[0].point == Point(2.173456, 45.883456)
    assert service.asked == [
        {"path": "/geocodage/search", "q": "12 rue du moulin", "limit": "10", "autocomplete": "1"}
    ]
    assert len(suggest_addresses("12 rue du moulin", 1)) == 1
    assert [address.type for address in addresses("12 rue du moulin")][-1] == "municipality"


def test_the_same_text_is_asked_once(service: AddressService) -> None:
    for text in ("rue du lac", "Rue du Lac", "rue  du lac "):
        suggest_addresses(text, 5)
    assert len(service.asked) == 1


def test_without_a_service_there_is_no_address(settings: Any) -> None:
    settings.ADDRESS_SERVICE_URL = ""
    assert suggest_addresses("12 rue du moulin", 5) == []
    assert service_host() == ""


@pytest.mark.parametrize(
    ("text", "asked"), [("ab", False), ("abc", True), ("«  12 ", False), ("'12 rue", True)]
)
def test_what_is_too_short_is_not_asked(service: AddressService, text: str, *, asked: bool) -> None:
    suggest_addresses(text, 5)
    assert bool(service.asked) is asked


def test_a_text_is_cut_to_what_the_service_takes() -> None:
    assert len(asked_for("a" * 10_000)) == 200
    assert asked_for("\x00, rue\n du\x00lac") == "rue du lac"
    assert asked_for("§ !") == ""


FAILURES = {
    "too many": lambda handler: give(handler, "{}", 429, Retry_After="1"),
    "broken": lambda handler: give(handler, "{}", 500),
    "elsewhere": lambda handler: give(handler, "", 302, Location="http://127.0.0.1:9/"),
    "no JSON": lambda handler: give(handler, "<html>"),
    "cut short": lambda handler: give(handler, '{"features": [', Content_Length="900"),
    "no collection": lambda handler: give(handler, "[]"),
    "no features": lambda handler: give(handler, '{"features": {"a": 1}}'),
    "no text": lambda handler: give(handler, b"\xff\xfe\xff"),
    "too long": lambda handler: give(handler, collection([feature("x" * 200_000, 2, 45)])),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_gives_none_and_the_service_is_left_alone_for_a_minute(
    service: AddressService, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answering = FAILURES[failure]
    assert suggest_addresses("rue du lac", 5) == []
    with pytest.raises(AddressServiceDown):
        addresses("rue du pont")
    assert len(service.asked) == 1
    # after the minute it is asked again, and what failed was not kept
    caches["addresses"].delete(room.DOWN)
    service.answering = lambda handler: give(handler, collection(STREETS))
    assert len(suggest_addresses("rue du lac", 5)) == 2


def test_the_minute_is_a_minute(service: AddressService, monkeypatch: pytest.MonkeyPatch) -> None:
    service.answering = FAILURES["broken"]
    suggest_addresses("rue du lac", 5)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 58)
    suggest_addresses("rue du pont", 5)
    assert len(service.asked) == 1
    monkeypatch.setattr(time, "time", lambda: now + 61)
    suggest_addresses("rue du pont", 5)
    assert len(service.asked) == 2


def dripping(service: AddressService) -> Any:
    """Never silent for long, never at its end."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not service.stopped.wait(0.3):
            handler.wfile.write(b" ")

    return answer


@pytest.mark.parametrize("kind", ["silent", "dripping"])
def test_a_service_that_hangs_costs_a_second_and_a_half_once(service: AddressService, kind: str) -> None:
    service.answering = (
        dripping(service) if kind == "dripping" else lambda _handler: service.stopped.wait() and None
    )
    began = time.monotonic()
    assert suggest_addresses("rue du lac", 5) == []
    # a busy machine is late, but what drips or is silent never ends
    assert time.monotonic() - began < room.IN_ALL + 5
    assert suggest_addresses("rue du pont", 5) == []
    assert "rue du pont" not in [each["q"] for each in service.asked]


def test_a_refused_text_is_no_failure(service: AddressService) -> None:
    service.answering = lambda handler: give(handler, '{"code": 400}', 400)
    assert addresses("rue du lac") == []
    service.answering = lambda handler: give(handler, collection(STREETS))
    assert len(addresses("rue du pont")) == 3


def test_nobody_listening(settings: Any) -> None:
    caches["addresses"].clear()
    settings.ADDRESS_SERVICE_URL = "http://127.0.0.1:9"
    assert suggest_addresses("rue du lac", 5) == []
    caches["addresses"].clear()


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "x",
        {},
        {"properties": None, "geometry": None},
        {**feature("Rue", 2, 45), "geometry": None},
        {**feature("Rue", 2, 45), "geometry": {"coordinates": []}},
        feature("Rue", 2, 91),
        feature("Rue", "NaN", 45),
        feature("Rue", None, 45),
        feature("Rue", 2, 45, label=None),
        feature("Rue", 2, 45, label=["x"]),
        feature("Rue", 2, 45, score="haut"),
        feature("Rue", 2, 45, postcode=23500),
    ],
)
def test_an_address_that_cannot_be_read_is_left_out(service: AddressService, wrong: Any) -> None:
    service.answering = lambda handler: give(handler, collection([wrong, *STREETS]))
    assert [address.name for address in suggest_addresses("rue", 5)] == ["12 Rue du Moulin", "Rue du Moulin"]


def test_the_host_is_told_without_a_password(settings: Any) -> None:
    settings.ADDRESS_SERVICE_URL = "https://user:secret@adresses.example.org:8443/geocodage"
    assert service_host() == "adresses.example.org:8443"
