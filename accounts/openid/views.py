"""Out to the provider, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

from accounts.openid.identity import Adapter

View = Callable[[HttpRequest, str], HttpResponse]
# A provider that is away, or says what no provider should: a part is missing, or of another kind.
NONSENSE = (OAuth2Error, RequestException, jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError)


def plainly(view: View) -> View:
    """The page of a failed sign-in for whatever the provider does; 404 where there is no such provider."""

    @wraps(view)
    def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            provider = Adapter(request, provider_id).get_provider()
        except SocialApp.DoesNotExist:
            raise Http404 from None
        try:
            response = view(request, provider_id)
        except NONSENSE as error:
            response = render_authentication_error(request, provider, exception=error)
        return response

    return login_not_required(answer)


@plainly
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return OAuth2LoginView.adapter_view(Adapter(request, provider_id))(request)


@plainly
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
