"""What events do when communes, or listings, become one: held by the new one, and nothing is lost."""

from __future__ import annotations

import pytest

from directory import publishing
from events.models import Event, Organiser
from territories.loading import delete_vanished
from territories.models import Territory
from territories.signals import territories_loaded
from tests.events.gathering import Gathering, gather
from tests.factories import make_commune, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Gathering:
    return gather()


def load(vanished: dict[str, str | None]) -> None:
    """What a load of the territories of a new year does of those that are no more; nothing refuses it."""
    territories_loaded.send(sender=Territory, vanished=vanished)
    delete_vanished(vanished)


@pytest.mark.parametrize("succeeded", [True, False])
def test_an_event_goes_with_its_commune(found: Gathering, succeeded: bool) -> None:
    old = found.event.commune
    assert old is not None
    anne = found.register("Anne")
    anne.commune = old
    anne.save(update_fields=["commune"])
    told = found.morning[0].testimonies.create(name="Le Moulin", commune=old)
    new = make_commune("23999", "Vallée nouvelle") if succeeded else None
    load({old.pk: new.pk if new else None})
    for row in (found.event, anne, told):
        row.refresh_from_db()
        assert row.commune == new


def test_an_authority_organises_on_under_its_new_name_once(found: Gathering) -> None:
    new, old, other = (make_commune(f"2399{n}", f"Commune {n}") for n in range(3))
    for territory in (new, old, other):
        Organiser.objects.create(event=found.event, territory=territory)
    load({old.pk: new.pk, other.pk: None})
    left = found.event.organisers.exclude(grouping=found.network)
    assert {(row.territory, row.name) for row in left} == {(new, ""), (None, "Commune 2")}


def test_events_of_a_merged_listing_are_held_by_the_one_that_stays_once(found: Gathering) -> None:
    kept, gone = make_initiative("Le Fournil"), make_initiative("Le Fournil bis")
    other = Event.objects.create(
        slug="autre", title="Autre", start=found.event.start, end=found.event.end, commune=found.event.commune
    )
    for event, holders in ((found.event, [kept, gone]), (other, [gone])):
        for holder in holders:
            Organiser.objects.create(event=event, initiative=holder)
    anne = found.register("Anne")
    anne.initiative = gone
    anne.save(update_fields=["initiative"])
    told = found.morning[0].testimonies.create(name="Le Fournil", initiative=gone)
    publishing.merge(kept, gone, "test", "doublon")
    held = Organiser.objects.filter(initiative__isnull=False)
    assert {(each.event, each.initiative) for each in held} == {(found.event, kept), (other, kept)}
    for row in (anne, told):
        row.refresh_from_db()
        assert row.initiative == kept
