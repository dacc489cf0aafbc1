"""A visitor writes to an initiative; a person entered as a contact answers for herself. axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from directory import contacts, notices, publishing, relay
from directory.models import Contact, Grouping, Initiative, Membership, Notice, RelayCount, Report, Role
from mail.models import Message
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.django_db

SLUG = "ambiance-bois"
OFFICE = "bureau@ambiance.example.org"
HERS = "zoe@tamaris.example.org"


# Of the file: what a test makes itself is in its transaction, where the server does not see it.
@pytest.fixture(scope="module")
def cast(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """An initiative with an address, who answers for it, who coordinates its network, and a contact."""
    with django_db_blocker.unblock():
        found = Initiative.objects.get(slug=SLUG)
        Initiative.objects.filter(pk=found.pk).update(email=OFFICE)
        found.refresh_from_db()
        person = User.objects.create_superuser("owner@example.org")
        network = Grouping.objects.create(kind="network", slug="reseau-de-test", name="Réseau")
        now = timezone.now()
        Membership.objects.create(
            grouping=network, initiative=found, member_agreed_at=now, grouping_agreed_at=now
        )
        for kind, target in (("owner", {"initiative": found}), ("coordinator", {"grouping": network})):
            Role.objects.create(
                person=person, kind=kind, granted=True, decided_at=now, reason="Test.", **target
            )
        her = contacts.create(found, person, {"name": "Zoé Tamaris", "email": HERS}, ["public"], "spoken")
        notice = Notice.objects.create(
            initiative=found, kind="recorded", sent_to=OFFICE, wording_version="1", key="test"
        )
        told = publishing.report(found, "wrong", "Le téléphone a changé.")
        client = Client()
        client.force_login(person)
        yield {
            "her": her,
            "session": client.cookies["sessionid"].value,
            "own": f"/compte/coordonnees/{contacts.token_of(her)}/",
            "stop": f"/compte/messages/arreter/{relay.stop_token(found, None)}/",
            "notice": f"/compte/fiche/{notices.token_of(notice, notices.HIDE)}/",
            "report": f"/compte/signalements/{told.reference}/",
        }
        for model in (
            Message,
            Report,
            RelayCount,
            Notice,
            Contact,
            Role,
            Membership.objects.filter(grouping=network),
        ):
            getattr(model, "objects", model).all().delete()
        network.delete()
        Initiative.objects.filter(pk=found.pk).update(email="")


def clean(visitor: Visitor, path: str) -> None:
    page = visitor.go(path)
    assert visitor.violations() == [], path
    for summary in page.locator("main details:not([open]) > summary").all():
        summary.click()
    results = Axe().run(page)
    assert results.violations_count == 0, f"{path}\n{results.generate_report()}"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0, f"{path} scrolls sideways"


def test_she_says_yes_by_her_link_and_shows_on_the_page(window: Any, cast: dict[str, Any]) -> None:
    visitor: Visitor = window()
    page = visitor.go(f"/initiatives/{SLUG}/")
    assert page.get_by_text("Zoé Tamaris").count() == 0
    page = visitor.go(cast["own"])
    box = page.locator("input[name=public]")
    assert not box.is_checked(), "what was declared for her is not ticked for her"
    box.check()
    page.get_by_role("button", name="Enregistrer mes réponses").click()
    page.get_by_text("C’est noté").wait_for()
    page = visitor.go(f"/initiatives/{SLUG}/")
    assert page.get_by_text("Zoé Tamaris").is_visible()
    assert "example.org" not in page.content()
    assert not visitor.page.context.cookies()


def test_a_visitor_writes_without_a_script(
    window: Any, cast: dict[str, Any], django_db_blocker: DjangoDbBlocker
) -> None:
    visitor: Visitor = window(width=375, java_script_enabled=False)
    page = visitor.go(f"/initiatives/{SLUG}/")
    page.get_by_role("link", name="Écrire un message").click()
    page.get_by_label("Votre courriel, pour la réponse").fill("visiteuse@example.org")
    page.get_by_label("Votre message").fill("Êtes-vous ouverts samedi ?")
    page.wait_for_timeout(3_200)  # a robot would not wait
    page.get_by_role("button", name="Envoyer le message").click()
    page.get_by_role("heading", name="Votre message part").wait_for()
    with django_db_blocker.unblock():
        sent = Message.objects.get(letter="directory.relayed")
        assert (sent.to, sent.headers) == (OFFICE, {"Reply-To": "visiteuse@example.org"})


@pytest.mark.slow
@pytest.mark.parametrize(("prefix", "theme", "width"), [("", "light", 1280), ("/en", "dark", 320)])
def test_axe_finds_nothing(window: Any, cast: dict[str, Any], prefix: str, theme: str, width: int) -> None:
    visitor: Visitor = window(width=width, color_scheme=theme)
    visitor.page.context.add_cookies([{"name": "sessionid", "value": cast["session"], "url": visitor.base}])
    of_initiative = f"/compte/initiatives/{SLUG}/contacts/"
    for path in (
        f"/initiatives/{SLUG}/", f"/initiatives/{SLUG}/ecrire/", f"/initiatives/{SLUG}/ecrire/merci/",
        cast["own"], f"{cast['own']}effacer/", "/compte/coordonnees/", cast["stop"], cast["notice"],
        "/compte/contacts/", of_initiative, f"{of_initiative}inscrire/", f"{of_initiative}{cast['her'].pk}/",
        f"{of_initiative}{cast['her'].pk}/effacer/", "/compte/signalements/", cast["report"],
        "/compte/exports/", "/compte/groupements/network/reseau-de-test/contacts/",
    ):  # fmt: skip
        clean(visitor, prefix + path)
    assert visitor.elsewhere == []
    assert visitor.faults == []
