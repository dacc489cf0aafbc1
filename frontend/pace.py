"""How often one visitor may write. Addresses are hashed with the site's key, in memory, for an hour."""

from __future__ import annotations

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.visitor import address_of as address_of

WINDOW = 3_600  # seconds


def is_spent(request: HttpRequest, what: str, most: int) -> bool:
    """Whether ``too_often`` was true already, without counting this request."""
    return int(caches["visitors"].get(_key(request, what), 0)) > most


def _key(request: HttpRequest, what: str) -> str:
    return "pace-" + salted_hmac(f"frontend.pace.{what}", address_of(request)).hexdigest()


def too_often(request: HttpRequest, what: str, most: int) -> bool:
    """Count this request; True once its address made more than ``most`` within the hour.

    Each process of the server counts for itself.
    """
    key, cache = _key(request, what), caches["visitors"]
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > most
    except ValueError:  # the hour ended between these two lines
        return False
