"""What events do when communes become one: they are held in the new one, and no registration is lost."""

from __future__ import annotations

import pytest

from events.models import Organiser
from territories.loading import delete_vanished
from territories.models import Territory
from territories.signals import territories_loaded
from tests.events.gathering import Gathering, gather
from tests.factories import make_commune

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
