"""The neighbour who adds a repair café without an account: by the keyboard, with what scripts add."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from contributions.models import Proposal
from directory.models import Initiative
from tests.browser.conftest import Visitor
from tests.contributions.test_photos import picture
from tests.mail.outbox import last, links

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db

NEIGHBOUR = "voisine@felletin.example"


def clean(visitor: Visitor) -> None:
    """axe and the browser find nothing to say, and nothing scrolls sideways."""
    visitor.page.wait_for_load_state()  # what a click leads to may have only begun
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, results.generate_report()
    assert visitor.violations() == [] and visitor.faults == [] and visitor.elsewhere == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_neighbour_adds_a_repair_cafe_without_an_account(window: Any) -> None:
    visitor: Visitor = window(width=375, color_scheme="dark")
    page = visitor.go("/participer/")
    clean(visitor)
    page.get_by_role("link", name="Proposer une initiative").first.click()

    page.get_by_label("Nom de l’initiative").fill("Repair café de Felletin")
    page.get_by_label("Commune", exact=True).press_sequentially("Fellet", delay=20)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Commune", exact=True)).to_have_value("Felletin (23)")
    page.locator("[data-put]").press("Enter")  # the map went there: its middle is the town hall
    expect(page.get_by_role("status").filter(has_text="Point placé")).to_be_visible()
    clean(visitor)
    page.locator("form[data-proved]").wait_for(state="attached")
    page.get_by_role("button", name="Continuer").press("Enter")

    expect(page.get_by_role("heading", name="Est-elle déjà là ?")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("C’est celle-ci")).first).to_be_visible()
    clean(visitor)
    page.get_by_role("button", name=re.compile("aucune d’elles")).press("Enter")

    page.get_by_label("Activité principale").select_option("701")
    page.get_by_label("En une phrase").fill("On y répare ensemble ce qui est cassé.")
    clean(visitor)
    page.get_by_role("button", name="Continuer").press("Enter")
    page.get_by_label("Site web").fill("repair.felletin.example")
    page.get_by_role("button", name="Continuer").press("Enter")

    expect(page.get_by_text("On y répare ensemble")).to_be_visible()
    photo = {"name": "atelier.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.get_by_label("Une photo").set_input_files([photo])  # type: ignore[list-item]
    page.get_by_label("Ce que l’on y voit").fill("Deux établis.")
    page.get_by_label("J’ai le droit de publier").check()
    page.get_by_label("Votre courriel").fill(NEIGHBOUR)
    clean(visitor)
    page.get_by_role("button", name="Envoyer ma proposition").press("Enter")

    expect(page.get_by_role("status").filter(has_text="Merci, c’est envoyé")).to_be_visible()
    expect(page.get_by_role("img", name="Deux établis.")).to_be_visible()
    clean(visitor)
    made = Proposal.objects.get(email=NEIGHBOUR)
    try:
        assert (made.state, made.commune_id, made.fields["activities"]) == ("waiting", "commune-23079", [701])
        assert not Initiative.objects.filter(name=made.name).exists()
        link = next(each for each in links(last(NEIGHBOUR)) if "/suivi/" in each)
        assert link.rpartition("/suivi/")[2] in visitor.address
    finally:
        made.delete()
