"""axe reports nothing: each page in one of two ways every time, in every way in the full run."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor

# The data is committed, for the server's threads to see; a test reads it and leaves it.
pytestmark = pytest.mark.django_db

PAGES = {
    "map": "/",
    "found": "/?territory=departement-23&sector=culture",
    "refused": "/?bbox=1,2&sector=rien",
    "places": "/?place=saint",
    "nothing": "/?q=zzzzzz",
    "initiative": "/initiatives/ambiance-bois/",
    "circuit": "/initiatives/ambiance-bois/circuit/",
    "report": "/initiatives/ambiance-bois/signaler/",
    "take part": "/participer/",
    "propose": "/proposer/",
    "correct": "/initiatives/ambiance-bois/corriger/",
    "territory": "/territoires/departement-23/",
    "commune": "/territoires/commune-23008/",
    "to complete": "/territoires/departement-23/a-completer/",
    "ptce": "/ptce/de-fil-en-reseaux/",
    "network": "/reseaux/agrobio-87/",
    "sector": "/secteurs/energie/",
    "charter": "/charte/",
    "signatories": "/charte/signataires/?territory=departement-23",
    "signing": "/charte/signer/",
    "signing for a commune": "/charte/signer/collectivite/commune-23079/",
    "agenda": "/evenements/",
    "event": "/evenements/forum-aubusson-2014-06-20/",
    "france": "/territoires/",
    "communes": "/territoires/departement-23/communes/",
    "newcomer": "/comprendre/",
    "glossary": "/glossaire/",
    "word": "/glossaire/ptce/",
    "offline": "/hors-connexion/",
    "about": "/a-propos/",
    "legal": "/mentions-legales/",
    "personal data": "/donnees-personnelles/",
    "accessibility": "/accessibilite/",
    "configurator": "/embed/configurer/?territory=departement-23&custom=ffff00",
    "embedded": "/embed/?territory=departement-23&colour=violet",
    "file to make": "/emporter/directory-a4/?territory=departement-23",
    "self-assessment": "/auto-evaluation/",
    "questions": "/auto-evaluation/commencer/",
    "with a group": "/auto-evaluation/groupe/?code=ABC",
    "profiles of a territory": "/territoires/departement-23/auto-evaluation/",
    "missing": "/rien/",
}
THEMES = ("light", "dark")
WIDTHS = (1280, 375)


def examine(window: Any, pages: Iterable[str], language: str, theme: str, width: int) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    prefix = "" if language == "fr" else f"/{language}"
    for name in pages:
        page = visitor.go(prefix + PAGES[name])
        if page.locator("[data-map]").count() and width > 960:
            visitor.agreed()
        # what axe itself writes into the page is not ours: read before it runs
        assert visitor.violations() == [], name
        opened = page.locator("details:not([open]) > summary:visible")
        while opened.count():
            opened.first.click()
        results = Axe().run(page)
        assert results.violations_count == 0, (
            f"{name} {language} {theme} {width}\n{results.generate_report()}"
        )
        turn = page.locator("[data-show=map]")
        if turn.count() and turn.is_visible():
            turn.click()
            page.wait_for_function("() => document.querySelector('[data-map]').dataset.matched !== undefined")
            results = Axe().run(page)
            assert results.violations_count == 0, (
                f"{name}, map, {language} {theme}\n{results.generate_report()}"
            )
    assert visitor.elsewhere == []
    assert visitor.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(("language", "theme", "width"), [*product(("fr", "en"), THEMES, WIDTHS)])
def test_axe_reports_nothing_anywhere(window: Any, language: str, theme: str, width: int) -> None:
    examine(window, PAGES, language, theme, width)
