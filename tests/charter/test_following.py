"""What signatures do when communes become one: people and mayors have signed all the same."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from charter import mandates
from charter.models import Signature
from charter.signatories import counts, every, in_territory, of
from territories.loading import delete_vanished
from territories.models import Territory
from territories.signals import territories_loaded
from tests.charter.conftest import Sign
from tests.factories import make_commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin@example.org")


def load(vanished: dict[str, str | None]) -> None:
    """What a load of the territories of a new year does of those that are no more."""
    territories_loaded.send(sender=Territory, vanished=vanished)
    delete_vanished(vanished)


def test_signatures_of_a_commune_go_to_the_one_that_takes_its_place(
    sign: Sign, admin: User, felletin: Any
) -> None:
    new = make_commune("23999", "Vallée nouvelle")
    mandates.grant(sign("Maire", felletin), admin)
    sign("Anne", commune=felletin)
    load({felletin.pk: new.pk})
    here = counts(every().filter(in_territory(new)))
    assert (here.territory, here.person, of(new) is not None) == (1, 1, True)


def test_communes_that_had_both_signed_count_as_one(sign: Sign, admin: User, felletin: Any) -> None:
    aubusson, new = make_commune("23008", "Aubusson"), make_commune("23999", "Vallée nouvelle")
    for name, commune in {"Maire": felletin, "Autre": aubusson}.items():
        mandates.grant(sign(name, commune), admin)
    load({felletin.pk: new.pk, aubusson.pk: new.pk})
    assert (counts(every()).territory, Signature.objects.count()) == (1, 1)


def test_the_signature_of_an_authority_that_nothing_succeeds_goes_with_it(
    sign: Sign, admin: User, felletin: Any
) -> None:
    mandates.grant(sign("Maire", felletin), admin)
    anne = sign("Anne", commune=felletin)
    load({felletin.pk: None})
    anne.refresh_from_db()
    assert (list(every()), anne.commune) == ([anne], None)
