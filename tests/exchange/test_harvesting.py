"""A source is read when it is due; what it lost is marked, and comes back; who answers for it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from directory.models import Initiative, SourceRecord
from exchange import harvesting, importing, tasks
from exchange.fetching import Unfetched
from exchange.models import Harvest, Import, State
from exchange.profiles import named
from exchange.reporting import report
from mail.letters import get
from tests.exchange.web import Web, give, serving, versioned
from tests.factories import make_grouping, make_person
from tests.jobs.running import run_queued
from tests.mail import outbox

NAMES = ["La Boucle du fil", "Le Jardin des Ormes", "Café Pontarion", "Atelier Vassivière"]
COLUMNS = {"id": "external_id", "nom": "name", "insee": "commune_code", "activite": "activities",
           "site": "website"}  # fmt: skip
PATH = "/list.csv"


def listing(*names: str, site: str = "") -> str:
    lines = (f"{NAMES.index(name) + 1};{name};23079;alimentation;{site}" for name in names)
    return "\n".join(["id;nom;insee;activite;site", *lines, ""])


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    with serving() as found:
        settings.HARVEST_ALLOWED = [found.place]
        yield found


@pytest.fixture
def source(places: dict[str, Any], web: Web, taxonomy: None) -> Harvest:
    web.pages[PATH] = give(listing(*NAMES))
    profile = named("Réseau des ateliers", columns=COLUMNS, complete=True)
    return harvesting.subscribe(profile, web.url(PATH), "day", None)


def there() -> set[str]:
    """The names of those that the source has, as the directory knows."""
    records = SourceRecord.objects.filter(source__slug="reseau-des-ateliers", vanished_at=None)
    return set(records.values_list("initiative__name", flat=True))


def read(source: Harvest) -> Harvest:
    found = harvesting.harvest(source)
    assert not found.error, harvesting.said(found.error)
    return found


def test_what_vanishes_is_marked_and_comes_back(source: Harvest, web: Web) -> None:
    read(source)
    assert there() == set(NAMES)
    web.pages[PATH] = give(listing(*NAMES[:3]))
    read(source)
    assert there() == set(NAMES[:3])
    assert Initiative.objects.published().filter(name=NAMES[3]).exists(), "marked, and not deleted"
    web.pages[PATH] = give(listing(*NAMES))
    last = read(source).last
    assert last and last.report["returned"] == 1
    assert there() == set(NAMES) and Initiative.objects.filter(name=NAMES[3]).count() == 1


def test_what_is_as_it_was_is_not_brought_again(source: Harvest, web: Web) -> None:
    web.pages[PATH] = versioned(listing(*NAMES), '"1"')
    read(source)
    assert web.asked[-1][1].get("If-None-Match") is None
    read(source)
    assert web.asked[-1][1]["If-None-Match"] == '"1"'
    web.pages[PATH] = give(listing(*NAMES))  # a server that confirms nothing, the same file
    read(source)
    assert Import.objects.count() == 1
    assert source.profile.columns == COLUMNS


def test_what_is_as_it_was_is_seen_again_and_can_still_be_taken_back(source: Harvest, web: Web) -> None:
    web.pages[PATH] = versioned(listing(*NAMES), '"1"')
    read(source)
    first = set(SourceRecord.objects.values_list("last_seen", flat=True))
    read(source)  # the server says that nothing changed
    web.pages[PATH] = give(listing(*NAMES))
    last = read(source).last  # it says nothing, and the file is the same
    assert last and last.state == State.DONE
    assert set(SourceRecord.objects.values_list("last_seen", flat=True)) == {last.seen_at}
    assert last.seen_at and last.seen_at > max(first)
    importing.undo(last)
    assert not SourceRecord.objects.exists() and not Initiative.objects.filter(name__in=NAMES).exists()


def test_it_is_due_again_after_its_rhythm(source: Harvest) -> None:
    assert list(harvesting.due()) == [source]
    now = timezone.now()
    found = harvesting.harvest(source, now)
    assert found.next_at == now + timedelta(days=1)
    assert not harvesting.due(now + timedelta(hours=23, minutes=59))
    assert harvesting.due(now + timedelta(days=1))
    Harvest.objects.update(active=False)
    assert not harvesting.due(now + timedelta(days=1))


def test_one_that_answers_for_it_is_told_once_after_three_failures(source: Harvest, web: Web) -> None:
    owner = make_person("camille", kind="coordinator", target=make_grouping("ateliers", kind="network"))
    Harvest.objects.update(owner=owner)
    source.profile.grouping = owner.roles.get().grouping
    source.profile.save()

    def told() -> int:
        return len(outbox.posted(to=owner.email, letter="exchange.source_failing"))

    web.pages[PATH] = give("gone", 404)
    for failures in range(1, 6):
        found = harvesting.harvest(source)
        assert found.failures == failures and found.next_at > timezone.now() + timedelta(hours=23)
        assert told() == (failures >= 3)
    assert "404" in outbox.last(to=owner.email).text and found.address in outbox.last(to=owner.email).text
    web.pages[PATH] = give(listing(*NAMES))
    assert read(source).failures == 0
    web.pages[PATH] = give("", 503, Retry_After="172800")
    for _failure in range(3):
        found = harvesting.harvest(source)
    assert told() == 2, "it had worked again"
    assert found.next_at > timezone.now() + timedelta(hours=47), "left alone for as long as it asks"
    assert there() == set(NAMES), "what fails changes nothing"


def test_without_an_owner_administrators_are_told(source: Harvest, web: Web) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    web.pages[PATH] = give(b"\x00\x01\x02 no table")
    for _failure in range(3):
        harvesting.harvest(source)
    assert len(outbox.posted(to=admin.email, letter="exchange.source_failing")) == 1


def test_a_coordinator_who_is_none_any_more_brings_nothing(source: Harvest) -> None:
    grouping = make_grouping("ateliers", kind="network")
    source.profile.grouping = grouping
    source.profile.save()
    Harvest.objects.update(owner=make_person("dominique"))
    assert harvesting.harvest(source).error["code"] == "not-allowed" and not there()


def test_a_source_that_loses_most_of_it_at_once_waits_for_a_person(source: Harvest, web: Web) -> None:
    read(source)
    web.pages[PATH] = give(listing())
    assert harvesting.harvest(source).failures == 1
    Harvest.objects.update(etag="")
    many = "\n".join(f"{n};Ferme numéro {n};23079;alimentation;" for n in range(10, 40))
    web.pages[PATH] = give(listing(*NAMES) + many)
    assert len(there()) == 4 and read(source) and len(there()) == 34
    half = "\n".join(f"{n};Ferme numéro {n};23079;alimentation;" for n in range(10, 23))
    web.pages[PATH] = give(listing(*NAMES) + half)  # 17 of 34: just as many as are believed
    assert read(source) and len(there()) == 17
    web.pages[PATH] = give(listing(*NAMES) + many)
    read(source)
    web.pages[PATH] = give(listing(*NAMES[:3]) + half)  # 16 of 34
    for _again in range(2):
        failed = harvesting.harvest(source)
        assert failed.error == {"code": "half-gone", "said": {"gone": 18, "known": 34}} and len(there()) == 34
    assert failed.last and failed.last.state == State.PLANNED, "it waits to be confirmed"
    assert Import.objects.filter(state=State.PLANNED).count() == 1
    importing.apply(failed.last)
    assert len(there()) == 16 and not harvesting.harvest(source).error


def test_one_that_was_cut_short_goes_on(source: Harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "plan", killed)
        with pytest.raises(KeyboardInterrupt):
            harvesting.harvest(source)
    assert not there()
    read(source)
    assert there() == set(NAMES) and Import.objects.count() == 1


def test_the_worker_reads_what_is_due(source: Harvest) -> None:
    tasks.read_sources(0)
    tasks.read_sources(0)
    assert run_queued("work") == ["exchange.harvest"], "queued once"
    assert there() == set(NAMES)
    tasks.read_sources(0)
    assert run_queued("work") == []


def test_what_came_from_here_is_not_taken_back(
    source: Harvest, web: Web, client: Client, settings: Any
) -> None:
    """Another site that gives our own listing again, with the addresses of our pages, as a file."""
    settings.SITE_URL = "http://testserver"
    read(source)
    before = list(
        Initiative.objects.order_by("pk").values("pk", "name", "summary", "provenance", "updated_at")
    )
    web.pages["/copie.csv"] = give(b"".join(client.get("/api/v1/initiatives?format=csv").streaming_content))
    copy = harvesting.subscribe(named("Une copie"), web.url("/copie.csv"), "week", None)
    last = read(copy).last
    assert last and last.rows == len(before)
    assert (last.report["created"], last.report["updated"]) == (0, 0)
    assert {each["code"] for each in report(last)["refused"]} == {"from-here"}
    now = Initiative.objects.order_by("pk").values("pk", "name", "summary", "provenance", "updated_at")
    assert list(now) == before


def test_a_map_is_read_whatever_its_address_is_called(source: Harvest, web: Web) -> None:
    body = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2.17, 45.88]},
         "properties": {"id": n, "nom": name, "insee": "23079", "activite": "alimentation"}}
        for n, name in enumerate(NAMES, 1)
    ]}  # fmt: skip
    web.pages["/api/elements?limit=all"] = give(json.dumps(body), Content_Type="application/geo+json")
    harvesting.subscribe(source.profile, web.url("/api/elements?limit=all"), "day", None)
    assert read(source).last and there() == set(NAMES)


def test_what_is_no_address_is_refused(source: Harvest) -> None:
    with pytest.raises(Unfetched):
        harvesting.subscribe(source.profile, "file:///etc/passwd", "day", None)


def test_its_letter_has_an_example() -> None:
    assert get("exchange.source_failing").example_context()["failures"] == 3
