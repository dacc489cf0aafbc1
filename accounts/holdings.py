"""What this room, and the libraries that it stands on, hold of a person."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from accounts.personal import register
from jobs.models import Work
from mail.models import Message


def profile(person: User) -> dict[str, Any]:
    return {
        "number": person.pk,
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "administrator": person.is_superuser,
        "staff": person.is_staff,
        "joined": person.date_joined,
        "last_sign_in": person.last_login,
        "has_password": person.has_usable_password(),
        "links_used": person.links_used,
    }


def addresses(person: User) -> list[dict[str, Any]]:
    return list(EmailAddress.objects.filter(user=person).values("email", "verified", "primary"))


def sessions(person: User) -> list[dict[str, Any]]:
    kept = UserSession.objects.filter(user=person).order_by("created_at")
    return list(kept.values("created_at", "last_seen_at", "ip", "user_agent"))


def end_sessions(person: User) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


def second_factors(person: User) -> list[dict[str, Any]]:
    """What they are called and when they were used; never what they are made of."""
    kept = Authenticator.objects.filter(user=person).order_by("created_at")
    return [
        {
            "kind": each.type,
            "name": each.data.get("name", ""),
            "made": each.created_at,
            "used": each.last_used_at,
        }
        for each in kept
    ]


def connections(person: User) -> list[dict[str, Any]]:
    kept = SocialAccount.objects.filter(user=person)
    return list(kept.values("provider", "uid", "extra_data", "date_joined", "last_login"))


def letters(person: User) -> list[dict[str, Any]]:
    kept = Message.objects.filter(to__iexact=person.email).order_by("created_at")
    return [dict(each) for each in kept.values("subject", "state", "created_at", "sent_at")]


def forget_letters(person: User) -> None:
    Message.objects.filter(to__iexact=person.email).delete()


def administration(person: User) -> list[dict[str, Any]]:
    """What the person did in the administration, and what was done there to their account."""
    kept = LogEntry.objects.filter(user=person).order_by("action_time")
    return [dict(each) for each in kept.values("action_time", "object_repr", "change_message")]


def forget_administration(person: User) -> None:
    """The journal of the administration names whom it is about."""
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).delete()


def tokens(person: User) -> list[dict[str, Any]]:
    """What they are called and when they served; their keys are not held."""
    kept = person.tokens.order_by("created_at")
    said = ("name", "mark", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    return [dict(each) for each in kept.values(*said)]


def works(person: User) -> list[dict[str, Any]]:
    kept = Work.objects.filter(asked_by=person).order_by("created_at")
    return [dict(each) for each in kept.values("label", "state", "created_at", "result")]


register("account", profile)
register("addresses", addresses)
register("sessions", sessions, end_sessions)
register("second_factors", second_factors)
register("connected_accounts", connections)
register("letters", letters, forget_letters)
register("administration", administration, forget_administration)
register("tokens", tokens)
register("jobs", works)
