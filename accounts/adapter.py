"""What allauth asks of the site: who the visitor is, how a letter leaves, what too many attempts get."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import User
from accounts.visitor import ip_of
from mail.posting import post

# Longest password that is read: a longer one only costs time.
LONGEST_PASSWORD = 1_000
LONGEST_ADDRESS = 254


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return ip_of(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth names a template; the site has its own letters, in the language of who gets them."""
        person = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = person.language if person else (get_language() or "fr")[:2]
        told = {
            name: translate_url(str(value), language) if name.endswith("_url") else value
            for name, value in context.items()
            if isinstance(value, str | datetime)
        }
        with override(language):
            name, beside = letters.for_prefix(template_prefix)
            post(name, to=email, language=language, context=told | beside | {"email": email})

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """No password is looked at once there were too many: the page says so, with a time to come back."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(ratelimit.respond_429(request)) from None

    def clean_email(self, email: str) -> str:
        """As long as the column; the fields of allauth take more."""
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(_("Cette adresse est trop longue."))
        return str(super().clean_email(email))

    def new_user(self, request: HttpRequest) -> User:
        """Written to in the language of the page where they signed up."""
        return User(language=(get_language() or "fr")[:2])

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(_("Ce mot de passe est trop long : mille signes au plus."))
        return str(super().clean_password(password, user=user))


class ProviderAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Who a provider says that this is: an address and a name."""
        person: User = sociallogin.user
        email = str(data.get("email") or "").strip().lower()
        told = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        person.email = email if "@" in email else ""
        person.name = " ".join("".join(sign if sign.isprintable() else " " for sign in str(told)).split())[
            :150
        ]
        person.language = (get_language() or "fr")[:2]
        return person
