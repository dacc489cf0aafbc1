"""Who may do what: one table, which the pages, the API, the administration and docs/permissions.md ask.

A person stands somewhere towards what is acted upon: owner of *that* initiative, moderator of a territory
that covers it, stranger. The table says which of these standings allow each action.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.errors import NotAllowed
from directory.models import EFFECTIVE, Grouping, Initiative, Listing, Role, RoleKind, Story
from territories.models import CustomCommune, Kind, Territory

Target = Initiative | Grouping | Territory | Role | Listing | Story | None
Person = User | AnonymousUser


class Who(models.TextChoices):
    """Where a person stands towards what is acted upon."""

    ANYONE = "anyone", _("tout le monde, sans compte")
    CONTRIBUTOR = "contributor", _("toute personne qui a un compte")
    HOLDER = "holder", _("la personne elle-même")
    OWNER = "owner", _("responsable de cette initiative")
    AUTHOR = "author", _("la personne qui l’a composé")
    COORDINATOR = "coordinator", _("coordination de ce réseau ou PTCE, ou d’un dont l’initiative est membre")
    MODERATOR = "moderator", _("modération d’un territoire qui la comprend")
    MODERATOR_ABOVE = "moderator-above", _("modération d’un territoire plus grand")
    OFFICER = "officer", _("agent d’une collectivité dont le territoire la comprend")
    OFFICER_ABOVE = "officer-above", _("agent d’une collectivité plus grande")
    ADMINISTRATOR = "administrator", _("administration du site")


class Action(models.TextChoices):
    PROPOSE = "propose", _("Proposer une initiative ou une correction, signaler une erreur")
    ASK_ROLE = "ask-role", _("Demander un rôle")
    CLAIM_INITIATIVE = (
        "claim-initiative",
        _("Prendre en main une fiche, par un courriel au domaine de son site"),
    )
    EDIT_INITIATIVE = "edit-initiative", _("Modifier la fiche d’une initiative")
    PUBLISH_INITIATIVE = "publish-initiative", _("Publier, masquer ou archiver une initiative")
    MERGE_INITIATIVES = "merge-initiatives", _("Réunir deux fiches d’une même initiative")
    SEE_HISTORY = "see-history", _("Voir les versions d’une fiche qui n’ont pas été publiques")
    RESTORE_VERSION = "restore-version", _("Rétablir une version d’une fiche")
    HANDLE_REPORTS = "handle-reports", _("Traiter les signalements d’une initiative")
    MODERATE = "moderate", _("Accepter ou refuser ce qui est proposé pour une initiative ou un lieu")
    VERIFY_INITIATIVE = "verify-initiative", _("Confirmer qu’une fiche est toujours vraie")
    ASK_TERRITORY = "ask-territory", _("Mener une campagne de vérification sur un territoire")
    ASK_MEMBERS = "ask-members", _("Mener une campagne de vérification auprès des membres")
    EDIT_CONTACTS = "edit-contacts", _("Inscrire et modifier les contacts d’une initiative")
    READ_CONTACTS = "read-contacts", _("Lire les contacts qui l’acceptent (« visible des réseaux »)")
    EXPORT_CONTACTS = "export-contacts", _("Exporter les contacts qui l’acceptent")
    IMPORT_LISTINGS = "import-listings", _("Importer la liste d’un réseau ou d’un PTCE, la moissonner")
    EDIT_GROUPING = "edit-grouping", _("Modifier un réseau ou un PTCE, accepter ses membres")
    AGREE_AS_MEMBER = "agree-as-member", _("Accepter une adhésion au nom d’une initiative")
    LINK_INITIATIVE = "link-initiative", _("Déclarer, accepter ou refuser un lien au nom d’une initiative")
    WRITE_SHEET = "write-sheet", _("Écrire une fiche d’expérience sur une initiative")
    WRITE_TESTIMONY = "write-testimony", _("Écrire un témoignage sur une initiative")
    EDIT_STORY = "edit-story", _("Modifier ou retirer une fiche d’expérience ou un témoignage")
    DECIDE_STORY = "decide-story", _("Publier, refuser ou retirer les récits sur une initiative")
    COMPOSE_TERRITORY = "compose-territory", _("Composer un territoire sur mesure")
    EDIT_TERRITORY = "edit-territory", _("Modifier ou effacer un territoire sur mesure")
    LIST_TERRITORY = "list-territory", _("Proposer à tous un territoire sur mesure")
    MAKE_LISTING = "make-listing", _("Enregistrer une liste d’initiatives")
    EDIT_LISTING = "edit-listing", _("Modifier, figer, partager ou effacer une liste")
    HOLD_EVENT = "hold-event", _("Annoncer et mener un évènement au nom de qui l’organise")
    ASSESS_INITIATIVE = "assess-initiative", _("Évaluer une initiative, choisir qui voit son profil")
    READ_ASSESSMENTS = "read-assessments", _("Lire les profils d’auto-évaluation confiés aux réseaux")
    INTERVIEW_INITIATIVE = "interview-initiative", _("Établir en entretien le profil d’une initiative")
    OPEN_SESSION = "open-session", _("Ouvrir une séance d’auto-évaluation à plusieurs")
    HOLD_SESSION = "hold-session", _("Ouvrir et suivre les séances d’un réseau ou PTCE")
    SAVE_DIAGNOSIS = "save-diagnosis", _("Enregistrer un diagnostic au nom d’un territoire")
    KEEP_LEVERS = "keep-levers", _("Tenir le catalogue des leviers d’un territoire")
    GRANT_OWNER = "grant-owner", _("Accorder ou retirer le rôle de responsable d’une initiative")
    GRANT_COORDINATOR = "grant-coordinator", _("Accorder ou retirer la coordination d’un réseau ou PTCE")
    GRANT_MODERATOR = "grant-moderator", _("Accorder ou retirer la modération d’un territoire")
    GRANT_OFFICER = "grant-officer", _("Accorder ou retirer le rôle d’agent d’une collectivité")
    GRANT_ADMINISTRATOR = "grant-administrator", _("Accorder ou retirer l’administration du site")
    END_OWN_ROLE = "end-own-role", _("Quitter un rôle")
    PUBLISH_QUESTIONNAIRE = "publish-questionnaire", _("Écrire et publier une version d’un questionnaire")
    DECIDE_MANDATE = (
        "decide-mandate",
        _("Vérifier le mandat de qui signe la charte pour une structure, retirer une signature"),
    )
    PUBLISH_CHARTER = "publish-charter", _("Publier une version de la charte")
    SEE_ALL_JOBS = "see-all-jobs", _("Voir tous les travaux en arrière-plan, relancer ceux qui ont échoué")
    READ_OUTBOX = "read-outbox", _("Voir l’état des courriels envoyés")
    MANAGE_PEOPLE = "manage-people", _("Gérer les comptes, lire le journal des exports de contacts")


W = Who
TABLE: dict[Action, frozenset[Who]] = {
    Action.PROPOSE: frozenset({W.ANYONE}),
    Action.ASK_ROLE: frozenset({W.CONTRIBUTOR}),
    Action.CLAIM_INITIATIVE: frozenset({W.CONTRIBUTOR}),
    Action.EDIT_INITIATIVE: frozenset({W.OWNER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.PUBLISH_INITIATIVE: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.MERGE_INITIATIVES: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.SEE_HISTORY: frozenset({W.OWNER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.RESTORE_VERSION: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.HANDLE_REPORTS: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.MODERATE: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.VERIFY_INITIATIVE: frozenset({W.OWNER, W.COORDINATOR, W.MODERATOR, W.ADMINISTRATOR}),
    Action.ASK_TERRITORY: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    # Not the moderation of its perimeter: members may be established elsewhere.
    Action.ASK_MEMBERS: frozenset({W.COORDINATOR, W.ADMINISTRATOR}),
    Action.EDIT_CONTACTS: frozenset({W.OWNER, W.MODERATOR, W.ADMINISTRATOR}),
    # An administrator needs no contact to do the work: the fewest who need it.
    Action.READ_CONTACTS: frozenset({W.OWNER, W.COORDINATOR, W.MODERATOR}),
    Action.EXPORT_CONTACTS: frozenset({W.COORDINATOR}),
    Action.IMPORT_LISTINGS: frozenset({W.COORDINATOR, W.ADMINISTRATOR}),
    Action.EDIT_GROUPING: frozenset({W.COORDINATOR, W.ADMINISTRATOR}),
    Action.AGREE_AS_MEMBER: frozenset({W.OWNER}),
    Action.LINK_INITIATIVE: frozenset({W.OWNER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.WRITE_SHEET: frozenset({W.OWNER, W.COORDINATOR, W.MODERATOR, W.ADMINISTRATOR}),
    Action.WRITE_TESTIMONY: frozenset({W.CONTRIBUTOR}),
    Action.EDIT_STORY: frozenset({W.AUTHOR}),
    Action.DECIDE_STORY: frozenset({W.MODERATOR, W.ADMINISTRATOR}),
    Action.COMPOSE_TERRITORY: frozenset({W.CONTRIBUTOR}),
    Action.EDIT_TERRITORY: frozenset({W.AUTHOR, W.ADMINISTRATOR}),
    Action.LIST_TERRITORY: frozenset({W.OFFICER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.MAKE_LISTING: frozenset({W.CONTRIBUTOR}),
    Action.EDIT_LISTING: frozenset({W.AUTHOR, W.ADMINISTRATOR}),
    Action.HOLD_EVENT: frozenset({W.OWNER, W.COORDINATOR, W.OFFICER, W.ADMINISTRATOR}),
    Action.ASSESS_INITIATIVE: frozenset({W.OWNER}),
    Action.READ_ASSESSMENTS: frozenset({W.COORDINATOR}),
    # Not its owner: whoever leads an interview is not who is interviewed (questionnaires/reviewing.py).
    Action.INTERVIEW_INITIATIVE: frozenset({W.COORDINATOR, W.OFFICER}),
    Action.OPEN_SESSION: frozenset({W.CONTRIBUTOR}),
    Action.HOLD_SESSION: frozenset({W.COORDINATOR, W.ADMINISTRATOR}),
    Action.SAVE_DIAGNOSIS: frozenset({W.AUTHOR, W.OFFICER, W.ADMINISTRATOR}),
    Action.KEEP_LEVERS: frozenset({W.OFFICER, W.ADMINISTRATOR}),
    Action.GRANT_OWNER: frozenset({W.OWNER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.GRANT_COORDINATOR: frozenset({W.COORDINATOR, W.ADMINISTRATOR}),
    Action.GRANT_MODERATOR: frozenset({W.MODERATOR_ABOVE, W.ADMINISTRATOR}),
    Action.GRANT_OFFICER: frozenset({W.OFFICER_ABOVE, W.ADMINISTRATOR}),
    Action.GRANT_ADMINISTRATOR: frozenset({W.ADMINISTRATOR}),
    Action.END_OWN_ROLE: frozenset({W.HOLDER}),
    Action.PUBLISH_QUESTIONNAIRE: frozenset({W.ADMINISTRATOR}),
    Action.DECIDE_MANDATE: frozenset({W.OWNER, W.COORDINATOR, W.OFFICER, W.MODERATOR, W.ADMINISTRATOR}),
    Action.PUBLISH_CHARTER: frozenset({W.ADMINISTRATOR}),
    Action.SEE_ALL_JOBS: frozenset({W.ADMINISTRATOR}),
    Action.READ_OUTBOX: frozenset({W.ADMINISTRATOR}),
    Action.MANAGE_PEOPLE: frozenset({W.ADMINISTRATOR}),
}

GRANTS: dict[str, Action] = {
    RoleKind.OWNER: Action.GRANT_OWNER,
    RoleKind.COORDINATOR: Action.GRANT_COORDINATOR,
    RoleKind.MODERATOR: Action.GRANT_MODERATOR,
    RoleKind.OFFICER: Action.GRANT_OFFICER,
    RoleKind.ADMINISTRATOR: Action.GRANT_ADMINISTRATOR,
}


def in_words(allowed: frozenset[Who]) -> list[str]:
    """Those whom the table allows, from the widest to the narrowest circle."""
    return [str(who.label) for who in Who if who in allowed]


def may(person: Person, action: Action, target: Target = None) -> bool:
    """Whether this person may do this to that; for a role it is what the role holds for that counts."""
    allowed = TABLE[action]
    if Who.ANYONE in allowed:
        return True
    if not isinstance(person, User) or not person.is_active:
        return False
    if action in GRANTS.values() and isinstance(target, Role) and target.person_id == person.pk:
        return False  # of one's own role somebody else decides
    return not allowed.isdisjoint(standings(person, target))


def require(person: Person, action: Action, target: Target = None) -> None:
    """Raise NotAllowed where ``may`` says no."""
    if not may(person, action, target):
        raise NotAllowed(action, target)


def standings(person: User, target: Target = None) -> set[Who]:
    """All that this person is towards the target."""
    found = {Who.CONTRIBUTOR}
    if person.is_superuser:
        found.add(Who.ADMINISTRATOR)
    if isinstance(target, Role):
        if target.person_id == person.pk:
            found.add(Who.HOLDER)
        target = target.target
    if isinstance(target, Initiative):
        found |= _towards_initiative(person, target)
    elif isinstance(target, Grouping):
        found |= _towards_grouping(person, target)
    elif isinstance(target, Territory):
        found |= _towards_territory(person, target)
    elif isinstance(target, (Story, Listing)) and author_of(target) == person.pk:
        found.add(Who.AUTHOR)
    return found


def author_of(target: Story | Listing) -> int | None:
    return target.account_id if isinstance(target, Story) else target.owner_id


# What an initiative says of where it is, from the narrowest.
PLACES = ("commune", "arrondissement", "epci", "departement", "region", "country")
BY_TERRITORY = {
    RoleKind.MODERATOR: (Who.MODERATOR, Who.MODERATOR_ABOVE),
    RoleKind.OFFICER: (Who.OFFICER, Who.OFFICER_ABOVE),
}


def _towards_initiative(person: User, initiative: Initiative) -> set[Who]:
    member_of = initiative.memberships.filter(EFFECTIVE).order_by().values("grouping")
    held = Role.objects.held().filter(person=person)
    kinds = held.filter(
        Q(initiative=initiative) | Q(grouping__in=member_of) | Q(territory__in=places_of(initiative))
    )
    return {Who(kind) for kind in kinds.values_list("kind", flat=True)}


def places_of(initiative: Initiative) -> models.QuerySet[Territory]:
    """The territories that comprise the place of an initiative, customs included."""
    ids = [getattr(initiative, f"{name}_id") for name in PLACES]
    return Territory.objects.filter(
        Q(pk__in=[each for each in ids if each])
        | Q(custom_communes__commune=initiative.commune_id, custom_communes__commune__isnull=False)
    ).order_by()


def moderated_q(person: User, path: str = "initiative__") -> Q:
    """What is established in the territories that a person moderates, customs included: ``places_of`` asked
    of many at once. ``path`` leads to what has a place."""
    held = Role.objects.held().filter(person=person, kind=RoleKind.MODERATOR).order_by().values("territory")
    within = Q(**{f"{path}commune__in": CustomCommune.objects.filter(territory__in=held).values("commune")})
    for place in PLACES:
        within |= Q(**{f"{path}{place}__in": held})
    return within


def _towards_grouping(person: User, grouping: Grouping) -> set[Who]:
    held = Role.objects.held().filter(person=person)
    found = {Who.COORDINATOR} if held.filter(grouping=grouping).exists() else set()
    if grouping.perimeter:
        found |= _towards_territory(person, grouping.perimeter)
    return found


def _towards_territory(person: User, territory: Territory) -> set[Who]:
    found = {Who.AUTHOR} if territory.kind == Kind.CUSTOM and territory.owner_id == person.pk else set()
    held = Role.objects.held().filter(person=person, kind__in=BY_TERRITORY)
    for role in held.select_related("territory"):
        assert role.territory is not None  # a constraint of the table
        if Territory.objects.covers(role.territory, territory):
            within, above = BY_TERRITORY[RoleKind(role.kind)]
            found |= {within} if role.territory_id == territory.pk else {within, above}
    return found
