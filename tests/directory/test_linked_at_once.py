"""A link that both sides declare at the same moment: committed, so apart from ``test_linking``."""

from __future__ import annotations

from typing import Any

import pytest

from directory.linking import assert_link
from directory.models import Link
from tests.directory.test_roles import together
from tests.factories import make_initiative, make_person


@pytest.mark.django_db(transaction=True)
def test_both_sides_say_at_once_what_has_no_direction(places: dict[str, Any]) -> None:
    """« A est partenaire de B » and « B est partenaire de A » are one link, on which both agree."""
    one, two = places["initiative"], make_initiative("La voisine")
    a, b = make_person("a", "owner", one), make_person("b", "owner", two)
    for _turn in range(5):
        outcome = together(
            lambda: assert_link(a, one, two, "partners"), lambda: assert_link(b, two, one, "partners")
        )
        assert outcome == ["done", "done"]
        [link] = Link.objects.all()
        assert link.state == "confirmed"
        link.delete()
