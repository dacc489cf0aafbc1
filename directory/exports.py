"""Exports that hold persons: only who agreed, only what is asked for, each logged before it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from directory.errors import ContactRefused
from directory.models import (
    EFFECTIVE,
    LONGEST_PURPOSE,
    ConsentPurpose,
    Contact,
    ExportedContact,
    Grouping,
    Membership,
    PersonalExport,
    Publication,
)
from directory.permissions import Action, require
from directory.search import SearchCriteria

if TYPE_CHECKING:
    from accounts.models import User

# What the coordinator of a grouping takes away of each person.
FIELDS = ("initiative", "name", "role", "email", "phone")


def contacts_of_members(grouping: Grouping, criteria: SearchCriteria | None = None) -> QuerySet[Contact]:
    """Who agreed to be known by networks, of published initiatives whose membership both sides agreed to; of
    those of a selection alone where there are ``criteria``."""
    members = Membership.objects.filter(EFFECTIVE, grouping=grouping).values("initiative")
    agreeing = Contact.objects.agreeing(ConsentPurpose.NETWORKS)
    if criteria is not None:
        agreeing = agreeing.filter(initiative__in=criteria.initiatives().values("pk"))
    return (
        agreeing.filter(initiative__in=members, initiative__publication=Publication.PUBLISHED)
        .select_related("initiative")
        .order_by("initiative__name_sort", "name", "pk")
    )


@transaction.atomic
def export_members(
    grouping: Grouping, by: User, purpose: str, criteria: SearchCriteria | None = None
) -> tuple[PersonalExport, list[Contact]]:
    """The contacts of a grouping's members, for its coordinator; logged in the same transaction, with what
    was asked where ``criteria`` keep some of them."""
    require(by, Action.EXPORT_CONTACTS, grouping)
    contacts = list(contacts_of_members(grouping, criteria).select_for_update(of=("self",)))
    asked: dict[str, Any] = {"consent": ConsentPurpose.NETWORKS.value, "members_of": grouping.slug}
    if criteria is not None and criteria.params:
        asked["selection"] = criteria.params
    made = record_export(by, "members", contacts, FIELDS, purpose, grouping=grouping, criteria=asked)
    return made, contacts


@transaction.atomic
def record_export(
    by: User,
    what: str,
    contacts: Sequence[Contact],
    fields: Sequence[str],
    purpose: str,
    *,
    grouping: Grouping | None = None,
    criteria: Mapping[str, Any] | None = None,
) -> PersonalExport:
    """Write an export in the log: who, when, what of whom, and why. ContactRefused without a reason."""
    purpose = purpose.replace("\x00", "").strip()
    if not 1 <= len(purpose) <= LONGEST_PURPOSE:
        raise ContactRefused(_("Dites pourquoi vous exportez ces coordonnées, en 500 signes au plus."))
    made = PersonalExport.objects.create(
        person=by, what=what, grouping=grouping, criteria=dict(criteria or {}), fields=list(fields),
        rows=len(contacts), purpose=purpose,
    )  # fmt: skip
    ExportedContact.objects.bulk_create(ExportedContact(export=made, contact=each) for each in contacts)
    return made
