"""Versions: a draft changes, what is published never does; a new one invites to sign again, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import User
from charter import inviting, mandates, signing, versions
from charter.errors import SigningRefused
from charter.keys import key_of
from charter.models import CharterVersion, Signature
from charter.signatories import counts, every, of
from charter.wording import blocks
from directory import publishing
from directory.errors import NotAllowed
from jobs.models import Work
from tests.charter.conftest import Sign
from tests.factories import make_initiative, make_person
from tests.jobs.running import run_queued
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db

SAID = {"edition": "2027", "titles": {"fr": "La charte"}, "texts": {"fr": "# Un\nTexte."}, "notes": {}}


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin@example.org")


def new(admin: User, **said: Any) -> CharterVersion:
    return versions.publish(versions.write(admin, SAID | said), admin)


def test_the_charter_of_the_project_is_loaded_once(version: CharterVersion) -> None:
    assert not versions.load()
    assert (version.number, CharterVersion.objects.count()) == (1, 1)
    kinds = [block.kind for block in blocks(version.texts["fr"])]
    assert kinds[:4] == ["heading", "quotation", "heading", "items"]
    assert "valorisant le lien social, la coopération, la transparence et l’équité" in version.texts["fr"]
    assert [block.kind for block in blocks(version.texts["en"])] == kinds


def test_a_published_version_never_changes_whatever_road_is_tried(
    version: CharterVersion, admin: User
) -> None:
    rows = CharterVersion.objects.filter(pk=version.pk)
    for road in (lambda: rows.update(edition="x"), lambda: rows.update(texts={"fr": "x"}), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            road()
    with pytest.raises(SigningRefused):
        versions.write(admin, SAID, version)
    rows.update(published_by=User.objects.create_superuser("autre@example.org"))
    User.objects.filter(email="autre@example.org").delete()  # who published it may go


def test_a_draft_changes_and_goes_and_is_not_what_one_signs(version: CharterVersion, admin: User) -> None:
    draft = versions.write(admin, SAID)
    assert versions.write(admin, SAID | {"edition": "2028"}, draft).edition == "2028"
    assert versions.current() == version
    versions.discard(draft, admin)
    assert list(versions.drafts()) == []


def test_only_an_administrator_writes_and_publishes(
    version: CharterVersion, admin: User, felletin: Any
) -> None:
    person, draft = make_person("moderation", "moderator", felletin), versions.write(admin, SAID)
    for verb in (lambda: versions.write(person, SAID), lambda: versions.publish(draft, person)):
        with pytest.raises(NotAllowed):
            verb()
    with pytest.raises(NotAllowed):
        versions.discard(draft, person)


def test_a_text_without_english_is_read_in_french(admin: User) -> None:
    made = new(admin)
    assert (made.language, made.title, made.number) == ("fr", "La charte", 1)


def test_a_new_version_invites_once_and_old_signatures_stay(sign: Sign, admin: User) -> None:
    row = sign("Anne")
    made = new(admin)
    assert Work.objects.get().label == "Inviter les signataires à signer la charte 2027"
    run_queued()
    assert "2015" in last("anne@example.org", "charter.new_version").text
    for signature in inviting.invited(made):
        inviting.write_to(signature, made)  # a task may run twice
    assert len(posted("anne@example.org", "charter.new_version")) == 1
    row.refresh_from_db()
    assert (row.version.number, row.state, counts(every()).person) == (1, "held", 1)

    again = signing.sign_again(key_of(row), made, {"name": "Anne", "listed": True})
    assert (again.version, again.state, again.renews) == (made, "held", row)
    assert (counts(every()).person, Signature.objects.count()) == (1, 2)
    assert list(inviting.invited(made)) == []
    with pytest.raises(SigningRefused):
        signing.sign_again(key_of(row), made, {"name": "Anne"})
    signing.withdraw(key_of(again))  # what it renewed does not come back
    assert counts(every()).total == 0
    assert set(Signature.objects.values_list("name", "email")) == {("", "")}


def test_who_withdrew_before_her_turn_is_not_written_to(sign: Sign, admin: User) -> None:
    row = sign("Anne")
    new(admin)
    signing.withdraw(key_of(row))
    run_queued()
    assert posted("anne@example.org", "charter.new_version") == []


def test_a_structure_that_signs_again_has_its_mandate_verified_again(
    sign: Sign, admin: User, taxonomy: None
) -> None:
    fournil = make_initiative("Le Fournil")
    row = mandates.grant(sign("Paul", fournil), admin)
    again = signing.sign_again(key_of(row), new(admin), {"name": "Paul", "role": "gérant", "listed": True})
    fournil.refresh_from_db()
    assert (again.state, fournil.charter_signatory, counts(every()).initiative) == ("waiting", True, 1)
    assert mandates.grant(again, admin).renews == row
    assert counts(every()).initiative == 1


def test_a_signature_asked_for_before_stays_of_the_text_that_was_read(sign: Sign, admin: User) -> None:
    row = sign("Anne", confirmed=False)
    new(admin)
    assert signing.confirm(key_of(row)).version.number == 1


def test_a_new_person_signs_the_new_version_and_takes_up_the_old(sign: Sign, admin: User) -> None:
    first = sign("Anne")
    new(admin)
    second = sign("Anne")
    assert (second.version.number, second.renews, counts(every()).person) == (2, first, 1)


def test_an_old_link_changes_and_withdraws_what_is_shown_now(sign: Sign, admin: User) -> None:
    first = sign("Anne")
    second = signing.sign_again(key_of(first), new(admin), {"name": "Anne", "listed": True})
    assert signing.change(key_of(first), {"name": "Anne D.", "listed": False}) == second
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, second.name, second.listed) == ("Anne", "Anne D.", False)
    assert signing.withdraw(key_of(first)) == second
    assert set(Signature.objects.values_list("name", "email")) == {("", "")}


def test_the_link_of_another_address_is_of_her_own_signature_alone(
    sign: Sign, admin: User, felletin: Any
) -> None:
    first = mandates.grant(sign("Paul", felletin), admin)
    new(admin)
    second = mandates.grant(sign("Anne", felletin), admin)
    assert second.renews == first
    signing.withdraw(key_of(first))
    second.refresh_from_db()
    assert (second.state, second.name, counts(every()).territory) == ("held", "Anne", 1)


def test_an_initiative_that_renews_without_being_named_is_named_no_more(
    sign: Sign, admin: User, taxonomy: None
) -> None:
    fournil = make_initiative("Le Fournil")
    row = mandates.grant(sign("Paul", fournil, listed=True), admin)
    again = signing.sign_again(key_of(row), new(admin), {"name": "Paul", "role": "gérant", "listed": False})
    mandates.grant(again, admin)
    fournil.refresh_from_db()
    assert (fournil.charter_signatory, of(fournil), counts(every()).initiative) == (False, None, 1)
    signing.change(key_of(again), {"listed": True})
    fournil.refresh_from_db()
    assert fournil.charter_signatory and of(fournil) == again


@pytest.mark.parametrize("kept_first", [True, False])
def test_listings_that_merge_count_once_whichever_signed_first(
    sign: Sign, admin: User, taxonomy: None, kept_first: bool
) -> None:
    one, two = make_initiative("Le Fournil"), make_initiative("Le Fournil bis")
    first = mandates.grant(sign("Paul", one), admin)
    new(admin)
    second = mandates.grant(sign("Anne", two), admin)
    kept, gone = (one, two) if kept_first else (two, one)
    publishing.merge(kept, gone, "test", "doublon")
    second.refresh_from_db()
    assert (second.renews, counts(every()).initiative, of(kept)) == (first, 1, second)


def test_a_version_that_comes_by_a_merge_takes_its_place_between_two(
    sign: Sign, admin: User, taxonomy: None
) -> None:
    kept, gone = make_initiative("Le Fournil"), make_initiative("Le Fournil bis")
    first = mandates.grant(sign("Paul", kept), admin)
    new(admin)
    second = mandates.grant(sign("Anne", gone), admin)
    new(admin, edition="2028")
    third = mandates.grant(sign("Paul", kept), admin)
    assert third.renews == first
    publishing.merge(kept, gone, "test", "doublon")
    assert list(every()) == [third]
    assert dict(Signature.objects.values_list("pk", "renews")) == {
        first.pk: None, second.pk: first.pk, third.pk: second.pk,
    }  # fmt: skip


# -- What was read, what was signed, and in which order ---------------------------------------------------


@pytest.mark.parametrize("address", ["/charte/", "/api/v1/charter"])
def test_a_reader_who_comes_back_is_shown_what_was_published_meanwhile(
    client: Client, version: CharterVersion, admin: User, address: str
) -> None:
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    new(admin)
    again = client.get(address, headers=known)
    assert again.status_code == 200 and "2027" in again.content.decode()


def test_who_confirms_an_earlier_version_after_the_newer_one_counts_once(sign: Sign, admin: User) -> None:
    late = sign("Anne", confirmed=False)
    new(admin)
    second = sign("Anne", listed=False)
    signing.confirm(key_of(late))
    second.refresh_from_db()
    assert (second.renews, list(every()), counts(every()).person) == (late, [second], 1)
    assert posted("anne@example.org", "charter.new_version") == []
    signing.withdraw(key_of(second))
    assert set(Signature.objects.values_list("email", flat=True)) == {""}


def test_a_mandate_granted_after_the_newer_version_was_signed_counts_once_and_names_nobody(
    sign: Sign, admin: User, taxonomy: None
) -> None:
    fournil = make_initiative("Le Fournil")
    late = sign("Paul", fournil, listed=True)
    new(admin)
    second = mandates.grant(sign("Anne", fournil, listed=False), admin)
    mandates.grant(late, admin)
    fournil.refresh_from_db()
    assert (list(every()), of(fournil), fournil.charter_signatory) == ([second], None, False)


def test_who_begins_to_have_signed_an_earlier_version_is_invited_like_the_others(
    sign: Sign, admin: User, taxonomy: None
) -> None:
    waits, asked = sign("Paul", make_initiative("Le Fournil")), sign("Anne", confirmed=False)
    new(admin)
    run_queued()
    assert posted(letter="charter.new_version") == []
    mandates.grant(waits, admin)
    signing.confirm(key_of(asked))
    assert [each.to for each in posted(letter="charter.new_version")] == [
        "paul@example.org",
        "anne@example.org",
    ]
    assert "2027" in last("anne@example.org", "charter.new_version").text


def test_a_signature_taken_back_keeps_the_day_on_which_it_was(sign: Sign, admin: User, felletin: Any) -> None:
    first = mandates.grant(sign("Paul", felletin), admin)
    new(admin)
    second = mandates.grant(sign("Anne", felletin), admin)
    signing.withdraw(key_of(first))
    first.refresh_from_db()
    day = first.withdrawn_at
    signing.withdraw(key_of(second))
    first.refresh_from_db()
    assert first.withdrawn_at == day
