"""The pages of one's account, in the order of their list; a room adds its own in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from charter.mandates import decides_mandates
from diagnosis.catalogue import keeps_levers
from diagnosis.saving import saves_diagnoses
from directory.permissions import Action, Person, may
from directory.reports import sees_to_reports
from directory.ties import keeps_ties
from events.holders import holds_events
from exchange.profiles import brings_listings
from frontend.own_pages import keeps_pages
from verification.campaigns import runs as runs_campaigns


@dataclass(frozen=True)
class Page:
    label: str | Promise
    name: str
    # Pages whose name begins so belong to this one too.
    under: tuple[str, ...] = ()
    # Only for those who may do this, or of whom this is true.
    needs: Action | Callable[[Person], bool] | None = None


def providers_are_set(person: Person) -> bool:
    """Whether one may sign in by another service."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


PAGES = (
    Page(_("Profil"), "people:account"),
    Page(
        _("Mes initiatives"),
        "people:own_initiatives",
        ("people:own_initiative", "people:initiative_edit", "people:initiative_photo", "people:colleague"),
        keeps_pages,
    ),
    Page(_("Rôles"), "people:roles", ("people:role",)),
    Page(_("Courriel"), "account_email", ("account_email",)),
    Page(_("Mot de passe"), "account_change_password", ("account_change_password", "account_set_password")),
    Page(_("Double authentification"), "mfa_index", ("mfa_",)),
    Page(_("Sessions"), "people:sessions"),
    Page(_("Comptes reliés"), "socialaccount_connections", ("socialaccount_connections",), providers_are_set),
    Page(
        _("Contacts"), "people:contacts", ("people:contact", "people:initiative_contacts", "people:export_")
    ),
    Page(_("Liens et adhésions"), "people:ties", ("people:tie",), keeps_ties),
    Page(_("Récits"), "people:stories", ("people:stor",)),
    Page(_("Mes listes"), "people:listings", ("people:listing",)),
    Page(_("Imports"), "people:imports", ("people:import",), brings_listings),
    Page(_("Évènements"), "people:events", ("people:event",), holds_events),
    Page(
        _("Auto-évaluations"),
        "people:profiles",
        ("people:profile", "people:group_session", "people:review"),
    ),
    Page(_("Diagnostics"), "people:diagnoses", ("people:diagnosis",), saves_diagnoses),
    Page(_("Leviers"), "people:levers", ("people:lever",), keeps_levers),
    Page(_("Vérifications"), "people:campaigns", ("people:campaign",), runs_campaigns),
    Page(_("Charte : mandats"), "people:mandates", ("people:mandate",), decides_mandates),
    Page(_("Charte : versions"), "people:charter_versions", ("people:charter_",), Action.PUBLISH_CHARTER),
    Page(_("Modération"), "people:moderation", ("people:moderation",), sees_to_reports),
    Page(_("Signalements"), "people:reports", ("people:report",), sees_to_reports),
    Page(_("Registre des exports"), "people:exports", (), Action.MANAGE_PEOPLE),
    Page(
        _("Questionnaires"), "people:questionnaires", ("people:questionnaire",), Action.PUBLISH_QUESTIONNAIRE
    ),
    Page(_("Mes territoires"), "people:territories", ("people:territor",)),
    Page(_("Jetons d’API"), "people:tokens", ("people:token",)),
    Page(_("Travaux"), "people:jobs", ("people:job",)),
    Page(
        _("Boîte d’envoi"),
        "people:outbox",
        ("people:outbox", "people:message", "people:mail_"),
        Action.READ_OUTBOX,
    ),
    Page(_("Mes données"), "people:data", ("people:data", "people:leave")),
)


@dataclass(frozen=True)
class Listed:
    label: str | Promise
    address: str
    current: bool


def allowed(person: Person, needs: Action | Callable[[Person], bool]) -> bool:
    return may(person, needs) if isinstance(needs, Action) else needs(person)


def pages_for(request: HttpRequest) -> list[Listed]:
    """The pages that are there, with their address."""
    match = request.resolver_match
    here = match.view_name if match else ""
    found = []
    for page in PAGES:
        if page.needs and not allowed(request.user, page.needs):
            continue
        try:
            address = reverse(page.name)
        except NoReverseMatch:  # its room is not built
            continue
        found.append(Listed(page.label, address, here == page.name or here.startswith(page.under or ("\0",))))
    return found
