"""Levers: kept by who answers for the territory, shown where they may be used, for as long as they last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from diagnosis import catalogue
from diagnosis.lever import Lever
from directory import composing
from directory.composing import Composed
from directory.errors import CompositionRefused, NotAllowed
from directory.history import Hand
from territories.loading import delete_vanished
from territories.models import CustomCommune, Territory
from territories.signals import territories_loaded
from tests.factories import make_commune, make_person, make_territory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
# Of a territory that has a part of each: all of it is in the région only.
PARTS = {"region": True} | dict.fromkeys(("departement", "epci", "commune", "custom", "other"), False)


def details(territory: Territory, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "financing", "name": "Un fonds", "giver": "La collectivité", "audience": "associations",
        "details": "", "territory": territory, "sectors": [], "starts": None, "ends": None, "link": "",
        "source": "Une délibération.", "checked": TODAY,
    } | fields  # fmt: skip


def make(territory: Territory, name: str, **fields: Any) -> Lever:
    return Lever.objects.create(**details(territory, name=name, **fields))


def named(territory: Territory, sector: int | None = None) -> dict[str, bool]:
    """The levers shown for a territory, and whether they hold for all of it."""
    return {each.name: each.everywhere for each in catalogue.offers(territory, sector).found}


def test_a_lever_is_shown_wherever_its_territory_shares_a_commune(
    places: dict[str, Any], taxonomy: None
) -> None:
    for key in ("region", "departement", "epci", "commune", "custom", "other"):
        make(places[key], key)
    everywhere = {"region": True, "departement": True, "epci": True, "commune": True, "custom": True}
    assert named(places["commune"]) == everywhere
    # The intercommunality is larger than Felletin and than the park, which is Felletin alone.
    assert named(places["epci"]) == everywhere | {"commune": False, "custom": False}
    assert named(places["other"]) == {"region": True, "other": True}
    assert named(places["away"]) == {"region": True, "other": True}
    assert named(places["region"]) == PARTS
    # A territory of project over the border has a part of each département.
    over = make_territory("custom", "a-cheval", dated=TODAY)
    for each in ("commune", "away"):
        CustomCommune.objects.create(territory=over, commune=places[each])
    assert named(over) == PARTS


def test_paris_is_the_same_whatever_it_is_called(places: dict[str, Any], taxonomy: None) -> None:
    departement = make_territory("departement", "75", "Paris")
    commune = make_territory("commune", "75056", "Paris", departement=departement)
    first, second = (
        make_territory("arrondissement", code, commune=commune, departement=departement)
        for code in ("75101", "75102")
    )
    for name, where in {"c": commune, "d": departement, "1": first}.items():
        make(where, name)
    assert named(departement) == named(commune) == {"c": True, "d": True, "1": False}
    assert named(first) == {"c": True, "d": True, "1": True}
    assert named(second) == {"c": True, "d": True}


def test_a_lever_lasts_until_its_last_day(places: dict[str, Any], taxonomy: None) -> None:
    today = timezone.localdate()
    make(places["epci"], "dernier jour", ends=today)
    make(places["epci"], "fini hier", ends=today - timedelta(days=1))
    make(places["epci"], "ouvre demain", starts=today + timedelta(days=1))
    make(places["epci"], "ouvre ce jour", starts=today)
    found = catalogue.offers(places["epci"])
    states = {each.name: each.state for each in found.found}
    assert states == {"dernier jour": "open", "ouvre demain": "coming", "ouvre ce jour": "open"}
    assert found.over == 1


def test_what_is_more_than_anybody_reads_is_counted(
    places: dict[str, Any], monkeypatch: pytest.MonkeyPatch, taxonomy: None
) -> None:
    monkeypatch.setattr(catalogue, "MOST", 3)
    for name in ("a", "b", "c"):
        make(places["departement"], name)
    assert catalogue.offers(places["epci"]).more == 0
    make(places["epci"], "d")
    found = catalogue.offers(places["epci"])
    assert (len(found.found), found.more, found.over) == (3, 1, 0)


def test_a_sector_sees_its_levers_and_those_for_all(places: dict[str, Any], taxonomy: None) -> None:
    for name, sectors in {"tous": [], "énergie": [2], "deux": [1, 2]}.items():
        make(places["epci"], name, sectors=sectors)
    assert set(named(places["epci"])) == {"tous", "énergie", "deux"}
    assert set(named(places["epci"], 2)) == {"tous", "énergie", "deux"}
    assert set(named(places["epci"], 1)) == {"tous", "deux"}
    assert set(named(places["epci"], 3)) == {"tous"}
    assert catalogue.offers(places["epci"], 1).found[0].sectors in ((), ("alimentation", "energie"))


def test_an_officer_keeps_the_levers_of_what_their_authority_covers(places: dict[str, Any]) -> None:
    here = make_person("ici", "officer", places["epci"])
    above = make_person("departement", "officer", places["departement"])
    elsewhere = make_person("ailleurs", "officer", places["other"])
    moderator = make_person("moderatrice", "moderator", places["epci"])
    root = User.objects.create_superuser("admin@example.org")
    lever = catalogue.create(here, details(places["epci"]))
    for person in (above, root):
        catalogue.change(lever, person, {"name": f"Par {person.pk}"})
        assert list(catalogue.kept_by(person)) == [lever]
    for person in (elsewhere, moderator):
        with pytest.raises(NotAllowed):
            catalogue.create(person, details(places["epci"]))
        with pytest.raises(NotAllowed):
            catalogue.remove(lever, person)
        assert not catalogue.kept_by(person)
    # What is larger than one's territory is not one's own, nor is a lever moved there.
    with pytest.raises(NotAllowed):
        catalogue.create(here, details(places["departement"]))
    with pytest.raises(NotAllowed):
        catalogue.change(lever, here, {"territory": places["departement"]})
    catalogue.create(here, details(places["commune"]))
    assert catalogue.kept_by(here).count() == 2


def test_what_was_is_kept_with_the_capacity_of_who_wrote(places: dict[str, Any]) -> None:
    person = make_person("agente", "officer", places["epci"])
    lever = catalogue.create(person, details(places["epci"]))
    catalogue.change(lever, person, {"ends": TODAY})
    catalogue.change(lever, User.objects.create_superuser("admin@example.org"), {"name": "Autre"})
    lever.refresh_from_db()
    past = catalogue.history(lever)
    assert [(each.hand, each.changed, each.first) for each in past] == [
        (Hand.ADMINISTRATION, ["nom"], False), (Hand.OFFICER, ["ouvert jusqu’au"], False),
        (Hand.OFFICER, [], True),
    ]  # fmt: skip
    catalogue.remove(lever, person)
    events = apps.get_model("diagnosis", "LeverEvent")._default_manager.order_by("pgh_id")
    assert [each.pgh_label for each in events] == ["insert", "update", "update", "delete"]


@pytest.mark.parametrize("given", [{"name": "Autre nom"}, {"communes": ["commune-23079", "commune-19275"]}])
def test_a_territory_stays_as_it_was_when_a_lever_was_proposed_there(
    places: dict[str, Any], given: dict[str, Any]
) -> None:
    """Its composer decides neither under which name nor how far somebody else's lever is shown."""
    composer, said = make_person("voisine"), {"name": "Plateau", "communes": [places["commune"].pk]}
    here = composing.compose(composer, Composed(**said, dated=date(2026, 1, 1)))
    make(here, "Un fonds")
    with pytest.raises(CompositionRefused):
        composing.redefine(here, composer, Composed(**said | given, dated=date(2026, 1, 1)))
    composing.redefine(here, composer, Composed(**said, dated=date(2026, 2, 1), source="Délibération"))


@pytest.mark.parametrize("succeeded", [True, False])
def test_what_a_commune_offers_goes_to_the_one_it_becomes(places: dict[str, Any], succeeded: bool) -> None:
    old, new = make_commune("23998", "Vallée ancienne"), make_commune("23999", "Vallée nouvelle")
    make(old, "Une réserve foncière")
    territories_loaded.send(sender=Territory, vanished={old.pk: new.pk if succeeded else None})
    delete_vanished([old.pk])
    assert [each.territory for each in Lever.objects.all()] == ([new] if succeeded else [])
