"""Jobs, the outbox and previews of letters, in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.mail import send_mail
from django.db import connection
from django.test import Client

from accounts.models import User
from directory.tasks import recount
from jobs import work
from jobs.models import State, Work
from mail.models import Message

pytestmark = pytest.mark.django_db

OUTBOX = "/compte/courrier/"


T = TypeVar("T")


def committed(do: Callable[[], T]) -> T:
    """Done on a connection of its own, outside the test's transaction: the server sees it."""

    def alone() -> T:
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(alone).result()


@pytest.fixture
def someone(site: str) -> Iterator[list[Any]]:
    """The cookies of somebody who asked for work, and a mail; erased at the end."""

    def begin() -> str:
        person = User.objects.create_user("ada@example.org", "maillage")
        client = Client()
        client.force_login(person)
        send_mail("Votre lien", "Entrer :\nhttps://carte.example.org/x/", None, ["ada@example.org"])
        work.ask(recount, by=person, label="Recompter la carte")
        return client.cookies["sessionid"].value

    def end() -> None:
        Message.objects.all().delete()
        User.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")

    yield [{"name": "sessionid", "value": committed(begin), "url": site}]
    committed(end)


@pytest.mark.slow
def test_a_work_is_followed_without_reloading_and_said_politely(window: Any, someone: list[Any]) -> None:
    visitor = window(width=375)
    visitor.page.context.add_cookies(someone)
    visitor.page.goto(f"{visitor.base}/compte/travaux/")
    sound(visitor.page)
    visitor.page.get_by_role("link", name="Recompter la carte").click()
    visitor.page.get_by_text("Il commencera dès que son tour viendra.").wait_for()
    sound(visitor.page)
    now(state=State.RUNNING, done=3, total=4, message="Vérification")
    visitor.page.get_by_text("3 sur 4").wait_for()
    assert visitor.page.get_by_role("progressbar").get_attribute("value") == "3"
    assert "Vérification" in visitor.page.locator("#annonce-travail").inner_text()
    now(state=State.DONE, done=4, result="Tous les comptes étaient exacts.")
    visitor.page.get_by_text("Tous les comptes étaient exacts.").wait_for()
    sound(visitor.page)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_outbox_and_the_letters_are_read(window: Any, someone: list[Any], scheme: str) -> None:
    visitor = window(width=375 if scheme == "light" else 1280, color_scheme=scheme)
    page = visitor.page
    page.goto(f"{visitor.base}{OUTBOX}")
    sound(page)
    page.get_by_role("link", name="Votre lien", exact=True).click()
    page.get_by_role("link", name="https://carte.example.org/x/").wait_for()
    frame = page.frame_locator("iframe")
    assert frame.get_by_role("link", name="Entrer").get_attribute("href") == "https://carte.example.org/x/"
    sound(page)
    page.goto(f"{visitor.base}{OUTBOX}lettres/")
    sound(page)
    page.get_by_role("link", name="directory.role_granted").click()
    sound(page)
    page.get_by_role("link", name="Ouvrir le HTML seul").click()
    page.get_by_role("heading", level=1).wait_for()
    assert wide(page) <= page.viewport_size["width"]


def now(**fields: Any) -> None:
    """How far the work is."""
    committed(lambda: Work.objects.update(**fields))


def sound(page: Any) -> None:
    """Nothing for axe to report, and no sideways scroll."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert wide(page) <= page.viewport_size["width"]


def wide(page: Any) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
