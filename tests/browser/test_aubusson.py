"""The day of a coordinator in Aubusson: whom to invite within 30 km, papers, presences, figures.

The programme is that of the forum of 20 June 2014 (the example of the site), held anew today.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone
from playwright.sync_api import FilePayload, Page
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from directory.listings import criteria_of
from directory.models import Initiative
from directory.querysets import geography
from events import registering
from events.example import SLUG
from events.models import Event, Organiser, Registration, Session
from events.moments import moments
from events.registering import Wished
from tests.browser.conftest import Visitor
from tests.browser.test_roles import PASSWORD, clean, sign_in
from tests.events.gathering import contact
from tests.factories import make_grouping, make_person
from tests.jobs.running import run_queued

# The data is committed, for the server's threads to see.
pytestmark = pytest.mark.django_db
COORDINATOR = "aubusson@example.org"
FORUM = "forum-daubusson"
PEOPLE = ("DELAGE Alice", "MARCHAND Basile", "NOËL Céleste", "ROUX David", "VIDAL Esther", "عبد الرحمن")


@pytest.fixture(scope="module")
def forum(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Announced, begun an hour ago or at midnight; six people have registered for two workshops at once."""
    with django_db_blocker.unblock():
        network = make_grouping("plateau", kind="network")
        person = make_person("aubusson", "coordinator", network)
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.create(user=person, email=COORDINATOR, verified=True, primary=True)
        told = Event.objects.get(slug=SLUG)
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        late = max(timezone.now() - timedelta(hours=1), midnight) - told.start
        event = Event.objects.create(
            slug=FORUM, title=told.title, venue=told.venue, commune=told.commune, status="published",
            start=told.start + late, end=told.end + late, registration_open=True,
        )  # fmt: skip
        Organiser.objects.create(event=event, grouping=network)
        for each in told.sessions.all():
            Session.objects.create(
                event=event, letter=each.letter, kind=each.kind, title=each.title, publics=each.publics,
                start=each.start + late, end=each.end + late,
            )  # fmt: skip
        registered(event)
        yield


def registered(event: Event) -> None:
    first = moments(event)[0]
    first.sessions[0].capacity = 3
    first.sessions[0].save()
    wished = {first.key: Wished(first.sessions[0].pk, first.sessions[1].pk)}
    for number, name in enumerate(PEOPLE):
        told = {"name": name, "email": f"p{number}@example.org", "public": "initiative", "listed": number < 4,
                "town": "Aubusson", "structure": "L’Atelier Inconnu" if number == 1 else ""}  # fmt: skip
        registering.register(event, told, wished)


def outside(act: Callable[[], Any]) -> Any:
    """Done on a connection of its own that commits, as the worker's."""

    def done() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result()


def desk(page: Page, tab: str) -> None:
    """Another tab of the desk, read to its end: a click waits for its first byte only."""
    tabs = page.get_by_role("navigation", name="L’organisation de cet évènement")
    tabs.get_by_role("link", name=tab).click()
    page.wait_for_load_state()


def taken(page: Page, link: str) -> PdfReader:
    """The PDF that a link of the page leads to."""
    href = page.get_by_role("link", name=link, exact=True).get_attribute("href") or ""
    return pdf(page, href)


