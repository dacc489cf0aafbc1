"""Administrators: active accounts with ``is_superuser``. There is always one, once there was."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import LastAdministrator
from accounts.models import User


@transaction.atomic
def begin_administration(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_superuser=True, is_staff=True)


@transaction.atomic
def end_administration(person: User) -> None:
    """The person administers no more. LastAdministrator where nobody else does."""
    refuse_without_successor(person)
    User.objects.filter(pk=person.pk).update(is_superuser=False, is_staff=False)


def refuse_without_successor(person: User) -> None:
    """Raise LastAdministrator where this person is the only one. Holds the rows of all administrators until
    the transaction ends, so that two who leave at once are asked one after the other."""
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").select_for_update()
    administrators = {each.pk for each in rows}
    if administrators == {person.pk}:
        raise LastAdministrator
