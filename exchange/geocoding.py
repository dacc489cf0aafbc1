"""Where addresses are, asked of the national address service, if one is set (``ADDRESS_SERVICE_URL``).

The same service gives suggestions while one types (:mod:`territories.addresses`); here many addresses are
asked one after the other by geopy's BANFrance, in batches whose answers are kept: what a process had learnt
before it was killed is not asked again. The service is asked no faster than ``RATE``; it says by 429 and
``Retry-After`` when that is too fast. One that does not answer is left alone for the rest of the run, and
whoever asked goes on without.

Format and limits: https://adresse.data.gouv.fr/api-doc/adresse (GeoCodeJSON, 50 requests a second).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from geopy.adapters import AdapterHTTPError, RequestsAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.geocoders import BANFrance
from urllib3.exceptions import HTTPError

from exchange.models import GeocodedAddress
from territories.addresses import LONGEST_ANSWER, SHORTEST, Address, asked_for, read
from territories.errors import AddressServiceDown
from territories.geometry import Point

# Seconds. A name that does not resolve, silence, and an answer that drips.
TO_CONNECT, OF_SILENCE, IN_ALL = 5.0, 10.0, 20.0
# Requests a second, well under what is allowed, for others ask too; answers kept together.
RATE, BATCH = 20, 50
# Tries for one address, the pause before the next (seconds, doubled), the longest that is waited on request.
TRIES, PAUSE, LONGEST_PAUSE = 3, 1.0, 60.0
# So many addresses in a row without an answer: the service is down.
MOST_UNANSWERED = 2
# How long an answer is good.
KEPT = timedelta(days=365)
ASKED_FOR = 3

# None where the service did not answer; empty where it knows no such address.
Answer = list[Address] | None
# Told after each batch: how many were answered, of how many.
Step = Callable[[int, int], None]

log = logging.getLogger(__name__)


class Down(Exception):
    """The service does not answer: it is left alone."""


class Bounded(RequestsAdapter):
    """geopy's own, which neither follows to another address nor waits for an answer without an end."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, max_retries=0)  # how often is for us to say

    def get_json(self, url: str, *, timeout: Any, headers: dict[str, str]) -> Any:
        body = self.body(url, headers)
        try:
            return json.loads(body)
        except ValueError as error:
            raise GeocoderParseError("its answer is no JSON") from error

    def body(self, url: str, headers: dict[str, str]) -> bytes:
        until = time.monotonic() + IN_ALL
        waits = (TO_CONNECT, OF_SILENCE)
        try:
            with self.session.get(
                url, headers=headers, timeout=waits, stream=True, allow_redirects=False
            ) as response:
                if response.status_code != requests.codes.ok:
                    status, told = response.status_code, response.headers
                    raise AdapterHTTPError(f"it answered {status}", status_code=status, headers=told, text="")
                return whole(response, until)
        except requests.Timeout as error:
            raise GeocoderTimedOut("no answer in time") from error
        except (requests.ConnectionError, HTTPError) as error:
            raise GeocoderUnavailable(type(error).__name__) from error
        except requests.RequestException as error:
            raise GeocoderServiceError(type(error).__name__) from error


def whole(response: requests.Response, until: float) -> bytes:
    body = b""
    for part in response.iter_content(16_384):
        body += part
        if len(body) > LONGEST_ANSWER:
            raise GeocoderServiceError("its answer is too long")
        if time.monotonic() > until:
            raise GeocoderTimedOut("its answer has no end")
    return body


class Service(BANFrance):
    """The service of the setting; its answers are read as suggestions are, one wrong feature left out."""

    def __init__(self) -> None:
        address = urlsplit(settings.ADDRESS_SERVICE_URL)
        super().__init__(
            scheme=address.scheme,
            domain=f"{address.netloc}{address.path}",
            user_agent="Maillage",
            adapter_factory=Bounded,
        )
        self.asked_at = 0.0

    def _parse_json(self, response: Any, exactly_one: bool = False) -> list[Address]:
        try:
            return read(response)
        except AddressServiceDown as error:
            raise GeocoderParseError(str(error)) from error

    def ask(self, text: str) -> Answer:
        """What the service knows of a text; None where it gave no answer. Down where it will give none."""
        for attempt in range(TRIES):
            self.keep_pace()
            pause = PAUSE * 2**attempt
            try:
                found: list[Address] = self.geocode(text, limit=ASKED_FOR, exactly_one=False)
                return found
            except GeocoderQueryError:
                return []  # it refuses the text
            except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges) as error:
                raise Down(str(error)) from error
            except GeocoderRateLimited as limited:
                pause = limited.retry_after if limited.retry_after is not None else pause
            except GeocoderServiceError as error:
                log.info("Address service: %s", error)
            if pause > LONGEST_PAUSE:
                raise Down(f"it asks for a pause of {pause:.0f} seconds")
            time.sleep(pause)
        return None

    def keep_pace(self) -> None:
        time.sleep(max(0.0, self.asked_at + 1 / RATE - time.monotonic()))
        self.asked_at = time.monotonic()


def is_set() -> bool:
    """Whether there is a service to ask."""
    return bool(settings.ADDRESS_SERVICE_URL)


def geocode(texts: Iterable[str], step: Step | None = None) -> dict[str, Answer]:
    """The addresses known for each text, the likeliest first; None for those without an answer.

    Answers are kept a year. Call it outside a transaction: what was learnt is then kept, whatever comes.
    """
    asked = {text: asked_for(text) for text in texts}
    wanted = {key for key in asked.values() if len(key) >= SHORTEST}
    answers: dict[str, Answer] = dict(kept(wanted))
    missing = sorted(wanted - answers.keys())
    if missing and is_set():
        service = Service()
        try:
            for batch in batches(missing):
                ask_batch(service, batch, answers)
                if step is not None:
                    step(len(answers), len(wanted))
        except Down as error:
            log.warning("Address service: %s. The import goes on without it.", error)
    return {text: answers.get(key) for text, key in asked.items()}


def batches(texts: list[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while batch := list(islice(rest, BATCH)):
        yield batch


def ask_batch(service: Service, texts: list[str], answers: dict[str, Answer]) -> None:
    """Ask for each, and keep what is answered even where the service goes down in the middle."""
    found: dict[str, Answer] = {}
    unanswered = 0
    try:
        for text in texts:
            found[text] = service.ask(text)
            unanswered = unanswered + 1 if found[text] is None else 0
            if unanswered == MOST_UNANSWERED:
                raise Down("it does not answer")
    finally:
        keep(found)
        answers |= found


def kept(texts: Iterable[str]) -> Iterator[tuple[str, list[Address]]]:
    fresh = GeocodedAddress.objects.filter(asked_at__gt=timezone.now() - KEPT)
    for text, found in fresh.filter(text__in=list(texts)).values_list("text", "found"):
        yield text, [Address(**{**each, "point": Point(*each["point"])}) for each in found]


def keep(answers: dict[str, Answer]) -> None:
    now = timezone.now()
    rows = [
        GeocodedAddress(text=text, found=[as_kept(each) for each in answer], asked_at=now)
        for text, answer in answers.items()
        if answer is not None
    ]
    GeocodedAddress.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["text"], update_fields=["found", "asked_at"]
    )


def as_kept(address: Address) -> dict[str, Any]:
    return {**asdict(address), "point": [address.point.lon, address.point.lat]}


def forget() -> int:
    """Drop the answers that are too old to be given; how many."""
    return GeocodedAddress.objects.filter(asked_at__lte=timezone.now() - KEPT).delete()[0]
