"""Reports of readers: told, handled, forgotten."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from directory import publishing
from directory.models import LONGEST_MESSAGE, Initiative, Report
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier")


@pytest.fixture
def moderator() -> User:
    return User.objects.create_superuser("moderation@example.org", "long enough for here")


@pytest.fixture
def office(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def told(about: Initiative, **fields: Any) -> Report:
    return publishing.report(about, **{"reason": "wrong", "message": "Le téléphone a changé."} | fields)


def test_each_report_has_a_reference_that_can_be_read_aloud(atelier: Initiative) -> None:
    made = {told(atelier).reference for _time in range(20)}
    assert len(made) == 20
    assert all(len(one) == 8 and not set(one) & set("01IOLU") for one in made)


def test_a_message_has_a_longest_length_and_may_not_be_empty(atelier: Initiative) -> None:
    told(atelier, message="é" * LONGEST_MESSAGE)
    for refused in ("é" * (LONGEST_MESSAGE + 1), ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            told(atelier, message=refused)


def test_it_outlives_the_listing_and_follows_a_merge(atelier: Initiative) -> None:
    other = make_initiative("La Ferme")
    first = told(atelier)
    publishing.merge(kept=other, gone=atelier)
    first.refresh_from_db()
    assert (first.initiative, first.name) == (other, "L’Atelier")
    other.delete()
    first.refresh_from_db()
    assert first.initiative is None


def test_handled_once_it_keeps_its_first_date_and_may_be_answered_later(
    atelier: Initiative, moderator: User
) -> None:
    other = User.objects.create_user("autre@example.org")
    first = publishing.handle(told(atelier), by=moderator)
    again = publishing.handle(first, by=other, answer="Corrigé.")
    assert (again.handled_at, again.handled_by, again.answer) == (first.handled_at, moderator, "Corrigé.")


def test_nobody_handles_what_has_no_date(atelier: Initiative) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=told(atelier).pk).update(answer="Corrigé.")


def test_addresses_are_erased_twelve_months_after_the_answer(atelier: Initiative, moderator: User) -> None:
    now = timezone.now()
    reports = {name: told(atelier, email=f"{name}@example.org") for name in ("older", "newer", "waiting")}
    for name, days in (("older", 365), ("newer", 364)):
        publishing.handle(reports[name], by=moderator)
        Report.objects.filter(pk=reports[name].pk).update(handled_at=now - timedelta(days=days))
    out = StringIO()
    call_command("forget_reporters", stdout=out)
    assert out.getvalue() == "1 addresses erased.\n"
    left = dict(Report.objects.values_list("email", "message"))
    assert left.keys() == {"", "newer@example.org", "waiting@example.org"}
    assert left[""] == "Le téléphone a changé."


def test_the_administration_says_on_its_first_page_how_many_wait(
    office: Client, atelier: Initiative, moderator: User
) -> None:
    assert "signalement" not in office.get("/admin/").content.decode().split('id="content-main"')[0]
    first = told(atelier)
    assert "1 signalement attend une réponse" in office.get("/admin/").content.decode()
    told(atelier)
    assert "2 signalements attendent une réponse" in office.get("/admin/").content.decode()
    publishing.handle(first, by=moderator)
    assert "1 signalement attend une réponse" in office.get("/admin/").content.decode()


def test_handled_from_the_list_says_by_whom_and_when(
    office: Client, atelier: Initiative, moderator: User
) -> None:
    waiting, done = told(atelier), told(atelier)
    publishing.handle(done, by=moderator)
    before = Report.objects.get(pk=done.pk).handled_at
    chosen = {"action": "handle", "_selected_action": [waiting.pk, done.pk]}
    assert office.post("/admin/directory/report/", chosen).status_code == 302
    waiting.refresh_from_db()
    assert waiting.handled_by == moderator
    assert waiting.handled_at is not None
    assert Report.objects.get(pk=done.pk).handled_at == before


def test_an_answer_written_in_the_administration_handles_and_changes_nothing_else(
    office: Client, atelier: Initiative, moderator: User
) -> None:
    made = told(atelier, email="lectrice@example.org")
    address = f"/admin/directory/report/{made.pk}/change/"
    assert "lectrice@example.org" in office.get(address).content.decode()
    office.post(address, {"answer": "Corrigé ce matin.", "message": "autre", "email": "autre@example.org"})
    made.refresh_from_db()
    assert (made.answer, made.handled_by) == ("Corrigé ce matin.", moderator)
    assert (made.message, made.email) == ("Le téléphone a changé.", "lectrice@example.org")


def test_reports_are_not_written_by_hand(office: Client) -> None:
    assert office.get("/admin/directory/report/add/").status_code == 403
