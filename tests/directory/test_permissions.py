"""Who may do what: each standing towards each thing, told apart from the code's own table."""

from __future__ import annotations

import io
from datetime import date
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
from territories.models import CustomCommune
from tests.factories import join, make_commune, make_grouping, make_initiative, make_territory

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
    "edit-initiative": f"owner colleague {MODERATORS} administrator",
    "publish-initiative": f"{MODERATORS} administrator",
    "merge-initiatives": f"{MODERATORS} administrator",
    "see-history": f"owner colleague {MODERATORS} administrator",
    "restore-version": f"{MODERATORS} administrator",
    "handle-reports": f"{MODERATORS} administrator",
    "edit-contacts": f"owner colleague {MODERATORS} administrator",
    "read-contacts": f"owner colleague coordinator {MODERATORS}",
    "export-contacts": "coordinator",
    "agree-as-member": "owner colleague",
    "grant-owner": f"owner colleague {MODERATORS} administrator",
    "see-all-jobs": "administrator",
    "read-outbox": "administrator",
    "manage-people": "administrator",
}
ON_GROUPING = {
    "edit-grouping": "coordinator administrator",
    "export-contacts": "coordinator",
    "grant-coordinator": "coordinator administrator",
}
# The territory acted upon is the intercommunality.
ON_TERRITORY = {
    "save-diagnosis": f"{OFFICERS} administrator",
    "grant-moderator": "moderator-departement moderator-region administrator",
    "grant-officer": "officer-departement administrator",
}
ON_SITE = {"grant-administrator": "administrator"}


@pytest.fixture
def creuse(db: None) -> dict[str, Any]:
    """Felletin in its places, a neighbour outside, an initiative and its PTCE."""
    region = make_territory("region", "75", "Nouvelle-Aquitaine")
    departement = make_territory("departement", "23", "Creuse", region=region)
    other = make_territory("departement", "19", "Corrèze", region=region)
    epci = make_territory("epci", "200067544", "CC Creuse Grand Sud", region=region)
    here = {"region": region, "departement": departement, "epci": epci}
    commune = make_commune("23079", "Felletin", **here)
    make_commune("23008", "Aubusson", **here)
    make_commune("23096", "Guéret", region=region, departement=departement)
    away = make_commune("19275", "Ussel", region=region, departement=other)
    custom = make_territory("custom", "parc", "Un parc", dated=date(2026, 1, 1))
    CustomCommune.objects.create(territory=custom, commune=commune)
    initiative = make_initiative("L’Atelier", commune=commune)
    elsewhere = make_initiative("La Grange", commune=away)
    ptce = make_grouping("le-pole", members=(initiative,), perimeter=epci)
    pending = make_grouping("le-reseau", kind="network")
    join(pending, initiative, member_agreed_at=None)
    return locals() | {"other_ptce": make_grouping("un-autre", members=(elsewhere,))}


def person(name: str, kind: str = "", target: Any = None, **fields: Any) -> User:
    """Somebody who holds a role for a target, unless ``fields`` of the role say otherwise."""
    made = User.objects.create_user(f"{name}@example.org")
    if kind:
        key = {"owner": "initiative", "coordinator": "grouping"}.get(kind, "territory")
        held = {"granted": True, "decided_at": timezone.now(), "reason": "Test."} | fields
        Role.objects.create(person=made, kind=kind, **{key: target}, **held)
    return made


@pytest.fixture
def people(creuse: dict[str, Any]) -> dict[str, User | AnonymousUser]:
    now = timezone.now()
    c = creuse
    found: dict[str, Any] = {
        "anonymous": AnonymousUser(),
        "contributor": person("contributor"),
        "owner": person("owner", "owner", c["initiative"]),
        "colleague": person("colleague", "owner", c["initiative"]),
        "other-owner": person("other-owner", "owner", c["elsewhere"]),
        "coordinator": person("coordinator", "coordinator", c["ptce"]),
        "other-coordinator": person("other-coordinator", "coordinator", c["other_ptce"]),
        "pending-coordinator": person("pending", "coordinator", c["pending"]),
        "other-moderator": person("other-moderator", "moderator", c["other"]),
        "other-officer": person("other-officer", "officer", c["other"]),
        "waiting": person("waiting", "moderator", c["epci"], granted=False, decided_at=None),
        "refused": person("refused", "moderator", c["epci"], granted=False),
        "ended": person("ended", "moderator", c["epci"], ended_at=now),
        "administrator": User.objects.create_superuser("administrator@example.org"),
        "inactive-administrator": User.objects.create_superuser("gone@example.org", is_active=False),
        "inactive-owner": person("gone-owner", "owner", c["initiative"]),
    }
    for place in ("commune", "epci", "departement", "region", "custom"):
        found[f"moderator-{place}"] = person(f"moderator-{place}", "moderator", c[place])
    for place in ("epci", "departement"):
        found[f"officer-{place}"] = person(f"officer-{place}", "officer", c[place])
    User.objects.filter(email="gone-owner@example.org").update(is_active=False)
    found["inactive-owner"].refresh_from_db()
    return found


def allowed(people: dict[str, Any], action: str, target: Any) -> set[str]:
    return {name for name, one in people.items() if may(one, Action(action), target)}


@pytest.mark.parametrize("action", ON_INITIATIVE)
def test_on_an_initiative(creuse: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, creuse["initiative"]) == set(ON_INITIATIVE[action].split())


@pytest.mark.parametrize("action", ON_GROUPING)
def test_on_a_grouping(creuse: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, creuse["ptce"]) == set(ON_GROUPING[action].split())


@pytest.mark.parametrize("action", ON_TERRITORY)
def test_on_a_territory(creuse: dict[str, Any], people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, creuse["epci"]) == set(ON_TERRITORY[action].split())


@pytest.mark.parametrize("action", ON_SITE)
def test_on_the_site(people: dict[str, Any], action: str) -> None:
    assert allowed(people, action, None) == set(ON_SITE[action].split())


def test_every_action_is_walked() -> None:
    walked = {*ON_INITIATIVE, *ON_GROUPING, *ON_TERRITORY, *ON_SITE, "end-own-role"}
    assert {action.value for action in Action} == walked == {action.value for action in TABLE}


@pytest.mark.parametrize("kind", RoleKind.values)
def test_a_role_is_left_by_its_holder_and_nobody_grants_their_own(
    creuse: dict[str, Any], people: dict[str, Any], kind: str
) -> None:
    """Even who may grant it to others."""
    targets = {
        "owner": {"initiative": creuse["initiative"]}, "coordinator": {"grouping": creuse["ptce"]},
        "moderator": {"territory": creuse["epci"]}, "officer": {"territory": creuse["epci"]},
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
    creuse: dict[str, Any], people: dict[str, Any]
) -> None:
    vague = make_initiative("Quelque part en Creuse", departement=creuse["departement"])
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
