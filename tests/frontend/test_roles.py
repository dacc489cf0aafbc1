"""The pages of roles: asking in three steps, answering, leaving; for nobody else's eyes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from directory import roles
from directory.models import Role
from directory.permissions import Action
from tests.factories import make_person

pytestmark = pytest.mark.django_db
REASON = "Je suis chargée de mission ESS."


def signed_in(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.parametrize(
    "path", ["roles/", "roles/demander/", "roles/demander/officer/", "roles/demandes/", "roles/des-autres/"]
)
def test_a_visitor_is_sent_to_sign_in_and_nothing_is_kept(client: Client, path: str) -> None:
    response = client.get(f"/compte/{path}")
    assert response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    kept = signed_in(make_person("agente")).get(f"/compte/{path}")
    assert kept.status_code == 200
    assert "no-store" in kept["Cache-Control"] and "private" in kept["Cache-Control"]


def test_an_officer_asks_in_three_steps(places: dict[str, Any]) -> None:
    asker = make_person("agente")
    client = signed_in(asker)
    assert "agent d’une collectivité" in client.get("/compte/roles/demander/").content.decode().lower()
    found = client.get("/compte/roles/demander/officer/", {"q": "creuse grand"})
    step = reverse("people:role_reason", args=["officer", places["epci"].pk])
    assert step in found.content.decode()
    assert "CC Creuse Grand Sud" in client.get(step).content.decode()
    refused = client.post(step, {"reason": " "})
    assert refused.status_code == 200 and not Role.objects.exists()
    sent = client.post(step, {"reason": REASON})
    assert (sent.status_code, sent["Location"]) == (302, reverse("people:roles"))
    assert Role.objects.get().person == asker
    page = client.get("/compte/roles/").content.decode()
    assert "CC Creuse Grand Sud" in page and REASON in page
    again = client.post(step, {"reason": REASON})
    assert "Vous avez déjà ce rôle" in again.content.decode() and Role.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("officer/commune-00000/", 404), ("officer/x%00y/", 404), ("owner/l-atelier-qui-n-existe-pas/", 404),
        ("owner/a%00/", 404), ("coordinator/pas-un-uuid/", 404), ("coordinator/0/", 404),
        ("king/departement-23/", 404), ("king/", 404), ("administrator/ailleurs/", 404),
        ("administrator/site/", 200), ("administrator/", 302), (f"officer/{'x' * 10_000}/", 404),
        ("officer/?q=%00", 200), (f"owner/?q={'é' * 5_000}", 200), ("coordinator/?q=%25_'", 200),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(path: str, status: int) -> None:
    assert signed_in(make_person("agente")).get(f"/compte/roles/demander/{path}").status_code == status


def test_only_what_is_published_can_be_claimed(places: dict[str, Any]) -> None:
    client, initiative = signed_in(make_person("agente")), places["initiative"]
    step = reverse("people:role_reason", args=["owner", initiative.slug])
    assert client.get(step).status_code == 200
    type(initiative).objects.filter(pk=initiative.pk).update(publication="draft")
    assert client.get(step).status_code == 404 == client.post(step, {"reason": REASON}).status_code


def test_who_decides_sees_who_asks_and_answers(places: dict[str, Any]) -> None:
    above = make_person("departement", "officer", places["departement"])
    asker = make_person("agente")
    role = roles.ask(asker, "officer", places["epci"], REASON)
    client = signed_in(above)
    assert (
        reverse("people:role_request", args=[role.pk])
        in client.get("/compte/roles/demandes/").content.decode()
    )
    page = client.get(f"/compte/roles/demandes/{role.pk}/").content.decode()
    assert REASON in page and "agente@example.org" in page
    assert client.post(f"/compte/roles/demandes/{role.pk}/", {"decision": "perhaps"}).status_code == 200
    assert client.post(f"/compte/roles/demandes/{role.pk}/", {"decision": "refuse"}).status_code == 200
    role.refresh_from_db()
    assert role.state == "waiting"
    assert client.post(f"/compte/roles/demandes/{role.pk}/", {"decision": "grant"}).status_code == 302
    role.refresh_from_db()
    assert (role.state, role.decided_by) == ("held", above)
    late = client.post(f"/compte/roles/demandes/{role.pk}/", {"decision": "refuse", "answer": "Non."})
    assert late.status_code == 200 and "déjà répondu" in late.content.decode()


@pytest.mark.parametrize("who", ["stranger", "asker", "same"])
def test_others_neither_see_nor_answer_a_request(places: dict[str, Any], who: str) -> None:
    asker = make_person("asker")
    people = {"asker": asker, "stranger": make_person("x", "officer", places["other"]),
              "same": make_person("y", "officer", places["epci"])}  # fmt: skip
    role = roles.ask(asker, "officer", places["epci"], REASON)
    client = signed_in(people[who])
    assert client.get(f"/compte/roles/demandes/{role.pk}/").status_code == 403
    assert client.post(f"/compte/roles/demandes/{role.pk}/", {"decision": "grant"}).status_code == 403
    assert client.get("/compte/roles/demandes/999999/").status_code == 404
    role.refresh_from_db()
    assert role.state == "waiting"


def test_a_role_is_left_after_a_page_that_asks(places: dict[str, Any]) -> None:
    holder = make_person("agente", "officer", places["epci"])
    role, client = holder.roles.get(), signed_in(holder)
    assert client.get(f"/compte/roles/{role.pk}/fin/").status_code == 200
    role.refresh_from_db()
    assert role.state == "held"  # asking changes nothing
    assert signed_in(make_person("voisin")).post(f"/compte/roles/{role.pk}/fin/").status_code == 403
    assert client.post(f"/compte/roles/{role.pk}/fin/").status_code == 302
    role.refresh_from_db()
    assert role.state == "ended"
    assert client.post(f"/compte/roles/{role.pk}/fin/").status_code == 409


def test_the_last_administrator_cannot_leave() -> None:
    first = User.objects.create_superuser("a@example.org")
    second = make_person("b")
    role = roles.grant(roles.ask(second, "administrator", None, REASON), first)
    User.objects.filter(pk=first.pk).update(is_superuser=False)
    refused = signed_in(second).post(f"/compte/roles/{role.pk}/fin/")
    assert refused.status_code == 409 and "dernière personne" in refused.content.decode()


def test_a_form_of_another_site_is_refused(places: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("agente"))
    step = reverse("people:role_reason", args=["officer", places["epci"].pk])
    assert client.post(step, {"reason": REASON}).status_code == 403 and not Role.objects.exists()


@pytest.mark.parametrize("language", ["", "/en"])
def test_everybody_reads_who_may_do_what(client: Client, language: str) -> None:
    response = client.get(f"{language}/qui-peut-quoi/")
    assert response.status_code == 200 and not response.cookies
    text = response.content.decode()
    assert ("moderator of a territory" if language else "modération d’un territoire") in text
    assert text.count("<tr>") == len(Action) + 1  # and the head
