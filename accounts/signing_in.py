"""What happens once somebody is signed in, and which of their sessions live."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User

# For how long a sign-in proves that it is still the same person, where nothing else can be asked.
FRESH = 600  # seconds


@receiver(user_logged_in, dispatch_uid="accounts.signing_in")
def know_address(sender: object, user: User, **kwargs: Any) -> None:
    """Here, where one may write: allauth would make the row when a page of it is asked for."""
    user.own_address()


@receiver(post_save, sender=Authenticator, dispatch_uid="accounts.codes")
def call_codes_seen(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """allauth would note it when their page is asked for; the site shows them again anyway."""
    if created and instance.type == Authenticator.Type.RECOVERY_CODES:
        instance.wrap().mark_as_viewed()


def living_sessions(person: User) -> list[UserSession]:
    """The sessions of a person that still open the account, the latest first. Reads only."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    now = person.get_session_auth_hash()

    def lives(session: UserSession) -> bool:
        return constant_time_compare(store(session.session_key).load().get(HASH_SESSION_KEY, ""), now)

    return [each for each in UserSession.objects.filter(user=person).order_by("-created_at") if lives(each)]


def must_prove(request: HttpRequest, person: User) -> bool:
    """Whether somebody with no password and no second factor signed in too long ago for what cannot be
    undone; who has one is asked for it by allauth."""
    if get_adapter().get_reauthentication_methods(person):
        return False
    records = get_authentication_records(request, person)
    return not records or time.time() - records[-1]["at"] > FRESH
