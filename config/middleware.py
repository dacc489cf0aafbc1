"""Headers that no library sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# « Près de moi » asks where one is, from our own pages; nothing else of the device is used.
POLICY = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response

    return answer
