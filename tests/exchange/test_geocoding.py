"""Many addresses asked of a service that answers, limits, hangs, lies or goes down."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from exchange import geocoding
from exchange.geocoding import MOST_UNANSWERED, TRIES, Service, forget, geocode
from exchange.models import GeocodedAddress
from territories.geometry import Point
from tests.address_service import STREETS, AddressService, address_service, collection, feature, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Any) -> Iterator[AddressService]:
    with address_service() as running:
        settings.ADDRESS_SERVICE_URL = running.url
        yield running


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made, but for those that keep the pace."""
    made: list[float] = []
    clock = SimpleNamespace(sleep=lambda seconds: made.append(seconds), monotonic=time.monotonic)
    monkeypatch.setattr(geocoding, "time", clock)
    monkeypatch.setattr(geocoding.Service, "keep_pace", lambda self: None)
    return made


def first(service: AddressService, *answers: Any) -> None:
    """Answer these, one request after the other, then as usual."""
    waiting, usual = list(answers), service.answering
    service.answering = lambda handler: (waiting.pop(0) if waiting else usual)(handler)


def test_an_address_is_asked_once_and_kept(service: AddressService) -> None:
    found = geocode(["12 rue du Moulin, 23500 Felletin", "  12 rue du Moulin,  23500 Felletin"])
    assert len(found) == 2
    for answer in found.values():
        assert answer is not None
        assert (answer[0].point, answer[0].commune) == (Point(2.173456, 45.883456), "23079")
    asked = {"path": "/geocodage/search", "q": "12 rue du Moulin, 23500 Felletin", "limit": "3"}
    assert service.asked == [asked]
    assert geocode(["12 rue du Moulin, 23500 Felletin"]) == {asked["q"]: found[asked["q"]]}
    assert len(service.asked) == 1


def test_what_the_service_does_not_know_is_kept_too(service: AddressService) -> None:
    service.answering = lambda handler: give(handler, collection([]))
    assert geocode(["rue nulle"]) == {"rue nulle": []}
    assert geocode(["rue nulle"]) == {"rue nulle": []}
    assert len(service.asked) == 1


def test_an_answer_is_good_for_a_year(service: AddressService) -> None:
    geocode(["rue du Lac", "rue du Pont"])
    old = timezone.now() - geocoding.KEPT
    GeocodedAddress.objects.filter(text="rue du Lac").update(asked_at=old - timedelta(minutes=1))
    GeocodedAddress.objects.filter(text="rue du Pont").update(asked_at=old + timedelta(minutes=1))
    geocode(["rue du Lac", "rue du Pont"])
    assert [asked["q"] for asked in service.asked] == ["rue du Lac", "rue du Pont", "rue du Lac"]
    GeocodedAddress.objects.filter(text="rue du Lac").update(asked_at=old - timedelta(minutes=1))
    assert forget() == 1
    assert GeocodedAddress.objects.get().text == "rue du Pont"


def limit(seconds: str) -> Any:
    return lambda handler: give(handler, "{}", 429, Retry_After=seconds)


def test_a_limit_is_waited_for_as_long_as_it_asks(service: AddressService, pauses: list[float]) -> None:
    first(service, limit("7"), limit("60"))
    assert geocode(["rue du Lac"])["rue du Lac"]
    assert pauses == [7, 60]
    assert len(service.asked) == 3


def test_a_limit_that_asks_too_long_ends_the_run(service: AddressService, pauses: list[float]) -> None:
    service.answering = limit("61")
    assert geocode(["rue du Lac", "rue du Pont"]) == {"rue du Lac": None, "rue du Pont": None}
    assert (len(service.asked), pauses) == (1, [])


WRONG = {
    "broken": lambda handler: give(handler, "{}", 500),
    "unavailable": lambda handler: give(handler, "{}", 503),
    "elsewhere": lambda handler: give(handler, "", 302, Location="http://127.0.0.1:9/"),
    "no JSON": lambda handler: give(handler, "<html>"),
    "cut short": lambda handler: give(handler, '{"features": [', Content_Length="900"),
    "half": lambda handler: give(handler, '{"type": "FeatureCollection", "features": ['),
    "no collection": lambda handler: give(handler, "[]"),
    "too long": lambda handler: give(handler, collection([feature("x" * 200_000, 2, 45)])),
    "limit without a time": lambda handler: give(handler, "{}", 429),
}


