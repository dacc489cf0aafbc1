"""A role that is decided of while its page becomes another: committed, so apart from ``test_roles``."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from directory import publishing, roles
from directory.models import Initiative, Role
from directory.ties import owners
from tests.directory.test_roles import REASON, together
from tests.factories import make_initiative, make_person


@pytest.mark.django_db(transaction=True)
def test_a_role_granted_while_its_page_is_merged_is_of_no_page_that_is_gone(places: dict[str, Any]) -> None:
    """Granted before the merge it ends with the page, or follows it; granted after, it is of the one that
    stays. Either way both are done, and no role is lost."""
    admin = User.objects.create_superuser("admin@example.org")
    kept = places["initiative"]
    for turn, follows in enumerate([True, False] * 3):
        gone = make_initiative(f"L’Atelier {turn}")
        person = make_person(f"asks-{turn}")
        asked = roles.ask(person, "owner", gone, REASON)
        team = [person.pk] if follows else []
        done = together(
            lambda asked=asked: roles.grant(asked, admin),  # type: ignore[misc]  # bound now
            lambda gone=gone, team=team: publishing.merge(kept, gone, "test", "doublon", team=team),  # type: ignore[misc]
        )
        assert done == ["done", "done"]
        role = Role.objects.get(person=person)
        assert (role.granted, role.initiative) == (True, kept)
        assert owners(kept).contains(person) == (role.ended_at is None)
        assert role.ended_at is None or not follows
    assert Initiative.objects.filter(name__startswith="L’Atelier").count() == 1
