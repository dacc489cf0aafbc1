"""An initiative assesses itself on a telephone, without an account and without any script."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_without import TOO_SMALL

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db

ANSWERS = {
    "Économique": ("3", "4", "2", "3", "na", "1", ""),
    "Sociale et sociétale": ("4", "3", "4", "3", "2", "4", "3"),
    "Environnementale": ("1", "0", "2", "1", "na", "na", "2"),
    "Territoriale": ("4", "4", "3", "3", "4", "2", "3"),
}
LETTERS = "ESNT"


def answer(page: Page, letter: str, answers: tuple[str, ...]) -> None:
    for number, value in enumerate(answers, 1):
        page.locator(f'input[name="{letter}{number}"][value="{value}"]').check()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_profile_is_answered_on_a_telephone_without_any_script(window: Any) -> None:
    visitor: Visitor = window(width=320, java_script_enabled=False)
    page = visitor.go("/auto-evaluation/")
    page.get_by_role("link", name="Commencer").first.click()
    for letter, (dimension, answers) in zip(LETTERS, ANSWERS.items(), strict=True):
        expect(page.get_by_role("heading", level=1)).to_have_text(dimension)
        answer(page, letter, answers)
        page.get_by_role("button", name="Voir mon profil" if letter == "T" else "Continuer").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre profil")
    expect(page.get_by_role("img", name="Le profil sur ses dimensions")).to_be_visible()
    expect(page.locator("tr", has_text="Économique")).to_contain_text("65")
    address = page.url
    page.goto(address)  # as by the link that was kept, another day
    page.get_by_role("link", name="Revoir cette réponse").first.click()
    expect(page.locator('input[name="N2"][value="0"]')).to_be_checked()
    assert visitor.faults == [] and visitor.elsewhere == []


@pytest.mark.slow
def test_the_pages_of_a_profile_suit_everybody(window: Any) -> None:
    visitor: Visitor = window(width=320)
    page = visitor.go("/auto-evaluation/commencer/")
    answer(page, "E", ANSWERS["Économique"])
    assert page.evaluate(TOO_SMALL) == [] and fits(page)
    page.keyboard.press("Enter")  # from the last answer: as the button « Continuer » does
    expect(page.get_by_role("heading", level=1)).to_have_text("Sociale et sociétale")
    page.get_by_role("button", name="Enregistrer et m’arrêter là").click()
    expect(page.get_by_role("status").filter(has_text="enregistrées")).to_be_visible()
    for summary in page.locator("main summary").all():
        summary.click()
    small = [each for _height, each in page.evaluate(TOO_SMALL) if "homepage" not in each]  # out of sight
    assert small == [] and fits(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    page.goto(f"{visitor.base}/en{visitor.address.partition('?')[0]}effacer/")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("status").filter(has_text="erased")).to_be_visible()
    assert visitor.violations() == [] and visitor.faults == [] and visitor.elsewhere == []
