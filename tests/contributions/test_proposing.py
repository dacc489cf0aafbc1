# ruff: noqa: F811
"""Proposing without an account: what is kept, what is refused, what its author may still do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import personal
from contributions import photos, proof, proposing
from contributions.errors import ProposalRefused
from contributions.fields import FIELDS, LONGEST, check, told, write
from contributions.following import by_key, key_of
from contributions.models import Photo, Proposal, ProposalState
from contributions.near import near
from contributions.proposing import propose
from directory import publishing
from directory.errors import BadLink
from directory.models import Initiative
from territories.models import Territory
from territories.signals import territories_loaded
from tests.contributions.test_photos import drawn, picture
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, posted

Country = dict[str, Territory]
NEW: dict[str, Any] = {"name": "Repair café", "activities": [701, 101], "commune": "commune-01001"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def mill(initiative: Callable[..., Initiative], country: Country) -> Initiative:
    return initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], phone="01 23 45 67 89"
    )


def refused(fields: dict[str, Any], **options: Any) -> dict[str, list[str]]:
    with pytest.raises(ProposalRefused) as caught:
        propose(fields, **options)
    return caught.value.faults


# -- What is kept -----------------------------------------------------------------------------------


def test_a_new_one_waits_and_nothing_is_in_the_directory(country: Country) -> None:
    made = propose(NEW, email="voisine@example.org", said="Je le vois de ma fenêtre.")
    assert (made.kind, made.state, made.initiative) == ("new", "waiting", None)
    assert (made.commune, made.departement) == (country["Ham"], country["Ouestland"])
    assert not Initiative.objects.exists()
    assert made.reference in last(letter="contributions.received").subject


def test_no_letter_says_to_an_address_what_somebody_typed(country: Country) -> None:
    spam = {"name": "Gagnez 1 000 euros sur pilules.example"}
    for proven, letter in ((True, "received"), (False, "confirm")):
        made = propose(NEW | spam, email="voisine@example.org", proven=proven, said="Vite")
        text = last(letter=f"contributions.{letter}").text
        assert "pilules" not in text and "Vite" not in text and key_of(made) in text


def test_a_correction_keeps_only_what_differs_and_what_was_there(mill: Initiative) -> None:
    made = propose(told(mill) | {"phone": "05 55 00 00 00"}, initiative=mill)
    assert (made.fields, made.before) == ({"phone": "05 55 00 00 00"}, {"phone": "01 23 45 67 89"})
    mill.refresh_from_db()
    assert mill.phone == "01 23 45 67 89"


def test_a_point_alone_tells_its_commune(country: Country) -> None:
    made = propose({"name": "Au bord", "activities": [101], "location": [0.5, 45.5]})
    assert made.commune == country["Ham"]


def test_the_same_form_sent_twice_is_one_proposal_and_one_photograph(country: Country) -> None:
    once, again = (
        propose(NEW, sent="marque", photo=photos.keep(drawn(picture()), "Vue")) for _time in range(2)
    )
    assert once == again and Photo.objects.count() == Proposal.objects.count() == 1


def test_the_same_form_sent_twice_at_once_is_one_proposal_too(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*args: object) -> None:
        monkeypatch.undo()
        propose(NEW, sent="marque")

    monkeypatch.setattr(proposing, "_refuse_masses", meanwhile)
    again = propose(NEW, sent="marque", photo=photos.keep(drawn(picture()), "Vue"))
    assert again == Proposal.objects.get() and not Photo.objects.exists()


def test_what_differs_can_be_written_and_read_again(mill: Initiative, country: Country) -> None:
    wanted = check(
        {"name": " Le  Moulin neuf ", "commune": country["Rive"].pk, "activities": [701, 701, 101]}
    )
    assert set(write(mill, wanted)) == {"name", "commune", "activities"}
    assert (mill.location, mill.arrondissement, mill.activities) == (None, None, [701, 101])
    assert set(told(mill)) == set(FIELDS)


# -- What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "é" * (LONGEST["name"] + 1)}, "name"),
        ({"name": ["Repair"]}, "name"),
        ({"activities": []}, "activities"),
        ({"activities": [9_999]}, "activities"),
        ({"activities": ["701"]}, "activities"),
        ({"activities": list(range(101, 110))}, "activities"),
        ({"commune": "commune-99999"}, "commune"),
        ({"commune": "departement-01"}, "commune"),
        ({"commune": 1}, "commune"),
        ({"location": [200, 45]}, "location"),
        ({"location": ["nan", "nan"]}, "location"),
        ({"location": "1,2"}, "location"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://exemple.fr"}, "website"),
        ({"phone": "0"}, "phone"),
        ({"siret": "1" * 14}, "siret"),
        ({"legal_form": "royaume"}, "legal_form"),
        ({"publication": "published"}, "publication"),
        ({"verified_at": "2026-01-01"}, "verified_at"),
        ({"provenance": {}}, "provenance"),
    ],
)
def test_what_a_listing_cannot_say_is_refused_by_its_name(
    country: Country, taxonomy: None, fields: dict[str, Any], at_fault: str
) -> None:
    assert list(refused(NEW | fields)) == [at_fault]


def test_what_is_as_long_as_can_be_is_taken(country: Country) -> None:
    made = propose(NEW | {"name": "é" * LONGEST["name"], "description": "<script>alert(1)</script>\n\nOui."})
    assert len(made.name) == LONGEST["name"]


def test_a_new_one_says_its_name_its_activity_and_where(country: Country) -> None:
    assert list(refused({"summary": "Rien"})) == ["name", "activities", "commune"]


def test_a_correction_of_nothing_is_refused_but_a_word_is_enough(mill: Initiative) -> None:
    assert refused(told(mill), initiative=mill)
    assert propose({}, initiative=mill, said="L’enseigne a changé.").fields == {}


def test_one_address_proposes_ten_times_in_a_day_and_no_more(country: Country) -> None:
    for number in range(proposing.MOST_OF_ADDRESS):
        propose(NEW | {"name": f"Repair {number}"}, email="Masse@example.org")
    assert "demain" in refused(NEW, email="masse@example.org")[""][0]
    Proposal.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert propose(NEW, email="masse@example.org")


def test_corrections_of_one_page_do_not_pile_up(mill: Initiative, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_OF_INITIATIVE", 2)
    for number in range(2):
        propose({"summary": f"Farine {number}"}, initiative=mill)
    assert refused({"summary": "Farine"}, initiative=mill)[""]
    Proposal.objects.update(state="refused", decided_at=timezone.now())
    assert propose({"summary": "Farine"}, initiative=mill)


# -- The link of its author -------------------------------------------------------------------------


def test_without_the_proof_its_author_confirms_by_mail_once_for_all(country: Country) -> None:
    assert list(refused(NEW, proven=False)) == ["author"]
    made = propose(NEW, email="voisine@example.org", proven=False)
    assert made.state == "confirm" and key_of(made) in last(letter="contributions.confirm").text
    assert proposing.confirm(made).state == "waiting"
    Proposal.objects.filter(pk=made.pk).update(state="refused", decided_at=timezone.now())
    assert proposing.confirm(made).state == "refused"


def test_what_nobody_confirms_is_erased_after_seven_days(country: Country) -> None:
    photo = photos.keep(drawn(picture()), "Vue")
    made = propose(NEW, email="voisine@example.org", proven=False, photo=photo)
    kept = propose(NEW, email="voisine@example.org")
    assert proposing.forget_unconfirmed(made.created_at + timedelta(days=7, seconds=-1)) == 0
    assert proposing.forget_unconfirmed(made.created_at + timedelta(days=7)) == 1
    assert list(Proposal.objects.all()) == [kept] and not Photo.objects.exists()


def test_what_is_withdrawn_is_erased_and_stays_so(country: Country) -> None:
    photo = photos.keep(drawn(picture()), "Vue")
    camille = make_person("camille")
    made = propose(NEW, email="voisine@example.org", account=camille, said="Un mot", photo=photo)
    for _time in range(2):
        row = proposing.withdraw(made)
    row.refresh_from_db()
    assert (row.state, row.fields, row.said, row.email, row.photo) == ("withdrawn", {}, "", "", None)
    assert (row.account, row.name) == (None, row.reference)
    assert not Photo.objects.exists()
    assert proposing.confirm(row).state == "withdrawn"


def test_what_was_decided_cannot_be_withdrawn(country: Country) -> None:
    made = propose(NEW)
    Proposal.objects.update(state=ProposalState.REFUSED, decided_at=timezone.now())
    with pytest.raises(ProposalRefused):
        proposing.withdraw(made)


def test_only_its_own_link_opens_a_proposal(country: Country) -> None:
    made, other = propose(NEW), propose(NEW | {"name": "Autre"})
    assert by_key(key_of(made)) == made
    forged = key_of(other)[:20] + key_of(made)[20:]
    for key in ("", "x", made.reference, made.uuid.hex, forged, key_of(made) + "x", "a\0b"):
        with pytest.raises(BadLink):
            by_key(key)
    key = key_of(made)
    made.delete()
    with pytest.raises(BadLink):
        by_key(key)


def test_nobody_is_written_to_who_left_no_address(country: Country) -> None:
    propose(NEW, account=make_person("camille"))
    assert not posted(letter="contributions.received")


# -- The proof --------------------------------------------------------------------------------------


def answer_of(challenge: str) -> str:
    return next(str(n) for n in range(10_000_000) if proof.proved(challenge, str(n)))


def test_a_proof_is_of_one_challenge_and_lasts_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "BITS", 8)
    given = proof.challenge(7)
    answer = answer_of(given)
    assert proof.given_to(given) == 7 and proof.given_to(proof.challenge()) == 0
    assert proof.mark(given) == proof.mark(given) != proof.mark(proof.challenge(7))
    for text, number in [(given, "x"), (given, ""), (given, "9" * 16), (given + "x", answer), ("", answer)]:
        assert not proof.proved(text, number)
    import time

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + proof.LONGEST + 2)
    assert proof.given_to(given) is None and not proof.proved(given, answer)


# -- What stands near -------------------------------------------------------------------------------


def test_a_double_is_told_from_a_neighbour_and_a_draft_is_nobodys(
    mill: Initiative, country: Country, initiative: Callable[..., Initiative]
) -> None:
    beside = initiative("La Grange", at=(0.503, 45.5), commune=country["Ham"])  # 234 m
    initiative("Trop loin", at=(0.504, 45.5), commune=country["Ham"])  # 312 m
    hidden = initiative("Au Moulin", at=(0.5, 45.5), commune=country["Ham"], publication="hidden")
    said = {
        "name": "le moulin",
        "commune": country["Ham"].pk,
        "location": [0.5, 45.5],
        "precision": "address",
    }
    found = near(said)
    assert [(each.initiative, each.doubles) for each in found] == [(mill, True), (beside, False)]
    assert found[0].reasons and found[0].metres == pytest.approx(0, abs=0.01)
    moderators = [make_person(name, "moderator", country[name]) for name in ("Ouestland", "Estland")]
    seen = [hidden in [each.initiative for each in near(said, by=each)] for each in moderators]
    assert seen == [True, False]
    assert mill not in [each.initiative for each in near(said, but=mill)]


def test_without_a_point_a_commune_and_a_name_are_compared(mill: Initiative, country: Country) -> None:
    assert [each.initiative for each in near({"name": "Moulin", "commune": country["Ham"].pk})] == [mill]
    assert near({"name": "Tout autre chose", "commune": country["Ham"].pk}) == []
    assert near({}) == []


# -- What follows -----------------------------------------------------------------------------------


def test_what_is_proposed_follows_a_listing_into_another(
    mill: Initiative, initiative: Callable[..., Initiative]
) -> None:
    kept = initiative("La Minoterie")
    made = propose({"summary": "Farine"}, initiative=mill)
    photos.put(photos.keep(drawn(picture()), "La roue"), mill)
    publishing.merge(kept, mill)
    made.refresh_from_db()
    assert made.initiative == kept and kept.photo.alternative == "La roue"


def test_what_is_proposed_follows_a_commune_into_its_successor(country: Country) -> None:
    made = propose(NEW)
    moved = propose(
        {"commune": "commune-01001"}, initiative=make_initiative("Loin", commune=country["Bourg"])
    )
    territories_loaded.send(Territory, vanished={country["Ham"].pk: country["Rive"].pk})
    for each in (made, moved):
        each.refresh_from_db()
        assert each.fields["commune"] == country["Rive"].pk
    assert (made.commune, made.departement) == (country["Rive"], country["Estland"])
    assert moved.commune == country["Bourg"]


# -- What is held of a person -----------------------------------------------------------------------


def test_one_takes_away_what_one_proposed_and_leaves_it_to_nobody(country: Country) -> None:
    camille = make_person("camille")
    mine = propose(NEW, email=camille.email.upper(), said="C’est chez moi.")
    other = propose(NEW | {"name": "Autre"}, email="x@example.org", said="À voir.")
    told = personal.everything(camille)["proposals"]
    assert [each["reference"] for each in told] == [mine.reference]
    personal.erase(camille)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.email, mine.said, mine.account, mine.state) == ("", "", None, "waiting")
    assert (other.email, other.said) == ("x@example.org", "À voir.")
