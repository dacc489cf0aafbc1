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

if TYPE_CHECKING:
    from accounts.models import User

# What the coordinator of a grouping takes away of each person.
FIELDS = ("initiative", "name", "role", "email", "phone")


def contacts_of_members(grouping: Grouping) -> QuerySet[Contact]:
    """Who agreed to be known by networks, of published initiatives whose membership both sides agreed to."""
    members = Membership.objects.filter(EFFECTIVE, grouping=grouping).values("initiative")
    return (
        Contact.objects.agreeing(ConsentPurpose.NETWORKS)
        .filter(initiative__in=members, initiative__publication=Publication.PUBLISHED)
        .select_related("initiative")
        .order_by("initiative__name_sort", "name", "pk")
    )


@transaction.atomic
def export_members(grouping: Grouping, by: User, purpose: str) -> tuple[PersonalExport, list[Contact]]:
    """The contacts of a grouping's members, for its coordinator; logged in the same transaction."""
    require(by, Action.EXPORT_CONTACTS, grouping)
    contacts = list(contacts_of_members(grouping).select_for_update(of=("self",)))
    criteria = {"consent": ConsentPurpose.NETWORKS.value, "members_of": grouping.slug}
    made = record_export(by, "members", contacts, FIELDS, purpose, grouping=grouping, criteria=criteria)
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
