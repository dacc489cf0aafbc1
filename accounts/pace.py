"""How often one visitor may do something. Who it is is hashed with the site's key, in memory, for an hour.

What the pages and the API both take is counted under one name: two doors do not make twice as much.
"""

from __future__ import annotations

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.visitor import address_of

WINDOW = 3_600  # seconds


def is_spent(request: HttpRequest, what: str, most: int) -> bool:
    """Whether ``too_often`` was true already, without counting this request."""
    return int(caches["visitors"].get(_key(what, address_of(request)), 0)) > most


def too_often(request: HttpRequest, what: str, most: int, who: str = "") -> bool:
    """Count this request; True once its address, or ``who``, made more than ``most`` within the hour.

    Each process of the server counts for itself.
    """
    key, cache = _key(what, who or address_of(request)), caches["visitors"]
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > most
    except ValueError:  # the hour ended between these two lines
        return False


def _key(what: str, who: str) -> str:
    return "pace-" + salted_hmac(f"accounts.pace.{what}", who).hexdigest()
