"""The profiles of an initiative: its owner's alone until the owner shares them; read by others; counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from accounts.models import User
from directory import publishing, roles
from directory.errors import BadLink, NotAllowed
from directory.models import Grouping, Initiative
from directory.version import token
from mail.models import Message
from questionnaires import owning, reviewing, statistics
from questionnaires.answering import begin, by_key, finish
from questionnaires.errors import ResponseRefused
from questionnaires.models import QuestionnaireVersion, Response, Review
from tests.factories import make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import last
from tests.questionnaires.answered import alike, answered

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


@pytest.fixture
def atelier(db: None) -> Initiative:
    return make_initiative("L’Atelier")


@pytest.fixture
def owner(atelier: Initiative) -> User:
    return make_person("owner", "owner", atelier)


@pytest.fixture
def mine(version: QuestionnaireVersion, atelier: Initiative) -> Response:
    return answered(version, 3, atelier)


# -- One's own ----------------------------------------------------------------------------------------


def test_answers_of_nobody_become_the_profile_of_ones_initiative(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    response, key = begin(version, alike(version, 3))
    with pytest.raises(ResponseRefused):
        owning.tie(response, atelier, owner)  # not finished
    finish(response)
    with pytest.raises(NotAllowed):
        owning.tie(response, atelier, make_person("autre", "owner", make_initiative("B")))
    tied = owning.tie(response, atelier, owner)
    assert (tied.initiative, tied.sharing, tied.credibility) == (atelier, "private", "self")
    owner.roles.create(
        kind="owner",
        initiative=(other := make_initiative("C")),
        granted=True,
        decided_at=timezone.now(),
        reason="x",
    )
    with pytest.raises(ResponseRefused):
        owning.tie(tied, other, owner)
    assert by_key(key) == tied
    owning.share(tied, owner, "public")
    with pytest.raises(BadLink):  # fixed: whoever kept the link changes it no more
        by_key(key)


def test_only_an_owner_shares_and_erases(mine: Response, owner: User) -> None:
    for person in (make_person("tiers"), User.objects.create_superuser("admin@example.org")):
        with pytest.raises(NotAllowed):
            owning.share(mine, person, "public")
        with pytest.raises(NotAllowed):
            owning.discard(mine, person)
    owning.discard(mine, owner)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("sharing", "year", "taken"),
    [
        ("public", 2000, True), ("public", 1999, False), ("statistics", YEAR, True),
        ("public", YEAR + 1, False), ("all", YEAR, False),
    ],
)  # fmt: skip
def test_a_profile_is_of_a_year_that_was(
    mine: Response, owner: User, sharing: str, year: int, taken: bool
) -> None:
    if taken:
        shared = owning.share(mine, owner, sharing, citable=True, year=year)
        assert (shared.sharing, shared.year, shared.citable) == (sharing, year, sharing == "public")
    else:
        with pytest.raises(ResponseRefused):
            owning.share(mine, owner, sharing, year=year)


@pytest.mark.parametrize(
    ("sharing", "coordinator", "public"),
    [
        ("private", False, False),
        ("statistics", False, False),
        ("networks", True, False),
        ("public", True, True),
    ],
)
def test_who_reads_a_profile(
    mine: Response, owner: User, sharing: str, coordinator: bool, public: bool
) -> None:
    assert mine.initiative is not None
    network = make_grouping("reseau", kind="network", members=(mine.initiative,))
    other = make_grouping("ailleurs", kind="network")
    people = [
        make_person("c", "coordinator", network),
        make_person("d", "coordinator", other),
        make_person("e"),
    ]
    owning.share(mine, owner, sharing)
    mine.refresh_from_db()
    assert [owning.readable(each, mine) for each in [owner, *people]] == [True, coordinator, False, False]
    assert (owning.shared(mine.initiative) == [[mine]]) is public
    assert (list(owning.of_grouping(network)) == [mine]) is coordinator
    assert not owning.of_grouping(other).exists()


def test_what_was_shared_is_taken_back_everywhere_and_pages_know(mine: Response, owner: User) -> None:
    assert mine.initiative is not None
    before = token()
    owning.share(mine, owner, "networks")
    assert token() == before  # no public page shows it
    owning.share(mine, owner, "public")
    shared = token()
    assert shared != before
    owning.share(mine, owner, "private")
    assert token() != shared
    assert owning.shared(mine.initiative) == []


def test_the_last_profile_of_each_year_is_compared(
    version: QuestionnaireVersion, atelier: Initiative
) -> None:
    for step, year in ((1, 2024), (2, 2025), (4, 2025)):
        answered(version, step, atelier, sharing="public")
        Response.objects.filter(year=YEAR).update(year=year)
    answered(version, 3, atelier)  # private
    [found] = owning.shared(atelier)
    assert [each.year for each in found] == [2025, 2024]
    first = owning.compare(found)[0]
    assert (first.dated, first.change) == ([(2024, 25), (2025, 100)], 75)


def test_profiles_by_two_questionnaires_are_never_mixed(
    version: QuestionnaireVersion, compass: QuestionnaireVersion, atelier: Initiative
) -> None:
    network = make_grouping("reseau", kind="network", members=(atelier,))
    last = answered(version, 3, atelier, sharing="public")
    before = answered(version, 2, atelier, sharing="public")
    Response.objects.filter(pk=before.pk).update(year=YEAR - 1)
    other = answered(compass, 1, atelier, sharing="public")  # later, of the same year
    assert [[each.pk for each in found] for found in owning.shared(atelier)] == [
        [last.pk, before.pk],
        [other.pk],
    ]
    assert list(owning.of_grouping(network)) == [last, other]


def test_an_owner_who_lost_the_link_gets_another_until_the_profile_is_fixed(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    mine, lost = begin(version, alike(version, 2), initiative=atelier, account=owner)
    with pytest.raises(NotAllowed):
        owning.resume(mine, make_person("tiers"))
    key = owning.resume(mine, owner)
    assert by_key(key) == mine
    with pytest.raises(BadLink):
        by_key(lost)
    finish(by_key(key))
    owning.share(mine, owner, "private")
    with pytest.raises(ResponseRefused):
        owning.resume(mine, owner)


def test_who_leaves_the_team_keeps_no_link_to_its_profiles(
    version: QuestionnaireVersion, atelier: Initiative, owner: User
) -> None:
    stays = make_person("reste", "owner", atelier)
    mine, key = begin(version, alike(version, 2), initiative=atelier, account=owner)
    elsewhere, other = begin(version, initiative=make_initiative("B"))
    roles.end(owner.roles.get(), owner)
    with pytest.raises(BadLink):
        by_key(key)
    assert by_key(other) == elsewhere
    assert by_key(owning.resume(mine, stays)) == mine
    with pytest.raises(NotAllowed):
        owning.resume(mine, owner)


# -- Read by others -----------------------------------------------------------------------------------


@pytest.fixture
def peer(db: None) -> User:
    return make_person("pair", "owner", make_initiative("La Grange"))


def test_a_peer_reads_it_and_its_initiative_is_named(mine: Response, owner: User, peer: User) -> None:
    review = reviewing.invite(mine, owner, "pair@example.org", "peer")
    sent = re.search(r"/compte/relecture/([^/]+)/", last("pair@example.org").text)
    assert sent
    found = reviewing.by_token(sent[1])
    assert found == review
    reader = reviewing.readers(peer, found)[0]
    reviewing.answer(found, peer, reader, agreed=True, note="Bien vu.")
    mine.refresh_from_db()
    assert mine.credibility == "peer"
    assert [(each.kind, each.name) for each in reviewing.standing(mine)] == [("peer", "La Grange")]
    assert Review.objects.get().email == ""
    with pytest.raises(ResponseRefused):  # the link serves once
        reviewing.answer(found, peer, reader, agreed=False)
    reviewing.withdraw(found, peer)
    mine.refresh_from_db()
    assert mine.credibility == "self"


def test_who_is_hidden_is_not_named_and_vouches_no_more(
    places: dict[str, Any], version: QuestionnaireVersion, peer: User
) -> None:
    mine = answered(version, 3, at := places["initiative"], sharing="public")
    review = reviewing.invite(mine, make_person("resp", "owner", at), "pair@example.org", "peer")
    grange = next(each for each in reviewing.readers(peer, review))
    reviewing.answer(review, peer, grange, agreed=True)
    coordinator = make_person("coordonne", "coordinator", places["ptce"])
    reviewing.attest(mine, coordinator, places["ptce"])

    def told() -> tuple[list[str], str]:
        found = Response.objects.get()
        return [each.name for each in reviewing.standing(found)], reviewing.credited([found])[0].credibility

    assert told() == (["Le-pole", "La Grange"], "interview")
    Grouping.objects.update(published=False)
    assert told() == (["La Grange"], "peer")
    assert reviewing.interviewers(coordinator, at) == []
    Initiative.objects.filter(pk=grange.pk).update(publication="hidden")
    assert told() == ([], "self")
    Grouping.objects.update(published=True)
    assert told() == (["Le-pole"], "interview")


def test_nobody_vouches_for_their_own_initiative(mine: Response, owner: User) -> None:
    both = make_person("deux", "owner", mine.initiative)
    both.roles.create(
        kind="owner", initiative=make_initiative("B"), granted=True, decided_at=timezone.now(), reason="x"
    )
    review = reviewing.invite(mine, owner, "deux@example.org", "peer")
    assert reviewing.readers(both, review) == []
    assert reviewing.readers(make_person("sans-role"), review) == []
    with pytest.raises(NotAllowed):
        reviewing.answer(review, both, mine.initiative, agreed=True)
    with pytest.raises(NotAllowed):
        reviewing.answer(review, make_person("rien"), None, agreed=True)


def test_a_refusal_is_not_shown(mine: Response, owner: User, peer: User) -> None:
    review = reviewing.invite(mine, owner, "pair@example.org", "peer")
    reviewing.answer(review, peer, reviewing.readers(peer, review)[0], agreed=False)
    mine.refresh_from_db()
    assert (mine.credibility, reviewing.standing(mine)) == ("self", [])


def test_links_are_bound_to_their_invitation_and_die(
    mine: Response, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = reviewing.invite(mine, owner, "pair@example.org", "peer")
    good = reviewing.token_of(review)
    other = signing.dumps([review.pk, "0" * 16], salt=reviewing.SALT)
    for forged in (good[:-1], "x", other, signing.dumps([review.pk], salt=reviewing.SALT), good + "\x00"):
        with pytest.raises(BadLink):
            reviewing.by_token(forged)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + reviewing.DAYS * 86_400 - 1)
    assert reviewing.by_token(good) == review
    monkeypatch.setattr(signing.time, "time", lambda: now + reviewing.DAYS * 86_400 + 1)
    with pytest.raises(BadLink):
        reviewing.by_token(good)


def test_few_invitations_wait_and_old_ones_are_forgotten(mine: Response, owner: User) -> None:
    for n in range(5):
        reviewing.invite(mine, owner, f"p{n}@example.org", "peer")
    with pytest.raises(ResponseRefused):
        reviewing.invite(mine, owner, "p9@example.org", "peer")
    Review.objects.filter(email="p0@example.org").update(invited_at=timezone.now() - timedelta(days=61))
    assert reviewing.forget_invitations() == 1
    with pytest.raises(ResponseRefused):
        reviewing.invite(mine, owner, "P1@example.org", "peer")  # already
    reviewing.invite(mine, owner, "p9@example.org", "peer")


def test_asking_and_taking_back_floods_nobody(mine: Response, owner: User) -> None:
    for _n in range(reviewing.MOST_A_DAY):
        reviewing.withdraw(reviewing.invite(mine, owner, "pair@example.org", "peer"), owner)
    with pytest.raises(ResponseRefused):
        reviewing.invite(mine, owner, "Pair@example.org", "peer")
    Message.objects.update(created_at=timezone.now() - timedelta(days=1))
    reviewing.invite(mine, owner, "pair@example.org", "peer")


def test_who_may_lead_an_interview(places: dict[str, Any], version: QuestionnaireVersion) -> None:
    at = places["initiative"]
    mine = answered(version, 3, at, sharing="networks")
    officer = make_person("agent", "officer", places["departement"])
    away = make_person("agent-ailleurs", "officer", places["other"])
    coordinator = make_person("coordonne", "coordinator", places["ptce"])
    pending = make_person("pas-encore", "coordinator", places["pending"])
    owner = make_person("resp", "owner", at)
    owner.roles.create(
        kind="officer", territory=places["epci"], granted=True, decided_at=timezone.now(), reason="x"
    )
    found = {
        each.email.split("@")[0]: [one.name for one in reviewing.interviewers(each, at)]
        for each in (officer, away, coordinator, pending, owner)
    }
    assert found == {
        "agent": ["Creuse"],
        "agent-ailleurs": [],
        "coordonne": ["Le-pole"],
        "pas-encore": [],
        "resp": [],
    }
    assert reviewing.attesters(officer, mine) == []  # it is shared with the networks alone
    reviewing.attest(mine, coordinator, places["ptce"])
    mine.refresh_from_db()
    assert mine.credibility == "interview"
    with pytest.raises(NotAllowed):
        reviewing.attest(mine, coordinator, places["pending"])
    Response.objects.update(sharing="private")
    with pytest.raises(NotAllowed):
        reviewing.attest(mine, coordinator, places["ptce"])


# -- Counted ------------------------------------------------------------------------------------------


@pytest.fixture
def country(db: None) -> dict[str, Any]:
    """Two régions, the first of two départements."""
    france = make_territory("country", "FR", "France")
    north, south = (make_territory("region", code, code, country=france) for code in ("11", "12"))
    a, b = (make_territory("departement", code, code, region=north, country=france) for code in ("01", "02"))
    c = make_territory("departement", "03", "03", region=south, country=france)
    return locals()


def assessed(version: QuestionnaireVersion, place: Any, count: int, sharing: str, step: int = 2) -> None:
    at = {"departement": place, "region": place.region, "country": place.country}
    for _n in range(count):
        answered(version, step, make_initiative(**at), sharing=sharing)


def mean(place: Any, version: QuestionnaireVersion) -> int | None:
    found = statistics.of_territory(place, version.questionnaire)
    return found and found.dimensions[0].mean


def test_a_territory_is_told_of_from_five_profiles_on(
    version: QuestionnaireVersion, country: dict[str, Any]
) -> None:
    assessed(version, country["a"], 4, "public")
    assessed(version, country["a"], 3, "private")
    assert mean(country["a"], version) is None
    assert not statistics.worth_asking(country["a"])
    assessed(version, country["a"], 1, "public", step=4)
    assert mean(country["a"], version) == 60
    assert statistics.worth_asking(country["a"])
    assert mean(country["b"], version) is None


def test_four_given_to_statistics_do_not_count_beside_public_ones(
    version: QuestionnaireVersion, country: dict[str, Any]
) -> None:
    assessed(version, country["a"], 5, "public", step=2)
    assessed(version, country["a"], 4, "statistics", step=4)
    assert mean(country["a"], version) == 50  # those that anybody may add up
    assessed(version, country["a"], 1, "statistics", step=4)
    assert mean(country["a"], version) == 75


def test_no_departement_is_found_by_subtraction(
    version: QuestionnaireVersion, country: dict[str, Any]
) -> None:
    assessed(version, country["a"], 5, "statistics")
    assessed(version, country["b"], 4, "statistics")
    names = ("a", "b", "north", "france")
    assert [mean(country[name], version) for name in names] == [None, None, 50, 50]
    assessed(version, country["b"], 1, "statistics")
    assert [mean(country[name], version) for name in names] == [50, 50, 50, 50]
    assessed(
        version, country["c"], 1, "statistics"
    )  # alone in its région: no région is told of beside the country
    assert [mean(country[name], version) for name in (*names, "south")] == [None, None, None, 50, None]


def test_closed_and_hidden_initiatives_and_older_profiles_do_not_count(
    version: QuestionnaireVersion, country: dict[str, Any]
) -> None:
    assessed(version, country["a"], 5, "public")
    one = Initiative.objects.order_by("pk")[0]
    answered(version, 4, one, sharing="public")
    assert mean(country["a"], version) == 60  # its last
    for change in ({"publication": "hidden"}, {"publication": "published", "activity_state": "closed"}):
        Initiative.objects.filter(pk=one.pk).update(**change)
        assert mean(country["a"], version) is None


def test_what_members_say_together(version: QuestionnaireVersion) -> None:
    network: Grouping = make_grouping(
        "grand", kind="network", members=tuple(make_initiative() for _n in range(11))
    )
    members = [each.initiative for each in network.memberships.order_by("pk")]

    def said() -> tuple[int, int, int | None]:
        found = statistics.of_grouping(network, version.questionnaire)
        assert found is not None
        return found.public, found.secret, found.dimensions[0].mean

    for member in members[:5]:
        answered(version, 2, member, sharing="networks")
    assert said() == (5, 0, 50)
    for member in members[5:10]:  # even five: ending one membership would tell what that member answered
        answered(version, 4, member, sharing="statistics")
    assert said() == (5, 0, 50)
    answered(version, 4, members[10], sharing="public")
    assert said() == (6, 0, 58)


def test_profiles_go_with_a_listing_that_is_merged(
    version: QuestionnaireVersion, atelier: Initiative, mine: Response
) -> None:
    twin, peer = make_initiative("L’Atelier bis"), make_initiative("Le Fournil")
    shared, own = answered(version, 4, twin), answered(version, 1, twin)
    Response.objects.filter(pk=shared.pk).update(sharing="public")
    now = timezone.now()
    for initiative in (peer, atelier):
        Review.objects.create(
            response=shared, kind="peer", initiative=initiative, agreed=True, answered_at=now
        )
    by_twin = Review.objects.create(response=mine, kind="peer", initiative=twin, agreed=True, answered_at=now)
    elsewhere = answered(version, 2, peer)
    kept_word = Review.objects.create(
        response=elsewhere, kind="peer", initiative=twin, agreed=True, answered_at=now
    )
    Response.objects.filter(pk=mine.pk).update(credibility="peer")
    owner = make_person("twin", "owner", twin)
    publishing.merge(atelier, twin, "test", "doublon")
    assert set(atelier.responses.all()) == {mine, shared}
    own.refresh_from_db()
    assert own.initiative is None, "what its team kept to itself is nobody else's"
    assert [each.name for each in reviewing.standing(shared)] == ["Le Fournil"]
    assert [each.name for each in reviewing.standing(elsewhere)] == ["L’Atelier"] and kept_word.pk
    mine.refresh_from_db()  # vouched for by itself, as it turns out
    assert mine.credibility == "self" and not Review.objects.filter(pk=by_twin.pk).exists()
    assert not owner.roles.held().exists(), "who kept a duplicate does not take over"
