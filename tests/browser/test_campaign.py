"""The coordinator of a network asks its members whether their records are still true; they answer from their
mail, without an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from directory.ages import months_before
from directory.models import Initiative
from tests.browser.conftest import Visitor
from tests.browser.test_imports import done
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_grouping, make_initiative, make_person
from tests.mail.outbox import last, links
from verification import campaigns

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db

MEMBERS = ("Le Fournil partagé", "L’Atelier des Tuileries", "Le Jardin des Sources")


@pytest.fixture(scope="module")
def network(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A network of three members that nobody has vouched for in thirty months; the address of who coordinates
    it."""
    with django_db_blocker.unblock():
        rows = [make_initiative(name, email=f"membre{n}@example.org") for n, name in enumerate(MEMBERS)]
        old = months_before(timezone.now(), 30)
        Initiative.objects.filter(pk__in=[row.pk for row in rows]).update(created_at=old)
        made = make_grouping("reseau-des-fournils", "network", tuple(rows), name="Réseau des Fournils")
        person = make_person("coordinatrice", "coordinator", made)
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        yield person.email


def letter_path(name: str) -> str:
    """Where the link of the letter about this member leads."""
    letter = last(to=f"membre{MEMBERS.index(name)}@example.org", letter=campaigns.LETTER)
    assert name in letter.subject and "Réseau des Fournils" in letter.text
    return urlsplit(next(each for each in links(letter) if "/compte/verification/" in each)).path


def open_letter(window: Any, name: str) -> Page:
    """As it opens on a telephone, without JavaScript."""
    visitor: Visitor = window(375, java_script_enabled=False)
    page = visitor.go(letter_path(name))
    expect(page.get_by_role("heading", name="Est-ce toujours vrai ?")).to_be_visible()
    expect(page.locator("main")).to_contain_text(name)
    return page


@pytest.mark.slow
def test_the_coordinator_runs_a_verification_campaign(window: Any, network: str) -> None:
    hers: Visitor = window(1280)
    page = sign_in(hers, network)
    page.get_by_role("link", name="Vérifications").first.click()
    page.get_by_role("link", name="Préparer").click()
    page.get_by_label("Quelques mots").fill("Nous imprimons l’annuaire en janvier : merci !")
    page.get_by_role("button", name="Voir à qui et quoi").click()
    expect(page.get_by_role("heading", name="3 initiatives recevront la lettre")).to_be_visible()
    expect(page.locator(".mail-text")).to_contain_text("> Nous imprimons l’annuaire en janvier")
    clean(hers)
    page.get_by_role("button", name="Commencer la campagne").click()
    page.wait_for_url(re.compile("/compte/campagnes/[0-9a-f-]{36}/"))
    followed = hers.address

    done(page)
    for name in MEMBERS:  # a program that reads mail opens every link
        assert hers.page.request.get(hers.base + letter_path(name)).ok
    page = hers.go(followed)
    expect(page.locator("main")).to_contain_text("0 réponse sur 3, 0 %")

    answered = open_letter(window, MEMBERS[0])
    answered.get_by_role("button", name="Toujours vrai").click()
    expect(answered.get_by_text("Merci. Vous avez répondu « toujours vrai »")).to_be_visible()
    answered.goto(f"{hers.base}{letter_path(MEMBERS[0])}")
    expect(answered.get_by_text("Ce lien sert une fois")).to_be_visible()

    closed = open_letter(window, MEMBERS[1])
    closed.get_by_role("button", name="Fermé").click()
    closed.get_by_role("button", name="Oui, elle a fermé").click()
    expect(closed.get_by_text("Merci. Vous avez répondu « fermé »")).to_be_visible()

    corrected = open_letter(window, MEMBERS[2])
    corrected.get_by_role("button", name="À corriger").click()
    expect(corrected.locator("main form").first).to_be_visible()
    assert f"/initiatives/{Initiative.objects.get(name=MEMBERS[2]).slug}/" in corrected.url

    page = hers.go(followed)
    expect(page.locator("main")).to_contain_text("3 réponses sur 3, 100 %")
    assert "@example.org" not in page.locator("main").inner_text()
    clean(hers)
    page = hers.go(f"/initiatives/{Initiative.objects.get(name=MEMBERS[0]).slug}/")
    expect(page.locator("main")).to_contain_text("par l’équipe de l’initiative")