@pytest.mark.parametrize("failure", WRONG)
def test_a_failure_is_tried_again_later_and_later(
    service: AddressService, failure: str, pauses: list[float]
) -> None:
    first(service, WRONG[failure], WRONG[failure])
    assert geocode(["rue du Lac"])["rue du Lac"]
    assert pauses == [1, 2]


@pytest.mark.parametrize("failure", WRONG)
def test_a_service_that_fails_is_left_alone_and_nothing_false_is_kept(
    service: AddressService, failure: str
) -> None:
    service.answering = WRONG[failure]
    texts = ["rue du Lac", "rue du Pont", "rue du Puits", "rue du Four"]
    assert geocode(texts) == dict.fromkeys(texts)
    assert len(service.asked) == MOST_UNANSWERED * TRIES
    assert not GeocodedAddress.objects.exists()
    service.answering = lambda handler: give(handler, collection(STREETS))
    assert all(geocode(texts).values())


def test_one_address_without_an_answer_does_not_stop_the_others(service: AddressService) -> None:
    def answer(handler: Any) -> None:
        (text,) = parse_qs(urlsplit(handler.path).query)["q"]
        give(handler, collection(STREETS)) if text != "rue du Lac" else give(handler, "{}", 500)

    service.answering = answer
    found = geocode(["rue du Four", "rue du Lac", "rue du Pont"])
    assert (found["rue du Lac"], bool(found["rue du Four"]), bool(found["rue du Pont"])) == (None, True, True)


@pytest.mark.parametrize("status", [401, 403])
def test_a_service_that_wants_a_key_is_not_insisted_upon(service: AddressService, status: int) -> None:
    service.answering = lambda handler: give(handler, "{}", status)
    assert geocode(["rue du Lac", "rue du Pont"]) == {"rue du Lac": None, "rue du Pont": None}
    assert len(service.asked) == 1


def test_a_refused_text_is_no_failure(service: AddressService) -> None:
    first(service, lambda handler: give(handler, '{"code": 400}', 400))
    assert geocode(["rue du Lac"]) == {"rue du Lac": []}


def test_a_feature_that_cannot_be_read_is_left_out(service: AddressService) -> None:
    broken = {"type": "Feature", "geometry": None, "properties": {}}
    service.answering = lambda handler: give(handler, collection([broken, *STREETS]))
    assert len(geocode(["rue du Lac"])["rue du Lac"] or []) == len(STREETS)


@pytest.mark.parametrize("kind", ["silent", "dripping"])
def test_a_service_that_hangs_is_given_up(
    service: AddressService, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "OF_SILENCE", 0.05 if kind == "silent" else 1)
    monkeypatch.setattr(geocoding, "IN_ALL", 0.1)

    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not service.stopped.wait(0.03):
            handler.wfile.write(b" " * 20_000)

    service.answering = drip if kind == "dripping" else lambda handler: service.stopped.wait() and None
    assert geocode(["rue du Lac", "rue du Pont"]) == {"rue du Lac": None, "rue du Pont": None}
    assert len(service.asked) == MOST_UNANSWERED * TRIES


def test_nobody_listening(settings: Any, pauses: list[float]) -> None:
    settings.ADDRESS_SERVICE_URL = "http://127.0.0.1:9"
    assert geocode(["rue du Lac"]) == {"rue du Lac": None}
    assert pauses == [1, 2, 4]


def test_a_process_killed_in_the_middle_keeps_what_it_learnt(
    service: AddressService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "BATCH", 2)
    texts = [f"rue {number}" for number in range(5)]

    def killed(done: int, total: int) -> None:
        assert total == 5
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        geocode(texts, killed)
    assert GeocodedAddress.objects.count() == 4
    assert all(geocode(texts).values())
    assert [asked["q"] for asked in service.asked] == texts  # each of them once


def test_it_goes_no_faster_than_its_pace(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.undo()
    settings.ADDRESS_SERVICE_URL = "http://127.0.0.1:9/geocodage"
    now, made = 100.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        made.append(round(seconds, 6))

    monkeypatch.setattr(geocoding, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: now))
    asking = Service()
    asking.keep_pace()
    asking.keep_pace()
    now += 0.02
    asking.keep_pace()
    now += 1
    asking.keep_pace()
    assert made == [0, 0.05, 0.03, 0]


def test_what_is_kept_is_plain_json(service: AddressService) -> None:
    geocode(["rue du Lac"])
    (kept,) = GeocodedAddress.objects.values_list("found", flat=True)
    assert json.loads(json.dumps(kept))[0]["point"] == [2.173456, 45.883456]
