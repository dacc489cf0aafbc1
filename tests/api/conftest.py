"""A small world for the API, and how it is asked.

Two communes of one degree each, side by side (Ouest 0 to 1, Est 1 to 2; latitudes 45 to 46), in
département 01 and région 99; an island commune without an outline; forty initiatives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from directory.models import (
    Grouping,
    Initiative,
    Link,
    Listing,
    ListingPick,
    Merge,
    PtceStatus,
    ServedTerritory,
    Source,
)
from directory.taxonomy import load_taxonomy
from events.models import Event
from questionnaires.versions import load as load_questionnaire
from territories.models import Territory
from tests import factories

LEGAL_FORMS = ["association", "scic", "unknown"]
WORDS = ["épicerie", "coopérative", "ressourcerie", "atelier", "jardin"]
ACTIVITIES = [[101], [102, 601], [501], [601, 101], [300]]


@dataclass
class World:
    """What there is, by name."""

    territories: dict[str, Territory] = field(default_factory=dict)
    initiatives: dict[str, Initiative] = field(default_factory=dict)

    def slugs(self) -> list[str]:
        return sorted(initiative.slug for initiative in self.initiatives.values())


@dataclass
class Answer:
    """An answer of the API: status, headers, text, and the JSON where it is JSON."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def refused(self) -> list[str]:
        """The names of the parameters that a problem refuses."""
        return [error["parameter"] for error in self.json["errors"]]

    @property
    def ids(self) -> list[str]:
        return [feature["id"] for feature in self.json["features"]]


