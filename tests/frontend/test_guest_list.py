"""« Qui inviter »: the list of an event, built around its venue by who holds it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse

from accounts.models import User
from directory import listings
from directory.models import Initiative, Listing
from events import holding
from events.models import Event
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db

LON, LAT = 2.17, 45.95
KM = 1 / 111.2  # degrees of latitude


@pytest.fixture
def agnes(places: dict[str, Any]) -> User:
    return make_person("agnes", "coordinator", places["ptce"])


@pytest.fixture
def event(taxonomy: None, places: dict[str, Any], agnes: User) -> Event:
    """A forum at Felletin, with initiatives 29.5 and 30.5 km to the north of it."""
    make_initiative("Dedans", (LON, LAT + 29.5 * KM), accepts_testimony=True)
    make_initiative("Dehors", (LON, LAT + 30.5 * KM), accepts_testimony=True)
    made = holding.create(
        agnes, places["ptce"],
        {
            "title": "Forum", "start": datetime(2027, 6, 20, 7, tzinfo=UTC),
            "end": datetime(2027, 6, 20, 15, tzinfo=UTC), "venue": "Maison du peuple",
            "point": Point(LON, LAT, srid=4326), "commune": places["commune"],
        },
    )  # fmt: skip
    return made


@pytest.fixture
def desk(agnes: User) -> Client:
    client = Client()
    client.force_login(agnes)
    return client


def address(event: Event, query: str = "") -> str:
    return reverse("people:event_guest_list", args=[event.slug]) + query


def offered(answer: Any) -> str:
    """The criteria that the page would keep."""
    return str(answer.context["criteria"])


def invited(event: Event) -> list[str]:
    event.refresh_from_db()
    assert event.listing is not None
    return [each.name for each in listings.criteria_of(event.listing).ordered()]


def test_it_is_built_within_thirty_kilometres_of_the_venue(desk: Client, event: Event, agnes: User) -> None:
    first = desk.get(address(event))
    assert (first.context["chosen"], first.context["count"]) == ("30000", 1)
    assert "À moins de" in first.content.decode() or "à moins de" in first.content.decode()
    assert desk.get(address(event, "?where=50000")).context["count"] == 2
    done = desk.post(address(event), {"criteria": offered(first)}, follow=True)
    assert "C’est la liste de l’évènement." in done.content.decode()
    assert invited(event) == ["Dedans"]
    assert event.listing is not None and event.listing.owner == agnes
    assert event.listing.criteria == f"near={LON},{LAT}&radius=30000"
    assert done.context["chosen"] == "30000"  # the form is as the list is


def test_it_is_narrowed_then_widened_and_what_a_hand_picked_stays(desk: Client, event: Event) -> None:
    desk.post(address(event), {"criteria": offered(desk.get(address(event)))})
    invited(event)
    other = make_initiative("Ailleurs")
    listings.pick(event.listing, User.objects.get(email="agnes@example.org"), [other.pk])  # type: ignore[arg-type]
    Initiative.objects.filter(name="Dehors").update(accepts_testimony=False)
    wide = desk.get(address(event, "?where=100000&testimony=true&sector=alimentation&legal_form=unknown"))
    assert "testimony=true" in offered(wide)
    desk.post(address(event), {"criteria": f"near={LON},{LAT}&radius=100000&testimony=true"})
    assert invited(event) == ["Ailleurs", "Dedans"]
    assert Listing.objects.count() == 1


def test_the_places_on_offer_are_those_of_the_venue(
    desk: Client, event: Event, places: dict[str, Any]
) -> None:
    offered_places = [each.value for each in desk.get(address(event)).context["places"]]
    assert offered_places[:6] == ["5000", "10000", "20000", "30000", "50000", "100000"]
    assert {places[name].pk for name in ("commune", "epci", "departement", "region")} <= set(offered_places)
    assert places["other"].pk not in offered_places
    there = desk.get(address(event, f"?where={places['epci'].pk}"))
    assert offered(there) == f"territory={places['epci'].pk}"
    assert desk.get(address(event, "?where=departement-19")).context["chosen"] == "30000"  # not on offer


def test_without_a_place_it_says_what_lacks(desk: Client, event: Event) -> None:
    Event.objects.update(point=None, commune=None)
    event.organisers.update(grouping=None, name="Nous")
    person = User.objects.create_superuser("admin@example.org", "x")
    desk.force_login(person)
    assert "Dites d’abord où l’évènement se tient" in desk.get(address(event)).content.decode()


def test_one_of_ones_lists_is_taken_and_not_another_s(desk: Client, event: Event, agnes: User) -> None:
    own = listings.create(agnes, "À moi", criteria="testimony=true")
    theirs = listings.create(make_person("autre"), "À eux", criteria="testimony=true")
    page = desk.get(address(event)).content.decode()
    assert own.slug in page and theirs.slug not in page
    for slug in (theirs.slug, "", "\x00"):
        assert (
            "Choisissez une de vos listes"
            in desk.post(address(event), {"use": slug}, follow=True).content.decode()
        )
    desk.post(address(event), {"use": own.slug})
    assert invited(event) == ["Dedans", "Dehors"]


def test_a_frozen_one_is_not_recomposed_and_a_colleague_makes_another(
    desk: Client, event: Event, agnes: User, places: dict[str, Any]
) -> None:
    desk.post(address(event), {"criteria": offered(desk.get(address(event)))})
    invited(event)
    assert event.listing is not None
    listings.freeze(event.listing, agnes)
    again = desk.post(address(event), {"criteria": "testimony=true"}, follow=True).content.decode()
    assert "Cette liste est figée" in again
    colleague = make_person("colette", "coordinator", places["ptce"])
    desk.force_login(colleague)
    assert "à une autre personne" in desk.get(address(event)).content.decode()
    desk.post(address(event), {"criteria": "testimony=true"})
    assert invited(event) == ["Dedans", "Dehors"]
    assert event.listing.owner == colleague and Listing.objects.count() == 2


@pytest.mark.parametrize("criteria", ["", "radius=30000", "near=700,1", "sector=rien", "q=%00", "x" * 9_000])
def test_criteria_that_cannot_be_kept_are_refused(desk: Client, event: Event, criteria: str) -> None:
    answer = desk.post(address(event), {"criteria": criteria}, follow=True)
    assert answer.status_code == 200
    assert "C’est la liste de l’évènement." not in answer.content.decode()
    assert not Listing.objects.exists()


def test_nobody_else_sees_or_changes_it(event: Event, client: Client, places: dict[str, Any]) -> None:
    assert client.get(address(event))["Location"].startswith("/compte/login/")
    client.force_login(make_person("autre", "coordinator", places["other_ptce"]))
    assert client.get(address(event)).status_code == 403
    assert client.post(address(event), {"criteria": "testimony=true"}).status_code == 403
    assert not Listing.objects.exists()


def test_its_list_that_is_effaced_leaves_the_event(desk: Client, event: Event, agnes: User) -> None:
    desk.post(address(event), {"criteria": offered(desk.get(address(event)))})
    invited(event)
    assert event.listing is not None
    page = desk.get(reverse("people:listing_discard", args=[event.listing.slug])).content.decode()
    assert "Un évènement invite à partir d’elle" in page and "Forum" in page
    listings.discard(event.listing, agnes)
    event.refresh_from_db()
    assert event.listing is None
    assert desk.get(address(event)).status_code == 200
