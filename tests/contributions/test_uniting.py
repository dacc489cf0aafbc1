# ruff: noqa: F811
"""Two listings made one: what is taken, what follows, who may, and who is told.

Drawn in tests/directory/conftest.py: Ham and Bourg in Ouestland (01), Saint-Loup and Rive in Estland (02).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import User
from contributions import moderating, telling, undoing, uniting
from contributions.errors import ListingChanged, ProposalRefused
from contributions.models import Claim, ColleagueInvitation, LastTold, Unwanted
from directory import history, publishing
from directory.errors import MergeRefused, NotAllowed
from directory.history import noting
from directory.models import Grouping, Initiative, Merge, Role, ServedTerritory
from directory.ties import owners
from exchange.models import NeverSame, Source
from mail.models import Message
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import join, make_grouping, make_person

Make = Callable[..., Initiative]
Country = dict[str, Territory]
WHY = "Le même moulin, inscrit deux fois."


@pytest.fixture
def mill(initiative: Make, country: Country) -> Initiative:
    return initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], phone="+33123456789",
        departement=country["Ouestland"],
    )  # fmt: skip


@pytest.fixture
def twin(initiative: Make, country: Country) -> Initiative:
    """Of the same mill, in the next commune, as an import wrote it."""
    return initiative(
        "Moulin de Ham", slug="moulin-de-ham", at=(1.5, 45.5), commune=country["Bourg"],
        departement=country["Ouestland"], phone="+33987654321", summary="De la farine.",
        website="https://moulin.example",
        provenance={"summary": {"by": "import", "from": "Annuaire", "at": "2026"}},
    )  # fmt: skip


@pytest.fixture
def moderator(country: Country) -> User:
    return make_person("moderation", "moderator", country["Ouestland"])


def told(email: str) -> list[str]:
    return [each.text for each in Message.objects.filter(letter="contributions.united", to=email)]


# -- What is taken ----------------------------------------------------------------------------------


def test_it_takes_what_is_ticked_with_its_provenance_and_nothing_else(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    assert [each.field for each in uniting.differences(mill, twin)] == [
        "name", "summary", "website", "phone", "commune", "location",
    ]  # fmt: skip
    made = uniting.unite(mill, twin, moderator, WHY, take=["summary", "website"])
    made.refresh_from_db()
    assert (made.name, made.summary, made.website) == ("Le Moulin", "De la farine.", "https://moulin.example")
    assert (made.phone, made.commune_id, made.location.x) == ("+33123456789", "commune-01001", 0.5)
    assert made.provenance["summary"]["from"] == "Annuaire"
    assert made.provenance["website"]["by"] == f"account {moderator.pk}"
    assert set(made.provenance) == {"summary", "website"}
    assert Merge.objects.get(slug="moulin-de-ham").target == made
    assert not Initiative.objects.filter(pk=twin.pk).exists()


def test_the_history_of_the_one_that_stays_says_it_once_for_all(
    mill: Initiative, twin: Initiative, initiative: Make, country: Country, moderator: User
) -> None:
    draft = initiative("Brouillon", publication="draft", commune=country["Ham"])
    for gone in (twin, draft):
        uniting.unite(mill, gone, moderator, WHY)
    found = history.united(mill, public=False)
    assert [(each.name, each.hand, each.why) for each in found] == [
        ("Brouillon", "moderation", WHY), ("Moulin de Ham", "moderation", WHY),
    ]  # fmt: skip
    assert [each.name for each in history.united(mill, public=True)] == ["Moulin de Ham"]


def test_what_becomes_another_again_is_still_told(
    mill: Initiative, twin: Initiative, initiative: Make, country: Country, moderator: User
) -> None:
    third = initiative("La Meunerie", commune=country["Ham"])
    uniting.unite(mill, twin, moderator, WHY)
    uniting.unite(third, mill, moderator, WHY)
    assert [each.name for each in history.united(third, public=True)] == ["Le Moulin", "Moulin de Ham"]


def test_a_place_is_taken_whole(
    mill: Initiative, twin: Initiative, country: Country, moderator: User
) -> None:
    made = uniting.unite(mill, twin, moderator, WHY, take=["location"])
    made.refresh_from_db()
    assert (made.commune, made.location.x, made.precision) == (country["Bourg"], 1.5, "address")


def test_territories_served_are_taken_where_it_is_said(
    mill: Initiative, twin: Initiative, country: Country, moderator: User
) -> None:
    for one, names in ((mill, ["Ham"]), (twin, ["Ham", "Rive"])):
        for name in names:
            ServedTerritory.objects.create(initiative=one, territory=country[name])
    assert uniting.served(mill, twin) == ["Rive"]
    uniting.unite(mill, twin, moderator, WHY, take=[uniting.SERVED])
    assert {each.territory for each in mill.served_territories.all()} == {country["Ham"], country["Rive"]}
    version = history.of(mill, public=True).found[0]
    assert "commune-02002" in version.served and (version.hand, version.why) == ("moderation", WHY)


def test_what_a_listing_cannot_hold_is_refused_and_nothing_is_done(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    Initiative.objects.filter(pk=twin.pk).update(website="pas une adresse")
    with pytest.raises(ProposalRefused, match="website"):
        uniting.unite(mill, twin, moderator, WHY, take=["website"])
    assert Initiative.objects.filter(pk=twin.pk).exists() and not Merge.objects.exists()


def test_the_one_that_is_kept_rather(mill: Initiative, twin: Initiative) -> None:
    assert uniting.better(mill, twin) == (twin, mill), "it says more"
    make_person("meuniere", "owner", mill)
    assert uniting.better(mill, twin) == uniting.better(twin, mill) == (mill, twin), "somebody answers for it"
    Initiative.objects.filter(pk=mill.pk).update(publication="hidden")
    mill.refresh_from_db()
    assert uniting.better(mill, twin) == (twin, mill), "it is public"


# -- Who may, and when ------------------------------------------------------------------------------


@pytest.mark.parametrize("kept_there", [True, False])
def test_who_moderates_one_of_the_two_may_not(
    mill: Initiative, initiative: Make, country: Country, kept_there: bool
) -> None:
    far = initiative("Au loin", at=(2.5, 45.5), commune=country["Saint-Loup"], departement=country["Estland"])
    kept, gone = (mill, far) if kept_there else (far, mill)
    for name in ("Ouestland", "Estland"):
        with pytest.raises(NotAllowed):
            uniting.unite(kept, gone, make_person(name, "moderator", country[name]), WHY)
    both = make_person("les-deux", "moderator", country["CC des Trois"])
    for each in (kept, gone):  # an intercommunality covers what says it lies in it
        Initiative.objects.filter(pk=each.pk).update(epci=country["CC des Trois"])
    uniting.unite(kept, gone, both, WHY)
    assert not Initiative.objects.filter(pk=gone.pk).exists()


def test_who_keeps_them_does_not_decide_it(mill: Initiative, twin: Initiative) -> None:
    owner = make_person("meuniere", "owner", mill)
    Role.objects.create(
        person=owner, kind="owner", initiative=twin, granted=True, decided_at=timezone.now(), reason="Test."
    )
    with pytest.raises(NotAllowed):
        uniting.unite(mill, twin, owner, WHY)


def test_a_place_outside_is_not_taken(
    mill: Initiative, twin: Initiative, country: Country, moderator: User
) -> None:
    """It says that it lies in Bourg, and its point is in Rive."""
    Initiative.objects.filter(pk=twin.pk).update(location=Point(3.5, 45.5, srid=4326))
    with pytest.raises(NotAllowed):
        uniting.unite(mill, twin, moderator, WHY, take=["location"])
    assert Initiative.objects.filter(pk=twin.pk).exists()


@pytest.mark.parametrize("which", [0, 1])
def test_one_that_changed_since_it_was_read_is_read_again(
    mill: Initiative, twin: Initiative, moderator: User, which: int
) -> None:
    seen = (moderating.newest_event(mill), moderating.newest_event(twin))
    Initiative.objects.filter(pk=(mill, twin)[which].pk).update(summary="Autre")
    with pytest.raises(ListingChanged):
        uniting.unite(mill, twin, moderator, WHY, seen=seen)


def test_one_that_is_gone_already_is_said_so(mill: Initiative, twin: Initiative, moderator: User) -> None:
    uniting.unite(mill, twin, moderator, WHY)
    with pytest.raises(ListingChanged):
        uniting.unite(mill, twin, moderator, WHY)
    with pytest.raises(ListingChanged):
        uniting.unite(twin, mill, moderator, WHY)


def test_a_public_address_leads_to_nothing_hidden(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    Initiative.objects.filter(pk=mill.pk).update(publication="hidden")
    with pytest.raises(MergeRefused, match="gardez l’autre"):
        uniting.unite(mill, twin, moderator, WHY)
    uniting.unite(twin, mill, moderator, WHY)


# -- Those who keep them ----------------------------------------------------------------------------


def test_a_team_follows_where_the_moderator_says_so(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    owner = make_person("meuniere", "owner", twin)
    invited = ColleagueInvitation.objects.create(
        initiative=twin, address="colleague@example.org", invited_by=owner
    )
    telling.want(owner, twin, letters=False)
    join(make_grouping("reseau", kind="network"), twin)
    uniting.unite(mill, twin, moderator, WHY, take=[uniting.TEAM])
    assert list(owners(mill)) == [owner]
    assert mill.memberships.get().member_agreed_at, "its word stays its own"
    invited.refresh_from_db()
    assert invited.initiative == mill and Unwanted.objects.get().initiative == mill
    assert LastTold.objects.get(initiative=mill).event == moderating.newest_event(mill)
    (letter,) = told(owner.email)
    assert WHY in letter and "Vous tenez cette page" in letter and "/compte/initiatives/le-moulin/" in letter


def test_else_its_roles_end_and_stay_noted(mill: Initiative, twin: Initiative, moderator: User) -> None:
    kept, lost = make_person("meuniere", "owner", mill), make_person("planteur", "owner", twin)
    ColleagueInvitation.objects.create(initiative=twin, address="x@example.org", invited_by=lost)
    uniting.unite(mill, twin, moderator, WHY)
    assert list(owners(mill)) == [kept]
    role = lost.roles.get()
    assert (role.state, role.initiative) == ("ended", mill)
    assert not ColleagueInvitation.objects.exists()
    assert "a pris fin" in told(lost.email)[0] and "Vous tenez" in told(kept.email)[0]


def test_nobody_grants_a_role_to_oneself_by_it(mill: Initiative, twin: Initiative, country: Country) -> None:
    both = make_person("les-deux", "moderator", country["Ouestland"])
    Role.objects.create(
        person=both, kind="owner", initiative=twin, granted=True, decided_at=timezone.now(), reason="Test."
    )
    assert uniting.followers(twin, both) == []
    uniting.unite(mill, twin, both, WHY, take=[uniting.TEAM])
    assert not owners(mill).exists()


def test_who_keeps_both_keeps_one(mill: Initiative, twin: Initiative, moderator: User) -> None:
    owner = make_person("meuniere", "owner", mill)
    Role.objects.create(
        person=owner, kind="owner", initiative=twin, granted=True, decided_at=timezone.now(), reason="Test."
    )
    uniting.unite(mill, twin, moderator, WHY, take=[uniting.TEAM])
    assert [each.state for each in owner.roles.order_by("ended_at")] == ["ended", "held"]
    assert len(told(owner.email)) == 1


def test_a_request_that_waits_is_of_the_one_that_stays_once(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    asks = {"granted": False, "decided_at": None}
    one, two = make_person("une", "owner", twin, **asks), make_person("deux", "owner", twin, **asks)
    Role.objects.create(person=two, kind="owner", initiative=mill, reason="Moi.")
    keeps = make_person("tient", "owner", twin)
    Role.objects.create(person=keeps, kind="owner", initiative=mill, reason="Moi aussi.")
    uniting.unite(mill, twin, moderator, WHY, take=[uniting.TEAM])
    assert {(each.person, each.state) for each in mill.roles.all()} == {
        (one, "waiting"), (two, "waiting"), (keeps, "held"),
    }  # fmt: skip


# -- What hangs on it -------------------------------------------------------------------------------

# What of the other listing is nobody's any more once it is gone, and why.
LEFT = {
    "ServedTerritory.initiative": "taken where the moderator says so",
    "Membership.initiative": "gone over, but for one that is there already",
    "Candidate.initiative": "undone, an import would take away the listing that is kept",
    "LastTold.initiative": "of the page that went",
}  # fmt: skip
# By the tests of this file, of tests/directory (ties, contacts, listings), of the charter, of events, of
# questionnaires and of verification.
FOLLOWS = {
    "Initiative.parent", "Contact.initiative", "Grouping.initiative", "Link.origin", "Link.target",
    "ListingPick.initiative", "Merge.target", "Notice.initiative", "RelayStop.initiative",
    "Report.initiative", "Role.initiative", "SourceRecord.initiative", "Story.initiative",
    "Response.initiative", "Review.initiative", "NeverSame.initiative", "Organiser.initiative",
    "Testimony.initiative", "Registration.initiative", "Signature.initiative", "Claim.initiative",
    "ColleagueInvitation.initiative", "Photo.initiative", "Proposal.initiative", "Unwanted.initiative",
    "Asked.initiative", "Answer.initiative",
}  # fmt: skip


def test_all_that_hangs_on_a_listing_is_decided_of() -> None:
    relations = {
        f"{each.related_model.__name__}.{each.field.name}"
        for each in Initiative._meta.get_fields(include_hidden=True)
        if each.auto_created and not each.concrete and each.field.db_constraint  # history has none
    }
    assert relations == FOLLOWS | set(LEFT)


def test_a_network_goes_with_who_leads_it(mill: Initiative, twin: Initiative, moderator: User) -> None:
    network = make_grouping("reseau", kind="network", initiative=twin)
    make_grouping("pole", initiative=mill)
    uniting.unite(mill, twin, moderator, WHY)
    network.refresh_from_db()
    assert network.initiative == mill


def test_an_effective_membership_outweighs_one_that_waits_and_none_that_was_declined(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    waits, declined = make_grouping("attend", kind="network"), make_grouping("refuse", kind="network")
    join(waits, mill, member_agreed_at=None)
    join(declined, mill, member_agreed_at=None, declined_at=timezone.now())
    for each in (waits, declined):
        join(each, twin)
    uniting.unite(mill, twin, moderator, WHY)
    agreed = {each.grouping: bool(each.member_agreed_at) for each in mill.memberships.all()}
    assert agreed == {waits: True, declined: False}


def test_the_word_of_a_team_that_does_not_follow_is_withdrawn(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    """Nobody keeps the one that stays: a double that somebody planted says nothing in its name either."""
    make_person("planteur", "owner", twin)
    join(make_grouping("reseau", kind="network"), twin)
    uniting.unite(mill, twin, moderator, WHY)
    assert mill.memberships.get().member_agreed_at is None


def test_two_that_lead_a_network_each_are_not_one(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    for one, slug in ((mill, "un"), (twin, "deux")):
        make_grouping(slug, kind="network", initiative=one)
    with pytest.raises(MergeRefused, match="« Un » et « Deux »"):
        uniting.unite(mill, twin, moderator, WHY)
    assert Grouping.objects.get(slug="deux").initiative == twin


def test_what_no_form_shows_is_taken_where_it_lacks(
    mill: Initiative, twin: Initiative, initiative: Make, moderator: User
) -> None:
    head = initiative("La fédération")
    told = {"founded": date(1999, 1, 1), "founded_precision": "year", "parent": head}
    Initiative.objects.filter(pk=twin.pk).update(locality="Le Pont", **told)
    Initiative.objects.filter(pk=mill.pk).update(locality="Ham")
    uniting.unite(mill, twin, moderator, WHY)
    mill.refresh_from_db()
    assert {name: getattr(mill, name) for name in told} == told and mill.locality == "Ham"
    assert history.of(mill, public=True).found[0].why == WHY


def test_what_stands_far_below_is_no_head(
    mill: Initiative, twin: Initiative, initiative: Make, moderator: User
) -> None:
    """A site of a site of the one that goes stays, and its head stands alone; the same the other way."""
    between = initiative("Entre les deux", parent=twin)
    Initiative.objects.filter(pk=mill.pk).update(parent=between)
    uniting.unite(mill, twin, moderator, WHY)
    mill.refresh_from_db()
    between.refresh_from_db()
    assert (mill.parent, between.parent) == (None, mill)
    below = initiative("En bas", parent=between, departement=mill.departement)
    uniting.unite(mill, below, moderator, WHY)
    mill.refresh_from_db()
    assert mill.parent is None


def test_a_home_stays_hidden_unless_the_moderator_ticks_it(mill: Initiative, twin: Initiative) -> None:
    Initiative.objects.filter(pk=mill.pk).update(precision="blurred")
    Initiative.objects.filter(pk=twin.pk).update(street="3 rue du Moulin")
    mill.refresh_from_db()
    twin.refresh_from_db()
    assert not {"street", "location"} & uniting.lacking(mill, twin)


def test_what_a_person_left_out_is_not_ticked(mill: Initiative, twin: Initiative) -> None:
    assert "website" in uniting.lacking(mill, twin)
    mill.provenance = {"website": {"by": "account 1", "from": "site", "at": "2026"}}
    assert "website" not in uniting.lacking(mill, twin)


def test_a_point_without_its_commune_gives_it(
    mill: Initiative, twin: Initiative, country: Country, moderator: User
) -> None:
    Initiative.objects.filter(pk=twin.pk).update(commune=None)
    uniting.unite(mill, twin, moderator, WHY, take=["location"])
    mill.refresh_from_db()
    assert (mill.location.x, mill.commune) == (1.5, country["Bourg"])


@pytest.mark.parametrize("which", [0, 1])
def test_an_example_is_not_made_one_with_what_is_real(
    mill: Initiative, twin: Initiative, moderator: User, which: int
) -> None:
    Initiative.objects.filter(pk=(mill, twin)[which].pk).update(origin="example")
    with pytest.raises(MergeRefused, match="exemple"):
        uniting.unite(mill, twin, moderator, WHY)


def test_who_wrote_the_one_that_stays_is_undone_without_hiding_it(
    mill: Initiative, twin: Initiative, moderator: User, initiative: Make, country: Country
) -> None:
    person = make_person("planteur")
    with noting(by=f"account {person.pk}", hand="contributor", via="site"):
        made = initiative("Moulin", commune=country["Ham"], departement=country["Ouestland"])
    uniting.unite(made, twin, moderator, WHY)
    (step,) = undoing.plan(undoing.Author(person.pk), moderator).steps
    assert (step.hides, step.kept) == (False, True)


def test_nobody_is_a_site_of_oneself(
    mill: Initiative, twin: Initiative, initiative: Make, moderator: User
) -> None:
    branch = initiative("Dépôt", parent=twin)
    Initiative.objects.filter(pk=mill.pk).update(parent=twin)
    uniting.unite(mill, twin, moderator, WHY)
    mill.refresh_from_db()
    branch.refresh_from_db()
    assert (mill.parent, branch.parent) == (None, mill)


def test_what_a_person_said_is_not_it_stays_said(mill: Initiative, twin: Initiative, moderator: User) -> None:
    source = Source.objects.create(slug="annuaire", name="Annuaire")
    for one, key in ((mill, "a"), (twin, "a"), (twin, "b"), (mill, "it")):
        NeverSame.objects.create(source=source, initiative=one, key=key)
    now = timezone.now()
    twin.source_records.create(source=source, external_id="it", first_seen=now, last_seen=now)
    uniting.unite(mill, twin, moderator, WHY)  # who says that « it » is the mill
    assert set(NeverSame.objects.values_list("initiative", "key")) == {(mill.pk, "a"), (mill.pk, "b")}


def test_a_claim_that_waits_ends_with_its_page(mill: Initiative, twin: Initiative, moderator: User) -> None:
    person = make_person("une")
    for state, answered in (("waiting", None), ("disowned", timezone.now())):
        Claim.objects.create(
            person=person, initiative=twin, domain="moulin.example", state=state, answered_at=answered,
            address="" if answered else "a@moulin.example",
        )  # fmt: skip
    uniting.unite(mill, twin, moderator, WHY)
    assert [(each.state, each.initiative) for each in Claim.objects.all()] == [("disowned", mill)]


def test_a_version_of_before_is_brought_back_as_any_other(
    mill: Initiative, twin: Initiative, moderator: User
) -> None:
    """What was taken of the other is a change like another."""
    with noting(by="account 1", via="site"):
        Initiative.objects.filter(pk=mill.pk).update(summary="Avant")
    mill.refresh_from_db()
    event = history.events().get(pk=moderating.newest_event(mill))
    uniting.unite(mill, twin, moderator, WHY, take=["summary"])
    assert publishing.restore(mill, event, moderator, "Non.").summary == "Avant"
