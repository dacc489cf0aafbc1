"""Street addresses, asked of a national address service where one is set (``ADDRESS_SERVICE_URL``).

The service speaks as the geocoder of the Géoplateforme and addok do: ``GET {url}/search?q=…`` answers a
GeoJSON FeatureCollection (GeoCodeJSON). Only this server asks it: no browser does. A service that fails
is left alone for a minute, so that it costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import caches
from urllib3.exceptions import HTTPError

from territories.errors import AddressServiceDown
from territories.geometry import Point

# Seconds. A name that does not resolve, or an answer that drips, is no error of a socket: so the whole is
# bounded from outside, and the rest ends by itself.
TO_CONNECT, OF_SILENCE, IN_ALL = 1.0, 1.2, 1.5
LEFT_ALONE = 60
KEPT = 600
# What the service takes, in characters, and the most that it should send, in bytes.
SHORTEST, LONGEST = 3, 200
LONGEST_ANSWER = 200_000
ASKED_FOR = 10
# A municipality is in our own tables.
STREETS = ("housenumber", "street", "locality")
DOWN = "down"

log = logging.getLogger(__name__)
waiting = ThreadPoolExecutor(max_workers=4, thread_name_prefix="addresses")


@dataclass(frozen=True, slots=True)
class Address:
    """A street address and where it is. ``score`` is the service's, up to 1; ``commune`` an INSEE code."""

    label: str
    name: str
    postcode: str
    city: str
    type: str
    commune: str
    score: float
    point: Point


def service_host() -> str:
    """The host that is asked, for the pages that say so; empty where none is."""
    return urlsplit(settings.ADDRESS_SERVICE_URL).netloc.rpartition("@")[2]


def suggest_addresses(text: str, limit: int) -> list[Address]:
    """Streets, house numbers and hamlets for what is being typed; none where the service is not set, is
    down or finds nothing."""
    try:
        found = addresses(text)
    except AddressServiceDown:
        return []
    return [address for address in found if address.type in STREETS][:limit]


def addresses(text: str) -> list[Address]:
    """The addresses that the service gives for a text, the likeliest first, municipalities included.

    AddressServiceDown where it fails, and for a minute after.
    """
    asked = asked_for(text)
    if not settings.ADDRESS_SERVICE_URL or len(asked) < SHORTEST:
        return []
    kept = caches["addresses"]
    key = hashlib.sha256(f"{settings.ADDRESS_SERVICE_URL} {asked.casefold()}".encode()).hexdigest()
    found: list[Address] | None = kept.get(key)
    if found is None:
        if kept.get(DOWN):
            raise AddressServiceDown("the address service failed less than a minute ago")
        try:
            found = read(answer_in_time(asked))
        except AddressServiceDown as error:
            kept.set(DOWN, True, LEFT_ALONE)
            log.warning("Address service: %s. It is left alone for %d seconds.", error, LEFT_ALONE)
            raise
        kept.set(key, found, KEPT)
    return found


def asked_for(text: str) -> str:
    """The text as the service takes it: it begins with a letter or a digit, and is not too long."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    first = next((place for place, sign in enumerate(words) if sign.isalnum()), len(words))
    return words[first : first + LONGEST].strip()


def answer_in_time(text: str) -> Any:
    awaited = waiting.submit(answer, text)
    try:
        return awaited.result(IN_ALL)
    except TooLate:
        awaited.cancel()
        raise AddressServiceDown(f"no answer within {IN_ALL} seconds") from None


def answer(text: str) -> Any:
    """What the service answers, as JSON; None where it refuses the text."""
    try:
        with requests.Session() as session, asking(session, text) as response:
            if response.status_code == requests.codes.bad_request:
                return None
            if response.status_code != requests.codes.ok:
                raise AddressServiceDown(f"it answered {response.status_code}")
            body = response.raw.read(LONGEST_ANSWER + 1, decode_content=True)
        if len(body) > LONGEST_ANSWER:
            raise AddressServiceDown("its answer is too long")
        return json.loads(body)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise AddressServiceDown(f"{type(error).__name__}") from None


def asking(session: requests.Session, text: str) -> requests.Response:
    params: dict[str, str | int] = {"q": text, "limit": ASKED_FOR, "autocomplete": 1}
    return session.get(
        settings.ADDRESS_SERVICE_URL.rstrip("/") + "/search",
        params=params,
        headers={"Accept": "application/json", "User-Agent": "Maillage"},
        timeout=(TO_CONNECT, OF_SILENCE),
        allow_redirects=False,
        stream=True,
    )


def read(answered: Any) -> list[Address]:
    """The addresses of an answer; one that cannot be read is left out."""
    if answered is None:
        return []
    features = answered.get("features") if isinstance(answered, dict) else None
    if not isinstance(features, list):
        raise AddressServiceDown("its answer is no collection of features")
    return [address for feature in features if (address := address_of(feature)) is not None]


def address_of(feature: Any) -> Address | None:
    try:
        told = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"][:2]
        words = {name: told.get(name) or "" for name in ("label", "name", "postcode", "city", "type")}
        commune, score = told.get("citycode") or "", float(told.get("score") or 0)
        point = Point(float(lon), float(lat))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not words["label"] or not all(isinstance(word, str) for word in (*words.values(), commune)):
        return None
    shown = {name: word[:LONGEST] for name, word in words.items()}
    return Address(
        **{**shown, "name": shown["name"] or shown["label"]}, commune=commune, score=score, point=point
    )
