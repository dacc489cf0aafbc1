"""An officer of Creuse Grand Sud asks for her role and gets it, without a script as with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from accounts.models import User
from mail.models import Message
from tests.browser.conftest import Visitor

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db

PASSWORD = "un-mot-de-passe-de-felletin"
OFFICERS = ("agente@creuse.example", "chargee-de-mission@creuse.example")
ADMINISTRATOR = "administration@creuse.example"


@pytest.fixture(scope="module")
def people(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Two officers and an administrator with confirmed addresses."""
    with django_db_blocker.unblock():
        makers = dict.fromkeys(OFFICERS, User.objects.create_user)
        for email, make in (makers | {ADMINISTRATOR: User.objects.create_superuser}).items():
            made = make(email, PASSWORD)
            EmailAddress.objects.update_or_create(
                user=made, email=email, defaults={"verified": True, "primary": True}
            )
        yield


def sign_in(visitor: Visitor, email: str) -> Page:
    page = visitor.go("/compte/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/compte/")
    return page


def clean(visitor: Visitor) -> None:
    """axe and the browser find nothing to say."""
    visitor.page.wait_for_load_state()  # what a click leads to may have only begun
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, results.generate_report()
    assert visitor.violations() == [] and visitor.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("officer", "scripts", "width"),
    [(OFFICERS[1], False, 375), (OFFICERS[0], True, 1280)],
)
def test_an_officer_asks_for_her_role_and_gets_it(
    window: Any, people: None, officer: str, scripts: bool, width: int
) -> None:
    hers, theirs = window(width, java_script_enabled=scripts), window(width, java_script_enabled=scripts)

    page = sign_in(hers, officer)
    page.get_by_role("link", name="Rôles").first.click()
    page.get_by_role("link", name="Demander un rôle").click()
    page.get_by_role("link", name="Agent d’une collectivité").click()
    page.get_by_label("Son nom").fill("creuse grand sud")
    page.get_by_role("button", name="Chercher").click()
    if scripts:
        clean(hers)
    page.get_by_role("link", name="CC Creuse Grand Sud").click()
    page.get_by_label("Pourquoi demandez-vous ce rôle ?").fill("Je prépare le diagnostic du territoire.")
    if scripts:
        clean(hers)
    page.get_by_role("button", name="Envoyer la demande").click()
    page.wait_for_url("**/compte/roles/")
    assert "CC Creuse Grand Sud" in page.locator("main").inner_text()
    assert page.locator(".badge").all_inner_texts() == ["en attente"]
    if scripts:
        clean(hers)

    letter = Message.objects.filter(letter="directory.role_asked").latest("pk")
    assert letter.to == ADMINISTRATOR and "/compte/roles/demandes/" in letter.text
    page = sign_in(theirs, ADMINISTRATOR)
    page.goto(f"{theirs.base}/compte/roles/demandes/")
    page.get_by_role("link", name="Agent d’une collectivité").click()
    assert "Je prépare le diagnostic du territoire." in page.locator("main").inner_text()
    if scripts:
        clean(theirs)
    page.get_by_label("Votre réponse").fill("Bienvenue !")
    page.get_by_role("button", name="Accorder").click()
    page.wait_for_url("**/compte/roles/demandes/")

    assert Message.objects.filter(letter="directory.role_granted").latest("pk").to == officer
    page = hers.go("/compte/roles/")
    assert page.locator(".badge").all_inner_texts() == ["en cours"]
    assert "Bienvenue !" in page.locator("main").inner_text()
