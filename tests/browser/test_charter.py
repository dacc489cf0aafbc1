"""The mayor of a commune signs the charter for it, on a telephone and without an account; a moderator of the
département verifies the mandate; the commune is named, until the mayor goes back on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from charter import versions
from frontend import guarded
from territories.models import Territory
from tests.browser.conftest import Visitor
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_person
from tests.mail.outbox import last, links

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db

MAYOR = "mairie@example.org"


@pytest.fixture(scope="module")
def moderator(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The charter is published, and somebody moderates Creuse: the address."""
    with django_db_blocker.unblock():
        versions.load()
        person = make_person("creuse", "moderator", Territory.objects.get(pk="departement-23"))
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        yield person.email


def own_path() -> str:
    """Where the link of the mayor's last letter leads."""
    return urlsplit(next(each for each in links(last(MAYOR)) if "/compte/charte/signature/" in each)).path


def asked(visitor: Visitor) -> Page:
    page = visitor.go("/charte/")
    clean(visitor)
    page.get_by_role("link", name="Signer la charte").first.click()
    page.get_by_role("link", name="Pour une commune").click()
    page.get_by_label("Son nom").fill("Felletin")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Felletin", exact=True).first.click()
    page.get_by_role("button", name="Signer").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez cette case pour signer")
    clean(visitor)
    page.get_by_label("Nom et prénom").fill("Dominique Exemple")
    page.get_by_label("Courriel").fill(MAYOR)
    page.get_by_label("Votre fonction").fill("maire")
    page.get_by_label("Ce qui vous habilite").fill("Délibération du conseil municipal du 3 mars.")
    page.get_by_label("Le nom de la structure peut figurer").check()
    page.get_by_label("J’ai lu la charte").check()
    page.get_by_role("button", name="Signer").click()
    expect(page.get_by_role("heading", name="Il reste à confirmer")).to_be_visible()
    return page


@pytest.mark.slow
def test_the_mayor_signs_the_charter_for_a_commune(
    window: Any, moderator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "QUICKEST", -1)  # no one is slower than a test
    mayor: Visitor = window(375)
    page = asked(mayor)
    page = mayor.go(own_path())
    page.get_by_role("button", name="Confirmer ma signature").click()
    expect(page.get_by_text("vérifie que vous pouvez l’engager")).to_be_visible()
    expect(mayor.go("/charte/signataires/").get_by_text("Personne n’a encore signé")).to_be_visible()

    theirs: Visitor = window(1280)
    page = sign_in(theirs, moderator)
    page.get_by_role("link", name="Charte : mandats").first.click()
    page.get_by_role("link", name="Felletin").click()
    expect(page.locator("main")).to_contain_text("Délibération du conseil municipal du 3 mars.")
    clean(theirs)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Votre réponse est envoyée.")).to_be_visible()

    page = mayor.go("/charte/signataires/?territory=departement-23")
    page.get_by_role("link", name="Felletin").click()
    expect(page.get_by_text("Signataire de la charte (2015, résumé)")).to_be_visible()
    assert "Dominique" not in page.content()
    page.get_by_role("link", name="Montrer ce badge ailleurs").click()
    expect(page.get_by_role("img", name="La charte des circuits courts")).to_be_visible()
    page.wait_for_function("() => document.querySelector('main img').naturalWidth === 320")
    clean(mayor)

    page = mayor.go(own_path())
    clean(mayor)
    page.get_by_role("link", name="Retirer ma signature").click()
    page.get_by_role("button", name="Retirer ma signature").click()
    expect(page.get_by_text("ce lien ne sert plus")).to_be_visible()
    expect(mayor.go("/charte/signataires/").get_by_text("Personne n’a encore signé")).to_be_visible()