Ask = Callable[..., Answer]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is slow to collect and only holds slow tests is left alone by `make test`."""
    at_length = collection_path.name == "test_schemathesis_at_length.py"
    return True if at_length and config.option.markexpr == "not slow" else None


@pytest.fixture
def ask(client: Client) -> Ask:
    """``ask("initiatives", q="x")``: GET under /api/v1/, streamed answers read to their end."""

    def get(path: str, headers: dict[str, str] | None = None, method: str = "get", **params: Any) -> Answer:
        response = getattr(client, method)(
            path if path.startswith(("/", "http")) else f"/api/v1/{path}", params or None, headers=headers
        )
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return Answer(response.status_code, response.headers, body.decode(errors="surrogateescape"))  # tiles

    return get


@pytest.fixture(autouse=True)
def _fresh_throttle() -> Iterator[None]:
    """What one test asked for does not count against the next."""
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world, made once for the tests of a file, each of which leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = build_world()
        connection.check_constraints()  # now, or every test would check the whole load when it ends
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def world(_built: World, db: None) -> World:
    return _built


def build_world() -> World:
    load_taxonomy()
    load_questionnaire()
    made = World()
    build_territories(made.territories)
    build_initiatives(made)
    build_relations(made)
    build_events(made)
    return made


def build_events(made: World) -> None:
    """Two that everybody sees, held by a network and a name, one with a session; and a draft."""
    first = timezone.make_aware(datetime(2027, 6, 20, 9, 30))
    for number, slug in enumerate(("forum", "atelier", "brouillon")):
        start = first + timedelta(days=number)
        event = Event.objects.create(
            slug=slug,
            title=slug.capitalize(),
            start=start,
            end=start + timedelta(hours=7),
            commune=made.territories["west"],
            status="draft" if slug == "brouillon" else "published",
        )
        event.organisers.create(grouping=Grouping.objects.get(slug="reseau"))
        event.organisers.create(name="Labo", position=1)
        session = event.sessions.create(
            title="Ouverture", start=start, end=event.end, kind="workshop", letter="A", publics=["elected"]
        )
        session.testimonies.create(name="Ailleurs", minutes=20)


def build_territories(made: dict[str, Territory]) -> None:
    country = factories.make_territory("country", "FR", "France", box=(0, 45, 2, 46))
    region = factories.make_territory("region", "99", "Région", country=country, box=(0, 45, 2, 46))
    above = {"country": country, "region": region}
    departement = factories.make_territory("departement", "01", "Pays", **above, box=(0, 45, 2, 46))
    epci = factories.make_territory("epci", "200000001", "CC du Milieu", country=country, box=(0, 45, 2, 46))
    inside = {**above, "departement": departement, "epci": epci}
    west = factories.make_commune(
        "01001",
        "Ouest",
        **inside,
        box=(0, 45, 1, 46),
        population=900,
        postcodes=["01000"],
        area_km2=8123.4567,
    )
    east = factories.make_commune("01002", "Est", **inside, box=(1, 45, 2, 46), population=90)
    island = factories.make_commune("98801", "Île", country=country, outline_note="absent")
    quarter = factories.make_territory(
        "arrondissement",
        "01101",
        "Ouest 1er",
        **above,
        departement=departement,
        commune=west,
        box=(0, 45, 0.5, 46),
    )
    factories.make_former_commune("01003", "Ancienne", east)
    made.update(
        country=country,
        region=region,
        departement=departement,
        epci=epci,
        west=west,
        east=east,
        island=island,
        quarter=quarter,
    )


def build_initiatives(made: World) -> None:
    """Thirty-six that lists show, placed in both communes, elsewhere and nowhere; five that they do not."""
    west, east = made.territories["west"], made.territories["east"]
    for number in range(36):
        place: dict[str, Any] = {}
        if number % 3 == 0:
            place = {"at": (0.02 + number * 0.02, 45.5 + number % 7 / 20), "commune": west}
        elif number % 3 == 1:
            place = {"at": (1.01 + number * 0.02, 45.2 + number % 5 / 10), "commune": east}
        elif number % 6 == 2:
            place = {"at": (-170 + number * 9, -60 + number * 3)}
        word = WORDS[number % len(WORDS)]
        made.initiatives[f"n{number}"] = factories.make_initiative(
            f"{word.capitalize()} {'du Centre' if number % 4 else 'des Bords'} {number // 2}",
            slug=f"initiative-{number:02d}",
            summary=f"Une {word} à « {number} »" if number % 2 else "",
            activities=ACTIVITIES[number % len(ACTIVITIES)],
            legal_form=LEGAL_FORMS[number % len(LEGAL_FORMS)],
            origin="example" if number % 5 == 0 else "real",
            accepts_testimony=number % 7 == 0,
            verified_at=datetime(2026, 1 + number % 9, 15, 12, tzinfo=UTC) if number % 4 == 1 else None,
            **place,
        )
    unseen = {
        "draft": {"publication": "draft"},
        "hidden": {"publication": "hidden"},
        "archived": {"publication": "archived"},
        "closed": {"activity_state": "closed", "closed": date(2020, 5, 1), "closed_precision": "month"},
        "planned": {"activity_state": "planned"},
    }
    for name, fields in unseen.items():
        made.initiatives[name] = factories.make_initiative(
            f"Épicerie {name}", slug=name, at=(0.5, 45.5), commune=west, **fields
        )


def build_relations(made: World) -> None:
    full = made.initiatives["n0"]
    Initiative.objects.filter(pk=full.pk).update(
        description="Longue.",
        legal_form_note="loi 1901",
        street="1 rue X",
        postcode="01000",
        locality="Ouest",
        phone="+33 1 23 45 67 89",
        email="contact@example.org",
        opening_hours="Mo-Fr 09:00-17:00",
        founded=date(2014, 5, 2),
        founded_precision="month",
        source="une source",
        website="https://example.org",
        provenance={
            "name": {"at": "2026-01-01T00:00:00Z", "by": "maillage-examples", "from": "une source", "x": "y"}
        },
    )
    ServedTerritory.objects.create(initiative=full, territory=made.territories["east"])
    Initiative.objects.filter(slug__in=["initiative-01", "draft"]).update(parent=full)
    runs, member = made.initiatives["n3"], made.initiatives["n4"]
    ptce = factories.make_grouping("pole", "ptce", (full, member, made.initiatives["draft"]), initiative=runs)
    PtceStatus.objects.create(grouping=ptce, year=2015, status="lauréat", source="appel à projets")
    factories.make_grouping("reseau", "network", (full,), perimeter=made.territories["departement"])
    factories.make_grouping("secret", "network", (full,), published=False)
    for target, kind in (("n1", "supplies"), ("n2", "hosts"), ("draft", "partners")):
        Link.objects.create(origin=full, target=made.initiatives[target], kind=kind)
    Link.objects.create(origin=made.initiatives["n5"], target=full, kind="finances", since=date(2020, 1, 1))
    Link.objects.create(origin=made.initiatives["hidden"], target=full, kind="partners")
    Merge.objects.create(slug="ancien-nom", target=full)
    Merge.objects.create(slug="ancien-cache", target=made.initiatives["hidden"])
    source = Source.objects.create(slug="source", name="Une source", licence="ODbL-1.0")
    now = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    full.source_records.create(source=source, external_id="x1", first_seen=now, last_seen=now)
    listing = Listing.objects.create(slug="choix", name="Choix", criteria="sector=alimentation")
    ListingPick.objects.create(listing=listing, initiative=made.initiatives["n2"])
