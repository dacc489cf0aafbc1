"""« Ma liste »: picked while browsing, kept by the browser, sent by a link, kept in an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from directory import listings
from directory.models import Listing
from tests.browser.conftest import Visitor
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.factories import make_person

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def listing(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Listing]:
    """What Claire has already; her account and all her lists go with the module."""
    with django_db_blocker.unblock():
        claire = make_person("claire")
        claire.set_password(PASSWORD)
        claire.save()
        claire.own_address(verified=True)
        yield listings.create(claire, "Culture", criteria="sector=culture&territory=departement-23")
        Listing.objects.filter(owner=claire).delete()


@pytest.mark.slow
def test_a_list_is_picked_sent_and_kept_in_an_account(window: Any, listing: Listing) -> None:
    hers: Visitor = window(375, color_scheme="dark")
    page = hers.go("/?territory=departement-23")
    link = page.locator("[data-my-list-link]")
    assert link.is_hidden()
    add = page.get_by_role("button", name="Ajouter à ma liste")
    for _time in range(3):
        add.first.click()  # the one that was pressed is no longer called so
    said = page.locator("[data-my-list-said]")
    assert said.inner_text() == "Votre liste compte 3 initiatives."
    page.get_by_role("button", name="Retirer de ma liste").first.focus()
    page.keyboard.press("Enter")
    assert said.inner_text() == "Votre liste compte 2 initiatives."
    link.click()
    rows = page.locator("[data-my-list-rows] li")
    rows.nth(1).wait_for()
    assert rows.count() == 2
    clean(hers)
    page.get_by_role("button", name="Vider la liste").click()
    page.get_by_role("button", name="Remettre ce qui y était").click()
    assert rows.count() == 2
    sent = page.get_by_label("Le lien à envoyer").input_value()

    friend: Visitor = window(375)  # who has nothing of their own
    friend.page.goto(sent)
    assert friend.count == 2

    sign_in(hers, "claire@example.org")
    hers.go("/ma-liste/")
    page.get_by_role("link", name="La garder dans mon compte").click()
    page.get_by_label("Nom de la liste").fill("Mes préférées")
    page.get_by_role("button", name="Garder la liste").click()
    page.wait_for_url("**/compte/listes/mes-preferees-*/")
    clean(hers)
    page.get_by_role("link", name="Voir, emporter, imprimer").click()
    page.wait_for_url("**/listes/mes-preferees-*/")
    assert hers.count == 2
    clean(hers)


@pytest.mark.slow
def test_the_map_moves_within_a_list(window: Any, listing: Listing) -> None:
    address = f"/listes/{listing.slug}/"
    hers: Visitor = window(1280)
    page = hers.go(address)
    hers.agreed()
    before = hers.count
    assert hers.marked() == before > 0
    clean(hers)
    page.locator("[data-map]").focus()
    page.keyboard.press("+")
    page.wait_for_url(lambda url: "bbox=" in url and address in url)
    hers.agreed()
    assert hers.count <= before
    page.reload()
    hers.agreed()
    assert page.get_by_role("heading", level=1).inner_text() == "Culture"
    page.get_by_role("link", name="Revenir à toute la recherche").click()
    page.wait_for_url(lambda url: url.endswith(address))
    hers.agreed()
    assert hers.count == before
