"""Events in a browser: a layer of the map, and a programme made on a phone in one's account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from directory.models import Grouping
from tests.browser.conftest import Visitor
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_person

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def coordinator(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    with django_db_blocker.unblock():
        network = Grouping.objects.get(kind="ptce", slug="de-fil-en-reseaux")
        person = make_person("nadia", "coordinator", network)
        person.set_password(PASSWORD)
        person.save()
        person.own_address(verified=True)
        yield person


@pytest.mark.slow
def test_an_event_is_announced_on_a_phone_then_seen_on_the_map(window: Any, coordinator: User) -> None:
    hers: Visitor = window(375, color_scheme="dark")
    sign_in(hers, coordinator.email)
    page = hers.go("/compte/evenements/annoncer/")
    clean(hers)
    page.get_by_role("link", name="De fil en Réseaux").first.click()
    day = timezone.localdate() + timedelta(days=60)
    page.get_by_label("Titre").fill("Forum des circuits")
    page.get_by_label("Début").fill(f"{day}T09:30")
    page.get_by_label("Fin", exact=True).fill(f"{day}T09:00")
    page.get_by_label("Commune").fill("Aubusson (23)")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    assert "La fin vient avant le début" in page.get_by_role("alert").inner_text()
    clean(hers)
    page.get_by_label("Fin", exact=True).fill(f"{day}T17:00")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_role("link", name="Ajouter un moment").click()
    page.get_by_label("Titre").fill("Cantines et circuits courts")
    page.get_by_label("Fin", exact=True).fill(f"{day}T11:00")
    clean(hers)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("link", name="A · Cantines et circuits courts", exact=True).wait_for()
    clean(hers)
    page.get_by_role("link", name="Publier").click()
    page.get_by_role("button", name="Publier cet évènement").click()

    anyone: Visitor = window()
    page = anyone.go("/")
    anyone.agreed()
    page.get_by_role("button", name="Évènements").click()
    flag = page.get_by_role("link", name="Forum des circuits")
    flag.wait_for()
    assert page.locator("[data-events-said]").inner_text() == "1 évènement sur la carte."
    clean(anyone)
    flag.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Forum des circuits"
    clean(anyone)
