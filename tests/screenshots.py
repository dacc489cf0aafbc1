"""The pictures of ``docs/screenshots/``, taken from a running site: ``make screenshots``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import launch
from tests.served import CLONE, served

FOLDER = CLONE / "docs" / "screenshots"
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 740}


@dataclass(frozen=True)
class Shot:
    """One picture: a page, a window, and what is pressed and typed before."""

    name: str
    path: str
    size: dict[str, int] = field(default_factory=lambda: WIDE)
    options: dict[str, Any] = field(default_factory=dict)
    press: tuple[str, ...] = ()
    typed: str = ""


SHOTS = (
    Shot("map", "/"),
    Shot("map-dark", "/", options={"color_scheme": "dark"}),
    Shot("around-felletin", "/?near=2.1733,45.8849&radius=50000"),
    Shot("suggestions", "/", press=("#place",), typed="fell"),
    Shot("phone-list", "/?territory=departement-23", PHONE),
    Shot("phone-map", "/?territory=departement-23", PHONE, press=("[data-show=map]",)),
    Shot("initiative", "/initiatives/ambiance-bois/"),
    Shot("territory", "/territoires/departement-23/"),
    Shot("word", "/glossaire/ptce/"),
    Shot("embed", "/embed/configurer/?territory=departement-23&show=map"),
)


def take(browser: Browser, site: str, shot: Shot) -> None:
    context = browser.new_context(locale="fr-FR", viewport=shot.size, reduced_motion="reduce", **shot.options)
    page = context.new_page()
    page.goto(site + shot.path, wait_until="networkidle")
    for selector in shot.press:
        page.locator(selector).first.click()
    if shot.typed:
        page.keyboard.type(shot.typed)
    settle(page)
    page.screenshot(path=FOLDER / f"{shot.name}.png")
    context.close()


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # the last outlines are drawn


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as site, sync_playwright() as playwright:
        browser = launch(playwright)
        for shot in SHOTS:
            take(browser, site, shot)
            print(f"docs/screenshots/{shot.name}.png", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
