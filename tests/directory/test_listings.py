"""Listings: criteria ± picks, live or frozen; what they find, and who may change them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.personal import erase, everything
from directory import listings, publishing
from directory.errors import ListingRefused, NotAllowed
from directory.filters import SearchForm
from directory.models import Grouping, Initiative, Listing, ListingPick
from directory.version import token
from tests.factories import join, make_grouping, make_initiative, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> User:
    return make_person("claire")


@pytest.fixture
def made(taxonomy: None, claire: User) -> dict[str, Any]:
    """Three bakeries in a network, an orchard outside of it."""
    network = make_grouping("reseau", kind="network")
    found = {name: make_initiative(name) for name in ("Un", "Deux", "Trois", "Verger")}
    for name in ("Un", "Deux", "Trois"):
        join(network, found[name])
    listing = listings.create(claire, "Le forum", criteria="network=reseau")
    return {**found, "network": network, "listing": listing}


def shown(listing: Listing, more: str = "") -> list[str]:
    """What the one search finds of it, by the address as the pages and the API have it."""
    listing.refresh_from_db()
    form = SearchForm(QueryDict(f"listing={listing.slug}{more}"), strict=True)
    form.check()
    found = form.criteria()
    by_verb = set(listings.criteria_of(listing).initiatives().values_list("pk", flat=True))
    if not more:
        assert by_verb == set(found.initiatives().values_list("pk", flat=True))
    return [each.name for each in found.ordered()]


def pks(made: dict[str, Any], *names: str) -> list[int]:
    return [made[name].pk for name in names]


# -- What it holds ----------------------------------------------------------------------------------------


def test_criteria_and_the_hand_together(made: dict[str, Any], claire: User) -> None:
    listing = made["listing"]
    assert shown(listing) == ["Deux", "Trois", "Un"]
    listings.pick(listing, claire, pks(made, "Verger"))
    listings.unpick(listing, claire, pks(made, "Deux"))
    assert shown(listing) == ["Trois", "Un", "Verger"]
    assert shown(listing, "&q=verger") == ["Verger"]
    listings.unpick(listing, claire, pks(made, "Verger"))  # no trace of what only a hand had added
    assert list(listing.picks.values_list("initiative__name", "included")) == [("Deux", False)]
    listings.forget_picks(listing, claire, pks(made, "Deux"))
    assert shown(listing) == ["Deux", "Trois", "Un"]


def test_a_live_one_follows_the_data_and_a_frozen_one_does_not(made: dict[str, Any], claire: User) -> None:
    listing, new = made["listing"], make_initiative("Nouvelle")
    listings.unpick(listing, claire, pks(made, "Deux"))
    listings.freeze(listing, claire)
    join(made["network"], new)
    made["network"].memberships.filter(initiative=made["Un"]).delete()
    assert shown(listing) == ["Trois", "Un"]
    assert (listing.criteria, listing.frozen_count) == (None, 2)
    with pytest.raises(ListingRefused, match="figée"):
        listings.pick(listing, claire, [new.pk])
    with pytest.raises(ListingRefused, match="figée"):
        listings.set_criteria(listing, claire, "q=pain")
    listings.unfreeze(listing, claire)
    assert shown(listing) == ["Nouvelle", "Trois"]
    assert (listing.frozen_at, listing.thawed_criteria, listing.frozen_count) == (None, None, None)


def test_the_database_holds_that_frozen_is_picked(made: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="listing_frozen_is_picked"), transaction.atomic():
        Listing.objects.update(frozen_at=timezone.now())
    with pytest.raises(IntegrityError, match="listing_thaws_when_frozen"), transaction.atomic():
        Listing.objects.update(frozen_count=3)


def test_what_is_withdrawn_is_shown_no_more_even_frozen(made: dict[str, Any], claire: User) -> None:
    listings.freeze(made["listing"], claire)
    Initiative.objects.filter(name="Un").update(publication="hidden")
    assert shown(made["listing"]) == ["Deux", "Trois"]
    assert made["listing"].frozen_count == 3


def test_picks_follow_a_merge(made: dict[str, Any], claire: User) -> None:
    hand = listings.create(claire, "À la main", picked=pks(made, "Un", "Verger"))
    publishing.merge(made["Deux"], made["Un"])
    publishing.merge(made["Trois"], made["Verger"])
    assert shown(hand) == ["Deux", "Trois"]
    both = listings.create(claire, "Les deux", picked=pks(made, "Deux", "Trois"))
    publishing.merge(made["Trois"], made["Deux"])
    assert shown(both) == ["Trois"]


def test_a_criterion_that_lapsed_finds_nothing_rather_than_everything(
    made: dict[str, Any], claire: User
) -> None:
    listing = made["listing"]
    listings.pick(listing, claire, pks(made, "Verger"))
    Grouping.objects.update(published=False)
    assert shown(listing) == ["Verger"]
    assert list(listings.lapsed(listing)) == ["network"]


def test_criteria_that_name_initiatives_or_a_list_are_picked(made: dict[str, Any], claire: User) -> None:
    other = listings.create(claire, "Deux choisies", criteria=f"?ids={made['Un'].slug},{made['Verger'].slug}")
    assert (other.criteria, shown(other)) == (None, ["Un", "Verger"])
    within = listings.create(claire, "Dans la liste", criteria=f"listing={made['listing'].slug}&q=trois")
    assert (within.criteria, shown(within)) == (None, ["Trois"])


# -- What is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ("", "au moins un critère"),
        ("ordering=name", "au moins un critère"),
        ("network=rien", "Valeur inconnue"),
        ("near=700,45", "near"),
        ("q=%00", "q"),
        ("q=" + "a" * 8_000, "trop longs"),
        ("listing=forgee-aaaaaaaaaaaaaaaaaaaa", "Valeur inconnue"),
    ],
)
def test_criteria_that_cannot_be_kept(made: dict[str, Any], claire: User, criteria: str, said: str) -> None:
    with pytest.raises(ListingRefused, match=said):
        listings.set_criteria(made["listing"], claire, criteria)
    assert shown(made["listing"]) == ["Deux", "Trois", "Un"]


@pytest.mark.parametrize(
    ("name", "taken"), [("é" * 300, True), ("é" * 301, False), ("", False), (" ", False), ("a\x00b", False)]
)
def test_names(claire: User, name: str, taken: bool) -> None:
    if taken:
        assert listings.create(claire, name).name == name
    else:
        with pytest.raises(ListingRefused, match="nom"):
            listings.create(claire, name)


def test_an_empty_list_shows_nothing_and_is_not_frozen(claire: User, made: dict[str, Any]) -> None:
    empty = listings.create(claire, "Vide")
    assert shown(empty) == []
    with pytest.raises(ListingRefused, match="vide"):
        listings.freeze(empty, claire)


def test_as_many_picks_as_are_taken_and_one_more(
    claire: User, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST_PICKS", 3)
    listing = listings.create(claire, "Choix", picked=pks(made, "Un", "Deux", "Trois"))
    with pytest.raises(ListingRefused, match="3"):
        listings.pick(listing, claire, pks(made, "Verger"))
    assert len(shown(listing)) == 3
    listings.freeze(made["listing"], claire)
    listings.unfreeze(made["listing"], claire)
    join(made["network"], made["Verger"])
    with pytest.raises(ListingRefused, match="3"):
        listings.freeze(made["listing"], claire)


def test_as_many_lists_as_one_may_have_and_one_more(claire: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MOST", 2)
    listings.create(claire, "Une")
    listings.create(claire, "Deux")
    with pytest.raises(ListingRefused, match="2 listes"):
        listings.create(claire, "Trois")


def test_initiatives_that_do_not_exist_are_not_picked(claire: User, made: dict[str, Any]) -> None:
    assert shown(listings.create(claire, "Rien", picked=[0, 10**12, made["Un"].pk])) == ["Un"]


# -- Its address, its owner ---------------------------------------------------------------------------------


def test_its_address_cannot_be_guessed_and_is_renewed(claire: User, made: dict[str, Any]) -> None:
    listing = made["listing"]
    assert re.fullmatch(r"le-forum-[a-z0-9]{20}", listing.slug)
    assert listings.create(claire, "Le forum").slug != listing.slug
    assert re.fullmatch(r"liste-[a-z0-9]{20}", listings.create(claire, "🌱 日本").slug)
    old = listing.slug
    listings.rename(listing, claire, "Autre nom", "Une présentation")
    listing.refresh_from_db()
    assert (listing.slug, listing.note) == (old, "Une présentation")
    listings.renew_key(listing, claire)
    assert list(SearchForm(QueryDict(f"listing={old}")).refusals()) == ["listing"]
    assert shown(listing) == ["Deux", "Trois", "Un"]
    listing.full_clean()


def test_owner_administrator_and_stranger(claire: User, made: dict[str, Any]) -> None:
    listing, stranger = made["listing"], make_person("autre")
    root = User.objects.create_superuser("admin@example.org", "x")
    verbs: list[Callable[[User], Any]] = [
        lambda by: listings.rename(listing, by, "x"), lambda by: listings.set_criteria(listing, by, "q=x"),
        lambda by: listings.pick(listing, by, []), lambda by: listings.unpick(listing, by, []),
        lambda by: listings.forget_picks(listing, by, []), lambda by: listings.renew_key(listing, by),
        lambda by: listings.set_criteria(listing, by, "network=reseau"),
        lambda by: listings.freeze(listing, by), lambda by: listings.unfreeze(listing, by),
    ]  # fmt: skip
    for verb in verbs:
        with pytest.raises(NotAllowed):
            verb(stranger)
        verb(claire)
        if verb is not verbs[-2]:  # it is frozen once
            verb(root)
    with pytest.raises(NotAllowed):
        listings.discard(listing, stranger)
    listings.discard(listing, root)
    assert not Listing.objects.filter(pk=listing.pk).exists()


def test_one_takes_lists_away_and_they_go_with_the_account(claire: User, made: dict[str, Any]) -> None:
    listings.pick(made["listing"], claire, pks(made, "Verger"))
    [told] = everything(claire)["listings"]
    assert (told["name"], told["added"], told["criteria"]) == (
        "Le forum",
        [made["Verger"].slug],
        "network=reseau",
    )
    erase(claire)
    assert not Listing.objects.exists()
    assert not ListingPick.objects.exists()


def test_a_change_is_a_new_version_of_the_data(claire: User, made: dict[str, Any]) -> None:
    """What caches hold of the page of a list would be stale."""
    before = token()
    listings.unpick(made["listing"], claire, pks(made, "Un"))
    assert token() != before
