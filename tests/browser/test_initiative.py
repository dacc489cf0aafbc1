"""The page of an initiative by keyboard: shared, printed, reported, its links followed."""

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from directory.models import Initiative, Link, LinkKind, Report
from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db(transaction=False)

PAGE = "/initiatives/ambiance-bois/"
SHARED = """
window.shared = [];
Object.defineProperty(navigator, "share", { value: async (what) => window.shared.push(what) });
"""
WITHOUT_SHARE = 'Object.defineProperty(navigator, "share", { value: undefined, configurable: true });'
REFUSED = """
Object.defineProperty(navigator, "share", { value: undefined, configurable: true });
Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error()) } });
"""


def press_until(page: Page, name: str, most: int = 60) -> None:
    """Tab until what has the focus bears this name."""
    for _time in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        if name in told:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def opened(window: Any, script: str, **options: Any) -> Visitor:
    visitor: Visitor = window(**options)
    visitor.page.add_init_script(script)
    visitor.go(PAGE)
    return visitor


def test_it_is_shared_by_the_device_where_it_can(window: Any) -> None:
    visitor = opened(window, SHARED, width=375)
    press_until(visitor.page, "Partager")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_function("window.shared.length")
    assert visitor.page.evaluate("window.shared[0].url") == visitor.base + PAGE
    assert visitor.page.locator("[data-share-said]").inner_text() == ""


def test_else_its_link_is_copied_and_said(window: Any) -> None:
    visitor = opened(window, WITHOUT_SHARE)
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press_until(visitor.page, "Partager")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("status").filter(has_text="Lien copié.").wait_for()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == visitor.base + PAGE
    assert not visitor.page.locator("[data-share-address]").is_visible()


def test_a_link_that_cannot_be_copied_is_shown(window: Any) -> None:
    visitor = opened(window, REFUSED)
    visitor.page.get_by_role("button", name="Partager").click()
    visitor.page.get_by_role("status").filter(has_text="n’a pas pu être copié").wait_for()
    assert visitor.page.locator("[data-share-address] a").inner_text() == visitor.base + PAGE


def test_without_a_script_the_link_and_a_mail_stand_there(window: Any) -> None:
    page = window(java_script_enabled=False).go(PAGE)
    assert page.locator("[data-share-address] a").is_visible()
    assert page.get_by_role("link", name="Envoyer par courriel").is_visible()
    assert page.get_by_role("button", name="Partager").count() == 0
    assert page.get_by_role("button", name="Imprimer").count() == 0


def test_printing_is_one_key(window: Any) -> None:
    visitor = opened(window, "window.printed = 0; window.print = () => { window.printed += 1; };")
    press_until(visitor.page, "Imprimer")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("window.printed") == 1


@pytest.mark.parametrize(
    "path", [PAGE, "/territoires/departement-23/", "/?territory=departement-23", "/glossaire/"]
)
def test_paper_is_white_and_bears_address_and_date(window: Any, path: str) -> None:
    visitor: Visitor = window(color_scheme="dark")
    page = visitor.go(path)
    if page.locator("[data-map]").count():
        visitor.agreed()
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    seen = page.evaluate(
        "['body', 'h1'].map((name) => getComputedStyle(document.querySelector(name)))"
        ".map((style, n) => n ? style.color : style.backgroundColor)"
    )
    assert seen == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    for gone in (".masthead-nav", ".colophon", ".share", ".search", ".pager", ".button"):
        assert not any(each.is_visible() for each in page.locator(gone).all()), gone
    foot = page.locator(".print-foot").inner_text()
    assert visitor.base + path in foot
    assert re.search(r"imprimé le \d+ \w+ 20\d\d", foot)
    assert page.pdf().startswith(b"%PDF")
    assert visitor.violations() == []


@pytest.mark.slow
def test_the_map_is_printed_with_its_list(window: Any) -> None:
    visitor: Visitor = window()
    page = visitor.go("/?territory=departement-23")
    visitor.agreed()
    marks = page.locator(".mark").count()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 990})  # as narrow as a sheet
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    assert 200 < box["width"] <= 700
    assert page.locator(".mark").count() == marks > 0
    assert page.locator(".card").count() == visitor.count


