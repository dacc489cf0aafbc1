"""The agenda, the page of an event, the calendars: what everybody reads."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.utils import timezone
from django.utils.text import slugify

from directory.taxonomy import load_taxonomy
from events.models import Event, Organiser, Session
from tests.factories import make_grouping, make_initiative, make_territory

pytestmark = pytest.mark.django_db


def make_event(title: str, days: float = 10, **fields: Any) -> Event:
    """A published event, so many days from now."""
    start = timezone.now() + timedelta(days=days)
    named = {
        "slug": slugify(title),
        "status": "published",
        "link": "https://example.org",
    }
    return Event.objects.create(
        **named | {"title": title, "start": start, "end": start + timedelta(hours=3)} | fields
    )


@pytest.fixture
def forum(places: dict[str, Any]) -> Event:
    """At Felletin, held by a network and a name, with a workshop in which an initiative tells."""
    made = make_event(
        "Forum des circuits", commune=places["commune"], venue="Salle Tibord", summary="Une journée."
    )
    network = make_grouping("reseau", kind="network", name="Réseau d’essai")
    Organiser.objects.create(event=made, grouping=network)
    Organiser.objects.create(event=made, name="Labo", position=1)
    session = Session.objects.create(
        event=made,
        title="Alimentation",
        kind="workshop",
        letter="A",
        publics=["elected"],
        start=made.start,
        end=made.end,
    )
    session.testimonies.create(initiative=places["initiative"], name=places["initiative"].name, minutes=20)
    return made


def seen(address: str, **headers: Any) -> str:
    answer = Client().get(address, **headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r'<h3><a href="[^"]+" lang="fr">([^<]+)</a></h3>', page)


# -- The agenda -------------------------------------------------------------------------------------


def test_the_agenda_says_what_is_to_come_then_what_is_over_and_no_draft() -> None:
    make_event("Demain", days=1)
    make_event("Dans un mois", days=30)
    make_event("La semaine passée", days=-7)
    make_event("En préparation", status="draft")
    make_event("Tombé à l’eau", days=2, status="cancelled")
    page = seen("/evenements/")
    assert titles(page) == ["Demain", "Tombé à l’eau", "Dans un mois", "La semaine passée"]
    assert page.count('<span class="event-mark event-mark-bad">annulé</span>') == 1


def test_an_event_of_this_morning_is_still_of_today_and_yesterdays_is_over() -> None:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), datetime.min.time()))
    make_event("Ce matin", start=midnight - timedelta(hours=2), end=midnight)
    make_event("Hier soir", start=midnight - timedelta(hours=2), end=midnight - timedelta(seconds=1))
    page = seen("/evenements/")
    assert titles(page.partition('id="passes"')[0]) == ["Ce matin"]
    assert titles(page.partition('id="passes"')[2]) == ["Hier soir"]


def test_the_agenda_of_a_territory_has_what_is_held_there_or_by_it(
    places: dict[str, Any], forum: Event
) -> None:
    make_event("Ailleurs", commune=places["away"])
    held = make_event("Visioconférence")
    Organiser.objects.create(event=held, territory=places["departement"])
    for place, expected in {
        "commune": ["Forum des circuits"],
        "epci": ["Forum des circuits"],
        "departement": ["Forum des circuits", "Visioconférence"],
        "custom": ["Forum des circuits"],
    }.items():
        found = titles(seen(f"/evenements/?territory={places[place].pk}"))
        assert sorted(found) == expected, place


def test_the_agenda_of_a_network_has_what_it_holds(forum: Event) -> None:
    make_event("Ailleurs")
    assert titles(seen("/evenements/?network=reseau")) == ["Forum des circuits"]


def test_a_place_typed_by_name_leads_to_its_agenda_and_a_doubtful_one_is_asked(
    places: dict[str, Any],
) -> None:
    answer = Client().get("/evenements/", {"place": "Felletin"})
    assert answer.headers["Location"] == f"?territory={places['commune'].pk}"
    make_territory("commune", "87001", "Felletin", population=400)
    type(places["commune"]).objects.filter(pk=places["commune"].pk).update(population=500)
    page = seen("/evenements/?place=Felletin")
    assert "peut désigner plusieurs lieux" in page and "?territory=commune-87001" in page
    assert "Aucun lieu ne s’appelle" in seen("/evenements/?place=Xyzzyx")


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("territory=nowhere", "territory"),
        ("network=rien", "network"),
        ("since=2026-02-30", "since"),
        ("page=99999999999", "page"),
        ("territory=%00", "territory"),
        (f"ptce={'x' * 10_000}", "ptce"),
    ],
)
def test_what_cannot_be_read_is_told_and_a_calendar_is_refused(given: str, label: str) -> None:
    assert "n’a pas été comprise" in seen(f"/evenements/?{given}")
    answer = Client().get(f"/evenements/agenda.ics?{given}")
    assert answer.status_code == 400 and answer.content.decode().startswith(f"{label}:")
    assert Client().get(f"/evenements/agenda.ics?{given}&{given}").status_code == 400


def test_an_address_of_no_event_is_not_found_and_neither_is_a_draft() -> None:
    make_event("En préparation", slug="en-preparation", status="draft")
    for slug in ("en-preparation", "rien", "%00", "x" * 3_000):
        for end in ("", "agenda.ics", "image.png"):
            assert Client().get(f"/evenements/{slug}/{end}").status_code == 404


# -- One event --------------------------------------------------------------------------------------


def test_the_page_of_an_event_says_when_where_who_and_its_programme(
    forum: Event, places: dict[str, Any]
) -> None:
    page = seen(f"/evenements/{forum.slug}/")
    assert "Salle Tibord, Felletin" in page
    assert '<a href="/reseaux/reseau/">Réseau d’essai</a>, Labo' in page
    assert '<span class="programme-letter">A</span> Atelier' in page and "Pour : élus" in page
    assert f'<a href="/initiatives/{places["initiative"].slug}/">' in page and "20 min" in page
    assert "Thursday" not in page and 'lang="en"' in seen(f"/en/evenements/{forum.slug}/")


def test_search_engines_are_told_the_event_its_place_and_its_sessions(forum: Event) -> None:
    page = seen(f"/evenements/{forum.slug}/")
    told = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert told["@type"] == "Event" and told["eventStatus"] == "https://schema.org/EventScheduled"
    assert datetime.fromisoformat(told["startDate"]) == forum.start
    assert told["location"]["address"]["addressLocality"] == "Felletin"
    assert [each["name"] for each in told["organizer"]] == ["Réseau d’essai", "Labo"]
    assert [each["name"] for each in told["subEvent"]] == ["A · Alimentation"]
    assert f"/evenements/{forum.slug}/" in seen("/sitemap-events.xml")


def test_a_territory_and_a_network_show_their_events_beside(forum: Event, places: dict[str, Any]) -> None:
    load_taxonomy()
    for address in (f"/territoires/{places['departement'].pk}/", "/reseaux/reseau/"):
        page = seen(address)
        assert f"/evenements/{forum.slug}/" in page and "agenda.ics?" in page
    assert "agenda.ics" not in seen(f"/territoires/{places['away'].pk}/")


def test_a_page_held_is_confirmed_until_an_event_changes(forum: Event) -> None:
    client, address = Client(), f"/evenements/{forum.slug}/"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    forum.sessions.update(title="Autre chose")
    assert "Autre chose" in client.get(address, headers={"if-none-match": tag}).content.decode()


# -- Calendars --------------------------------------------------------------------------------------


def entries(address: str) -> list[Any]:
    """The events of a calendar, read by another library than the one that wrote it."""
    answer = Client().get(address)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))
    return list(vobject.readOne(answer.content.decode()).contents.get("vevent", []))


def test_a_calendar_says_of_each_event_what_its_page_says(forum: Event) -> None:
    forum.title = "Forum ; des, circuits \\ « مرحبا » 🌱 " + "long " * 40
    forum.save()
    make_event("Tombé à l’eau", days=2, status="cancelled")
    make_event("En préparation", status="draft")
    first, second = entries("/evenements/agenda.ics")
    assert first.summary.value == forum.title.strip() or first.summary.value == forum.title
    assert (first.dtstart.value, first.dtend.value) == (
        forum.start.replace(microsecond=0),
        forum.end.replace(microsecond=0),
    )
    assert first.location.value == "Salle Tibord, Felletin"
    assert first.uid.value == str(forum.uuid) and first.status.value == "CONFIRMED"
    assert first.url.value.endswith(f"/evenements/{forum.slug}/")
    assert second.status.value == "CANCELLED"


def test_there_is_a_calendar_for_a_territory_a_network_and_one_event(
    forum: Event, places: dict[str, Any]
) -> None:
    make_event("Ailleurs", commune=places["away"])
    for address in (
        f"/evenements/agenda.ics?territory={places['departement'].pk}",
        "/evenements/agenda.ics?network=reseau",
        f"/evenements/{forum.slug}/agenda.ics",
    ):
        assert [each.uid.value for each in entries(address)] == [str(forum.uuid)], address
    assert "A · Alimentation" in entries(f"/evenements/{forum.slug}/agenda.ics")[0].description.value
    assert entries("/evenements/agenda.ics?since=2199-01-01") == []


def test_what_a_calendar_cannot_hold_is_left_out_of_it() -> None:
    make_event("Un\x0btitre\x1b", description="Ligne 1\r\nBEGIN:VALARM\nLigne 2")
    (found,) = entries("/evenements/agenda.ics")
    assert found.summary.value == "Untitre"
    assert "BEGIN:VALARM" in found.description.value and "valarm" not in found.contents


def test_an_initiative_that_is_hidden_stays_a_name_in_the_programme(forum: Event) -> None:
    gone = make_initiative("Cachée", publication="hidden")
    forum.sessions.get().testimonies.create(initiative=gone, name="Cachée")
    page = seen(f"/evenements/{forum.slug}/")
    assert "Cachée" in page and gone.slug not in page
