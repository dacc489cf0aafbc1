"""One person, from signing up to leaving, in a browser: with a passkey, and without JavaScript."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import caches
from django.db import connection
from playwright.sync_api import Page

from accounts.models import User
from mail.models import Message
from tests.accounts.test_signing_in import code
from tests.browser.conftest import Visitor
from tests.mail.outbox import last, links

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "dominique@example.org", "quatre-vingts-choux"
STRONG = "main form .button-strong"


@pytest.fixture(autouse=True)
def _forget(site: str) -> Iterator[None]:
    """What the server's threads write is committed: each test forgets its own person, before and after, in a
    thread too, for the test itself is in a transaction."""

    def forget() -> None:
        caches["default"].clear()
        User.objects.filter(email=EMAIL).delete()
        Message.objects.filter(to=EMAIL).delete()
        connection.close()

    def apart() -> None:
        thread = threading.Thread(target=forget)
        thread.start()
        thread.join()

    apart()
    yield
    apart()


def fine(visitor: Visitor, name: str) -> None:
    """Nothing for axe to report, nothing refused by the policy of contents, no sideways scroll."""
    assert visitor.violations() == [], name
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, f"{name}\n{results.generate_report()}"
    assert not visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


def mailed(letter: str) -> str:
    return re.sub(r"^https?://[^/]+", "", links(last(EMAIL, letter))[0])


def sign_up(visitor: Visitor, prefix: str = "") -> Page:
    page = visitor.go(f"{prefix}/compte/signup/")
    fine(visitor, "sign up")
    page.fill("#id_email", EMAIL)
    page.fill("#id_password1", PASSWORD)
    page.click(STRONG)
    fine(visitor, "address to confirm")
    visitor.go(mailed("accounts.confirm"))
    fine(visitor, "confirm")
    page.click(STRONG)
    return page


def sign_in(page: Page) -> None:
    page.fill("#id_login", EMAIL)
    page.fill("#id_password", PASSWORD)
    page.click(STRONG)


def enter_by_a_link(visitor: Visitor, prefix: str) -> None:
    page = visitor.page
    visitor.go(f"{prefix}/compte/lien/")
    fine(visitor, "ask for a link")
    page.fill("#id_email", EMAIL)
    page.click(STRONG)
    fine(visitor, "link sent")
    visitor.go(mailed("accounts.link"))
    fine(visitor, "enter")
    page.click(STRONG)
    page.wait_for_url(f"**{prefix}/compte/")
    fine(visitor, "profile")


def set_up_the_app(visitor: Visitor, prefix: str) -> str:
    """A second factor; one of the recovery codes."""
    page = visitor.page
    visitor.go(f"{prefix}/compte/2fa/totp/activate/")
    fine(visitor, "is it you")
    page.fill("#id_password", PASSWORD)
    page.click(STRONG)
    fine(visitor, "set up the app")
    secret = page.inner_text(".secret").strip()
    page.fill("#id_code", code(secret))
    page.click(STRONG)
    page.wait_for_selector(".codes")
    fine(visitor, "recovery codes")
    return page.locator(".codes li").first.inner_text()


def sign_out(visitor: Visitor, prefix: str) -> None:
    visitor.page.click(".pages button")
    visitor.page.wait_for_url(f"**{prefix}/compte/login/")


def come_back_with(recovery: str, visitor: Visitor, prefix: str) -> None:
    page = visitor.page
    sign_out(visitor, prefix)
    fine(visitor, "signed out")
    sign_in(page)
    page.wait_for_url("**/2fa/authenticate/")
    fine(visitor, "second factor")
    page.fill("#id_code", recovery)
    page.click(STRONG)
    page.wait_for_url(f"**{prefix}/compte/")


def see_every_page(visitor: Visitor, prefix: str) -> None:
    page = visitor.page
    for path in (
        "email/", "password/change/", "2fa/", "2fa/webauthn/add/", "2fa/webauthn/", "2fa/totp/deactivate/",
        "2fa/recovery-codes/generate/", "sessions/", "donnees/", "logout/",
    ):  # fmt: skip
        visitor.go(f"{prefix}/compte/{path}")
        if "reauthenticate" in page.url:
            page.fill("#id_password", PASSWORD)
            page.click(STRONG)
        fine(visitor, path)


def leave(visitor: Visitor, prefix: str) -> None:
    page = visitor.page
    visitor.go(f"{prefix}/compte/effacer/")
    fine(visitor, "leave")
    page.fill("#id_email", EMAIL)
    page.click("main form .button-danger")
    page.wait_for_url("**/compte/efface/")
    fine(visitor, "left")


@pytest.mark.parametrize(
    ("width", "theme", "prefix"),
    [(1280, "light", ""), (375, "dark", "/en")],
)
@pytest.mark.slow
def test_signing_up_then_by_a_link_then_with_a_second_factor(
    window: Any, width: int, theme: str, prefix: str
) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    sign_up(visitor, prefix).wait_for_url(f"**{prefix}/compte/")
    sign_out(visitor, prefix)
    enter_by_a_link(visitor, prefix)
    recovery = set_up_the_app(visitor, prefix)
    come_back_with(recovery, visitor, prefix)
    see_every_page(visitor, prefix)
    leave(visitor, prefix)
    assert not User.objects.filter(email=EMAIL).exists()
    assert visitor.faults == [] and visitor.elsewhere == []


@pytest.mark.slow
def test_a_passkey_is_added_then_opens_the_account_alone(window: Any) -> None:
    visitor: Visitor = window()
    page = sign_up(visitor)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True,
                     "automaticPresenceSimulation": True}},
    )  # fmt: skip
    visitor.go("/compte/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    page.click(STRONG)
    page.fill("#id_name", "Ordinateur")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector(".codes, .table")
    visitor.go("/compte/2fa/webauthn/")
    assert "Ordinateur" in page.inner_text("main")
    fine(visitor, "keys")
    page.click(".pages button")
    page.click("#passkey_login")
    page.wait_for_url("**/compte/")
    assert visitor.faults == [] and visitor.violations() == []


def test_without_javascript_one_signs_in_and_out(window: Any) -> None:
    visitor: Visitor = window(java_script_enabled=False)
    page = sign_up_plainly(visitor)
    page.click(".pages button")
    sign_in(page)
    page.fill("#id_name", "Dominique")
    page.check("#id_language_1")
    page.click(STRONG)
    assert page.url.endswith("/en/compte/")
    assert "Your profile is saved." in page.inner_text("main")
    page.click(".pages button")
    assert "/compte/login/" in page.url
    assert "You are signed out." in page.inner_text("main")


def sign_up_plainly(visitor: Visitor) -> Page:
    page = visitor.go("/compte/signup/")
    page.fill("#id_email", EMAIL)
    page.fill("#id_password1", PASSWORD)
    page.click(STRONG)
    visitor.go(mailed("accounts.confirm"))
    page.click(STRONG)
    return page
