"""What the directory holds of a person who has an account, and how it is forgotten."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.personal import register
from directory.composing import discard, own
from directory.contacts import answers
from directory.errors import CompositionRefused
from directory.listings import forget as forget_listings
from directory.listings import own as own_listings
from directory.models import Contact, Initiative, PersonalExport, Report, Role, Story, StoryKind, StoryState


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


def roles(person: User) -> list[dict[str, Any]]:
    """Those asked for, held and past; with them goes the account."""
    return [_role(each) for each in targeted(Role.objects.filter(person=person))]


def roles_decided(person: User) -> list[dict[str, Any]]:
    """What the person granted, refused or ended: whose role it was belongs to somebody else."""
    decided = Role.objects.filter(Q(decided_by=person) | Q(ended_by=person))
    kept = ("role", "target", "decided", "granted", "ended")
    return [{name: _role(each)[name] for name in kept} for each in targeted(decided)]


def targeted(roles: QuerySet[Role]) -> QuerySet[Role]:
    return roles.select_related("initiative", "grouping", "territory").order_by("asked_at", "pk")


def _role(role: Role) -> dict[str, Any]:
    target = role.initiative or role.grouping or role.territory
    return {
        "role": role.kind,
        "target": target.name if target else None,
        "reason": role.reason,
        "asked": role.asked_at,
        "decided": role.decided_at,
        "granted": role.granted,
        "ended": role.ended_at,
    }


def reports_handled(person: User) -> list[dict[str, Any]]:
    kept = Report.objects.filter(handled_by=person).order_by("handled_at")
    return [dict(each) for each in kept.values("reference", "name", "reason", "handled_at", "answer")]


def published(person: User) -> dict[str, list[str]]:
    """What stays published, and bears the number of the account only."""
    verified = Initiative.objects.filter(verified_by=person).order_by("slug")
    return {
        "initiatives_verified": list(verified.values_list("slug", flat=True)),
    }


def territories(person: User) -> list[dict[str, Any]]:
    """The territories that the person composed, those that only their address leads to included."""
    kept = own(person)
    return [dict(each) for each in kept.values("id", "name", "dated", "source", "listed")]


def listings(person: User) -> list[dict[str, Any]]:
    """The person's own lists; they go with the account unless something rests upon them."""
    kept = own_listings(person).prefetch_related("picks__initiative")
    return [
        {
            "address": each.slug,
            "name": each.name,
            "note": each.note,
            "criteria": each.criteria or each.thawed_criteria,
            "frozen": each.frozen_at,
            "added": [pick.initiative.slug for pick in each.picks.all() if pick.included],
            "taken_out": [pick.initiative.slug for pick in each.picks.all() if not pick.included],
            "created": each.created_at,
        }
        for each in kept
    ]


def stories(person: User) -> list[dict[str, Any]]:
    """Experience sheets and testimonies, drafts included."""
    told = (
        "initiative__name", "kind", "state", "language", "title", "context", "text", "difficulties", "advice",
        "signature", "created_at", "sent_at", "decided_at", "reason",
    )  # fmt: skip
    return [dict(each) for each in person.stories.order_by("pk").values(*told)]


def forget_stories(person: User) -> None:
    """Her words go with her; a published sheet is the initiative's, and stays unsigned."""
    sheets = person.stories.filter(kind=StoryKind.SHEET, state=StoryState.PUBLISHED)
    sheets.update(signature="", account=None)
    person.stories.all().delete()


def stories_decided(person: User) -> list[dict[str, Any]]:
    """What the person published, refused or took down: the words are somebody else's."""
    decided = Story.objects.filter(decided_by=person).order_by("decided_at")
    return [dict(each) for each in decided.values("uuid", "state", "decided_at", "reason")]


def forget_territories(person: User) -> None:
    """What nobody else was shown goes, unless something rests upon it; the rest stays, without its author."""
    for each in own(person).filter(listed=False):
        with suppress(CompositionRefused):
            discard(each, person)


register("roles", roles)
register("territories", territories, forget_territories)
register("listings", listings, forget_listings)
register("stories", stories, forget_stories)
register("stories_decided", stories_decided)
register("roles_decided", roles_decided)
register("reports_handled", reports_handled)
register("published", published)
register("contacts", contacts, forget_contacts)
register("exports_of_contacts", exports)
register("reports", reports, forget_reports)
