"""Claiming a page by mail: for whoever asked and reads the mail of its domain, once, and nobody else."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contributions import claiming
from contributions.models import Claim, ClaimState
from directory import roles
from directory.errors import BadLink, RoleRefused
from directory.models import Initiative, Role, RoleKind
from directory.permissions import Action, may
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db
MAILBOX = "contact@laferme.fr"


@pytest.fixture
def ferme(taxonomy: None) -> Initiative:
    return make_initiative("La Ferme", website="https://www.laferme.fr/")


@pytest.fixture
def asker() -> User:
    return make_person("asker")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def way(claim: Claim) -> str:
    return f"/compte/tenir/{claiming.key_of(claim)}/"


# -- The whole way --------------------------------------------------------------------------------


def test_who_reads_the_mail_of_the_domain_keeps_the_page(ferme: Initiative, asker: User) -> None:
    client = signed_in(asker)
    page = client.get(f"/compte/initiatives/{ferme.slug}/tenir/").content.decode()
    assert "@laferme.fr" in page
    sent = client.post(f"/compte/initiatives/{ferme.slug}/tenir/", {"mailbox": "contact"})
    assert sent.status_code == 200 and MAILBOX in sent.content.decode()
    letter = last(MAILBOX, "contributions.claim")
    assert asker.email in letter.text, "the organisation sees who asks"
    link = next(each for each in links(letter) if "/tenir/" in each).removeprefix("http://localhost:8000")
    link = link[link.index("/compte/") :]
    opened = client.get(link)
    assert opened.status_code == 200 and not Role.objects.exists(), "a GET changes nothing"
    assert "no-store" in opened["Cache-Control"]
    done = client.post(link, {"answer": "confirm"})
    assert (done.status_code, done["Location"]) == (302, f"/compte/initiatives/{ferme.slug}/")
    role = Role.objects.get()
    assert (role.person, role.state, role.decided_by) == (asker, "held", None)
    assert may(asker, Action.EDIT_INITIATIVE, ferme)
    claim = Claim.objects.get()
    assert (claim.state, claim.address, claim.role) == ("confirmed", "", role), "the address has served"
    assert client.post(link, {"answer": "confirm"}).status_code == 404, "once"
    assert Role.objects.count() == 1


def test_a_request_that_waits_is_granted_by_it(ferme: Initiative, asker: User) -> None:
    roles.ask(asker, RoleKind.OWNER, ferme, "Je suis de la ferme.")
    claiming.confirm(claiming.claim_by_mail(asker, ferme, "contact"), asker)
    assert Role.objects.get().state == "held"


# -- Nobody else ----------------------------------------------------------------------------------


def test_the_mailbox_alone_grants_nothing_to_who_asked(ferme: Initiative, asker: User) -> None:
    """A stranger asks; whoever reads the mailbox opens the link, out of curiosity or by a scanner."""
    claim = claiming.claim_by_mail(asker, ferme, "contact")
    reader = signed_in(make_person("reader"))
    for client in (Client(), reader):
        assert client.get(way(claim)).status_code == 200
        assert client.post(way(claim), {"answer": "confirm"}).status_code == 400
        assert client.post(way(claim)).status_code == 400
    with pytest.raises(BadLink):
        claiming.confirm(claim, make_person("other"))
    assert not Role.objects.exists()


def test_who_reads_the_mailbox_says_that_it_is_nobody_of_theirs(ferme: Initiative, asker: User) -> None:
    claim = claiming.claim_by_mail(asker, ferme, "contact")
    assert Client().post(way(claim), {"answer": "unknown"}).status_code == 200
    claim.refresh_from_db()
    assert (claim.state, claim.address) == (ClaimState.DISOWNED, "")
    assert signed_in(asker).post(way(claim), {"answer": "confirm"}).status_code == 404
    with pytest.raises(RoleRefused, match="ne vous connaît pas"):
        claiming.claim_by_mail(asker, ferme, "autre")
    assert claiming.claim_by_mail(make_person("other"), ferme, "contact"), "others still may"


def test_links_are_forged_or_too_old_in_vain(
    ferme: Initiative, asker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claiming.claim_by_mail(asker, ferme, "contact")
    client, good = signed_in(asker), claiming.key_of(claim)
    salt = claiming.SALT
    forged = [signing.dumps(claim.pk), *(signing.dumps(each, salt=salt) for each in ([1], "1 OR 1", 10**30))]
    for key in (good[:-1], good + "x", "1", *forged, "é" * 3_000, "%00"):
        for answer in ({}, {"answer": "confirm"}, {"answer": "unknown"}):
            assert client.post(f"/compte/tenir/{key}/", answer).status_code == 404, key
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + claiming.HOURS * 3_600 - 5)
    assert claiming.by_key(good) == claim
    monkeypatch.setattr(signing.time, "time", lambda: now + claiming.HOURS * 3_600 + 5)
    with pytest.raises(BadLink):
        claiming.by_key(good)
    assert not Role.objects.exists()


def test_a_link_serves_no_more_once_the_site_is_another_or_the_page_hidden(
    ferme: Initiative, asker: User
) -> None:
    claim = claiming.claim_by_mail(asker, ferme, "contact")
    for change in ({"website": "https://autre.fr"}, {"publication": "hidden"}):
        before = {name: getattr(ferme, name) for name in change}
        Initiative.objects.filter(pk=ferme.pk).update(**change)
        with pytest.raises((BadLink, RoleRefused)):
            claiming.confirm(claim, asker)
        Initiative.objects.filter(pk=ferme.pk).update(**before)
    assert claiming.confirm(claim, asker).state == "held"


def test_of_two_who_ask_the_second_to_confirm_asks_the_first(ferme: Initiative, asker: User) -> None:
    other = make_person("other")
    first, second = (claiming.claim_by_mail(each, ferme, "contact") for each in (asker, other))
    claiming.confirm(first, asker)
    answer = signed_in(other).post(way(second), {"answer": "confirm"})
    assert answer.status_code == 409 and "son équipe" in answer.content.decode()
    assert Role.objects.count() == 1
    with pytest.raises(RoleRefused, match="tient déjà"):
        claiming.claim_by_mail(make_person("third"), ferme, "contact")


# -- Where a mail proves nothing ------------------------------------------------------------------


@pytest.mark.parametrize(
    "website", ["", "https://facebook.com/ferme", "https://reseau.org/ferme", "https://ferme.wordpress.com"]
)
def test_then_the_page_leads_to_a_request(ferme: Initiative, asker: User, website: str) -> None:
    Initiative.objects.filter(pk=ferme.pk).update(website=website)
    address = f"/compte/initiatives/{ferme.slug}/tenir/"
    page = signed_in(asker).get(address).content.decode()
    assert "mailbox" not in page and f"/compte/roles/demander/owner/{ferme.slug}/" in page
    assert signed_in(asker).post(address, {"mailbox": "contact"}).status_code == 200
    assert not posted() and not Claim.objects.exists()


def test_a_site_that_several_initiatives_name_proves_nothing_unless_they_are_one(
    ferme: Initiative, asker: User
) -> None:
    other = make_initiative("Le Moulin", website="http://laferme.fr")
    with pytest.raises(RoleRefused, match="même site"):
        claiming.domain_of(ferme)
    for same in ({"parent": ferme}, {"website": "https://laferme.fr/moulin"}, {"publication": "draft"}):
        was = {name: getattr(other, name) for name in same}
        Initiative.objects.filter(pk=other.pk).update(**same)
        assert claiming.domain_of(ferme) == "laferme.fr"
        Initiative.objects.filter(pk=other.pk).update(**was)
    for row, siret in ((ferme, "73282932000074"), (other, "73282932000082")):
        Initiative.objects.filter(pk=row.pk).update(siret=siret)
    ferme.refresh_from_db()
    assert claiming.domain_of(ferme) == "laferme.fr"


# -- Limits and forgetting ------------------------------------------------------------------------


def test_letters_are_few_a_day(ferme: Initiative, asker: User) -> None:
    for _n in range(claiming.MOST_TO_AN_ADDRESS):
        claiming.claim_by_mail(asker, ferme, "contact")
    with pytest.raises(RoleRefused, match="demain"):
        claiming.claim_by_mail(make_person("other"), ferme, "contact")
    for n in range(claiming.MOST_OF_A_PERSON - claiming.MOST_TO_AN_ADDRESS):
        claiming.claim_by_mail(asker, ferme, f"contact{n}")
    with pytest.raises(RoleRefused, match="demain"):
        claiming.claim_by_mail(asker, ferme, "encore")
    claiming.claim_by_mail(make_person("third"), ferme, "tiers")
    with pytest.raises(RoleRefused, match="demain"):
        claiming.claim_by_mail(make_person("fourth"), ferme, "quart")
    Claim.objects.update(created_at=timezone.now() - claiming.DAY)
    assert claiming.claim_by_mail(asker, ferme, "contact")


def test_old_claims_are_forgotten(ferme: Initiative, asker: User) -> None:
    old, young, disowned = (claiming.claim_by_mail(asker, ferme, box) for box in ("a", "b", "c"))
    claiming.disown(disowned)
    now = timezone.now()
    Claim.objects.filter(pk__in=[old.pk, disowned.pk]).update(created_at=now - claiming.KEPT)
    Claim.objects.filter(pk=young.pk).update(created_at=now - claiming.KEPT + timedelta(minutes=1))
    assert claiming.forget(now) == 1
    assert set(Claim.objects.values_list("pk", flat=True)) == {young.pk, disowned.pk}


@pytest.mark.parametrize("mailbox", ["", "x@gmail.com", "a\0", "<script>", "é" * 5_000, "a,b"])
def test_what_is_no_mailbox_is_refused_in_words(ferme: Initiative, asker: User, mailbox: str) -> None:
    answer = signed_in(asker).post(f"/compte/initiatives/{ferme.slug}/tenir/", {"mailbox": mailbox})
    assert answer.status_code == 200 and "fault" in answer.content.decode()
    assert not posted()


def test_a_visitor_signs_in_first_and_a_draft_is_not_there(ferme: Initiative, asker: User) -> None:
    address = f"/compte/initiatives/{ferme.slug}/tenir/"
    assert Client().get(address).status_code == 302
    Initiative.objects.filter(pk=ferme.pk).update(publication="draft")
    assert signed_in(asker).get(address).status_code == 404
    assert signed_in(asker).post(address, {"mailbox": "contact"}).status_code == 404