def pdf(page: Page, href: str) -> PdfReader:
    answer = page.request.get(page.evaluate("href => new URL(href, location).href", href))
    assert answer.ok and answer.headers["content-type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.body()))


def words(paper: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


@pytest.mark.slow  # more than a minute; tests/frontend and test_events have its parts
def test_the_day_of_the_coordinator_of_aubusson(
    window: Any, forum: None, django_db_blocker: DjangoDbBlocker
) -> None:
    visitor: Visitor = window(1280)
    page = sign_in(visitor, COORDINATOR)
    found = within_thirty_kilometres(visitor)
    assert found > 3
    printed_directory(page, found)
    invited(visitor, found)
    papers(visitor)
    figures(visitor)


def within_thirty_kilometres(visitor: Visitor) -> int:
    """The listing is built around the venue; it is the same number on every face."""
    page = visitor.go(f"/compte/evenements/{FORUM}/liste/")
    page.get_by_label("Où chercher").select_option("30000")
    page.get_by_role("button", name="Voir ce que cela donne").click()
    heading = page.locator("#resultat h3").inner_text()
    clean(visitor)
    page.get_by_role("button", name="En faire la liste de l’évènement").click()
    page.get_by_role("link", name="Voir, emporter, imprimer").click()
    count = int(page.locator("[data-results]").get_attribute("data-count") or 0)
    assert str(count) in heading
    near = outside(
        lambda: (
            Initiative.objects.visible()
            .alias(at=geography())
            .filter(at__dwithin=(Event.objects.get(slug=FORUM).commune.chief_place, 30_000))
            .count()
        )
    )
    assert count == near
    return count


def printed_directory(page: Page, count: int) -> None:
    """The directory of the listing is asked for, made in the background, and holds as many."""
    page.locator("#emporter > summary").click()
    page.locator("#emporter a[href*='directory-a4']").click()
    page.get_by_role("button", name="Préparer le fichier").click()
    assert outside(lambda: run_queued("work"))
    page.reload()
    href = page.locator("a[href*='/fichiers/'][href$='/fichier/']").first.get_attribute("href") or ""
    paper = pdf(page, href)
    assert str(count) in words(paper) and "/StructTreeRoot" in paper.trailer["/Root"]


def invited(visitor: Visitor, count: int) -> None:
    """Those who agreed are in the mail-merge file, noted as invited, and the log knows of it."""

    def agree() -> None:
        listing = Event.objects.get(slug=FORUM).listing
        assert listing is not None
        rows = list(criteria_of(listing).initiatives().order_by("pk")[:3])
        for row, name in zip(rows, ("Zoé Lefort", "Yann Petit", "Xavier Brun"), strict=True):
            contact(row, name, agrees=name != "Xavier Brun")

    outside(agree)
    page = visitor.go(f"/compte/evenements/{FORUM}/publipostage/")
    clean(visitor)
    page.get_by_label("Noter comme invitées").check()
    page.get_by_label("Forme du fichier").select_option("csv-fr")
    with page.expect_download() as download:
        page.get_by_role("button", name="Prendre le fichier").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert {row["Nom"] for row in rows} == {"Zoé Lefort", "Yann Petit"}
    assert all("/compte/invitation/" in row["Lien pour répondre"] for row in rows)
    desk(page, "Invitations")
    page.get_by_role("row").filter(has_text="Zoé Lefort").locator(".badge", has_text="invité").wait_for()
    clean(visitor)


def papers(visitor: Visitor) -> None:
    """Workshops are made up; badges and sign-in sheets bear everybody, whatever the name."""
    page = visitor.page
    desk(page, "Ateliers")
    page.get_by_role("button", name="Répartir tout le monde").click()
    page.get_by_text("Premiers choix : 3 ; seconds choix : 3").wait_for()
    clean(visitor)
    desk(page, "À imprimer")
    badges = taken(page, "Badges (PDF)")
    assert len(badges.pages) == 1
    sheets = taken(page, "Feuilles d’émargement (PDF)")
    for name in PEOPLE[:5]:
        assert name in words(badges) and name in words(sheets)
    directory = words(taken(page, "Annuaire des participants (PDF)"))
    assert "DELAGE" in directory and "VIDAL" not in directory


def figures(visitor: Visitor) -> None:
    """The sheet comes back as a file: five came, one did not, one was not expected."""
    page = visitor.page
    desk(page, "Présences")
    lines = ["Nom;Structure;Présent", *(f"{name};;oui" for name in PEOPLE[:5]), f"{PEOPLE[5]};;non",
             "Imbert Fanny;La Recyclerie;oui"]  # fmt: skip
    file = FilePayload(name="presences.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
    page.get_by_label("Le fichier des présences").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").click()
    clean(visitor)
    page.get_by_role("button", name="Écrire les présences").click()
    page.get_by_text("Présentes : 5 ; absentes : 1 ; venues sans inscription : 1").wait_for()
    desk(page, "Bilan")
    told = {
        row.locator("dt").inner_text(): row.locator("dd strong").inner_text()
        for row in page.locator(".definitions > div").all()
    }
    assert told["Personnes présentes"] == "6" and told["Inscrites et absentes"] == "1"
    assert told["Initiatives à créer"] == "2" and told["Invitations"] == "2"
    clean(visitor)
    page.get_by_label("La note de synthèse").fill("# Suites\nUne plateforme logistique est à l’étude.")
    page.get_by_role("button", name="Enregistrer la note").click()
    note = words(taken(page, "Note de synthèse (PDF)"))
    assert "plateforme logistique" in note and "La Recyclerie" in note
    assert outside(lambda: Registration.objects.filter(came=True).count()) == 6
