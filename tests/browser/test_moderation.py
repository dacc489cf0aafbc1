"""The moderator of Creuse corrects and publishes what a neighbour proposed; others are refused with keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from contributions.models import Proposal
from contributions.proposing import propose
from directory.models import Initiative
from mail.models import Message
from territories.models import Territory
from tests.browser.conftest import Visitor
from tests.factories import make_initiative, make_person

# The data is committed, for the server’s threads to see.
pytestmark = pytest.mark.django_db

PASSWORD = "un-mot-de-passe-de-felletin"
NEIGHBOUR = "voisine@felletin.example"
WORKSHOP, WIDTHS = "Atelier de réparation", (375, 1280)
PILLS = ["Bonheur en pilules", "Jouvence garantie"]
UNSCRIPTED = "Grainothèque de Felletin"


@pytest.fixture(scope="module")
def moderator(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    with django_db_blocker.unblock():
        creuse = Territory.objects.get(pk="departement-23")
        made = make_person("moderation", "moderator", creuse)
        made.set_password(PASSWORD)
        made.save()
        made.own_address(verified=True)
        for name in (*(f"{WORKSHOP} {width}" for width in WIDTHS), *PILLS):
            proposed(name)
        proposed(UNSCRIPTED)
        there = Initiative.objects.published().filter(commune="commune-23079", location__isnull=False).first()
        assert there is not None and there.location is not None
        moved = [there.location.x + 0.004, there.location.y + 0.002]
        propose({"location": moved, "precision": "address"}, initiative=there)
        for width in WIDTHS:
            double(creuse, width)
        yield made


def double(creuse: Territory, width: int) -> None:
    """The same wash-house listed twice; somebody keeps the second one."""
    place: dict[str, Any] = {"commune_id": "commune-23079", "departement": creuse, "at": (2.1745, 45.8838)}
    make_initiative(f"Lavoir partagé {width}", slug=f"lavoir-{width}", **place)
    gone = make_initiative(
        f"Le lavoir partagé {width}", slug=f"le-lavoir-{width}", summary="On y lave ensemble.", **place
    )
    make_person(f"lavandiere-{width}", "owner", gone)


def proposed(name: str) -> Proposal:
    fields = {
        "name": name, "activities": [701], "commune": "commune-23079", "location": [2.1745, 45.8838],
        "precision": "address", "summary": "LE MEILLEUR ATELIER DE LA CREUSE !!!",
        "website": "https://repair.example",
    }  # fmt: skip
    return propose(fields, email=NEIGHBOUR, said="J’y vais chaque mois.")


def sign_in(visitor: Visitor, person: User) -> Page:
    page = visitor.go("/compte/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/compte/")
    return page


def clean(visitor: Visitor) -> None:
    """axe and the browser find nothing to say, and nothing scrolls sideways."""
    visitor.page.wait_for_load_state()  # what a click leads to may have only begun
    results = Axe().run(visitor.page)
    assert results.violations_count == 0, results.generate_report()
    assert visitor.violations() == [] and visitor.faults == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("scripts", "width"), [(False, 375), pytest.param(True, 1280, marks=pytest.mark.slow)]
)
def test_the_moderator_of_creuse_corrects_what_a_neighbour_proposed_and_publishes_it(
    window: Any, moderator: User, scripts: bool, width: int
) -> None:
    name = f"{WORKSHOP} {width}"
    visitor = window(width, java_script_enabled=scripts)
    page = sign_in(visitor, moderator)
    page.get_by_role("link", name="Modération").first.click()
    if scripts:
        clean(visitor)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("J’y vais chaque mois.")).to_be_visible()
    assert NEIGHBOUR not in page.content()
    if scripts:
        clean(visitor)
    page.get_by_role("link", name="Corriger d’abord").click()
    page.get_by_label("En une phrase").fill("On y répare ensemble ce qui est cassé.")
    if scripts:
        clean(visitor)
    page.get_by_role("button", name="Publier").click()
    page.wait_for_url("**/compte/moderation/")
    expect(page.get_by_role("status").filter(has_text="est publiée")).to_be_visible()

    made = Initiative.objects.get(name=name)
    page = window(width, java_script_enabled=scripts).go(f"/initiatives/{made.slug}/")
    expect(page.get_by_text("On y répare ensemble ce qui est cassé.").first).to_be_visible()
    letter = Message.objects.filter(to=NEIGHBOUR, letter="contributions.accepted").latest("pk")
    assert made.slug in letter.text and "est sur la carte" in letter.subject


@pytest.mark.slow
def test_several_are_refused_with_keys_alone(window: Any, moderator: User) -> None:
    names = PILLS
    visitor = window()
    page = sign_in(visitor, moderator)
    page = visitor.go("/compte/moderation/?nature=new")
    lines = page.locator(".queue-line")
    page.get_by_role("link", name=names[0]).focus()
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    expect(lines.filter(has=page.locator(":checked"))).to_have_count(2)
    expect(page.get_by_role("link", name=names[1])).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=names[0])).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_label("Motif", exact=True)).to_be_focused()
    page.keyboard.press("x")  # a letter in a field is a letter
    expect(lines.filter(has=page.locator(":checked"))).to_have_count(2)
    page.get_by_label("Motif", exact=True).select_option(label="C’est une publicité")
    page.get_by_role("button", name="Refuser les lignes cochées").press("Enter")
    expect(page.get_by_text("2 propositions refusées.")).to_be_visible()
    assert Proposal.objects.filter(name__in=names, state="refused").count() == 2
    assert visitor.faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_of_a_proposal_is_read_by_keys(window: Any, moderator: User, width: int) -> None:
    made = Proposal.objects.get(kind="correction")
    visitor = window(width=width)
    sign_in(visitor, moderator)
    page = visitor.go(f"/compte/moderation/{made.uuid}/")
    marks = page.locator("a.spot-mark")
    expect(marks).to_have_count(2)
    expect(page.locator(".outline").first).to_be_attached()  # without tiles, the paper of the site
    proposed_one = page.get_by_role("link", name="B Point proposé")
    expect(proposed_one).to_be_visible()
    assert "de celui d’aujourd’hui" in (proposed_one.get_attribute("aria-label") or "")
    page.locator("[data-canvas]").focus()
    reached = set()
    for _press in range(6):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"A", "B"} <= reached
    proposed_one.press("Enter")
    assert page.url.endswith("#point-B")
    clean(visitor)


def test_without_a_script_a_drawing_and_the_list_say_where_it_is(window: Any, moderator: User) -> None:
    made = Proposal.objects.get(name=UNSCRIPTED)
    visitor = window()
    sign_in(visitor, moderator)
    cookies = visitor.page.context.cookies()
    bare = window(java_script_enabled=False)
    bare.page.context.add_cookies(cookies)
    page = bare.go(f"/compte/moderation/{made.uuid}/")
    expect(page.locator(".review-plan svg.drawing")).to_be_visible()
    expect(page.locator("[data-canvas]")).to_be_hidden()
    expect(page.locator(".spots")).to_contain_text("45.88380, 2.17450")


@pytest.mark.slow
@pytest.mark.parametrize(("prefix", "theme", "width"), [("", "light", 1280), ("/en", "dark", 375)])
def test_the_moderator_makes_one_page_of_two(
    window: Any, moderator: User, prefix: str, theme: str, width: int
) -> None:
    kept, gone = (Initiative.objects.get(slug=f"{each}-{width}") for each in ("lavoir", "le-lavoir"))
    visitor = window(width, color_scheme=theme)
    sign_in(visitor, moderator)
    page = visitor.go(f"{prefix}/compte/initiatives/{kept.slug}/historique/")
    page.locator("a[href*='/moderation/reunir/']").click()
    clean(visitor)
    page.locator(f"a[href*='{gone.slug}']").click()
    clean(visitor)
    page.locator(f"a[href$='/{gone.slug}/avec/{kept.slug}/']").click()  # keep the other one instead
    page.locator(f"a[href$='/{kept.slug}/avec/{gone.slug}/']").wait_for()
    page.locator("main button.button-danger").click()
    page.locator("#id_why[aria-invalid=true]").wait_for()
    clean(visitor)
    page.locator("#take-team").check()
    page.locator("#id_why").fill("Le même lavoir, inscrit deux fois.")
    page.locator("main button.button-danger").click()
    page.wait_for_url(f"**{prefix}/compte/initiatives/{kept.slug}/historique/")
    clean(visitor)
    page = window(width).go(f"{prefix}/initiatives/{gone.slug}/")
    assert page.url.endswith(f"{prefix}/initiatives/{kept.slug}/")
    expect(page.get_by_text("On y lave ensemble.").first).to_be_visible()
    assert kept.roles.held().count() == 1
