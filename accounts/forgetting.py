"""What nobody needs any more: accounts never confirmed, sessions that are over, old counts of attempts."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User

UNCONFIRMED_DAYS = 30


def forget() -> None:
    """Counts go when they have expired; sessions when their row is gone (clearsessions); accounts a month
    after they were made, if nobody ever confirmed their address nor signed in."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    old = timezone.now() - timedelta(days=UNCONFIRMED_DAYS)
    never = User.objects.filter(date_joined__lt=old, last_login=None, is_staff=False, is_superuser=False)
    never.exclude(Exists(confirmed)).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    UserSession.objects.exclude(Exists(living)).delete()
    caches["default"].forget_expired()  # type: ignore[attr-defined]  # accounts/limits.py
