"""Who asks: the address of a visitor, as far as it can be known."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # no address is bound: a server asked through a socket file tells none


def address_of(request: HttpRequest) -> str:
    """Who asks: what the proxy says where there is one that we trust, else the other end of the line."""
    told = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    return told.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def ip_of(request: HttpRequest) -> str:
    """The same as an IP address and nothing else: it is kept with a session, and counted."""
    try:
        return str(ipaddress.ip_address(address_of(request)))
    except ValueError:
        return UNKNOWN
