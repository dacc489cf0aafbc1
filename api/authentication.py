"""Who asks: the owner of a token, or whoever is signed in in this browser. What is public asks nobody.

A token that opens nothing is refused, never taken for nobody's. A browser's session comes with Django's
CSRF check; a token has none to fear, since no browser sends it by itself.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import tokens
from accounts.errors import TokenRefused
from accounts.models import ApiToken, Scope, User

REALM = 'Bearer realm="Maillage"'
# Longer than any header of ours: told apart before anything is made of it.
LONGEST = 200
WHY = {
    "unknown": "This token is not one of this site's.",
    "expired": "This token has expired.",
    "revoked": "This token was revoked.",
    "closed": "The account of this token is closed.",
}


class BadToken(AuthenticationFailed):
    """401 that says what is wrong with the token (RFC 6750)."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.challenge = f'{REALM}, error="invalid_token", error_description="{detail}"'


class BeyondScope(PermissionDenied):
    """403: the token was given for less."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This token lacks the scope “{scope}”.")
        self.challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'


class Bearer(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":  # a proxy may have its own
            return None
        key = given.strip(" ")
        if len(key) > LONGEST:
            raise BadToken(WHY["unknown"])
        try:
            token = tokens.read(key)
        except TokenRefused as refused:
            raise BadToken(WHY[refused.reason]) from None
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class Scoped(BasePermission):
    """Somebody, whose token (if that is how they came) has the scope that the view says."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, User):
            raise NotAuthenticated("Say who you are: send a token as “Authorization: Bearer …”.")
        scope = view.scope()
        if isinstance(request.auth, ApiToken) and scope not in request.auth.scopes:
            raise BeyondScope(scope)
        return True


class Personal:
    """A view, or a method of one, that answers somebody: asks who it is, and is kept by no cache."""

    # Methods that answer somebody; the others answer anybody.
    personal: tuple[str, ...] = ("GET", "HEAD", "PATCH")
    request: Any

    def is_personal(self) -> bool:
        return getattr(getattr(self, "request", None), "method", None) in self.personal

    def scope(self) -> str:
        return Scope.READ if self.request.method in ("GET", "HEAD") else Scope.WRITE

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [Bearer(), SessionAuthentication()] if self.is_personal() else []

    def get_permissions(self) -> list[BasePermission]:
        return [Scoped()] if self.is_personal() else []

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if self.is_personal():
            response.headers["Cache-Control"] = "private, no-store"
        return response


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = Bearer
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Made on the page “Jetons d’API” of one's account; scopes `read` and `write`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"
    priority = 1  # instead of the library's own, which knows another name of the cookie

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A browser that is signed in; what writes also sends `X-CSRFToken`.",
        }