@pytest.mark.slow
def test_a_map_that_was_never_shown_leaves_no_hole(window: Any) -> None:
    page = window(width=375).go("/?territory=departement-23")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.locator("[data-map]").is_visible()


@pytest.fixture(scope="module")
def linked(site: str, django_db_blocker: Any) -> Any:
    """Three links of the initiative, taken away afterwards."""
    with django_db_blocker.unblock():
        here, *others = Initiative.objects.filter(
            slug__in=["ambiance-bois", "quartier-rouge", "cadet-roussel", "l-alzire"]
        ).order_by("slug")
        kinds = [LinkKind.SUPPLIES, LinkKind.PARTNERS, LinkKind.HOSTS]
        made = [Link(origin=here, target=o, kind=k) for o, k in zip(others, kinds, strict=True)]
        Link.objects.bulk_create(made)
        yield
        Link.objects.all().delete()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "dark")])
def test_the_drawing_of_links_is_followed_by_keyboard(
    window: Any, linked: None, width: int, theme: str
) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    page = visitor.go(PAGE)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    node = page.locator(".circuit a").first
    name = node.get_attribute("aria-label")
    box = node.bounding_box()
    assert name
    assert box
    assert box["height"] >= 44
    node.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/initiatives/(?!ambiance-bois)"))
    assert page.locator("h1").inner_text() in name


@pytest.mark.parametrize("scripts", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_an_error_is_reported_by_keyboard(window: Any, django_db_blocker: Any, scripts: bool) -> None:
    visitor: Visitor = window(width=375, java_script_enabled=scripts)
    page = visitor.go(PAGE)
    page.get_by_role("link", name="Signaler une erreur").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/signaler/")
    page.wait_for_timeout(3_500)  # a robot would not wait
    page.get_by_role("radio", name="L’initiative a fermé").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("pas un courriel")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "Écrivez quelques mots" in alert.inner_text()
    if scripts:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    email = page.get_by_label("Votre courriel")
    assert email.get_attribute("aria-invalid") == "true"
    email.fill("lectrice@example.org")
    alert.get_by_role("link", name="Écrivez quelques mots").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Votre message").fill("Fermée depuis mai.")
    page.get_by_role("button", name="Envoyer le signalement").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/merci/*/")
    reference = page.locator(".reference").inner_text()
    if scripts:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert visitor.violations() == []
    with django_db_blocker.unblock():
        made = Report.objects.get(reference=reference)
        assert (made.reason, made.message, made.email) == (
            "closed",
            "Fermée depuis mai.",
            "lectrice@example.org",
        )
    assert visitor.faults == []


def test_its_linked_data_and_picture_are_there(window: Any) -> None:
    visitor: Visitor = window()
    page = visitor.go(PAGE)
    told = json.loads(page.locator('script[type="application/ld+json"]').first.text_content() or "")
    assert told["name"] == "Ambiance Bois"
    picture = page.locator('meta[property="og:image"]').get_attribute("content")
    assert picture
    size = page.evaluate(
        "async (url) => { const image = new Image(); image.src = url; await image.decode();"
        " return [image.naturalWidth, image.naturalHeight]; }",
        picture,
    )
    assert size == [1200, 630]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (320, "light")])
def test_a_circuit_is_followed_by_keyboard(window: Any, linked: None, width: int, theme: str) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    page = visitor.go(PAGE + "circuit/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).violations_count == 0
    cases = page.locator(".circuit-tree a")
    assert cases.count() == 3
    box = cases.first.bounding_box()
    assert box and box["height"] >= 44
    name = cases.first.get_attribute("aria-label") or ""
    cases.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/initiatives/(?!ambiance-bois)"))
    assert page.locator("h1").inner_text() in name


def test_links_are_laid_over_the_map_and_taken_off(window: Any, linked: None) -> None:
    visitor: Visitor = window()
    page = visitor.go("/?territory=region-75")
    button = page.locator("[data-links]")
    button.click()
    page.locator(".link-line").first.wait_for(state="attached")
    said = page.locator("[data-links-said]").inner_text()
    assert said.startswith(str(page.locator(".link-line").count()))
    button.click()
    assert page.locator(".link-line").count() == 0
    assert button.get_attribute("aria-pressed") == "false"
