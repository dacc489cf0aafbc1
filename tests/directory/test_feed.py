"""The feed of changes: whoever follows it holds what is public, whatever is committed, however late."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from directory import feed
from directory.errors import FeedForgotten
from directory.models import Initiative
from tests.factories import make_initiative
from tests.plans import plan

ADD = """
INSERT INTO directory_initiative (uuid, slug, name, language, summary, description, activities, legal_form,
    legal_form_note, siret, rna, website, email, phone, street, postcode, locality, precision,
    founded_precision, closed_precision, opening_hours, accepts_testimony, charter_signatory, publication,
    activity_state, origin, source, provenance, created_at, updated_at)
SELECT gen_random_uuid(), slug, slug, 'fr', '', '', '{101}', 'unknown', '', '', '', '', '', '', '', '', '',
    '', '', '', '', false, false, 'published', 'open', 'real', '', '{}', now(), now()
FROM unnest(%s::text[]) AS slug
"""


@contextmanager
def session() -> Iterator[Any]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


class Harvester:
    """Follows the feed, and keeps what it is told is public."""

    def __init__(self, since: datetime | None = None, most: int = 2) -> None:
        self.place, self.most, self.copy = feed.begin(since), most, set[str]()
        self.said: list[tuple[str, str]] = []

    def follow(self) -> list[tuple[str, str]]:
        self.said = []
        while True:
            page = feed.read(self.place, self.most)
            for change in page.changes:
                self.said.append((change.slug, change.change))
                (self.copy.discard if change.change == "withdrawn" else self.copy.add)(change.slug)
            self.place = page.following
            if not page.more:
                return self.said


def public() -> set[str]:
    return set(Initiative.objects.published().values_list("slug", flat=True))


def test_what_is_committed_late_comes_late_and_is_not_missed(feed_from_nothing: None) -> None:
    harvester = Harvester()
    with session() as long, session() as quick:
        long.execute("BEGIN")
        long.execute(ADD, [["lente-1"]])
        quick.execute(ADD, [["rapide-1"]])
        assert harvester.follow() == [], "what came after an open transaction waits for it"
        long.execute("SAVEPOINT s")
        long.execute(ADD, [["lente-2"]])
        long.execute("ROLLBACK TO s")
        quick.execute(ADD, [["rapide-2"]])
        assert harvester.follow() == []
        long.execute("COMMIT")
    assert {slug for slug, _said in harvester.follow()} == {"lente-1", "rapide-1", "rapide-2"}
    assert harvester.follow() == [] and harvester.copy == public()


def test_what_is_undone_holds_nobody_back(feed_from_nothing: None) -> None:
    harvester = Harvester()
    with session() as broken:
        broken.execute("BEGIN")
        broken.execute(ADD, [["jamais"]])
        make_initiative(slug="toujours")
        assert harvester.follow() == []
        broken.execute("ROLLBACK")
    assert harvester.follow() == [("toujours", "created")]


def test_what_was_begun_again_after_a_savepoint_is_waited_for(feed_from_nothing: None) -> None:
    """What a savepoint undoes gives its lock back: what is written next takes one anew."""
    harvester = Harvester()
    with session() as long:
        long.execute("BEGIN; SAVEPOINT s")
        long.execute(ADD, [["jamais"]])
        long.execute("ROLLBACK TO s")
        long.execute(ADD, [["enfin"]])
        make_initiative(slug="entre-temps")
        assert harvester.follow() == []
        long.execute("COMMIT")
    assert sorted(harvester.follow()) == [("enfin", "created"), ("entre-temps", "created")]


def test_a_transaction_that_writes_elsewhere_holds_nobody_back(feed_from_nothing: None) -> None:
    harvester = Harvester()
    with session() as other:
        other.execute("BEGIN")
        other.execute("INSERT INTO directory_source (slug, name, url, licence) VALUES ('s', 's', '', '')")
        make_initiative(slug="jardin")
        assert harvester.follow() == [("jardin", "created")]
        other.execute("ROLLBACK")


@pytest.mark.parametrize("seed", range(4))
def test_whoever_follows_holds_what_is_public(feed_from_nothing: None, seed: int) -> None:
    """Three sessions write, commit and give up at random; a harvester reads at any moment."""
    chance, harvester, made = random.Random(seed), Harvester(most=seed + 1), 0
    with ExitStack() as stack:
        sessions = [stack.enter_context(session()) for _n in range(3)]
        for cursor in sessions:
            cursor.execute("SET lock_timeout = '1s'")
        open_ones: dict[int, list[str]] = {}
        mine: list[list[str]] = [[], [], []]
        for _step in range(60):
            n = chance.randrange(3)
            cursor = sessions[n]
            if n not in open_ones:
                cursor.execute("BEGIN")
                open_ones[n] = []
            draw = chance.random()
            if draw < 0.4:
                names = [f"n-{made + each}" for each in range(chance.randrange(1, 4))]
                made += len(names)
                cursor.execute(ADD, [names])
                open_ones[n] += names
            elif draw < 0.6 and mine[n]:
                state = chance.choice(["published", "hidden"])
                cursor.execute(
                    "UPDATE directory_initiative SET publication = %s, name = name || '.' WHERE slug = %s",
                    [state, chance.choice(mine[n])],
                )
            elif draw < 0.7 and mine[n]:
                cursor.execute("DELETE FROM directory_initiative WHERE slug = %s", [chance.choice(mine[n])])
            elif draw < 0.85:
                cursor.execute("COMMIT")
                mine[n] += open_ones.pop(n)
            elif draw < 0.9:
                cursor.execute("ROLLBACK")
                open_ones.pop(n)
            if chance.random() < 0.4:
                harvester.follow()
        for n in open_ones:
            sessions[n].execute("COMMIT")
    harvester.follow()
    assert harvester.copy == public() and len(harvester.copy) > 5


def test_what_it_comes_to(feed_from_nothing: None) -> None:
    draft, hidden, closed = (make_initiative(slug=slug) for slug in ("brouillon", "masquee", "fermee"))
    draft.publication = "draft"
    draft.save()
    harvester = Harvester()
    harvester.follow()
    Initiative.objects.filter(slug="brouillon").update(summary="Encore un brouillon")
    Initiative.objects.filter(slug="masquee").update(publication="hidden")
    Initiative.objects.filter(slug="fermee").update(activity_state="closed")
    assert harvester.follow() == [("masquee", "withdrawn"), ("fermee", "closed")]
    for row in Initiative.objects.all():
        row.save()
    assert harvester.follow() == [], "saved, and nothing changed"
    Initiative.objects.update(publication="published", activity_state="open")
    assert sorted(harvester.follow()) == [
        ("brouillon", "created"),
        ("fermee", "changed"),
        ("masquee", "created"),
    ]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE directory_initiative CASCADE")
    assert {said for _slug, said in harvester.follow()} == {"withdrawn"} and not harvester.copy


def test_a_moment_gives_the_hour_before_too(feed_from_nothing: None) -> None:
    make_initiative(slug="avant")
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_change SET at = at - interval '61 minutes' WHERE slug = 'avant'")
    make_initiative(slug="tantot")
    assert Harvester(now).follow() == [("tantot", "created")]
    assert [slug for slug, _said in Harvester(now - timedelta(minutes=2)).follow()] == ["avant", "tantot"]
    assert Harvester(now + timedelta(minutes=62)).follow() == []


def test_tombstones_are_forgotten_and_who_missed_them_is_told(feed_from_nothing: None) -> None:
    make_initiative(slug="reste")
    early = Harvester()
    early.follow()
    gone = make_initiative(slug="partie")
    between = Harvester()
    between.follow()
    gone.delete()
    late = Harvester()
    late.follow()
    old = timezone.now() - timedelta(days=1)
    assert feed.forget(old) == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE directory_change SET at = %s WHERE slug = 'partie'", [old - timedelta(seconds=1)]
        )
    assert feed.forget(old) == 1
    for harvester in (early, between):
        with pytest.raises(FeedForgotten):
            harvester.follow()
    assert late.follow() == []
    assert Harvester().follow() == [("reste", "created")]
    assert Harvester(datetime(2000, 1, 1, tzinfo=UTC)).follow() == [("reste", "created")]


def test_a_place_of_another_server_or_of_the_future_is_good_no_more(feed_from_nothing: None) -> None:
    make_initiative()
    here = feed.begin(None)
    for place in (
        feed.Place("another-1", here.start, here.place),
        feed.Place(here.server, here.start, here.place + 1_000_000),
    ):
        with pytest.raises(FeedForgotten):
            feed.read(place, 10)


def test_it_is_read_at_read_committed_only(feed_from_nothing: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(RuntimeError):
            feed.begin(None)


def test_a_page_is_found_by_an_index_at_any_depth(feed_from_nothing: None) -> None:
    with session() as cursor:
        cursor.execute(ADD, [[f"n-{n}" for n in range(3_000)]])
        for n in range(0, 3_000, 250):
            cursor.execute("UPDATE directory_initiative SET name = 'x' WHERE id %% 250 = %s", [n % 250])
        asked = {"start": 0, "place": 1, "uuid": feed.LAST, "end": 10**9, "most": 101}
        steps = plan(feed.CHANGES, asked, of="directory_change, directory_initiative")
    assert "directory_change_place" in steps and "Sort Key: c." not in steps, steps
