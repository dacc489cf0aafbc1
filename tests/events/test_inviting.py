"""Only who agreed is invited, once; what she answers is followed; what is taken away is logged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from directory.contacts import answer_consent
from directory.errors import BadLink, ContactRefused, NotAllowed
from directory.models import Contact, PersonalExport
from events import inviting, registering
from events.errors import RegistrationRefused
from events.models import Invitation, Organiser, Registration
from tests.events.gathering import Gathering, contact, gather, lasting, listed, token_in
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Gathering:
    return gather()


def names(rows: Any) -> list[str]:
    return [each.name for each in rows]


def test_only_contacts_of_the_list_who_agreed_themselves_are_invited_and_once(found: Gathering) -> None:
    fournil, atelier = listed(found, "Le Fournil", "Atelier")
    contact(fournil, "Anne")
    contact(fournil, "Bruno", agrees=False)
    contact(make_initiative("Ailleurs"), "Chloé")
    Contact.objects.create(initiative=atelier, name="Driss", email="driss@example.org")
    assert names(inviting.candidates(found.event)) == ["Anne"]
    assert inviting.invite(found.event, found.coordinator) == 1
    assert inviting.invite(found.event, found.coordinator) == 0
    made = Invitation.objects.get()
    letter = last("anne@example.org", "events.invitation")
    assert inviting.by_token(token_in(letter, "invitation")) == made and "Le Fournil" in letter.text
    assert len(posted(letter="events.invitation")) == 1


def test_who_has_no_address_is_noted_as_told_otherwise(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    made = contact(fournil, "Anne")
    Contact.objects.filter(pk=made.pk).update(email="")
    assert inviting.invite(found.event, found.coordinator) == 0
    assert inviting.invite(found.event, found.coordinator, [made.pk], by_mail=False) == 1
    assert not posted(letter="events.invitation")


def test_nobody_is_reminded_twice_nor_once_she_answered(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    for name in ("Anne", "Bruno"):
        contact(fournil, name)
    inviting.invite(found.event, found.coordinator)
    anne, _bruno = inviting.invitations(found.event)
    inviting.decline(anne)
    assert inviting.remind(found.event, found.coordinator) == 1
    assert inviting.remind(found.event, found.coordinator) == 0
    assert [each.to for each in posted(letter="events.reminder")] == ["bruno@example.org"]
    assert inviting.counts(found.event) == {"invited": 0, "reminded": 1, "coming": 0, "declined": 1}


def test_who_registers_by_her_invitation_comes_and_who_cancels_is_excused(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    contact(fournil, "Anne")
    inviting.invite(found.event, found.coordinator)
    made = Invitation.objects.get()
    told = {"name": "Anne", "email": "anne@example.org", "public": "initiative"}
    row = registering.register(found.event, told, {}, invitation=made)
    made.refresh_from_db()
    assert (made.status, row.initiative) == ("coming", fournil)
    assert inviting.decline(made).status == "coming"  # that is cancelled by the other link
    registering.cancel(row)
    made.refresh_from_db()
    assert made.status == "declined"


def test_a_consent_withdrawn_takes_her_out_of_every_list_letter_and_file(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    anne = contact(fournil, "Anne")
    inviting.invite(found.event, found.coordinator)
    answer_consent(anne, "events", False)
    assert not inviting.invitations(found.event).exists()
    assert inviting.withdrawn(found.event) == 1
    assert inviting.remind(found.event, found.coordinator) == 0
    _made, lines = inviting.mail_merge(found.event, found.coordinator, ["invited", ""], "Essai")
    assert lines == []


@pytest.mark.parametrize("how", ["draft", "over"])
def test_one_invites_only_to_what_is_announced_and_to_come(found: Gathering, how: str) -> None:
    [fournil] = listed(found, "Le Fournil")
    contact(fournil, "Anne")
    if how == "over":
        lasting(found.event, timedelta(days=-2))
    else:
        found.event.status = "draft"
        found.event.save()
    with pytest.raises(RegistrationRefused):
        inviting.invite(found.event, found.coordinator)
    assert not Invitation.objects.exists()


def test_letters_leave_so_many_at_a_time(found: Gathering, monkeypatch: pytest.MonkeyPatch) -> None:
    [fournil] = listed(found, "Le Fournil")
    for name in ("Anne", "Bruno", "Chloé"):
        contact(fournil, name)
    monkeypatch.setattr(inviting, "AT_ONCE", 2)
    assert [inviting.invite(found.event, found.coordinator) for _again in range(3)] == [2, 1, 0]
    assert [inviting.remind(found.event, found.coordinator) for _again in range(3)] == [2, 1, 0]


def test_more_than_an_event_invites_is_refused_whole(
    found: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    [fournil] = listed(found, "Le Fournil")
    for name in ("Anne", "Bruno"):
        contact(fournil, name)
    monkeypatch.setattr(inviting, "MOST", 1)
    with pytest.raises(RegistrationRefused, match="1 personnes au plus"):
        inviting.invite(found.event, found.coordinator)
    monkeypatch.setattr(inviting, "MOST", 2)
    assert inviting.invite(found.event, found.coordinator) == 2


# -- Files ----------------------------------------------------------------------------------------------


def test_a_file_is_logged_with_whom_it_held_and_why_before_it_is_given(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    anne = contact(fournil, "Anne")
    made, lines = inviting.mail_merge(found.event, found.coordinator, [""], "Lettre de juin", invited=True)
    assert [line.contact for line in lines] == [anne]
    assert inviting.by_token(lines[0].link.rstrip("/").rpartition("/")[2]).contact == anne
    assert (made.rows, made.purpose, made.person) == (1, "Lettre de juin", found.coordinator)
    assert (made.criteria["event"], made.grouping) == (found.event.slug, found.network)
    assert anne.exports.get().export == made
    assert not Invitation.objects.get().by_mail


def test_without_noting_them_those_to_invite_stay_to_invite(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    contact(fournil, "Anne")
    _made, lines = inviting.mail_merge(found.event, found.coordinator, [""], "Lettre")
    assert [line.link for line in lines] == [""] and not Invitation.objects.exists()


def test_no_reason_no_file(found: Gathering) -> None:
    with pytest.raises(ContactRefused):
        inviting.mail_merge(found.event, found.coordinator, [""], " ")
    assert not PersonalExport.objects.exists()


def test_a_file_is_for_who_coordinates_a_network_that_holds_it(found: Gathering) -> None:
    fournil = make_initiative("Le Fournil")
    Organiser.objects.create(event=found.event, initiative=fournil)
    owner = make_person("responsable", "owner", fournil)
    assert inviting.invite(found.event, owner) == 0  # she may invite, by the site
    for person in (owner, make_person("autre")):
        with pytest.raises(NotAllowed):
            inviting.mail_merge(found.event, person, [""], "Essai")


# -- Her link -------------------------------------------------------------------------------------------


def test_an_invitation_opens_by_its_own_link_only(found: Gathering) -> None:
    [fournil] = listed(found, "Le Fournil")
    anne = contact(fournil, "Anne")
    inviting.invite(found.event, found.coordinator)
    token = inviting.token_of(Invitation.objects.get())
    assert inviting.by_token(token).contact == anne
    for forged in ("", token[:-1], registering.token_of(Registration(pk=1, email="x@example.org"))):
        with pytest.raises(BadLink):
            inviting.by_token(forged)
    anne.delete()
    with pytest.raises(BadLink):
        inviting.by_token(token)
