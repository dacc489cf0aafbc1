"""Versions of a page and keys of the API, in a browser: a moderator brings a version back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from accounts.models import User
from directory.history import Hand, noting
from directory.models import Initiative, Role
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.django_db

PASSWORD = "un moulin a vent"
SLUG = "ambiance-bois"
PUBLIC = f"/initiatives/{SLUG}/historique/"
WHOLE = f"/compte/initiatives/{SLUG}/historique/"


@pytest.fixture(scope="module")
def spoilt(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A page that somebody spoilt, and the moderator of its département. Committed, for the server to see."""
    with django_db_blocker.unblock():
        rows = Initiative.objects.filter(slug=SLUG)
        with noting(by="account 1", hand=Hand.OWNER, via="site", why="Nous présentons notre travail."):
            rows.update(description="Une scierie autogérée du plateau de Millevaches.", phone="+33 555694606")
        with noting(by="account 2", hand=Hand.CONTRIBUTOR, via="site"):
            rows.update(name="GRANDE PROMOTION", description="Une boutique du plateau de Millevaches.")
        moderator = User.objects.create_user("moderation@example.org", PASSWORD)
        moderator.own_address(verified=True)
        other = User.objects.create_user("autre@example.org", PASSWORD)
        Role.objects.create(
            person=moderator, kind="moderator", territory=rows.get().departement, reason="Je relis.",
            decided_at=timezone.now(), decided_by=other, granted=True,
        )  # fmt: skip
        yield


def sign_in(visitor: Visitor) -> None:
    page = visitor.go("/compte/login/")
    page.fill("[name=login]", "moderation@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/compte/")


def examine(visitor: Visitor, page: Page) -> None:
    """Nothing that axe or the policy reports, and no sideways scroll."""
    assert visitor.violations() == []  # axe adds its own: read before it runs
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


@pytest.mark.slow
def test_a_moderator_finds_what_was_spoilt_and_brings_it_back(window: Any, spoilt: None) -> None:
    visitor: Visitor = window(width=375)
    page = visitor.go(f"/initiatives/{SLUG}/")
    page.get_by_role("link", name="Historique de la page").click()
    page.wait_for_url(f"**{PUBLIC}")
    assert "GRANDE PROMOTION" in page.locator(".version").first.inner_text()
    examine(visitor, page)

    sign_in(visitor)
    page = visitor.go(WHOLE)
    examine(visitor, page)
    page.get_by_role("link", name="Rétablir cette version").first.click()
    page.wait_for_url("**/retablir/")
    examine(visitor, page)
    page.get_by_label("Pourquoi rétablir cette version ?").fill("Page détournée en publicité.")
    page.get_by_role("button", name="Rétablir cette version").click()
    page.wait_for_url(f"**{WHOLE}")
    assert "La version est rétablie." in page.get_by_role("status").all_inner_texts()[-1]

    newest = visitor.go(PUBLIC).locator(".version").first.inner_text()
    assert "par la modération" in newest and "Page détournée en publicité." in newest
    assert visitor.go(f"/initiatives/{SLUG}/").locator("h1").inner_text() == "Ambiance Bois"
    assert visitor.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(375, "dark"), (1280, "light")])
def test_a_key_is_made_shown_and_revoked(window: Any, spoilt: None, width: int, theme: str) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    sign_in(visitor)
    page = visitor.go("/compte/jetons/")
    page.get_by_role("link", name="Créer un jeton").click()
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/jetons/nouveau/")
    examine(visitor, page)
    page.get_by_label("À quoi sert ce jeton ?").fill(f"Essai {width}")
    page.get_by_role("button", name="Créer le jeton").click()
    key = page.locator(".secret").first.inner_text()
    assert key.startswith("maillage_")
    examine(visitor, page)
    page.get_by_role("link", name="J’ai copié la clé").click()
    page.wait_for_url("**/jetons/")
    assert key not in page.content()
    examine(visitor, page)
    page.get_by_role("link", name=f"Révoquer Essai {width}").click()
    page.wait_for_url("**/revoquer/")
    examine(visitor, page)
    page.get_by_role("button", name="Révoquer ce jeton").click()
    page.wait_for_url("**/jetons/")
    assert "révoqué le" in page.locator("main").inner_text()
    assert visitor.faults == []
