# ruff: noqa: F811
"""Deciding of proposals: what is seen, what is written, what is never done outside one's territories.

Drawn in tests/directory/conftest.py: Ham and Bourg in Ouestland (01), Saint-Loup and Rive in Estland (02).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from contributions import moderating
from contributions.errors import AlreadyDecided, ListingChanged, ProposalRefused
from contributions.models import Photo, Proposal, ProposalState
from contributions.proposing import propose
from directory import history, publishing
from directory.errors import NotAllowed
from directory.models import Initiative
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import make_person
from tests.mail.outbox import last, posted

AUTHOR = "voisine@example.org"
Country = dict[str, Territory]
NEW = {
    "name": "Repair café de Ham",
    "activities": [101],
    "commune": "commune-01001",
    "website": "https://a.fr",
}


@pytest.fixture
def mill(initiative: Callable[..., Initiative], country: Country) -> Initiative:
    return initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], phone="+33123456789"
    )


@pytest.fixture
def moderator(country: Country) -> User:
    return make_person("moderation", "moderator", country["Ouestland"])


def corrected(mill: Initiative, **fields: Any) -> Proposal:
    return propose(fields, email=AUTHOR, initiative=mill)


def names(person: User) -> set[str]:
    return {each.name for each in moderating.queue(person)}


# -- The queue --------------------------------------------------------------------------------------


def test_each_sees_what_is_of_ones_own_territories(
    mill: Initiative, country: Country, moderator: User
) -> None:
    corrected(mill, summary="Farine")
    propose(NEW, email=AUTHOR)
    propose(NEW | {"name": "Au loin", "commune": country["Rive"].pk}, email=AUTHOR)
    propose(NEW | {"name": "Pas encore confirmée"}, email=AUTHOR, proven=False)
    east = make_person("est", "moderator", country["Estland"])
    waiting = make_person("attente", "moderator", country["Ouestland"], granted=False, decided_at=None)
    assert names(moderator) == {"Le Moulin", "Repair café de Ham"}
    assert names(make_person("ham", "moderator", country["Ham"])) == {"Le Moulin", "Repair café de Ham"}
    assert names(east) == {"Au loin"}
    assert names(waiting) == names(make_person("personne")) == set()
    assert len(names(User.objects.create_superuser("admin@example.org"))) == 3


def test_a_correction_follows_its_listing(mill: Initiative, country: Country, moderator: User) -> None:
    made = corrected(mill, summary="Farine")
    Initiative.objects.filter(pk=mill.pk).update(commune=country["Rive"])
    assert names(moderator) == set()
    assert names(make_person("est", "moderator", country["Estland"])) == {"Le Moulin"}
    with pytest.raises(NotAllowed):
        moderating.accept(made, moderator)


# -- Accepting --------------------------------------------------------------------------------------


def test_a_new_one_is_published_with_its_history_and_its_author_is_told(
    country: Country, moderator: User
) -> None:
    proposal = propose(NEW, email=AUTHOR, language="en")
    assert not Initiative.objects.filter(name=NEW["name"]).exists()
    made = moderating.accept(proposal, moderator)
    made.refresh_from_db()
    assert (made.publication, made.departement, made.slug) == (
        "published",
        country["Ouestland"],
        "repair-cafe-de-ham",
    )
    version = history.of(made, public=True).found[0]
    assert (version.hand, version.via) == ("moderation", "proposal")
    assert made.provenance["website"]["from"] == f"proposal {proposal.reference}"
    assert AUTHOR not in str(made.provenance)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.initiative, proposal.decided_by) == ("accepted", made, moderator)
    letter = last(AUTHOR)
    assert letter.letter == "contributions.accepted" and "/en/" in letter.text and made.slug in letter.text


def test_a_correction_writes_its_fields_and_no_other(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="On y moud la farine.", phone="")
    moderating.accept(proposal, moderator)
    mill.refresh_from_db()
    assert (mill.summary, mill.phone, mill.name) == ("On y moud la farine.", "", "Le Moulin")
    assert set(mill.provenance) == {"summary", "phone"}


def test_what_is_edited_is_said_to_be_of_the_moderation(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="LA MEILLEURE FARINE", website="https://moulin.fr")
    moderating.accept(proposal, moderator, {"summary": "On y moud la farine.", "street": "1 rue du Moulin"})
    mill.refresh_from_db()
    assert (mill.summary, mill.street, mill.website) == (
        "On y moud la farine.", "1 rue du Moulin", "https://moulin.fr",
    )  # fmt: skip
    said = {name: note["from"] for name, note in mill.provenance.items()}
    assert said == {
        "summary": "moderation", "street": "moderation", "website": f"proposal {proposal.reference}",
    }  # fmt: skip
    assert history.events().filter(pgh_obj=mill.pk).count() == 2  # made, then corrected at once
    assert "précisé ou laissé de côté" in last(AUTHOR).text


def test_fields_that_are_not_taken_stay(mill: Initiative, moderator: User) -> None:
    moderating.accept(corrected(mill, summary="Farine", phone=""), moderator, take=["summary"])
    mill.refresh_from_db()
    assert (mill.summary, mill.phone) == ("Farine", "+33123456789")


def test_nothing_taken_is_no_acceptance(mill: Initiative, moderator: User) -> None:
    with pytest.raises(ProposalRefused):
        moderating.accept(corrected(mill, summary="Farine"), moderator, take=[])
    moderating.accept(propose({}, initiative=mill, said="Merci pour cette page."), moderator, take=[])


def test_what_an_import_wrote_badly_elsewhere_does_not_stand_in_the_way(
    mill: Initiative, moderator: User
) -> None:
    Initiative.objects.filter(pk=mill.pk).update(phone="voir le site")
    moderating.accept(corrected(mill, summary="Farine"), moderator)
    mill.refresh_from_db()
    assert (mill.summary, mill.phone) == ("Farine", "voir le site")


def test_what_changed_since_is_never_overwritten_unseen(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="Farine", website="https://moulin.fr")
    seen = moderating.newest_event(mill)
    Initiative.objects.filter(pk=mill.pk).update(summary="Farine et pain")
    proposal = Proposal.objects.get()
    stale = {
        each.field: (each.then, each.now, each.proposed)
        for each in moderating.differences(proposal)
        if each.stale
    }
    assert stale == {"summary": ("", "Farine et pain", "Farine")}
    for options in ({}, {"seen": seen}, {"take": ["summary"], "seen": seen}):
        with pytest.raises(ListingChanged):
            moderating.accept(proposal, moderator, **options)
    moderating.accept(proposal, moderator, take=["website"], seen=moderating.newest_event(mill))
    mill.refresh_from_db()
    assert (mill.summary, mill.website) == ("Farine et pain", "https://moulin.fr")


def test_what_somebody_wrote_already_is_no_conflict(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="Farine")
    Initiative.objects.filter(pk=mill.pk).update(summary="Farine")
    (only,) = moderating.differences(Proposal.objects.get())
    assert only.done and not only.stale
    before = history.events().count()
    moderating.accept(proposal, moderator)
    assert history.events().count() == before


def test_it_is_decided_once(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="Farine")
    moderating.refuse(proposal, moderator, "Non.")
    for again in (
        lambda: moderating.accept(proposal, moderator),
        lambda: moderating.refuse(proposal, moderator, "Non plus."),
    ):
        with pytest.raises(AlreadyDecided):
            again()
    mill.refresh_from_db()
    assert mill.summary == ""


@pytest.mark.parametrize(
    ("edits", "fault"),
    [({"name": ""}, "name"), ({"activities": []}, "activities"),
     ({"website": "javascript:alert(1)"}, "website"),
     ({"publication": "archived"}, "publication"), ({"commune": "commune-99999"}, "commune")],
)  # fmt: skip
def test_what_a_listing_cannot_say_is_refused_and_nothing_is_written(
    country: Country, moderator: User, edits: dict[str, Any], fault: str
) -> None:
    proposal = propose(NEW, email=AUTHOR)
    with pytest.raises(ProposalRefused) as refused:
        moderating.accept(proposal, moderator, edits)
    assert fault in refused.value.faults
    assert not Initiative.objects.exists() and Proposal.objects.get().state == "waiting"


def test_a_correction_of_what_is_gone_can_only_be_refused(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, summary="Farine")
    mill.delete()
    with pytest.raises(ProposalRefused):
        moderating.accept(proposal, moderator)
    moderating.refuse(proposal, moderator, "La fiche n’existe plus.")


# -- Nothing outside of one's territories ------------------------------------------------------------


def test_a_new_one_of_elsewhere_is_refused(country: Country, moderator: User) -> None:
    east = make_person("est", "moderator", country["Estland"])
    proposal = propose(NEW, email=AUTHOR)
    for verb in (
        lambda: moderating.accept(proposal, east),
        lambda: moderating.refuse(proposal, east, "Non."),
        lambda: moderating.accept(proposal, moderator, {"commune": country["Rive"].pk}),
        lambda: moderating.accept(proposal, moderator, {"location": [3.5, 45.5], "precision": "address"}),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert not Initiative.objects.exists()
    moderating.accept(proposal, moderator, {"commune": country["Bourg"].pk})


def test_a_listing_is_moved_by_who_moderates_both_places(
    mill: Initiative, country: Country, moderator: User
) -> None:
    proposal = corrected(mill, location=[3.5, 45.5], precision="address", summary="Farine")
    assert proposal.fields["commune"] == country["Rive"].pk
    east = make_person("est", "moderator", country["Estland"])
    for one in (moderator, east):
        with pytest.raises(NotAllowed):
            moderating.accept(proposal, one)
    assert names(east) == set() and names(moderator) == {"Le Moulin"}
    moderating.accept(proposal, make_person("region", "moderator", country["Région"]))
    mill.refresh_from_db()
    assert (mill.commune, mill.location.x) == (country["Rive"], 3.5)


def test_the_rest_of_it_may_be_taken_without_the_place(mill: Initiative, moderator: User) -> None:
    proposal = corrected(mill, location=[3.5, 45.5], precision="address", summary="Farine")
    moderating.accept(proposal, moderator, take=["summary"])
    mill.refresh_from_db()
    assert (mill.summary, mill.location.x) == ("Farine", 0.5)


def test_one_step_from_the_border(mill: Initiative, country: Country, moderator: User) -> None:
    """Ouestland ends at 2°: the point inside is taken, the one outside is not."""
    inside = corrected(mill, location=[1.99, 45.5], precision="address")
    outside = corrected(mill, location=[2.01, 45.5], precision="address")
    moderating.accept(inside, moderator)
    with pytest.raises(NotAllowed):
        moderating.accept(outside, moderator, take=["location", "precision", "commune"])


# -- Refusing, and saying that it is another --------------------------------------------------------


@pytest.mark.parametrize("reason", ["", " \n", "\x00", "é" * 2_001])
def test_a_refusal_has_a_reason(mill: Initiative, moderator: User, reason: str) -> None:
    proposal = corrected(mill, summary="Farine")
    with pytest.raises(ProposalRefused):
        moderating.refuse(proposal, moderator, reason)
    assert Proposal.objects.get().state == ProposalState.WAITING


def test_the_reason_is_sent_and_the_photograph_erased(mill: Initiative, moderator: User) -> None:
    photo = Photo.objects.create(content=b"x", width=1, height=1, alternative="Le moulin")
    proposal = propose({"summary": "Farine"}, email=AUTHOR, initiative=mill, photo=photo)
    moderating.refuse(proposal, moderator, "é" * 2_000)
    assert not Photo.objects.exists()
    assert "é" * 50 in last(AUTHOR, "contributions.refused").text
    assert moderator.email not in last(AUTHOR).text


def test_without_an_address_nobody_is_written_to(mill: Initiative, moderator: User) -> None:
    moderating.refuse(propose({"summary": "Farine"}, initiative=mill), moderator, "Non.")
    assert posted() == []


def test_an_accepted_photograph_takes_the_place_of_the_former(mill: Initiative, moderator: User) -> None:
    said = {"content": b"x", "width": 1, "height": 1}
    Photo.objects.create(initiative=mill, alternative="Avant", **said)
    photo = Photo.objects.create(alternative="Après", **said)
    moderating.accept(propose({}, email=AUTHOR, initiative=mill, photo=photo), moderator)
    assert [(each.alternative, each.initiative) for each in Photo.objects.all()] == [("Après", mill)]
    other = Photo.objects.create(alternative="Autre", **said)
    moderating.accept(
        propose({"summary": "F"}, email=AUTHOR, initiative=mill, photo=other), moderator, take=["summary"]
    )
    assert Photo.objects.get().alternative == "Après"


def test_a_new_one_that_is_there_becomes_a_correction(
    mill: Initiative, country: Country, moderator: User
) -> None:
    proposal = propose(NEW | {"name": "Le Moulin", "summary": "Farine"}, email=AUTHOR)
    moderating.merge_into(proposal, moderator, mill)
    proposal.refresh_from_db()
    assert (proposal.kind, proposal.initiative) == ("correction", mill)
    assert proposal.fields == {"summary": "Farine", "website": "https://a.fr"}
    assert proposal.before == {"summary": "", "website": ""}
    moderating.accept(proposal, moderator)
    mill.refresh_from_db()
    assert (mill.website, mill.phone) == ("https://a.fr", "+33123456789")
    assert Initiative.objects.count() == 1


def test_it_is_not_made_a_correction_of_what_is_elsewhere(
    initiative: Callable[..., Initiative], country: Country, moderator: User
) -> None:
    proposal, away = propose(NEW, email=AUTHOR), initiative("Au loin", commune=country["Rive"])
    with pytest.raises(NotAllowed):
        moderating.merge_into(proposal, moderator, away)


def test_the_administration_is_told_apart(mill: Initiative) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    moderating.accept(corrected(mill, summary="Farine"), admin)
    assert history.of(mill, public=True).found[0].hand == "administration"
    assert publishing.ACCOUNT in str(Initiative.objects.get().provenance)
