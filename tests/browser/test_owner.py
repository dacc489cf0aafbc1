"""The owner who claims a page by a mail to its domain, completes it, assesses it and publishes the radar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from contributions.claiming import begin
from directory.models import Initiative
from questionnaires.versions import load as load_questionnaires
from tests.browser.conftest import Visitor
from tests.mail.outbox import last, links

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db

PASSWORD = "un-mot-de-passe-de-felletin"
OWNER = "equipe@felletin.example"
SLUG = "court-circuit-felletin"
OWNED = "quartier-rouge"  # a page that this person keeps already
MAILBOX = "contact@court-circuit-felletin.org"


@pytest.fixture(scope="module")
def owner(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    with django_db_blocker.unblock():
        made = User.objects.create_user(OWNER, PASSWORD)
        EmailAddress.objects.update_or_create(
            user=made, email=OWNER, defaults={"verified": True, "primary": True}
        )
        begin(made, Initiative.objects.get(slug=OWNED), "Test.")
        load_questionnaires()
        yield made


def clean(visitor: Visitor) -> None:
    """axe and the browser find nothing to say, and nothing scrolls sideways."""
    visitor.page.wait_for_load_state()  # what a click leads to may have only begun
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, results.generate_report()
    assert visitor.violations() == [] and visitor.faults == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def sign_in(page: Page) -> None:
    page.locator("input[name=login]").fill(OWNER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def test_the_owner_claims_a_page_and_completes_it(window: Any, owner: User) -> None:
    visitor: Visitor = window(width=375)
    page = visitor.go(f"/initiatives/{SLUG}/")
    page.get_by_role("link", name="J’en suis responsable").click()
    sign_in(page)
    page.wait_for_url(f"**/compte/initiatives/{SLUG}/tenir/")
    clean(visitor)
    page.get_by_label("Votre adresse à ce domaine").fill("contact")
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("status").filter(has_text=MAILBOX)).to_be_visible()
    clean(visitor)

    letter = last(MAILBOX, "contributions.claim")
    assert OWNER in letter.text
    link = next(each for each in links(letter) if "/tenir/" in each)
    visitor.go(link[link.index("/compte/") :])
    clean(visitor)
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="Court-Circuit Felletin")).to_be_visible()
    expect(page.get_by_role("link", name="Une description")).to_be_visible()
    clean(visitor)

    page.get_by_role("link", name="Une description").click()
    expect(page.locator("[data-placing]")).to_be_visible()  # its script runs
    clean(visitor)
    page.get_by_label("Ce qu’on y fait").fill("Nous collectons, réparons et vendons à petit prix.")
    page.get_by_label("Horaires").fill("Sa 14:00-18:00")
    page.get_by_role("button", name="Enregistrer la page").click()
    expect(page.get_by_role("status").filter(has_text="C’est en ligne")).to_be_visible()
    expect(page.get_by_role("link", name="Une description")).to_have_count(0)

    visitor.go(f"/initiatives/{SLUG}/")
    expect(page.get_by_text("Nous collectons, réparons")).to_be_visible()
    page.get_by_text("Qui a dit quoi, et quand").click()
    expect(page.locator(".declared").get_by_text("déclaré par l’équipe")).to_be_visible()
    clean(visitor)
    assert Initiative.objects.get(slug=SLUG).provenance["description"]["hand"] == "owner"


@pytest.mark.slow
def test_the_owner_assesses_the_initiative_and_publishes_the_radar(window: Any, owner: User) -> None:
    """Every question of the four dimensions, in the words of the scale; then who may see it."""
    visitor: Visitor = window(width=1280)
    page = visitor.go(f"/compte/initiatives/{OWNED}/")
    sign_in(page)
    page.get_by_role("link", name="Situer l’initiative").click()
    page.get_by_role("button", name="Répondre pour cette initiative : Quartier Rouge").click()
    for _dimension in range(4):
        for group in page.locator("main fieldset").all():
            if (good := group.locator("input[value='3']")).count():
                good.check()
        page.locator("main form button.button-strong[name=go][value=next]").click()
    expect(page.get_by_role("heading", name="Votre profil")).to_be_visible()
    if (finish := page.get_by_role("button", name="J’ai répondu à ce que je pouvais")).count():
        finish.click()
    clean(visitor)
    assert Client().get(f"/initiatives/{OWNED}/auto-evaluation/").status_code == 404, "private by default"

    page.get_by_role("link", name="Choisir qui voit ce profil").click()
    page.wait_for_url("**/compte/auto-evaluations/**")
    clean(visitor)
    page.get_by_role("link", name="Choisir qui le voit").click()
    page.locator("input[name=sharing][value=public]").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text="figure sur la page")).to_be_visible()

    public: Visitor = window(width=375, java_script_enabled=False)
    open_page = public.go(f"/initiatives/{OWNED}/auto-evaluation/")
    expect(open_page.locator("main svg.radar, main svg[class*=radar]").first).to_be_visible()
    assert OWNER not in open_page.content()
