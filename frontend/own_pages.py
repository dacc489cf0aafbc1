"""The pages that a person keeps: what is missing on each, and what waits there for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from contributions.models import Photo, Proposal, ProposalState
from directory import belonging, linking
from directory.contacts import shown
from directory.models import ACTIVITIES_PER_SECTOR, ActivityState, Initiative, Precision, Role, RoleKind
from directory.permissions import Person
from verification.confirming import to_confirm


@dataclass(frozen=True, slots=True)
class Task:
    """Something to see to; without an ``address``, only to know."""

    label: str
    address: str = ""


def kept_by(person: User) -> QuerySet[Initiative]:
    """The initiatives that this person answers for, by name."""
    held = person.roles.held().filter(kind=RoleKind.OWNER).values("initiative")
    return Initiative.objects.filter(pk__in=held).defer("search").order_by("name_sort", "pk")


def keeps(person: User, initiative: Initiative) -> bool:
    return person.roles.held().filter(kind=RoleKind.OWNER, initiative=initiative).exists()


def keeps_pages(person: Person) -> bool:
    """Whether there are any: of whom the list of pages shows its line."""
    return isinstance(person, User) and person.roles.held().filter(kind=RoleKind.OWNER).exists()


def waiting(initiative: Initiative, requests: Iterable[Role]) -> list[Task]:
    """What others asked of this initiative and nobody answered yet; what grows old. ``requests``: those for
    roles that the person may decide of."""
    ties, found = at("people:tie_initiative", initiative.slug), []
    if to_confirm(initiative):
        said = _("Dire que tout est encore vrai : personne ne l’a fait depuis deux ans")
        found.append(Task(said, at("people:verify", initiative.slug)))
    links = linking.to_answer([initiative]).count()
    said = ngettext("%(n)s lien attend votre accord", "%(n)s liens attendent votre accord", links)
    found += some(links, said, ties)
    asked = belonging.waiting().filter(initiative=initiative, member_agreed_at=None).count()
    said = ngettext("%(n)s adhésion attend votre accord", "%(n)s adhésions attendent votre accord", asked)
    found += some(asked, said, ties)
    others = len([role for role in requests if role.initiative_id == initiative.pk])
    said = ngettext(
        "%(n)s personne demande à tenir cette page", "%(n)s personnes demandent à tenir cette page", others
    )
    found += some(others, said, at("people:role_requests"))
    proposed = Proposal.objects.filter(initiative=initiative, state=ProposalState.WAITING).count()
    said = ngettext(
        "%(n)s correction proposée attend la modération",
        "%(n)s corrections proposées attendent la modération",
        proposed,
    )
    return [*found, *some(proposed, said), *offered(initiative)]


def some(number: int, said: str, address: str = "") -> list[Task]:
    return [Task(said % {"n": number}, address)] if number else []


def offered(initiative: Initiative) -> list[Task]:
    """What an initiative may do here and has not done."""
    found = []
    if not initiative.charter_signatory and (address := at("frontend:charter_sign")):
        found.append(Task(_("Signer la charte des circuits courts solidaires"), address))
    if not initiative.responses.exists() and (address := at("people:profiles")):
        found.append(Task(_("Situer l’initiative : l’auto-évaluation sur quatre dimensions"), address))
    return found


def missing(initiative: Initiative) -> list[Task]:
    """What the page lacks, the most useful to a visitor first."""
    edit = at("people:initiative_edit", initiative.slug)
    every = (
        (not initiative.summary, _("Une phrase qui dit ce qu’elle fait"), f"{edit}#id_summary"),
        (
            not reachable(initiative),
            _("Un moyen de la joindre : téléphone, site ou personne"),
            f"{edit}#id_phone",
        ),
        (
            vague(initiative),
            _("Sa position exacte : la carte ne montre que la commune"),
            f"{edit}#id_location",
        ),
        (
            all(each % ACTIVITIES_PER_SECTOR == 0 for each in initiative.activities),
            _("Une activité précise : seul le secteur est connu"),
            f"{edit}#id_main",
        ),
        (not initiative.description, _("Une description"), f"{edit}#id_description"),
        (not initiative.opening_hours, _("Ses horaires"), f"{edit}#id_opening_hours"),
        (
            not Photo.objects.filter(initiative=initiative).exists(),
            _("Une photo"),
            at("people:initiative_photo", initiative.slug),
        ),
        (initiative.legal_form == "unknown", _("Sa forme juridique"), f"{edit}#id_legal_form"),
    )
    if initiative.activity_state == ActivityState.CLOSED:
        return []
    return [Task(label, address) for lacks, label, address in every if lacks and address]


def reachable(initiative: Initiative) -> bool:
    return bool(initiative.phone or initiative.website or initiative.email or shown(initiative).exists())


def vague(initiative: Initiative) -> bool:
    """Not where it was blurred on purpose."""
    return initiative.location is None or initiative.precision == Precision.COMMUNE


def at(name: str, *args: Any) -> str:
    """The address of a page; empty where its room has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def team(initiative: Initiative) -> QuerySet[Role]:
    held = Role.objects.held().filter(kind=RoleKind.OWNER, initiative=initiative)
    return held.select_related("person").order_by("decided_at", "pk")
