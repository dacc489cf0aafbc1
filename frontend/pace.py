"""How often one visitor may write. Who it is is hashed with the site's key, in memory, for an hour.

Every form has the limit of :func:`every_form`; those that write to others, or that need no account, have
narrower ones in their views, which show again what was typed.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.visitor import address_of as address_of
from frontend.views.errors import come_back

WINDOW = 3_600  # seconds
# Forms that one account, or one address without an account, may send within the hour: more than a hand can
# fill in; behind one address may sit everybody in the room of an event.
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 1_000, 2_000


def every_form(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one that knows the account: 429 past the limit, whatever the form. What was
    typed stays in the browser, which goes back to it. The API has limits of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and not request.path_info.startswith("/api/") and spent_all(request):
            return come_back(request, WINDOW, typed=True)
        return get_response(request)

    return answer


def spent_all(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return too_often(request, "every-form", MOST_OF_ACCOUNT, str(request.user.pk))
    return too_often(request, "every-form", MOST_OF_ADDRESS)


def is_spent(request: HttpRequest, what: str, most: int) -> bool:
    """Whether ``too_often`` was true already, without counting this request."""
    return int(caches["visitors"].get(_key(what, address_of(request)), 0)) > most


def _key(what: str, who: str) -> str:
    return "pace-" + salted_hmac(f"frontend.pace.{what}", who).hexdigest()


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
