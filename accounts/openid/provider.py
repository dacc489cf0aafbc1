"""allauth finds its providers by the name of this module."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest

from accounts.openid.identity import NONCE, Adapter


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Nothing of the address of the page: whoever made that link could ask for more."""
        request.session[NONCE] = nonce = secrets.token_urlsafe(24)
        return {**self.get_auth_params(), "nonce": nonce}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Confirmed only where the provider says true: the word "false" is no truth."""
        found: list[EmailAddress] = super().extract_email_addresses(data)
        for address in found:
            address.verified = address.verified is True
        return found


provider_classes = [Provider]
