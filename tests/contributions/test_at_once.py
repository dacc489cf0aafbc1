"""Two who do something of one proposal at the very same moment: one of them does it, the other is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from contributions import moderating, photos, proposing, uniting
from contributions.errors import AlreadyDecided, ListingChanged, ProposalRefused
from contributions.models import Photo, Proposal
from directory import publishing
from directory.models import Initiative, Merge
from directory.taxonomy import load_taxonomy
from tests.contributions.test_photos import drawn, picture
from tests.factories import make_commune, make_initiative, make_person, make_territory

# Committed, for the other connection to see.
pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"name": "Repair café", "activities": [101], "commune": "commune-01001"}


@pytest.fixture
def moderators() -> tuple[User, User]:
    load_taxonomy()
    west = make_territory("departement", "01", "Ouestland", box=(0, 45, 2, 46))
    make_commune("01001", "Ham", departement=west, box=(0, 45, 1, 46))
    return make_person("une", "moderator", west), make_person("autre", "moderator", west)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gave or raised, begun together, each with a connection of its own."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        except (AlreadyDecided, ListingChanged, ProposalRefused) as raised:
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_moderators_publish_one_listing(moderators: tuple[User, User]) -> None:
    made = proposing.propose(NEW)
    done = at_once(*[lambda by=by: moderating.accept(made, by) for by in moderators])
    assert sorted(type(each).__name__ for each in done) == ["AlreadyDecided", "Initiative"]
    assert Initiative.objects.count() == 1 and Proposal.objects.get().state == "accepted"


def test_one_accepts_what_its_author_withdraws(moderators: tuple[User, User]) -> None:
    made = proposing.propose(NEW, email="voisine@example.org")
    at_once(lambda: moderating.accept(made, moderators[0]), lambda: proposing.withdraw(made))
    made.refresh_from_db()
    published = Initiative.objects.filter(publication="published").count()
    assert (made.state, published) in (("accepted", 1), ("withdrawn", 0))


def test_one_form_that_comes_twice_is_one_proposal(moderators: tuple[User, User]) -> None:
    def send() -> Proposal:
        photo = photos.keep(drawn(picture()), "La roue")
        return proposing.propose(NEW, photo=photo, sent="a-mark")

    one, other = at_once(send, send)
    assert one == other == Proposal.objects.get() and Photo.objects.count() == 1


def test_two_corrections_of_one_page_lose_nothing(moderators: tuple[User, User]) -> None:
    mill = make_initiative("Le Moulin", commune_id="commune-01001")
    sent = [
        proposing.propose({name: value}, initiative=mill)
        for name, value in (("summary", "Farine"), ("opening_hours", "Sa"))
    ]
    at_once(
        lambda: moderating.accept(sent[0], moderators[0]), lambda: moderating.accept(sent[1], moderators[1])
    )
    mill.refresh_from_db()
    assert (mill.summary, mill.opening_hours) == ("Farine", "Sa")


def test_a_correction_accepted_while_its_page_is_merged_is_kept(
    moderators: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision waits for the merge, and is of the page that stays."""
    kept = make_initiative("Le Moulin", commune_id="commune-01001")
    twin = make_initiative("Le Moulin bis", commune_id="commune-01001")
    sent = proposing.propose({"summary": "Farine"}, initiative=twin)
    begun = Event()

    def slow(*_listings: Initiative) -> None:
        begun.set()
        time.sleep(1)  # the decision begins meanwhile

    monkeypatch.setattr("directory.listings.merged", slow)

    def accept() -> None:
        assert begun.wait(10)
        moderating.accept(sent, moderators[0])

    at_once(lambda: publishing.merge(kept, twin, "test", "doublon"), accept)
    kept.refresh_from_db()
    assert (kept.summary, Proposal.objects.get().state) == ("Farine", "accepted")


def test_two_pages_that_two_make_one_the_one_way_and_the_other_are_one(
    moderators: tuple[User, User],
) -> None:
    one = make_initiative("Le Moulin", commune_id="commune-01001")
    other = make_initiative("Moulin de Ham", commune_id="commune-01001")
    done = at_once(
        lambda: uniting.unite(one, other, moderators[0], "doublon"),
        lambda: uniting.unite(other, one, moderators[1], "doublon"),
    )
    assert sorted(type(each).__name__ for each in done) == ["Initiative", "ListingChanged"]
    assert Initiative.objects.count() == Merge.objects.count() == 1
