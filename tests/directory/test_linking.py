"""Links: asserted by one side, agreed to or declined by the other, ended; never told where nobody agreed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from directory import linking
from directory.errors import NotAllowed, TieRefused
from directory.linking import agree, assert_link, decline, end, to_answer, told_on_page_of
from directory.models import LINK_IN_FORCE, LONGEST_TIE_SOURCE, Initiative, Link
from directory.publishing import merge
from mail.models import Message
from tests.directory.test_history import recorded
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(taxonomy: None) -> dict[str, Any]:
    """Two initiatives and their teams, and a stranger."""
    one, two = make_initiative("Le Fournil"), make_initiative("L’Atelier")
    return {
        "one": one, "two": two, "a": make_person("a", "owner", one), "b": make_person("b", "owner", two),
        "stranger": make_person("stranger"),
    }  # fmt: skip


def told(letter: str) -> list[str]:
    rows = Message.objects.filter(letter=f"directory.{letter}").order_by("pk")
    return list(rows.values_list("to", flat=True))


def shown(initiative: Initiative) -> list[str]:
    return [f"{link.kind} {link.state}" for link in told_on_page_of(initiative)]


def test_what_one_side_asserts_is_on_its_page_alone_until_the_other_agrees(pair: dict[str, Any]) -> None:
    link = assert_link(
        pair["a"], pair["one"], pair["two"], "supplies", since=date(2020, 5, 1), source=" un\nsite "
    )
    assert shown(pair["one"]) == ["supplies asserted"] and shown(pair["two"]) == []
    assert not Link.objects.filter(LINK_IN_FORCE).exists()
    assert told("tie_asserted") == ["b@example.org"] and link.source == "un site"
    assert list(to_answer([pair["two"]])) == [link] and not to_answer([pair["one"]]).exists()
    agree(link, pair["b"], pair["two"])
    assert shown(pair["one"]) == shown(pair["two"]) == ["supplies confirmed"]
    assert Link.objects.filter(LINK_IN_FORCE).count() == 1
    assert told("tie_agreed") == ["a@example.org"] and not to_answer([pair["two"]]).exists()
    assert [(row["label"], row["hand"]) for row in recorded("Link", link.pk)] == [
        ("insert", "owner"), ("update", "owner")
    ]  # fmt: skip


def test_the_other_page_says_it_the_other_way_round(pair: dict[str, Any]) -> None:
    """« est fournie par » said by the target makes the same link, and answers the one that waits."""
    assert_link(pair["a"], pair["one"], pair["two"], "supplies")
    link = assert_link(pair["b"], pair["two"], pair["one"], "supplies", outward=False)
    assert (link.origin, link.state, Link.objects.count()) == (pair["one"], "confirmed", 1)
    mutual = assert_link(pair["a"], pair["one"], pair["two"], "partners")
    assert assert_link(pair["b"], pair["two"], pair["one"], "partners") == mutual, "no direction: no second"
    assert_link(pair["a"], pair["one"], pair["two"], "hosts")
    back = assert_link(pair["b"], pair["two"], pair["one"], "hosts")
    assert back.state == "asserted", "each may host the other"


def test_what_was_declined_is_shown_nowhere_and_not_asked_again(pair: dict[str, Any]) -> None:
    link = assert_link(pair["a"], pair["one"], pair["two"], "partners")
    decline(link, pair["b"], pair["two"], "Une seule fois, en 2019.")
    assert shown(pair["one"]) == shown(pair["two"]) == []
    assert "Une seule fois, en 2019." in Message.objects.get(letter="directory.tie_declined").text
    for _again in range(2):
        with pytest.raises(TieRefused):
            assert_link(pair["a"], pair["one"], pair["two"], "partners")
    with pytest.raises(TieRefused):
        end(link, pair["a"], pair["one"])
    assert told("tie_asserted") == ["b@example.org"]
    assert assert_link(pair["b"], pair["two"], pair["one"], "partners").state == "confirmed"


def test_a_link_agreed_to_keeps_its_dates_when_it_ends_and_may_begin_again(pair: dict[str, Any]) -> None:
    link = assert_link(pair["a"], pair["one"], pair["two"], "hosts", since=date(2020, 1, 1))
    agree(link, pair["b"], pair["two"])
    ended = end(link, pair["a"], pair["one"], "Le bail est fini.")
    assert ended.until == timezone.localdate() and shown(pair["one"]) == shown(pair["two"]) == []
    assert told("tie_ended") == ["b@example.org"]
    with pytest.raises(TieRefused):
        end(link, pair["b"], pair["two"])
    assert assert_link(pair["b"], pair["two"], pair["one"], "hosts", outward=False).pk != link.pk


def test_a_link_withdrawn_before_an_answer_goes(pair: dict[str, Any]) -> None:
    link = assert_link(pair["a"], pair["one"], pair["two"], "finances")
    with pytest.raises(TieRefused):
        end(link, pair["b"], pair["two"])  # she is to answer
    end(link, pair["a"], pair["one"])
    assert not Link.objects.exists() and told("tie_ended") == []
    with pytest.raises(TieRefused):
        agree(link, pair["b"], pair["two"])


def test_a_link_noted_from_a_source_stands_and_either_side_confirms_or_takes_it_out(
    pair: dict[str, Any],
) -> None:
    noted = Link.objects.create(origin=pair["one"], target=pair["two"], kind="supplies", source="un site")
    assert shown(pair["one"]) == shown(pair["two"]) == ["supplies noted"]
    agree(noted, pair["b"], pair["two"])
    assert shown(pair["one"]) == ["supplies noted"], "one side of two"
    agree(noted, pair["a"], pair["one"])
    assert shown(pair["one"]) == ["supplies confirmed"]
    other = Link.objects.create(origin=pair["one"], target=pair["two"], kind="hosts", source="une erreur")
    agree(other, pair["a"], pair["one"])
    end(other, pair["b"], pair["two"])
    assert shown(pair["one"]) == ["supplies confirmed"]
    assert told("tie_ended") == ["a@example.org"], "who had confirmed it is told that it is gone"


def test_nobody_speaks_for_others(pair: dict[str, Any]) -> None:
    for person in ("b", "stranger"):
        with pytest.raises(NotAllowed):
            assert_link(pair[person], pair["one"], pair["two"], "supplies")
    link = assert_link(pair["a"], pair["one"], pair["two"], "supplies")
    for verb in (agree, decline, end):
        for person, side in (("a", "two"), ("stranger", "two"), ("stranger", "one")):
            with pytest.raises(NotAllowed):
                verb(link, pair[person], pair[side])
    for verb in (agree, decline):
        with pytest.raises(TieRefused):
            verb(link, pair["a"], pair["one"])  # of one's own word nobody decides
    third = make_initiative()
    with pytest.raises(TieRefused):
        agree(link, make_person("c", "owner", third), third)
    link.refresh_from_db()
    assert link.state == "asserted"


def test_who_owns_both_says_both(pair: dict[str, Any]) -> None:
    both = make_person("both", "owner", pair["one"])
    both.roles.create(
        kind="owner", initiative=pair["two"], granted=True, decided_at=timezone.now(), reason="r"
    )
    assert assert_link(both, pair["one"], pair["two"], "supplies").state == "confirmed"
    assert told("tie_asserted") == []
    administrator = User.objects.create_superuser("admin@example.org")
    made = assert_link(administrator, pair["one"], pair["two"], "hosts")
    assert made.state == "asserted", "the administration speaks for one side at a time"


def test_who_moderates_both_sides_does_not_say_both(places: dict[str, Any]) -> None:
    """A word that passes for two would make « confirmé des deux côtés » of one person's belief."""
    one, two = places["initiative"], make_initiative("La voisine", commune=places["commune"])
    two.refresh_from_db()
    first = make_person("first", "moderator", places["departement"])
    second = make_person("second", "moderator", places["departement"])
    link = assert_link(first, one, two, "supplies")
    with pytest.raises(TieRefused):
        agree(link, first, two)
    with pytest.raises(TieRefused):
        assert_link(first, two, one, "supplies", outward=False)
    assert agree(link, second, two).state == "confirmed"
    noted = Link.objects.create(origin=one, target=two, kind="hosts", source="un site")
    agree(noted, first, two)
    with pytest.raises(TieRefused):
        agree(noted, first, one)
    assert agree(noted, make_person("owner", "owner", one), one).state == "confirmed"


