"""Memberships: said by the initiative or by the grouping, in force once both have said so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory import belonging
from directory.belonging import agree, assert_membership, decline, end
from directory.errors import NotAllowed, TieRefused
from directory.models import EFFECTIVE, Membership
from directory.publishing import merge
from mail.models import Message
from tests.factories import make_grouping, make_initiative, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(taxonomy: None) -> dict[str, Any]:
    member = make_initiative("Le Fournil")
    network = make_grouping("amap", "network")
    return {
        "member": member, "network": network, "owner": make_person("owner", "owner", member),
        "coordinator": make_person("coordinator", "coordinator", network),
        "stranger": make_person("stranger"),
    }  # fmt: skip


def told(letter: str) -> list[str]:
    rows = Message.objects.filter(letter=f"directory.{letter}").order_by("pk")
    return list(rows.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("first", "one", "second", "other"),
    [("owner", "member", "coordinator", "grouping"), ("coordinator", "grouping", "owner", "member")],
)
def test_either_side_says_it_and_the_other_agrees_or_not(
    both: dict[str, Any], first: str, one: str, second: str, other: str
) -> None:
    ask = (both["network"], both["member"])
    row = assert_membership(both[first], *ask, one)
    assert not Membership.objects.filter(EFFECTIVE).exists() and told("tie_asserted") == [
        f"{second}@example.org"
    ]
    with pytest.raises(TieRefused):
        assert_membership(both[first], *ask, one)
    with pytest.raises(TieRefused):
        agree(row, both[first], one)  # of one's own word nobody decides
    decline(row, both[second], other, "Pas cette année.")
    assert told("tie_declined") == [f"{first}@example.org"]
    with pytest.raises(TieRefused):
        assert_membership(both[first], *ask, one)
    agree(row, both[second], other)  # she may come back to it
    assert Membership.objects.filter(EFFECTIVE).get() == row and told("tie_agreed") == [
        f"{first}@example.org"
    ]
    ended = end(row, both[second], other)
    assert ended.until == timezone.localdate() and told("tie_ended") == [f"{first}@example.org"]
    again = assert_membership(both[second], *ask, other)
    assert again.pk != row.pk and assert_membership(both[first], *ask, one) == again, "said by both: agreed"
    assert Membership.objects.filter(EFFECTIVE).get() == again


def test_what_nobody_answered_is_withdrawn(both: dict[str, Any]) -> None:
    row = assert_membership(both["owner"], both["network"], both["member"], "member")
    with pytest.raises(TieRefused):
        end(row, both["coordinator"], "grouping")
    end(row, both["owner"], "member")
    assert not Membership.objects.exists()


def test_nobody_speaks_for_others(both: dict[str, Any]) -> None:
    ask = (both["network"], both["member"])
    for person, side in (("owner", "grouping"), ("coordinator", "member"), ("stranger", "member")):
        with pytest.raises(NotAllowed):
            assert_membership(both[person], *ask, side)
    row = assert_membership(both["owner"], *ask, "member")
    other = make_person("other", "coordinator", make_grouping("autre"))
    for verb in (agree, decline, end):
        for who in (both["owner"], both["stranger"], other):
            with pytest.raises(NotAllowed):
                verb(row, who, "grouping")
    row.refresh_from_db()
    assert row.grouping_agreed_at is None and row.declined_at is None and row.until is None


def test_bad_memberships_are_refused(both: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.localdate()
    owner, coordinator, member, network = (
        both[name] for name in ("owner", "coordinator", "member", "network")
    )
    with pytest.raises(TieRefused):
        assert_membership(owner, network, member, "member", since=today + timedelta(days=1))
    with pytest.raises(TieRefused):
        assert_membership(coordinator, network, make_initiative(publication="draft"), "grouping")
    with pytest.raises(TieRefused):
        assert_membership(owner, make_grouping("secret", published=False), member, "member")
    with pytest.raises(TieRefused):
        assert_membership(owner, make_grouping("sien", initiative=member), member, "member")
    monkeypatch.setitem(belonging.MOST_UNANSWERED, "member", 1)
    assert_membership(owner, network, member, "member", since=today)
    with pytest.raises(TieRefused):
        assert_membership(owner, make_grouping("autre"), member, "member")
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.update(grouping_agreed_at=now, declined_at=now)


def test_memberships_follow_a_listing_that_is_merged(both: dict[str, Any]) -> None:
    double, other = make_initiative("Le fournil bis"), make_grouping("autre")
    for grouping in (both["network"], other):
        Membership.objects.create(grouping=grouping, initiative=double, grouping_agreed_at=timezone.now())
    kept = assert_membership(both["owner"], both["network"], both["member"], "member")
    merge(both["member"], double)
    assert set(Membership.objects.values_list("grouping__slug", "initiative__name")) == {
        ("amap", "Le Fournil"), ("autre", "Le Fournil")
    }  # fmt: skip
    assert Membership.objects.get(grouping=both["network"]).pk == kept.pk


def test_an_administrator_who_owns_a_page_does_not_speak_for_a_network(both: dict[str, Any]) -> None:
    """One word for two sides is for who holds both of them."""
    both["owner"].is_superuser = both["owner"].is_staff = True
    both["owner"].save()
    row = assert_membership(both["owner"], both["network"], both["member"], "member")
    assert row.grouping_agreed_at is None and told("tie_asserted") == ["coordinator@example.org"]
    coordinator = make_person("two", "coordinator", other := make_grouping("autre"))
    coordinator.roles.create(
        kind="owner", initiative=both["member"], granted=True, decided_at=timezone.now(), reason="r"
    )
    assert belonging.effective(assert_membership(coordinator, other, both["member"], "member"))


def test_the_word_of_another_team_makes_no_member_by_a_merge(both: dict[str, Any]) -> None:
    """Who coordinates a network reads the contacts of its members: their own team has the last word."""
    double = make_initiative("Le fournil bis")
    planted = make_person("planted", "owner", double)
    assert_membership(planted, both["network"], double, "member")
    agree(double.memberships.get(), both["coordinator"], "grouping")
    assert_membership(planted, make_grouping("autre"), double, "member")
    merge(both["member"], double)
    [row] = both["member"].memberships.all()
    assert (row.grouping, row.member_agreed_at) == (both["network"], None)
    assert belonging.effective(agree(row, both["owner"], "member"))
