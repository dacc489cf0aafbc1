"""What every template may use."""

from typing import Any

from django.http import HttpRequest


def csp_nonce(request: HttpRequest) -> dict[str, Any]:
    """``csp_nonce``, under the name that django-leaflet and django-htmx use.

    It joins the policy only of the pages that write it, so public pages stay cacheable.
    """
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
