"""What a provider says of a person, believed only once it is proved."""

from __future__ import annotations

import json
import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

NONCE = "openid_nonce"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LONGEST_ADDRESS, LONGEST_NUMBER = 254, 191


class Adapter(OpenIDConnectOAuth2Adapter):
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """OAuth2Error where the identity is not the one that was asked for, or does not hold together."""
        signed = kwargs["response"].get("id_token")
        if not isinstance(signed, str):
            raise OAuth2Error("no identity")
        told = {"id_token": self._decode_id_token(app, signed)}
        wanted = request.session.pop(NONCE, None)
        if not wanted or not secrets.compare_digest(str(told["id_token"].get("nonce", "")), wanted):
            raise OAuth2Error("nonce")
        if "userinfo_endpoint" in self.openid_config:
            told["userinfo"] = self._fetch_user_info(token.token)
            if told["userinfo"].get("sub") != told["id_token"].get("sub"):
                raise OAuth2Error("two persons")
        reject(told)
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, told)
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            answer.raise_for_status()
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        told = (
            self._verified(self.get_provider().app, answer.text)
            if kind == "application/jwt"
            else answer.json()
        )
        if not isinstance(told, dict):
            raise OAuth2Error("no person")
        return told

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        return self._verified(app, id_token)

    def _verified(self, app: SocialApp, signed: str) -> dict[str, Any]:
        """What one of the provider's keys signed, for us; a secret that we share signs nothing."""
        if jwt.get_unverified_header(signed).get("alg") not in ALGORITHMS:
            raise OAuth2Error("algorithm")
        read: dict[str, Any] = jwtkit.verify_and_decode(
            credential=signed,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return read


def reject(told: dict[str, dict[str, Any]]) -> None:
    """What no column takes: OAuth2Error."""
    if "\\u0000" in json.dumps(told):
        raise OAuth2Error("a null character")
    if not all(
        isinstance(each.get("sub"), str) and 0 < len(each["sub"]) <= LONGEST_NUMBER for each in told.values()
    ):
        raise OAuth2Error("no person")
    if any(len(str(each.get("email", ""))) > LONGEST_ADDRESS for each in told.values()):
        raise OAuth2Error("an address too long")
