"""How the files of a network are read: made by who coordinates it, kept for the files that follow."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from accounts.models import User
from directory.models import Grouping, Role, RoleKind, Source
from directory.permissions import Action, Person, may, require
from exchange.models import Import, Profile
from territories.names import fold

LONGEST_NAME = 200


def brings_listings(person: Person) -> bool:
    """Whether there is anything for which this person may bring a listing."""
    return may(person, Action.IMPORT_LISTINGS) or groupings_of(person).exists()


def groupings_of(person: Person) -> QuerySet[Grouping]:
    """The networks and PTCE for which this person may bring a listing."""
    if not isinstance(person, User) or not person.is_active:
        return Grouping.objects.none()
    if may(person, Action.IMPORT_LISTINGS):
        return Grouping.objects.order_by("name", "pk")
    held = Role.objects.held().filter(person=person, kind=RoleKind.COORDINATOR).values("grouping")
    return Grouping.objects.filter(pk__in=held).order_by("name", "pk")


def profiles_of(person: Person) -> QuerySet[Profile]:
    return Profile.objects.filter(_of(person, "grouping")).select_related("grouping", "source")


def imports_of(person: Person) -> QuerySet[Import]:
    """What this person and those who coordinate the same networks brought, latest first."""
    return Import.objects.filter(_of(person, "profile__grouping")).select_related("profile", "by", "work")


def _of(person: Person, name: str) -> Q:
    """Those of one's groupings; an administrator's are all, those of no grouping too."""
    return Q() if may(person, Action.IMPORT_LISTINGS) else Q(**{f"{name}__in": groupings_of(person)})


@transaction.atomic
def create(person: User, name: str, grouping: Grouping | None) -> Profile:
    """A way of reading, with the source to which the identifiers of its files belong."""
    require(person, Action.IMPORT_LISTINGS, grouping)
    slug = _free_slug(name)
    source = Source.objects.create(slug=slug, name=name, url=grouping.website if grouping else "")
    return Profile.objects.create(slug=slug, name=name, owner=person, grouping=grouping, source=source)


def named(name: str, **told: Any) -> Profile:
    """The profile of this name, made where there is none; for who answers for the whole site.

    ``told`` is kept: ``columns`` and ``fixed`` beside those known, ``publish``, ``complete``.
    """
    slug = slugify(fold(name)) or "liste"
    with transaction.atomic():
        source, _made = Source.objects.get_or_create(slug=slug, defaults={"name": name})
        profile, _made = Profile.objects.get_or_create(
            slug=slug, defaults={"name": name, "source": source, "publish": True}
        )
        for key, value in told.items():
            setattr(profile, key, getattr(profile, key) | value if isinstance(value, dict) else value)
        profile.save()
    return profile


def keep(profile: Profile, person: User, **told: Any) -> None:
    """Keep what a person says of the files: ``columns``, ``fixed``, ``values``, ``publish``, ``complete``.

    What is said of the columns and values of other files stays.
    """
    require(person, Action.IMPORT_LISTINGS, profile.grouping)
    for name, value in told.items():
        setattr(profile, name, value)
    profile.save(update_fields=[*told, "updated_at"])


def _free_slug(name: str) -> str:
    base = slugify(fold(name)) or "liste"
    for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))):
        taken = Source.objects.filter(slug=slug).exists() or Profile.objects.filter(slug=slug).exists()
        if not taken:
            return slug
    raise ValueError(f"No free slug for {name!r}.")
