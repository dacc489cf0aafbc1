"""Signing for a structure: whose role is enough, who decides of the others, and the flag of initiatives."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from charter import ending, mandates, signing
from charter.errors import SigningRefused
from charter.keys import key_of
from charter.models import Signature
from charter.signatories import counts, every, named, of
from directory import publishing
from directory.errors import NotAllowed
from directory.models import Initiative
from tests.charter.conftest import Sign
from tests.factories import join, make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def fournil(taxonomy: None, felletin: Any) -> Initiative:
    return make_initiative("Le Fournil", commune=felletin)


def signed(initiative: Initiative) -> bool:
    return Initiative.objects.filter(pk=initiative.pk, charter_signatory=True).exists()


def test_an_officer_signs_for_her_commune_without_another_mandate(sign: Sign, felletin: Any) -> None:
    maire = make_person("maire", "officer", felletin)
    maire.own_address(verified=True)
    row = sign("Maire", felletin)
    assert (row.state, row.mandate_by) == ("held", None)
    found = of(felletin)
    assert found and found.pk == row.pk
    assert "Felletin a signé" in last("maire@example.org").subject


@pytest.mark.parametrize("why", ["address not confirmed", "officer of a larger place", "moderator", "ended"])
def test_another_role_is_not_a_mandate(sign: Sign, felletin: Any, why: str) -> None:
    epci = make_territory("epci", "200000001", "CC")
    type(felletin).objects.filter(pk=felletin.pk).update(epci=epci)
    felletin.refresh_from_db()
    kind, place = ("moderator", felletin) if why == "moderator" else ("officer", felletin)
    ended = {"ended_at": timezone.now()} if why == "ended" else {}
    person = make_person("maire", kind, epci if "larger" in why else place, **ended)
    if why != "address not confirmed":
        person.own_address(verified=True)
    assert sign("Maire", felletin).state == "waiting"
    assert counts(every()).total == 0


def test_somebody_near_decides_and_the_structure_counts_from_then_on(sign: Sign, fournil: Initiative) -> None:
    moderator = make_person("moderation", "moderator", fournil.commune)
    row = sign("Paul", fournil, statement="Statuts,\narticle 12.", listed=True)
    assert (row.state, signed(fournil), of(fournil)) == ("waiting", False, None)
    asked = last("moderation@example.org")
    assert "> article 12." in asked.text
    assert list(mandates.decidable(moderator)) == [row]
    mandates.grant(row, moderator)
    assert (signed(fournil), counts(every()).initiative) == (True, 1)
    assert last("paul@example.org").letter == "charter.signed"
    with pytest.raises(SigningRefused):
        mandates.refuse(row, moderator, "Trop tard.")


def test_a_refusal_says_why_and_counts_nothing(sign: Sign, fournil: Initiative) -> None:
    moderator = make_person("moderation", "moderator", fournil.commune)
    row = sign("Paul", fournil)
    with pytest.raises(SigningRefused):
        mandates.refuse(row, moderator, "  ")
    mandates.refuse(row, moderator, "Inconnu au bureau.")
    assert "> Inconnu au bureau." in last("paul@example.org", "charter.mandate_refused").text
    assert (signed(fournil), counts(every()).total, list(mandates.decidable(moderator))) == (False, 0, [])
    assert sign("Paul", fournil).state == "waiting"  # and may be asked again


def test_who_decides_is_near_and_is_not_who_signed(sign: Sign, fournil: Initiative) -> None:
    elsewhere = make_territory("commune", "87085", "Limoges")
    network = make_grouping("reseau", "network", (fournil,))
    row = sign("Paul", fournil)
    may = {
        "owner": make_person("equipe", "owner", fournil),
        "moderator": make_person("ici", "moderator", fournil.commune),
        "administrator": User.objects.create_superuser("admin@example.org"),
    }
    may_not = {
        "moderator elsewhere": make_person("ailleurs", "moderator", elsewhere),
        "coordinator of its network": make_person("reseau", "coordinator", network),
        "officer of the commune": make_person("agent", "officer", fournil.commune),
        "who signed": make_person("paul", "moderator", fournil.commune),
    }
    assert {name: mandates.may_decide(one, row) for name, one in (may | may_not).items()} == {
        **dict.fromkeys(may, True), **dict.fromkeys(may_not, False),
    }  # fmt: skip
    for person in may.values():
        assert list(mandates.decidable(person)) == [row]
    for person in may_not.values():
        assert list(mandates.decidable(person)) == []
        with pytest.raises(NotAllowed):
            mandates.grant(row, person)


def test_a_network_is_decided_of_by_its_coordination(sign: Sign, fournil: Initiative) -> None:
    network = make_grouping("reseau", "network", (fournil,))
    coordinator = make_person("reseau", "coordinator", network)
    row = sign("Paul", network)
    assert list(mandates.decidable(coordinator)) == [row]
    assert len(posted("reseau@example.org", "charter.mandate_asked")) == 1
    mandates.grant(row, coordinator)
    assert counts(every()).network == 1


def test_a_structure_signs_a_version_once_whoever_signs(sign: Sign, felletin: Any) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    first, second = sign("Anne", felletin), sign("Paul", felletin)
    mandates.grant(first, admin)
    with pytest.raises(SigningRefused, match="déjà signé"):
        mandates.grant(second, admin)
    make_person("agent", "officer", felletin).own_address(verified=True)
    with pytest.raises(SigningRefused, match="déjà signé"):
        sign("Agent", felletin)
    assert counts(every()).territory == 1


def test_not_named_it_is_counted_and_shows_nowhere(sign: Sign, fournil: Initiative) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    row = mandates.grant(sign("Paul", fournil, listed=False), admin)
    assert (signed(fournil), of(fournil), list(named(every()))) == (False, None, [])
    assert counts(every()).initiative == 1
    signing.change(key_of(row), {"listed": True})
    assert signed(fournil)
    signing.change(key_of(row), {"listed": False})
    assert not signed(fournil)


@pytest.mark.parametrize("road", ["verb", "update", "delete", "sql"])
def test_the_flag_follows_by_every_road(sign: Sign, fournil: Initiative, road: str) -> None:
    row = mandates.grant(sign("Paul", fournil), User.objects.create_superuser("admin@example.org"))
    assert signed(fournil)
    if road == "verb":
        signing.withdraw(key_of(row))
    elif road == "update":
        Signature.objects.filter(pk=row.pk).update(listed=False)
    elif road == "delete":
        row.delete()
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE charter_signature SET withdrawn_at = now(), name = '', email = '',"
                           " role = '', statement = '', answer = '', listed = false")  # fmt: skip
    assert not signed(fournil)


def test_the_flag_is_no_change_of_the_listing(sign: Sign, fournil: Initiative) -> None:
    before = Initiative.objects.get(pk=fournil.pk).updated_at
    mandates.grant(sign("Paul", fournil), User.objects.create_superuser("admin@example.org"))
    assert Initiative.objects.get(pk=fournil.pk).updated_at == before


def test_a_signature_goes_with_a_listing_that_is_merged(sign: Sign, fournil: Initiative) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    twin, third = make_initiative("Le Fournil bis"), make_initiative("Le Fournil ter")
    mandates.grant(sign("Paul", twin), admin)
    publishing.merge(fournil, twin, "test", "doublon")
    assert signed(fournil)
    mandates.grant(sign("Anne", third), admin)
    publishing.merge(fournil, third, "test", "doublon")
    assert (signed(fournil), Signature.objects.count()) == (True, 1)


def test_what_is_hidden_is_neither_counted_nor_named(sign: Sign, fournil: Initiative) -> None:
    mandates.grant(sign("Paul", fournil), User.objects.create_superuser("admin@example.org"))
    publishing.hide(fournil, "test", "retrait")
    assert (counts(every()).total, of(fournil)) == (0, None)


def test_a_member_of_a_network_that_joins_later_is_no_affair_of_its_coordination(
    sign: Sign, fournil: Initiative
) -> None:
    network = make_grouping("reseau", "network")
    coordinator = make_person("reseau", "coordinator", network)
    row = sign("Paul", fournil)
    join(network, fournil)
    assert list(mandates.decidable(coordinator)) == []
    assert not mandates.may_decide(coordinator, row)


def test_mandates_come_a_page_at_a_time_and_cost_an_administrator_the_same(
    sign: Sign, taxonomy: None, client: Client
) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    row = sign("Paul", make_initiative("Le Fournil"))
    many = [Signature(initiative=row.initiative, version=row.version, name=f"P{n}", email=f"p{n}@example.org",
                      mandate="waiting", confirmed_at=timezone.now()) for n in range(50)]  # fmt: skip
    Signature.objects.bulk_create(many)
    client.force_login(admin)
    client.get("/compte/charte/mandats/")
    with CaptureQueriesContext(connection) as fifty:
        first = client.get("/compte/charte/mandats/")
    with CaptureQueriesContext(connection) as one:
        last_page = client.get("/compte/charte/mandats/?page=2")
    assert (len(first.context["rows"]), len(last_page.context["rows"])) == (50, 1)
    assert "page 1 sur 2" in first.content.decode()
    assert len(fifty) == len(one)


def test_whoever_signs_and_goes_back_on_it_all_day_long_floods_nobody(
    sign: Sign, fournil: Initiative
) -> None:
    moderator = make_person("moderation", "moderator", fournil.commune)
    for _time in range(3):
        signing.withdraw(key_of(sign("Paul", fournil)))
    row = sign("Anne", fournil)
    [told] = posted("moderation@example.org", "charter.mandate_asked")
    assert "/compte/charte/mandats/" in told.text and list(mandates.decidable(moderator)) == [row]


# -- Signatures that are put an end to ----------------------------------------------------------------------


def test_a_signature_that_was_not_one_is_ended_and_forgotten_by_who_may_decide_of_it(
    sign: Sign, fournil: Initiative
) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    row = mandates.grant(sign("Paul", fournil), admin)
    elsewhere = make_territory("commune", "87085", "Limoges")
    for person in (make_person("ailleurs", "moderator", elsewhere), make_person("paul", "owner", fournil),
                   make_person("agent", "officer", fournil.commune)):  # fmt: skip
        assert list(ending.in_force(person)) == []
        with pytest.raises(NotAllowed):
            ending.end(row, person, "Non.")
    moderator = make_person("ici", "moderator", fournil.commune)
    assert list(ending.in_force(moderator, "fourn")) == [row] and not ending.in_force(moderator, "autre")
    with pytest.raises(SigningRefused, match="pourquoi"):
        ending.end(row, moderator, " \0 ")
    ending.end(row, moderator, "Paul n’y travaille plus.")
    told = last("paul@example.org", "charter.ended")
    assert "> Paul n’y travaille plus." in told.text and "Le Fournil" in told.subject
    assert (signed(fournil), counts(every()).total, of(fournil)) == (False, 0, None)
    assert list(Signature.objects.values_list("name", "email", "answer")) == [("", "", "")]
    with pytest.raises(SigningRefused, match="déjà retirée"):
        ending.end(row, moderator, "Encore.")
    assert sign("Anne", fournil).state == "waiting"  # another may sign


def test_a_borrowed_name_is_taken_off_by_an_administrator_alone(sign: Sign, felletin: Any) -> None:
    admin, moderator = User.objects.create_superuser("a@example.org"), make_person("m", "moderator", felletin)
    row, unnamed = sign("Célèbre", email="c@example.org", commune=felletin), sign("Discret", listed=False)
    assert list(ending.in_force(moderator)) == []
    assert list(ending.in_force(admin)) == list(ending.in_force(admin, "celeb")) == [row]
    with pytest.raises(NotAllowed):
        ending.end(row, moderator, "Ce n’est pas vous.")
    ending.end(row, admin, "Ce n’est pas vous.")
    assert (list(named(every())), list(every())) == ([], [unnamed])


def test_the_pages_by_which_a_signature_is_ended(client: Client, sign: Sign, felletin: Any) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    row = mandates.grant(sign("Anne", felletin, statement="Secret"), admin)
    unnamed, listing = sign("Discret", listed=False), "/compte/charte/signatures/"
    page = f"{listing}{row.pk}/"
    assert client.get(listing).status_code == client.get(page).status_code == 302
    client.force_login(make_person("ailleurs", "moderator", make_territory("commune", "87085", "Limoges")))
    assert "Felletin" not in client.get(listing).content.decode().partition("<main")[2]
    assert client.get(page).status_code == client.post(page, {"answer": "x"}).status_code == 404
    client.force_login(admin)
    assert client.get(f"{listing}{unnamed.pk}/").status_code == 404
    assert client.get(f"{listing}{2**70}/").status_code == 404
    assert client.get(f"{listing}?q=%00%27<script>&page=x").status_code == 200
    client.force_login(make_person("ici", "moderator", felletin))
    assert "Felletin" in client.get(listing, {"q": "fell"}).content.decode().partition("<main")[2]
    shown = client.get(page).content.decode()
    assert "Felletin" in shown and "Secret" not in shown and "anne@example.org" not in shown
    for bad in ("", " ", "a\0b", "x" * 2_001):
        assert client.post(page, {"answer": bad}).status_code == 200
    assert client.post(page, {"answer": "<b>Erreur</b>"}).headers["Location"] == listing
    assert "Felletin" not in client.get("/charte/signataires/").content.decode().partition("<main")[2]
