"""Announcing an event from one's account: each step, without a script, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from events.models import Event
from tests.factories import make_grouping, make_initiative, make_person, make_territory

pytestmark = pytest.mark.django_db

DAY = timezone.localdate() + timedelta(days=60)
FORUM = {
    "title": "Forum des circuits", "start": f"{DAY}T09:30", "end": f"{DAY}T17:00", "commune": "Felletin",
    "venue": "Salle Tibord", "language": "fr",
}  # fmt: skip
OPENING = {"title": "Accueil", "kind": "plenary", "start": f"{DAY}T09:30", "end": f"{DAY}T10:00"}


@pytest.fixture
def network(db: None) -> Any:
    return make_grouping("reseau", kind="network", name="Réseau d’essai")


@pytest.fixture
def coordinator(network: Any) -> User:
    return make_person("coordonne", "coordinator", network)


@pytest.fixture
def own(coordinator: User) -> Client:
    return signed(coordinator)


def signed(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def event(own: Client, network: Any, places: dict[str, Any]) -> Event:
    answer = own.post(f"/compte/evenements/annoncer/reseau/{network.uuid}/", FORUM)
    made = Event.objects.get()
    assert answer.headers["Location"] == f"/compte/evenements/{made.slug}/"
    return made


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:300]
    return str(answer.content.decode())


def test_a_coordinator_announces_an_event_from_the_choice_of_who_holds_it_to_its_page(
    own: Client, network: Any, event: Event, places: dict[str, Any]
) -> None:
    assert f"/compte/evenements/annoncer/reseau/{network.uuid}/" in text(
        own.get("/compte/evenements/annoncer/")
    )
    base = f"/compte/evenements/{event.slug}/"
    assert (event.commune, event.status, str(event.organisers.get())) == (
        places["commune"], "draft", "Réseau d’essai",
    )  # fmt: skip
    assert Client().get(f"/evenements/{event.slug}/").status_code == 404
    assert own.post(f"{base}programme/", OPENING).headers["Location"] == base
    workshop = OPENING | {"title": "Cantines", "kind": "workshop", "room_capacity": "20", "capacity": "20"}
    again = own.post(f"{base}programme/", workshop | {"again": "1", "publics": ["elected", "officer"]})
    assert again.headers["Location"] == f"{base}programme/"
    session = event.sessions.get(letter="A")
    address = f"https://example.org/en/initiatives/{places['initiative'].slug}/?x=1"
    own.post(f"{base}programme/{session.pk}/temoignages/", {"initiative": address, "minutes": "20"})
    assert session.testimonies.get().initiative == places["initiative"]
    own.post(f"{base}etat/publish/")
    page = text(Client().get(f"/evenements/{event.slug}/"))
    assert "Cantines" in page and "L’Atelier" in page and "Pour : élus, agents de collectivités" in page
    assert "publié" in text(own.get("/compte/evenements/"))
    own.post(f"{base}etat/cancel/")
    assert "Cet évènement est annulé" in text(Client().get(f"/evenements/{event.slug}/"))
    assert text(own.post(f"{base}etat/discard/"), 409).count("s’annule") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"end": f"{DAY}T09:30"}, "La fin vient avant le début"),
        ({"title": "é" * 301}, "300"),
        ({"title": "deux\nlignes\x0b"}, "sur une seule ligne"),
        ({"title": "a\x00b"}, "caractère nul"),
        ({"title": ""}, "Donnez un titre"),
        ({"start": "hier"}, "Une date et une heure sont attendues"),
        ({"commune": "Nulle-Part"}, "Aucune commune ne s’appelle « Nulle-Part ». Essayez"),
        ({"commune": "Feletin"}, "« Feletin ». Vouliez-vous dire Felletin (23) ?"),
        ({"point": "45.9"}, "Une latitude et une longitude"),
        ({"point": "95, 2"}, "Une latitude et une longitude"),
        ({"registration_closes": f"{DAY + timedelta(days=1)}"}, "finiraient après"),
        ({"link": "javascript:alert(1)"}, "URL"),
    ],
)
def test_an_event_that_cannot_be_is_refused_beside_its_field(
    own: Client, network: Any, places: dict[str, Any], given: dict[str, str], said: str
) -> None:
    page = text(own.post(f"/compte/evenements/annoncer/reseau/{network.uuid}/", FORUM | given))
    assert said in page and 'role="alert"' in page and not Event.objects.exists()


def test_a_title_of_three_hundred_signs_and_one_of_another_script_are_taken(
    own: Client, network: Any, places: dict[str, Any]
) -> None:
    for title in ("é" * 300, "منتدى 🌱 الدوائر القصيرة"):
        own.post(f"/compte/evenements/annoncer/reseau/{network.uuid}/", FORUM | {"title": title})
        made = Event.objects.get(title=title)
        assert title in text(own.get(f"/compte/evenements/{made.slug}/"))


def test_of_two_communes_of_one_name_one_says_which(
    own: Client, network: Any, places: dict[str, Any]
) -> None:
    other = make_territory("departement", "87", "Haute-Vienne")
    make_territory("commune", "87001", "Felletin", departement=other, population=1_000)
    type(other).objects.filter(pk=places["commune"].pk).update(population=1_600)
    address = f"/compte/evenements/annoncer/reseau/{network.uuid}/"
    assert "Plusieurs communes portent ce nom" in text(own.post(address, FORUM))
    own.post(address, FORUM | {"commune": "Felletin (23)"})
    assert Event.objects.get().commune == places["commune"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"start": f"{DAY}T09:29"}, "commencerait avant"),
        ({"end": f"{DAY}T17:01"}, "finirait après"),
        ({"room_capacity": "10", "capacity": "11"}, "n’a que 10 places"),
        ({"letter": "aa"}, "lettre majuscule"),
        ({"publics": "nobody"}, "nobody"),
        ({"capacity": "-1"}, "1"),
    ],
)
def test_a_session_that_cannot_be_is_refused_beside_its_field(
    own: Client, event: Event, given: dict[str, str], said: str
) -> None:
    page = text(own.post(f"/compte/evenements/{event.slug}/programme/", OPENING | given))
    assert said in page and not event.sessions.exists()


def test_organisers_are_found_by_name_added_and_taken_off(
    own: Client, event: Event, places: dict[str, Any]
) -> None:
    address = f"/compte/evenements/{event.slug}/organisateurs/"
    assert "Creuse" in text(own.get(f"{address}?q=creuse"))
    own.post(address, {"kind": "territoire", "key": places["departement"].pk})
    own.post(address, {"name": "Labo de l’ESS"})
    assert [str(each) for each in event.organisers.all()] == ["Réseau d’essai", "Creuse", "Labo de l’ESS"]
    assert "déjà" in text(own.post(address, {"name": "Labo de l’ESS"}))
    first = event.organisers.get(grouping__isnull=False)
    assert "pour lequel vous agissez" in text(own.post(address, {"remove": first.pk}, follow=True))
    own.post(address, {"remove": event.organisers.get(name="Labo de l’ESS").pk})
    assert event.organisers.count() == 2
    for bad in (
        {"remove": "x"},
        {"remove": "9" * 40},
        {"kind": "x", "key": "y"},
        {"kind": "reseau", "key": "\x00"},
    ):
        assert own.post(address, bad).status_code == 404


def test_an_event_is_opened_by_nobody_else(event: Event, places: dict[str, Any]) -> None:
    base = f"/compte/evenements/{event.slug}/"
    stranger = signed(make_person("autre", "owner", make_initiative("Ailleurs")))
    for end in ("", "modifier/", "etat/publish/", "organisateurs/", "programme/"):
        assert stranger.get(base + end).status_code == 403
        assert stranger.post(base + end).status_code in (403, 405)
        assert Client().get(base + end).headers["Location"].startswith("/compte/login/")
    assert (
        stranger.get(
            f"/compte/evenements/annoncer/reseau/{event.organisers.get().grouping.uuid}/"
        ).status_code
        == 403
    )
    assert Event.objects.get().status == "draft"


def test_a_person_without_a_role_is_told_who_announces_events() -> None:
    client = signed(make_person("personne"))
    assert "Demander un rôle" in text(client.get("/compte/evenements/"))
    assert client.get("/compte/evenements/annoncer/").status_code == 403
