"""Signing in one's own name: what a link does, once and again, for how long, and what a withdrawal leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing as django_signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import personal
from accounts.models import User
from charter import signing
from charter.errors import SigningRefused
from charter.keys import SALT, by_key, key_of
from charter.models import CharterVersion, Signature
from charter.signatories import counts, every, named
from directory.errors import BadLink
from tests.charter.conftest import Sign
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db


def test_nothing_is_signed_before_the_link_is_confirmed(sign: Sign) -> None:
    row = sign("Anne", confirmed=False)
    assert row.state == "asked"
    assert counts(every()).total == 0
    [own, _text] = links(last("anne@example.org"))
    signing.confirm(own.rstrip("/").rpartition("/")[2])
    assert counts(every()).person == 1
    assert [each.name for each in named(every())] == ["Anne"]
    assert "retirer" in last("anne@example.org", "charter.signed").text


def test_confirmed_again_it_changes_nothing(sign: Sign) -> None:
    row = sign("Anne")
    again = signing.confirm(key_of(row))
    assert (again.pk, again.confirmed_at) == (row.pk, row.confirmed_at)
    assert len(posted("anne@example.org", "charter.signed")) == 1


@pytest.mark.parametrize(("late", "taken"), [(timedelta(minutes=-1), True), (timedelta(minutes=1), False)])
def test_a_link_is_good_for_seven_days(sign: Sign, late: timedelta, taken: bool) -> None:
    row = sign("Anne", confirmed=False)
    Signature.objects.update(created_at=timezone.now() - signing.CONFIRM_WITHIN - late)
    if taken:
        assert signing.confirm(key_of(row)).state == "held"
    else:
        with pytest.raises(BadLink):
            signing.confirm(key_of(row))
        assert signing.forget() == 1
        assert not Signature.objects.exists()


def test_what_was_confirmed_is_not_forgotten(sign: Sign) -> None:
    sign("Anne")
    Signature.objects.update(created_at=timezone.now() - timedelta(days=400))
    assert signing.forget() == 0


def test_a_forged_link_opens_nothing(sign: Sign) -> None:
    row = sign("Anne")
    for forged in ("x", key_of(row) + "x", django_signing.dumps([row.pk, "0" * 16], salt=SALT)):
        with pytest.raises(BadLink):
            by_key(forged)
    with pytest.raises(BadLink):
        by_key(django_signing.dumps([row.pk], salt=SALT))


def test_who_signs_twice_has_signed_once_and_nobody_is_told_by_the_form(
    sign: Sign, version: CharterVersion
) -> None:
    sign("Anne")
    told = {"name": "Une autre", "email": "ANNE@example.org", "listed": True}
    signing.sign(version, told)
    assert Signature.objects.count() == 1
    assert "déjà signé" in last("anne@example.org").subject
    signing.sign(version, told)  # once a day, whoever insists
    assert len(posted("anne@example.org", "charter.already")) == 1


def test_two_requests_that_are_both_confirmed_make_one_signature(sign: Sign) -> None:
    first, second = sign("Anne", confirmed=False), sign("Anne", confirmed=False)
    signing.confirm(key_of(first))
    assert signing.confirm(key_of(second)).pk == first.pk
    assert Signature.objects.count() == 1


def test_nobody_is_flooded_by_another(sign: Sign, version: CharterVersion) -> None:
    for _time in range(signing.LETTERS_A_DAY + 2):
        signing.sign(version, {"name": "Achetez ici", "email": "victime@example.org"})
    letters = posted("victime@example.org")
    assert len(letters) == signing.LETTERS_A_DAY
    assert "Achetez" not in "".join(each.subject + each.text for each in letters)


def test_the_database_takes_one_signature_of_a_person_and_no_nameless_one(sign: Sign) -> None:
    row = sign("Anne")
    now = timezone.now()
    for change in ({"email": "ANNE@example.org", "confirmed_at": now}, {"name": ""}, {"mandate": "granted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                **{"version": row.version, "name": "Autre", "email": "autre@example.org"} | change
            )


def test_withdrawn_nothing_of_a_person_is_left_and_the_link_is_dead(sign: Sign) -> None:
    row = sign("Anne", capacity="citizen")
    key = key_of(row)
    signing.withdraw(key)
    left = Signature.objects.get()
    assert (left.name, left.email, left.capacity, left.listed, left.state) == ("", "", "", False, "withdrawn")
    assert counts(every()).total == 0
    assert last("anne@example.org").letter == "charter.withdrawn"
    for done in (signing.confirm, signing.withdraw):
        with pytest.raises(BadLink):
            done(key)
    assert sign("Anne").state == "held"  # she may sign again


def test_a_request_that_was_never_confirmed_goes_whole(sign: Sign) -> None:
    signing.withdraw(key_of(sign("Anne", confirmed=False)))
    assert not Signature.objects.exists()


def test_consent_given_and_taken_back_shows_at_once(sign: Sign) -> None:
    row = sign("Anne", listed=False)
    assert (list(named(every())), counts(every()).unnamed) == ([], 1)
    signing.change(key_of(row), {"listed": True, "name": "Anne D."})
    assert [each.name for each in named(every())] == ["Anne D."]
    signing.change(key_of(row), {"listed": False})
    assert list(named(every())) == []


def test_an_account_is_told_what_it_signed_and_leaves_no_name(sign: Sign) -> None:
    sign("Anne")
    sign("Anne2", confirmed=False, email="anne@example.org")
    person = User.objects.create_user("anne@example.org", "x")
    [told, *_rest] = personal.everything(person)["charter_signatures"]
    assert (told["name"], told["version"], told["state"]) == ("Anne", 1, "held")
    personal.erase(person)
    assert list(Signature.objects.values_list("name", "email")) == [("", "")]


def test_there_is_nothing_to_sign_again_before_a_newer_version(sign: Sign, version: CharterVersion) -> None:
    with pytest.raises(SigningRefused):
        signing.sign_again(key_of(sign("Anne")), version, {"name": "Anne"})
