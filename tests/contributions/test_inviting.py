"""Colleagues: invited by those who keep a page, by a link that serves once."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts import personal
from accounts.models import User
from contributions import inviting
from contributions.models import ColleagueInvitation
from directory.errors import BadLink, NotAllowed, RoleRefused
from directory.models import Initiative, Role
from directory.permissions import Action, may
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def ferme(taxonomy: None) -> Initiative:
    return make_initiative("La Ferme")


@pytest.fixture
def owner(ferme: Initiative) -> User:
    return make_person("owner", "owner", ferme)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def way(made: ColleagueInvitation) -> str:
    return f"/compte/collegues/{inviting.key_of(made)}/"


def test_a_colleague_accepts_with_an_account_of_any_address(ferme: Initiative, owner: User) -> None:
    address = f"/compte/initiatives/{ferme.slug}/collegues/"
    sent = signed_in(owner).post(address, {"email": "lou@example.org", "language": "en"})
    assert (sent.status_code, sent["Location"]) == (302, address)
    letter = last("lou@example.org", "contributions.colleague")
    assert letter.language == "en" and "/en/compte/collegues/" in letter.text
    link = next(each for each in links(letter) if "/collegues/" in each)
    link = link[link.index("/en/compte/") :]
    lou = make_person("louise")
    visitor = Client().get(link).content.decode()
    assert "/login/?next=" in visitor and not Role.objects.filter(person=lou).exists()
    assert Client().post(link, {"answer": "accept"}).status_code == 400
    client = signed_in(lou)
    assert client.get(link).status_code == 200 and Role.objects.count() == 1, "a GET changes nothing"
    assert client.post(link, {"answer": "accept"}).status_code == 302
    role = Role.objects.get(person=lou)
    assert (role.state, role.decided_by) == ("held", owner)
    assert may(lou, Action.EDIT_INITIATIVE, ferme)
    assert lou.email in last(owner.email, "contributions.colleague_came").text
    made = ColleagueInvitation.objects.get()
    assert (made.state, made.address, made.role) == ("accepted", "", role)
    assert signed_in(make_person("third")).post(link, {"answer": "accept"}).status_code == 404, "once"


def test_only_who_may_grant_the_role_invites(ferme: Initiative, owner: User) -> None:
    stranger, other = make_person("stranger"), make_person("other", "owner", make_initiative("Ailleurs"))
    for person in (stranger, other):
        with pytest.raises(NotAllowed):
            inviting.invite(person, ferme, "x@example.org")
        page = signed_in(person).get(f"/compte/initiatives/{ferme.slug}/collegues/")
        assert page.status_code == 403 and owner.email not in page.content.decode()
    made = inviting.invite(owner, ferme, "x@example.org")
    answer = signed_in(other).post(f"/compte/initiatives/{ferme.slug}/collegues/{made.pk}/retirer/")
    assert answer.status_code == 403
    elsewhere = other.roles.get().initiative
    assert elsewhere is not None
    answer = signed_in(other).post(f"/compte/initiatives/{elsewhere.slug}/collegues/{made.pk}/retirer/")
    assert answer.status_code == 404, "nor through a page of one's own"
    assert inviting.waiting(ferme).exists()


def test_an_invitation_ends_with_the_role_of_who_sent_it(ferme: Initiative, owner: User) -> None:
    made = inviting.invite(owner, ferme, "x@example.org")
    owner.roles.update(ended_at=timezone.now())
    with pytest.raises(BadLink):
        inviting.by_key(inviting.key_of(made))
    with pytest.raises(BadLink):
        inviting.accept(made, make_person("x"))


def test_withdrawn_or_declined_it_serves_no_more(ferme: Initiative, owner: User) -> None:
    client = signed_in(owner)
    for end in ("withdraw", "decline"):
        made = inviting.invite(owner, ferme, "x@example.org")
        if end == "withdraw":
            client.post(f"/compte/initiatives/{ferme.slug}/collegues/{made.pk}/retirer/")
        else:
            assert Client().post(way(made), {"answer": "decline"}).status_code == 200
        made.refresh_from_db()
        assert made.address == "" and made.answered_at
        assert signed_in(make_person(end)).post(way(made), {"answer": "accept"}).status_code == 404
    assert Role.objects.count() == 1


def test_links_are_forged_or_too_old_in_vain(
    ferme: Initiative, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = inviting.invite(owner, ferme, "x@example.org")
    good, client = inviting.key_of(made), signed_in(make_person("x"))
    for key in (
        good[:-1],
        "1",
        signing.dumps(made.pk),
        signing.dumps([made.pk, 1], salt=inviting.SALT),
        "é" * 3_000,
    ):
        assert client.post(f"/compte/collegues/{key}/", {"answer": "accept"}).status_code == 404
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + inviting.DAYS * 86_400 - 5)
    assert inviting.by_key(good) == made
    monkeypatch.setattr(signing.time, "time", lambda: now + inviting.DAYS * 86_400 + 5)
    with pytest.raises(BadLink):
        inviting.by_key(good)


def test_who_keeps_the_page_already_gains_nothing(ferme: Initiative, owner: User) -> None:
    made = inviting.invite(owner, ferme, "x@example.org")
    answer = signed_in(owner).post(way(made), {"answer": "accept"})
    assert answer.status_code == 409
    colleague = make_person("colleague", "owner", ferme)
    assert signed_in(colleague).post(way(made), {"answer": "accept"}).status_code == 409
    assert Role.objects.count() == 2 and inviting.by_key(inviting.key_of(made))


def test_the_answer_is_the_same_whether_there_is_an_account(ferme: Initiative, owner: User) -> None:
    make_person("known")
    client, said = signed_in(owner), []
    for email in ("known@example.org", "unknown@example.org"):
        client.post(f"/compte/initiatives/{ferme.slug}/collegues/", {"email": email, "language": "fr"})
        said.append(
            last(email, "contributions.colleague")
            .text.replace(inviting.key_of(ColleagueInvitation.objects.get(address=email)), "")
            .splitlines()[0]
        )
    assert said[0] == said[1]


def test_one_waits_at_an_address_and_few_at_a_page(
    ferme: Initiative, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    inviting.invite(owner, ferme, "x@example.org")
    with pytest.raises(RoleRefused, match="attend déjà"):
        inviting.invite(owner, ferme, "X@Example.org")
    monkeypatch.setattr(inviting, "MOST_WAITING", 2)
    inviting.invite(owner, ferme, "y@example.org")
    with pytest.raises(RoleRefused, match="retirez-en"):
        inviting.invite(owner, ferme, "z@example.org")
    monkeypatch.setattr(inviting, "MOST_WAITING", 20)
    monkeypatch.setattr(inviting, "MOST_A_DAY", 2)
    with pytest.raises(RoleRefused, match="demain"):
        inviting.invite(owner, ferme, "z@example.org")
    ColleagueInvitation.objects.update(created_at=timezone.now() - timedelta(days=inviting.DAYS))
    assert inviting.invite(owner, ferme, "x@example.org"), "its link serves no more: another goes"


def test_nothing_is_kept_long_and_leaving_takes_it_away(ferme: Initiative, owner: User) -> None:
    made = inviting.invite(owner, ferme, "lou@example.org")
    lou = User.objects.create_user("lou@example.org")
    [told] = personal.everything(lou)["colleague_invitations"]
    assert (told["initiative"], told["sent"]) == (ferme.slug, False)
    personal.erase(lou)
    assert not ColleagueInvitation.objects.exists()
    made = inviting.invite(owner, ferme, "x@example.org")
    now = made.created_at + inviting.KEPT
    assert inviting.forget(now - timedelta(minutes=1)) == 0 and inviting.forget(now) == 1


@pytest.mark.parametrize(
    "email", ["", "x", "a@b\0.fr", "a@example.org\nBcc: b@example.org", "é" * 5_000, "adm\u0131n@example.org"]
)
def test_what_is_no_address_is_refused(ferme: Initiative, owner: User, email: str) -> None:
    answer = signed_in(owner).post(
        f"/compte/initiatives/{ferme.slug}/collegues/", {"email": email, "language": "fr"}
    )
    assert answer.status_code == 200 and not posted()
