"""Links of connection: a mailed address that opens an account, once, for half an hour.

Signed as Django signs the links of a forgotten password: it dies with a change of password, of address, of
last sign-in; and with the count of links used, so that it does not serve twice before a second factor.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import F
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import override

from accounts.models import User
from mail.posting import post

MINUTES = 30


class Links(PasswordResetTokenGenerator):
    key_salt = "accounts.links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.links_used}"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        return bool(self._num_seconds(self._now()) - made <= MINUTES * 60)


_links = Links()


def send_link(email: str, language: str, onward: str = "") -> None:
    """Write to this address: the link of its account, or that it has none. The caller is told nothing.

    Only the address that an account signs in with counts, never one that waits to be confirmed: else who
    announced the address of another would have the link of their own account sent there.
    """
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        with override(language):
            signup = f"{settings.SITE_URL}{reverse('account_signup')}"
        post("accounts.unknown", to=email, language=language, context={"email": email, "signup_url": signup})
        return
    with override(person.language):
        path = reverse("people:open_link", args=[int_to_base36(person.pk), _links.make_token(person)])
    url = f"{settings.SITE_URL}{path}{onward and f'?{onward}'}"
    told = {"email": person.email, "link_url": url, "minutes": MINUTES}
    post("accounts.link", to=person.email, language=person.language, context=told)


def holder(key: str, token: str) -> User | None:
    """Whose link this is, while it serves; nothing is changed."""
    try:
        person = User.objects.filter(pk=base36_to_int(key), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return person if person and _links.check_token(person, token) else None


def use(key: str, token: str) -> User | None:
    """Whose link this is; it serves no more, and the address is known to be theirs.

    Who reads the mail of an address that nobody had confirmed may not be who chose the password: it goes.
    """
    person = holder(key, token)
    if person is None:
        return None
    seen = User.objects.filter(pk=person.pk, links_used=person.links_used)
    if not seen.update(links_used=F("links_used") + 1):  # used in another window in the meantime
        return None
    person.refresh_from_db()
    if not person.own_address().verified:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        person.own_address(verified=True)
    return person
