"""The head of every page: one line whatever the window and the language, its menu by keyboard, no script."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.django_db

WIDTHS = (320, 375, 680, 768, 900, 1024, 1100, 1280, 1600)
MEASURED = """() => ({
  height: document.querySelector(".masthead").getBoundingClientRect().height,
  wide: document.documentElement.scrollWidth,
  bottoms: [...document.querySelectorAll(".masthead-nav a, .masthead-menu")]
    .filter((each) => each.offsetParent && !each.closest("[popover]"))
    .map((each) => each.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2)),
})"""
LISTED = """() => {
  const link = document.querySelector("[data-my-list-link]");
  link.hidden = false;
  link.querySelector("[data-my-list-count]").textContent = "123";
}"""


@pytest.mark.parametrize("path", ["/glossaire/", "/en/glossaire/"])
@pytest.mark.parametrize("listed", [False, True])
def test_the_header_is_one_line_at_every_width(window: Any, path: str, listed: bool) -> None:
    """With a list of one's own too, whose link comes after the others."""
    page = window().go(path)
    if listed:
        page.evaluate(LISTED)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        seen = page.evaluate(MEASURED)
        assert seen["height"] <= 66 and seen["wide"] <= width, (width, seen)
        assert max(seen["bottoms"]) - min(seen["bottoms"]) <= 2, (width, seen)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_is_opened_followed_and_closed_by_keyboard(window: Any, scripts: bool) -> None:
    page = window(width=375, java_script_enabled=scripts).go("/glossaire/")
    menu = page.get_by_role("button", name="Menu")
    pages = page.locator("#pages")
    assert not pages.is_visible()
    menu.focus()
    page.keyboard.press("Enter")
    assert pages.is_visible()
    for link in pages.get_by_role("link").all():
        box = link.bounding_box()
        assert box and box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 375
    page.keyboard.press("Escape")
    assert not pages.is_visible() and menu.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/comprendre/")
