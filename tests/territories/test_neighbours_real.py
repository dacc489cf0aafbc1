"""Neighbours among real communes, and how they are read."""

from typing import Any

import pytest

from territories.gazetteer import MAX_NEIGHBOURS, NEIGHBOURS, neighbours
from territories.models import Territory
from tests.france import creuse  # noqa: F401
from tests.plans import plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]


def test_aubusson_has_the_neighbours_of_the_atlas() -> None:
    names = {each.name for each in neighbours(Territory.objects.get(pk="commune-23008"))}
    assert names == {
        "Alleyrat", "Blessac", "Moutier-Rozeille", "Saint-Alpinien", "Saint-Amand", "Saint-Maixant",
        "Saint-Marc-à-Frongier", "Saint-Pardoux-le-Neuf", "Saint-Quentin-la-Chabanne",
    }  # fmt: skip


def test_two_departements_that_touch() -> None:
    assert [each.pk for each in neighbours(Territory.objects.get(pk="departement-23"))] == ["departement-87"]


def test_borders_are_read_from_an_index_of_outlines() -> None:
    given: dict[str, Any] = {"kind": "commune", "id": "commune-23008", "limit": MAX_NEIGHBOURS}
    assert "Index Cond: (geometry && here.geometry)" in plan(NEIGHBOURS, given, of="territories_territory")
