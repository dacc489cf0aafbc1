"""The pages of one's account, by what one does there; a room adds its own in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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


GROUPS: tuple[tuple[str | Promise, tuple[Page, ...]], ...] = (
    (
        _("Contribuer"),
        (
            Page(
                _("Mes initiatives"),
                "people:own_initiatives",
                (
                    "people:own_initiative",
                    "people:initiative_edit",
                    "people:initiative_photo",
                    "people:colleague",
                ),
                keeps_pages,
            ),
            Page(
                _("Contacts"),
                "people:contacts",
                ("people:contact", "people:initiative_contacts", "people:export_"),
            ),
            Page(_("Liens et adhésions"), "people:ties", ("people:tie",), keeps_ties),
            Page(_("Récits"), "people:stories", ("people:stor",)),
            Page(
                _("Auto-évaluations"),
                "people:profiles",
                ("people:profile", "people:group_session", "people:review"),
            ),
            Page(_("Mes listes"), "people:listings", ("people:listing",)),
            Page(_("Évènements"), "people:events", ("people:event",), holds_events),
            Page(_("Mes territoires"), "people:territories", ("people:territor",)),
        ),
    ),
    (
        _("Territoires et réseaux"),
        (
            Page(_("Modération"), "people:moderation", ("people:moderation",), sees_to_reports),
            Page(_("Signalements"), "people:reports", ("people:report",), sees_to_reports),
            Page(_("Vérifications"), "people:campaigns", ("people:campaign",), runs_campaigns),
            Page(_("Charte : mandats"), "people:mandates", ("people:mandate",), decides_mandates),
            Page(_("Imports"), "people:imports", ("people:import",), brings_listings),
            Page(_("Diagnostics"), "people:diagnoses", ("people:diagnosis",), saves_diagnoses),
            Page(_("Leviers"), "people:levers", ("people:lever",), keeps_levers),
        ),
    ),
    (
        _("Administrer"),
        (
            Page(
                _("Charte : versions"),
                "people:charter_versions",
                ("people:charter_",),
                Action.PUBLISH_CHARTER,
            ),
            Page(
                _("Questionnaires"),
                "people:questionnaires",
                ("people:questionnaire",),
                Action.PUBLISH_QUESTIONNAIRE,
            ),
            Page(_("Registre des exports"), "people:exports", (), Action.MANAGE_PEOPLE),
            Page(
                _("Boîte d’envoi"),
                "people:outbox",
                ("people:outbox", "people:message", "people:mail_"),
                Action.READ_OUTBOX,
            ),
        ),
    ),
    (
        _("Réglages"),
        (
            Page(_("Profil"), "people:account"),
            Page(_("Rôles"), "people:roles", ("people:role",)),
            Page(_("Courriel"), "account_email", ("account_email",)),
            Page(
                _("Mot de passe"),
                "account_change_password",
                ("account_change_password", "account_set_password"),
            ),
            Page(_("Double authentification"), "mfa_index", ("mfa_",)),
            Page(
                _("Comptes reliés"),
                "socialaccount_connections",
                ("socialaccount_connections",),
                providers_are_set,
            ),
            Page(_("Sessions"), "people:sessions"),
            Page(_("Jetons d’API"), "people:tokens", ("people:token",)),
            Page(_("Travaux"), "people:jobs", ("people:job",)),
            Page(_("Mes données"), "people:data", ("people:data", "people:leave")),
        ),
    ),
)


@dataclass(frozen=True)
class Listed:
    label: str | Promise
    address: str
    current: bool


def allowed(person: Person, needs: Action | Callable[[Person], bool]) -> bool:
    return may(person, needs) if isinstance(needs, Action) else needs(person)


def groups_for(request: HttpRequest) -> list[tuple[str | Promise, list[Listed]]]:
    """The pages that are there, with their address, under what one does there; no group is empty."""
    match = request.resolver_match
    here = match.view_name if match else ""
    found = ((title, list(listed(pages, request.user, here))) for title, pages in GROUPS)
    return [(title, pages) for title, pages in found if pages]


def listed(pages: Iterable[Page], person: Person, here: str) -> Iterator[Listed]:
    for page in pages:
        if page.needs and not allowed(person, page.needs):
            continue
        try:
            address = reverse(page.name)
        except NoReverseMatch:  # its room is not built
            continue
        yield Listed(page.label, address, here == page.name or here.startswith(page.under or ("\0",)))