def test_a_page_that_is_hidden_declares_nothing(pair: dict[str, Any]) -> None:
    """It would write to others in the name of what the moderation took off."""
    Initiative.objects.filter(pk=pair["one"].pk).update(publication="hidden")
    pair["one"].refresh_from_db()
    with pytest.raises(TieRefused):
        assert_link(pair["a"], pair["one"], pair["two"], "supplies")
    assert told("tie_asserted") == []


def test_bad_links_are_refused(pair: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    a, one, two, today = pair["a"], pair["one"], pair["two"], timezone.localdate()
    draft = make_initiative(publication="draft")
    bad: list[dict[str, Any]] = [
        {"other": one}, {"other": draft}, {"since": today + timedelta(days=1)},
        {"source": "x" * (LONGEST_TIE_SOURCE + 1)},
    ]  # fmt: skip
    for fields in bad:
        with pytest.raises(TieRefused):
            assert_link(a, one, **{"other": two, "kind": "supplies"} | fields)
    assert_link(a, one, two, "supplies", since=today, source="x" * LONGEST_TIE_SOURCE)
    with pytest.raises(TieRefused):
        assert_link(a, one, two, "supplies")
    with pytest.raises(ValueError, match="loves"):
        assert_link(a, one, two, "loves")
    monkeypatch.setattr(linking, "MOST_UNANSWERED", 2)
    assert_link(a, one, two, "hosts")
    with pytest.raises(TieRefused):
        assert_link(a, one, two, "finances")
    decline(Link.objects.get(kind="hosts"), pair["b"], two)
    assert_link(a, one, two, "finances")


def test_the_table_itself_refuses_what_nobody_said(pair: dict[str, Any]) -> None:
    ends = {"origin": pair["one"], "target": pair["two"], "kind": "supplies"}
    now = timezone.now()
    for fields in (
        {"asserted_by": "origin"},
        {"asserted_by": "origin", "target_agreed_at": now},
        {"declined_at": now},
        {"asserted_by": "origin", "origin_agreed_at": now, "target_agreed_at": now, "declined_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Link.objects.create(**ends, **fields)
    Link.objects.create(**ends, asserted_by="origin", origin_agreed_at=now, declined_at=now)


def test_links_follow_a_listing_that_is_merged(pair: dict[str, Any]) -> None:
    """Each once; what would join a listing with itself goes."""
    one, two, double = pair["one"], pair["two"], make_initiative("Le fournil (doublon)")
    for origin, target, kind in (
        (double, two, "supplies"), (one, two, "hosts"), (double, two, "hosts"), (double, one, "partners"),
        (two, one, "partners"), (double, two, "partners"),
    ):  # fmt: skip
        Link.objects.create(origin=origin, target=target, kind=kind)
    merge(one, double)
    kept = sorted(Link.objects.values_list("origin__name", "kind", "target__name"))
    assert kept == [
        ("Le Fournil", "hosts", "L’Atelier"), ("Le Fournil", "supplies", "L’Atelier"),
        ("L’Atelier", "partners", "Le Fournil"),
    ]  # fmt: skip


def test_the_word_of_another_team_does_not_follow_a_merge(pair: dict[str, Any]) -> None:
    """Whoever plants a double of a page, and keeps it, says nothing in the name of the page by the merge."""
    one, two, double = pair["one"], pair["two"], make_initiative("Le fournil (doublon)")
    planted = make_person("planted", "owner", double)
    three = make_initiative("Trois")
    other = make_person("c", "owner", three)
    agree(assert_link(planted, double, two, "supplies"), pair["b"], two)
    assert_link(planted, double, three, "hosts")
    assert_link(other, three, double, "finances")
    Link.objects.create(origin=double, target=three, kind="partners", source="un site")
    merge(one, double)
    assert shown(one) == ["partners noted"]
    assert sorted(link.kind for link in to_answer([one])) == ["finances", "supplies"]
    assert shown(two) == ["supplies asserted"]


def test_a_merge_keeps_what_both_sides_had_confirmed(pair: dict[str, Any]) -> None:
    one, two, double = pair["one"], pair["two"], make_initiative("Le fournil (doublon)")
    owner = make_person("d", "owner", double)
    agree(assert_link(owner, double, two, "supplies"), pair["b"], two)
    pair["a"].roles.all().delete()
    Link.objects.create(origin=one, target=two, kind="supplies", source="un site")
    merge(one, double, team=[owner.pk])
    assert shown(one) == shown(two) == ["supplies confirmed"]
