"""Ideas of links: complementary activities in one intercommunality, where nothing was said yet."""

from __future__ import annotations

from typing import Any

import pytest

from directory import missing_links
from directory.missing_links import RULES, ideas
from directory.models import Activity, Initiative, Link
from tests.factories import make_grouping, make_initiative

pytestmark = pytest.mark.django_db


def told(grouping: Any) -> list[str]:
    return [f"{each.origin.name} {each.kind} {each.target.name}" for each in ideas(grouping).first]


@pytest.fixture
def town(country: dict[str, Any]) -> dict[str, Any]:
    """A farm, an AMAP and a grocer; the network has the farm only."""
    ids = dict(Activity.objects.values_list("slug", "pk"))

    def make(name: str, activity: str, place: str) -> Initiative:
        made = make_initiative(name, activities=[ids[f"alimentation--{activity}"]], commune=country[place])
        made.refresh_from_db()
        return made

    farm, amap = make("Ferme", "vente-directe", "Ham"), make("AMAP", "amap-paniers", "Ham")
    grocer, far = make("Épicerie", "epicerie-cooperative", "Bourg"), make("Loin", "amap-paniers", "Rive")
    return {
        "farm": farm,
        "amap": amap,
        "grocer": grocer,
        "far": far,
        "network": make_grouping("reseau", members=(farm,)),
    }


def test_ideas_are_of_one_intercommunality_the_nearest_first(town: dict[str, Any]) -> None:
    assert told(town["network"]) == ["Ferme supplies AMAP", "Ferme supplies Épicerie"]
    assert told(make_grouping("seul", members=(town["far"],))) == []
    both = make_grouping("deux", members=(town["farm"], town["grocer"]))
    assert told(both) == ["Ferme supplies Épicerie", "Ferme supplies AMAP"], "members first"


def test_what_was_said_in_any_way_is_no_idea(town: dict[str, Any]) -> None:
    Link.objects.create(origin=town["amap"], target=town["farm"], kind="partners", until="2020-01-01")
    assert told(town["network"]) == ["Ferme supplies Épicerie"]
    Initiative.objects.filter(pk=town["grocer"].pk).update(publication="hidden")
    assert told(town["network"]) == []


def test_ideas_that_are_not_shown_are_counted(town: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert ideas(town["network"]).looked_at_all
    monkeypatch.setattr(missing_links, "MOST", 1)
    found = ideas(town["network"])
    assert ([each.target.name for each in found.first], found.number) == (["AMAP"], 2)
    monkeypatch.setattr(missing_links, "LOOKED_AT", 1)
    assert not ideas(town["network"]).looked_at_all


def test_the_rules_name_what_exists(taxonomy: None) -> None:
    known = set(Activity.objects.values_list("slug", flat=True))
    assert {slug for before, _kind, after in RULES for slug in (before, after)} <= known
    assert len(set(RULES)) == len(RULES) and all(before != after for before, _kind, after in RULES)
