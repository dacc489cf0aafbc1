"""A coordinator brings a listing from a phone, without a script; the pages are clean to axe."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from playwright.sync_api import FilePayload, Page
from pytest_django import DjangoDbBlocker

from directory.models import Initiative
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_grouping, make_person
from tests.jobs.running import run_queued

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db
COORDINATOR = "reseau@example.org"
LIST = """Structure;Type;Statut juridique;Code postal;Ville;Cotisation
La Remise;Ressourcerie;Autre;23200;Aubusson;30
Recyclabulle;Ressourcerie;Association;23000;Saint-Sulpice-le-Guérétois;30
;Ressourcerie;;23200;Aubusson;15
"""


@pytest.fixture(scope="module")
def coordinator(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        made = make_person("reseau", "coordinator", make_grouping("recycleries", kind="network"))
        made.set_password(PASSWORD)
        made.save()
        EmailAddress.objects.create(user=made, email=COORDINATOR, verified=True, primary=True)
        yield


def looked_at(visitor: Any, scripts: bool) -> None:
    """Nothing is wider than the screen, and axe finds nothing, which needs scripts."""
    if scripts:
        clean(visitor)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visitor.page.evaluate(wide) == 0


def done(page: Page) -> None:
    """The worker does its part, on a connection of its own that commits; the page is asked for again."""

    def work() -> list[str]:
        try:
            return run_queued("work")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result()
    page.goto(page.url)


@pytest.mark.parametrize("scripts", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_listing_is_brought_from_a_phone(
    window: Any, coordinator: None, django_db_blocker: DjangoDbBlocker, scripts: bool
) -> None:
    visitor = window(320, java_script_enabled=scripts)
    page = sign_in(visitor, COORDINATOR)
    page.get_by_role("link", name="Imports").first.click()
    page.get_by_role("link", name="Apporter un fichier").first.click()
    looked_at(visitor, scripts)
    file = FilePayload(name="liste.csv", mimeType="text/csv", buffer=LIST.encode("windows-1252"))
    page.get_by_label("Le fichier", exact=True).set_input_files(file)
    if page.get_by_label("Comment le lire").count():
        page.get_by_label("Comment le lire").select_option("")
    page.get_by_label("Nom de cette liste").fill("Adhérents")
    page.get_by_role("button", name="Envoyer et lire").click()
    page.get_by_role("heading", name="Que disent vos colonnes ?").wait_for()
    assert page.get_by_label("Structure").input_value() == "name"
    looked_at(visitor, scripts)
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_label("Ressourcerie").input_value() == "reemploi--ressourcerie"
    looked_at(visitor, scripts)
    page.get_by_role("button", name="Voir ce qui va changer").click()
    page.get_by_role("heading", name="Préparation de l’import").wait_for()
    done(page)
    page.get_by_role("heading", name="Ce qui va changer").wait_for()
    looked_at(visitor, scripts)
    page.get_by_role("button", name="Importer").click()
    page.get_by_role("heading", name="Import de la liste").wait_for()
    done(page)
    page.get_by_role("button", name="Publier cette fiche").wait_for()
    looked_at(visitor, scripts)
    page.get_by_role("link", name="Défaire…").click()
    page.get_by_role("button", name="Défaire cet import").click()
    page.get_by_role("heading", name="Retour en arrière").wait_for()
    done(page)
    page.get_by_role("heading", name="Import défait").wait_for()
    looked_at(visitor, scripts)
    with django_db_blocker.unblock():
        assert not Initiative.objects.filter(name="La Remise").exists()
