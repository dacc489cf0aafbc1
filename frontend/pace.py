"""The limit of every form, counted as :mod:`accounts.pace` counts.

Those that write to others, or that need no account, have narrower ones in their views, which show again what
was typed.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.pace import WINDOW, too_often
from frontend.views.errors import come_back

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
