"""Who may do what: each standing towards each thing, told apart from the code's own table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from directory.errors import NotAllowed
from directory.models import Role, RoleKind
from directory.permissions import GRANTS, TABLE, Action, may, require
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"

# Written by hand: who may act on an initiative of Felletin (Creuse), member of a PTCE, and on its
# surroundings. Whoever is not named may not.
MODERATORS = "moderator-commune moderator-epci moderator-departement moderator-region moderator-custom"
OFFICERS = "officer-epci officer-departement"
SIGNED_IN = (
    f"contributor owner colleague other-owner coordinator other-coordinator pending-coordinator {MODERATORS}"
    f" other-moderator {OFFICERS} other-officer administrator waiting refused ended"
)
ON_INITIATIVE = {
    "propose": f"anonymous inactive-administrator inactive-owner {SIGNED_IN}",
    "ask-role": SIGNED_IN,
    "claim-initiative": SIGNED_IN,
    "compose-territory": SIGNED_IN,
    "make-listing": SIGNED_IN,
    "edit-initiative": f"owner colleague {MODERATORS} administrator",
    "publish-initiative": f"{MODERATORS} administrator",
    "merge-initiatives": f"{MODERATORS} administrator",
    "see-history": f"owner colleague {MODERATORS} administrator",
    "restore-version": f"{MODERATORS} administrator",
    "handle-reports": f"{MODERATORS} administrator",
    "moderate": f"{MODERATORS} administrator",
    "verify-initiative": f"owner colleague coordinator {MODERATORS} administrator",
    "edit-contacts": f"owner colleague {MODERATORS} administrator",
    "read-contacts": f"owner colleague coordinator {MODERATORS}",
    "export-contacts": "coordinator",
    "agree-as-member": "owner colleague",
    "assess-initiative": "owner colleague",
    "read-assessments": "coordinator",
    "interview-initiative": f"coordinator {OFFICERS}",
    "open-session": SIGNED_IN,
    "link-initiative": f"owner colleague {MODERATORS} administrator",
    "write-sheet": f"owner colleague coordinator {MODERATORS} administrator",
    "write-testimony": SIGNED_IN,
    "decide-story": f"{MODERATORS} administrator",
    "grant-owner": f"owner colleague {MODERATORS} administrator",
    "publish-questionnaire": "administrator",
    # and of these, only who answers for that kind of structure: tests/charter/test_mandates.py
    "decide-mandate": f"owner colleague coordinator {MODERATORS} {OFFICERS} administrator",
    "publish-charter": "administrator",
    "see-all-jobs": "administrator",
    "read-outbox": "administrator",
    "manage-people": "administrator",
}
ON_GROUPING = {
    "import-listings": "coordinator administrator",
    "edit-grouping": "coordinator administrator",
    "export-contacts": "coordinator",
    "grant-coordinator": "coordinator administrator",
    "ask-members": "coordinator administrator",
    "hold-session": "coordinator administrator",
}
# The territory acted upon is the intercommunality.
ON_TERRITORY = {
    # what is proposed there: the commune's moderator and the custom's do not cover the intercommunality
    "moderate": "moderator-epci moderator-departement moderator-region administrator",
    "ask-territory": "moderator-epci moderator-departement moderator-region administrator",
    "list-territory": (f"moderator-epci moderator-departement moderator-region {OFFICERS} administrator"),
    "save-diagnosis": f"{OFFICERS} administrator",
    "keep-levers": f"{OFFICERS} administrator",
    "hold-event": f"{OFFICERS} administrator",  # and others: tests/events/test_holding.py
    "grant-moderator": "moderator-departement moderator-region administrator",
    "grant-officer": "officer-departement administrator",
}
ON_SITE = {
    "edit-story": "",  # whoever wrote it: tests/directory/test_stories.py
    "edit-listing": "administrator",  # and whoever made it: tests/directory/test_listings.py
    "grant-administrator": "administrator",
    "edit-territory": "administrator",  # and whoever composed it: tests/directory/test_composing.py
}


@pytest.fixture
def people(places: dict[str, Any]) -> dict[str, User | AnonymousUser]:
    now = timezone.now()
    c = places
    found: dict[str, Any] = {
        "anonymous": AnonymousUser(),
        "contributor": make_person("contributor"),
        "owner": make_person("owner", "owner", c["initiative"]),
        "colleague": make_person("colleague", "owner", c["initiative"]),
        "other-owner": make_person("other-owner", "owner", c["elsewhere"]),
        "coordinator": make_person("coordinator", "coordinator", c["ptce"]),
        "other-coordinator": make_person("other-coordinator", "coordinator", c["other_ptce"]),
        "pending-coordinator": make_person("pending", "coordinator", c["pending"]),
        "other-moderator": make_person("other-moderator", "moderator", c["other"]),
        "other-officer": make_person("other-officer", "officer", c["other"]),
        "waiting": make_person("waiting", "moderator", c["epci"], granted=False, decided_at=None),
        "refused": make_person("refused", "moderator", c["epci"], granted=False),
        "ended": make_person("ended", "moderator", c["epci"], ended_at=now),
        "administrator": User.objects.create_superuser("administrator@example.org"),
        "inactive-administrator": User.objects.create_superuser("gone@example.org", is_active=False),
        "inactive-owner": make_person("gone-owner", "owner", c["initiative"]),
    }
    for place in ("commune", "epci", "departement", "region", "custom"):
        found[f"moderator-{place}"] = make_person(f"moderator-{place}", "moderator", c[place])
    for place in ("epci", "departement"):
        found[f"officer-{place}"] = make_person(f"officer-{place}", "officer", c[place])
    User.objects.filter(email="gone-owner@example.org").update(is_active=False)
    found["inactive-owner"].refresh_from_db()
    return found


def allowed(people: dict[str, Any], action: str, target: Any) -> set[str]:
    return {name for name, one in people.items() if may(one, Action(action), target)}


@pytest.mark.parametrize("action", ON_INITIATIVE)
def test_on_an_initiative(places: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, places["initiative"]) == set(ON_INITIATIVE[action].split())


@pytest.mark.parametrize("action", ON_GROUPING)
def test_on_a_grouping(places: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, places["ptce"]) == set(ON_GROUPING[action].split())


@pytest.mark.parametrize("action", ON_TERRITORY)
def test_on_a_territory(places: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, places["epci"]) == set(ON_TERRITORY[action].split())


@pytest.mark.parametrize("action", ON_SITE)
def test_on_the_site(people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, None) == set(ON_SITE[action].split())


def test_every_action_is_walked() -> None:
    walked = {*ON_INITIATIVE, *ON_GROUPING, *ON_TERRITORY, *ON_SITE, "end-own-role"}
    assert {action.value for action in Action} == walked == {action.value for action in TABLE}


@pytest.mark.parametrize("kind", RoleKind.values)
def test_a_role_is_left_by_its_holder_and_nobody_grants_their_own(
    places: dict[str, Any], people: dict[str, Any], kind: str
) -> None:
    """Even who may grant it to others."""
    targets = {
        "owner": {"initiative": places["initiative"]}, "coordinator": {"grouping": places["ptce"]},
        "moderator": {"territory": places["epci"]}, "officer": {"territory": places["epci"]},
        "administrator": {},
    }  # fmt: skip
    administrator = people["administrator"]
    role = Role.objects.create(person=administrator, kind=kind, reason="Test.", **targets[kind])
    assert may(administrator, Action.END_OWN_ROLE, role)
    assert not may(people["contributor"], Action.END_OWN_ROLE, role)
    assert not may(administrator, GRANTS[kind], role)
    another = User.objects.create_superuser("another@example.org")
    assert may(another, GRANTS[kind], role)


def test_an_initiative_without_commune_is_moderated_from_its_departement(
    places: dict[str, Any], people: dict[str, Any]
) -> None:
    vague = make_initiative("Quelque part en Creuse", departement=places["departement"])
    found = allowed(people, "edit-initiative", vague)
    assert found == {"moderator-departement", "moderator-region", "administrator"}


def test_an_initiative_without_place_is_left_to_administrators(people: dict[str, Any]) -> None:
    assert allowed(people, "edit-initiative", make_initiative("En ligne")) == {"administrator"}


def test_a_refusal_is_an_error_that_pages_and_api_know(people: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        require(people["contributor"], Action.GRANT_ADMINISTRATOR)


def test_the_document_is_the_table() -> None:
    printed = io.StringIO()
    call_command("print_permissions", stdout=printed)
    assert DOCS.read_text(encoding="utf-8") == printed.getvalue()
