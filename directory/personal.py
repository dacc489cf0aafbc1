"""What the directory holds of a person who has an account, and how it is forgotten."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from directory.contacts import answers
from directory.models import Contact, PersonalExport, Report


def contacts(person: User) -> list[dict[str, Any]]:
    """The person as a contact of initiatives, under the address of the account."""
    kept = Contact.objects.filter(email__iexact=person.email).select_related("initiative").order_by("pk")
    return [
        {
            "initiative": each.initiative.name,
            "name": each.name,
            "position": each.role,
            "phone": each.phone,
            "entered": each.created_at,
            "answers": list(
                each.consents.order_by("at").values("purpose", "granted", "at", "wording_version", "method")
            ),
            "agreed": [purpose for purpose, answer in answers(each).items() if answer and answer.granted],
            "exported": list(
                each.exports.order_by("export__at").values(
                    "export__at", "export__purpose", "export__grouping__name"
                )
            ),
        }
        for each in kept
    ]


def forget_contacts(person: User) -> None:
    Contact.objects.filter(email__iexact=person.email).delete()


def exports(person: User) -> list[dict[str, Any]]:
    """The exports of contacts that this person made; the log keeps them, without the account, three years."""
    made = PersonalExport.objects.filter(person=person).order_by("at")
    return [dict(each) for each in made.values("at", "what", "grouping__name", "fields", "rows", "purpose")]


def reports(person: User) -> list[dict[str, Any]]:
    made = Report.objects.filter(email__iexact=person.email).order_by("created_at")
    told = ("reference", "name", "reason", "message", "created_at", "handled_at", "answer")
    return [dict(each) for each in made.values(*told)]


def forget_reports(person: User) -> None:
    """What was reported stays with the record; the address does not."""
    Report.objects.filter(email__iexact=person.email).update(email="")


register("contacts", contacts, forget_contacts)
register("exports_of_contacts", exports)
register("reports", reports, forget_reports)
