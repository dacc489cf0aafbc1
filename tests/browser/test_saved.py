"""An officer enters a lever, saves a diagnosis, writes beside it and shares it by link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pytest_django import DjangoDbBlocker

from accounts.models import User
from diagnosis.counting import count_everything
from directory.models import Role
from territories.models import Territory
from tests.browser.conftest import Visitor
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_person

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db
EPCI = "epci-200044014"


@pytest.fixture(scope="module")
def officer(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    with django_db_blocker.unblock():
        count_everything()
        person = make_person("chargee-de-mission", "officer", Territory.objects.get(pk=EPCI))
        person.set_password(PASSWORD)
        person.save()
        person.own_address(verified=True)
        yield person
        Role.objects.filter(person=person).delete()


def fits(visitor: Visitor) -> None:
    """Nothing is wider than the window."""
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.slow
def test_a_diagnosis_is_saved_written_and_shared(window: Any, officer: User) -> None:
    hers: Visitor = window(1280, color_scheme="dark")
    page = sign_in(hers, officer.email)
    page.goto(f"{hers.base}/compte/leviers/inscrire/{EPCI}/")
    page.get_by_label("Nom du levier").fill("Un atelier à partager")
    page.get_by_role("button", name="Inscrire au catalogue").click()
    page.get_by_role("alert").wait_for()
    clean(hers)
    for label, text in {"Qui le propose": "La commune", "Pour qui": "tous", "Source": "Le conseil."}.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Inscrire au catalogue").click()
    page.wait_for_url("**/compte/leviers/")

    page.goto(f"{hers.base}/compte/diagnostics/enregistrer/{EPCI}/")
    page.get_by_role("button", name="Figer les chiffres").click()
    page.wait_for_url("**/ecrire/")
    page.get_by_label("Atouts").fill("Un tissu associatif ancien.")
    page.get_by_label("Ce qui a été dit").first.fill("Sans l’atelier, je n’aurais pas ouvert.")
    page.get_by_label("Par qui").first.fill("une boulangère")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("link", name="Témoignage 1").click()  # leads to the box that says it
    assert page.evaluate("document.activeElement.type") == "checkbox"
    clean(hers)
    page.keyboard.press("Space")
    page.get_by_label("Un atelier à partager").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/ecrire/"))
    page.get_by_role("link", name="Refaire").click()
    clean(hers)
    page.get_by_role("link", name="Partager", exact=True).click()
    page.get_by_label("Par un lien").check()
    page.get_by_role("button", name="Enregistrer").click()
    link = page.locator("a.secret").get_attribute("href") or ""
    clean(hers)

    theirs: Visitor = window(320)
    page = theirs.go(link.removeprefix(theirs.base))
    for words in ("Un tissu associatif ancien.", "une boulangère", "Un atelier à partager"):
        assert words in page.locator("main").inner_text()
    assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()
    assert theirs.violations() == [] and theirs.elsewhere == [] and theirs.faults == []
    fits(theirs)
    theirs.go("/leviers/")
    clean(theirs)
    fits(theirs)
