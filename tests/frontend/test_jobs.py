"""« Travaux »: whoever asked sees how far it is; administrators see all, and start again what failed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from directory.tasks import recount
from jobs import work
from jobs.models import State, Work
from tests.jobs.running import run_queued

pytestmark = pytest.mark.django_db

JOBS = "/compte/travaux/"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.org", "maillage")


@pytest.fixture
def administrator() -> User:
    return User.objects.create_superuser("admin@example.org", "maillage")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(one: Work) -> str:
    return f"{JOBS}{one.uuid}/"


def test_an_administrator_has_the_map_counted_anew_and_reads_what_came_of_it(administrator: User) -> None:
    client = signed_in(administrator)
    asked = client.post(f"{JOBS}demander/recompter/")
    one = Work.objects.get()
    assert asked["Location"] == address(one) and one.asked_by == administrator
    assert client.post(f"{JOBS}demander/recompter/")["Location"] == address(one)  # asked twice, done once
    assert "hx-trigger" in client.get(address(one)).content.decode()
    assert run_queued("work") == ["directory.recount"]
    done = client.get(address(one)).content.decode()
    assert (
        "Tous les comptes étaient exacts." in done and "hx-trigger" not in done and "<noscript>" not in done
    )


def test_whoever_asked_and_administrators_see_it_and_nobody_else(ada: User, administrator: User) -> None:
    one = work.ask(recount, by=ada, label="Un travail d’Ada")
    other = User.objects.create_user("bob@example.org", "maillage")
    assert Client().get(address(one)).status_code == 302 == Client().get(JOBS).status_code
    assert signed_in(other).get(address(one)).status_code == 404
    assert signed_in(other).post(f"{address(one)}annuler/").status_code == 404
    assert "Un travail d’Ada" not in signed_in(other).get(JOBS).content.decode()
    for person in (ada, administrator):
        assert "Un travail d’Ada" in signed_in(person).get(JOBS).content.decode()
        assert signed_in(person).get(address(one)).status_code == 200
    assert "La file" not in signed_in(ada).get(JOBS).content.decode()


def test_only_administrators_ask_for_what_is_offered_and_run_failed_jobs_again(ada: User) -> None:
    client = signed_in(ada)
    assert client.post(f"{JOBS}demander/recompter/").status_code == 403
    assert client.post(f"{JOBS}echecs/1/").status_code == 403
    assert not Work.objects.exists()


def test_progress_is_asked_for_again_and_again_and_said_when_it_changes(ada: User) -> None:
    client, one = signed_in(ada), work.ask(recount, by=ada, label="Recompter")
    Work.objects.update(state=State.RUNNING, done=1, total=4, message="Comptes de la carte")
    part = client.get(address(one), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part and 'max="4" value="1"' in part and "25 %" in part
    assert 'id="annonce-travail" hx-swap-oob' in part and "running-1" in part
    again = client.get(f"{address(one)}?vu=running-1", HTTP_HX_REQUEST="true").content.decode()
    assert "annonce-travail" not in again
    assert "<noscript><p><a " in client.get(address(one)).content.decode()


def test_after_an_error_it_says_that_it_will_be_tried_again(ada: User) -> None:
    client, one = signed_in(ada), work.ask(recount, by=ada, label="Recompter")
    Work.objects.update(state=State.DELAYED, done=1, total=4, message="Comptes de la carte")
    shown = client.get(address(one)).content.decode()
    assert "il sera repris de lui-même" in shown and "Comptes de la carte" not in shown
    Work.objects.update(state=State.FAILED)
    assert "Une erreur de notre part" in client.get(address(one)).content.decode()
    Work.objects.update(error="Le fichier est vide.")
    assert "Le fichier est vide." in client.get(address(one)).content.decode()


def test_one_that_has_not_begun_is_cancelled_at_once(ada: User) -> None:
    client, one = signed_in(ada), work.ask(recount, by=ada, label="Recompter")
    assert client.get(f"{address(one)}annuler/").status_code == 405
    assert client.post(f"{address(one)}annuler/").status_code == 302
    one.refresh_from_db()
    assert one.state == State.CANCELLED and run_queued("work") == []
    assert client.post(f"{address(one)}annuler/").status_code == 302  # nothing left to end


def test_a_failed_job_is_listed_and_queued_again(administrator: User) -> None:
    client, one = signed_in(administrator), work.ask(recount, by=administrator, label="Recompter")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing'; UPDATE procrastinate_jobs SET status = 'failed'"
        )
    Work.objects.update(state=State.FAILED)
    assert f"{JOBS}echecs/{one.job}/" in client.get(JOBS).content.decode()
    assert client.post(f"{JOBS}echecs/{one.job}/").status_code == 302
    assert client.post(f"{JOBS}echecs/{one.job}/").status_code == 404  # it failed no more
    assert run_queued("work") == ["directory.recount"]
    one.refresh_from_db()
    assert one.state == State.DONE


@pytest.mark.parametrize("page", ["00000000-0000-4000-8000-000000000000/", "x/", "?page=x"])
def test_odd_addresses_do_no_harm(ada: User, page: str) -> None:
    assert signed_in(ada).get(JOBS + page).status_code == (200 if page.startswith("?") else 404)


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_odd_numbers_of_jobs_are_404(administrator: User, number: str) -> None:
    assert signed_in(administrator).post(f"{JOBS}echecs/{number}/").status_code == 404
    assert signed_in(administrator).post(f"{JOBS}demander/nothing/").status_code == 404
