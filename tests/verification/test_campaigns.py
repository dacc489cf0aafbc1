"""Campaigns: who may, who is written to and never twice, what is followed, one reminder, a stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from directory import publishing
from directory.errors import NotAllowed
from directory.models import Grouping, Notice, NoticeKind
from territories.loading import delete_vanished
from territories.models import Territory
from territories.signals import territories_loaded
from tests.factories import join, make_person
from tests.jobs.running import run_queued
from tests.mail.outbox import last, posted
from tests.verification.conftest import Ground, Old, months_ago, path_in
from verification import campaigns, confirming, reaching, tasks
from verification.errors import VerificationRefused
from verification.models import Asked, Campaign, How

pytestmark = pytest.mark.django_db


def run(campaign: Campaign) -> None:
    """What the worker does of it in a day."""
    while campaigns.send_some(campaign.pk) is not None:
        pass
    campaign.refresh_from_db()


def letters_to() -> list[str]:
    return sorted(each.to for each in posted(letter=campaigns.LETTER))


def left_out(found: campaigns.Preview) -> dict[str, list[str]]:
    return {why: [each.name for each in rows] for why, rows in found.left_out.items()}


# -- Who may -----------------------------------------------------------------------------------------


def test_a_moderator_asks_at_home_and_a_coordinator_asks_members(ground: Ground, old: Old) -> None:
    inside = old("Dedans", commune=ground.felletin, email="dedans@example.org")
    join(ground.network, inside)
    refused: list[tuple[User, Territory | Grouping]] = [
        (ground.other_moderator, ground.west), (ground.moderator, ground.east),
        (ground.coordinator, ground.west), (ground.moderator, ground.network),
        (make_person("anybody"), ground.west),
    ]  # fmt: skip
    for person, target in refused:
        with pytest.raises(NotAllowed):
            campaigns.preview(target, person, 12, "")
        with pytest.raises(NotAllowed):
            campaigns.start(target, person, 12)
    mine = campaigns.start(ground.west, ground.moderator, 12)
    for verb in (campaigns.stop, campaigns.remind):
        with pytest.raises(NotAllowed):
            verb(mine, ground.other_moderator)
    assert campaigns.start(ground.network, ground.coordinator, 12).target == ground.network


def test_a_territory_reaches_its_own_and_a_network_its_members_wherever_they_are(
    ground: Ground, old: Old
) -> None:
    west = old("Ouest", commune=ground.felletin, email="ouest@example.org")
    east = old("Est", commune=ground.uzerche, email="est@example.org")
    join(ground.network, east)
    join(ground.network, west, member_agreed_at=None)  # not agreed to by both sides
    assert list(reaching.concerned(ground.west, 12)) == [west]
    assert list(reaching.concerned(ground.network, 12)) == [east]


# -- Whom it reaches -----------------------------------------------------------------------------------


def test_just_inside_and_just_outside_of_the_months_chosen(ground: Ground, old: Old) -> None:
    for name, shift in {"Dedans": timedelta(minutes=1), "Dehors": timedelta(minutes=-1)}.items():
        row = old(name, 40, commune=ground.felletin, email=f"{name.lower()}@example.org")
        row.verified_at = months_ago(12, shift)
        row.save()
    found = campaigns.preview(ground.west, ground.moderator, 12, "")
    assert [each.name for each in found.reached] == ["Dehors"]
    assert len(campaigns.preview(ground.west, ground.moderator, 0, "").reached) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": "example"}, {"origin": "synthetic"}, {"activity_state": "closed"},
        {"publication": "hidden"}, {"publication": "draft"},
    ],
)  # fmt: skip
def test_who_is_never_written_to(ground: Ground, old: Old, fields: dict[str, Any]) -> None:
    old("Autre", commune=ground.felletin, email="autre@example.org", **fields)
    assert campaigns.preview(ground.west, ground.moderator, 0, "").found == 0
    with pytest.raises(VerificationRefused):
        campaigns.start(ground.west, ground.moderator, 0)


def test_the_preview_says_whom_it_leaves_out_and_why_and_writes_nothing(ground: Ground, old: Old) -> None:
    at = {"commune": ground.felletin}
    old("Atteinte", 40, email="a@example.org", **at)
    old("Même adresse", 39, email="A@example.org", **at)
    old("Muette", **at)
    old("Opposée", email="opposee@example.org", **at)
    lately = old("Sollicitée", email="lately@example.org", **at)
    old("Sa sœur", email="Lately@example.org", **at)
    reaching.oppose(reaching.digest("Opposee@example.org "))
    Notice.objects.create(
        initiative=lately, kind=NoticeKind.STALE, sent_to="lately@example.org", wording_version="1", key="s"
    )
    found = campaigns.preview(ground.west, ground.moderator, 12, "Merci !")
    assert [each.name for each in found.reached] == ["Atteinte"]
    assert left_out(found) == {
        "lately": ["Même adresse", "Sollicitée", "Sa sœur"],
        "unreachable": ["Muette"],
        "opposed": ["Opposée"],
    }
    assert found.letter and "> Merci !" in found.letter.text and "Creuse" in found.letter.text
    assert not posted() and not Campaign.objects.exists()


@pytest.mark.parametrize(("days", "asked"), [(89, []), (90, ["a@example.org"])])
def test_never_twice_in_ninety_days_across_campaigns(
    ground: Ground, old: Old, days: int, asked: list[str]
) -> None:
    row = old("Atteinte", commune=ground.felletin, email="a@example.org")
    join(ground.network, row)
    run(campaigns.start(ground.network, ground.coordinator, 12))
    assert letters_to() == ["a@example.org"]
    Notice.objects.update(at=timezone.now() - timedelta(days=days, minutes=1))
    again = campaigns.preview(ground.west, ground.moderator, 12, "")
    assert [each.email for each in again.reached] == asked


def test_owners_are_asked_rather_than_the_organisation_each_in_her_language(ground: Ground, old: Old) -> None:
    row = old("Tenue", commune=ground.felletin, email="org@example.org")
    owner = make_person("owner", "owner", row)
    owner.language = "en"
    owner.save()
    run(campaigns.start(ground.west, ground.moderator, 12))
    letter = last(letter=campaigns.LETTER)
    assert (letter.to, letter.language) == ("owner@example.org", "en")
    assert "Is the listing of “Tenue” still true?" in letter.subject


# -- Sending, following, reminding, stopping ------------------------------------------------------------


def test_letters_leave_a_day_s_worth_at_a_time(
    ground: Ground, old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "A_DAY", 2)
    for n in range(3):
        old(f"N {n}", commune=ground.felletin, email=f"n{n}@example.org")
    one = campaigns.start(ground.west, ground.moderator, 12)
    with pytest.raises(VerificationRefused):
        campaigns.start(ground.west, ground.moderator, 12)
    run(one)
    assert (len(letters_to()), one.state) == (2, "running")
    Asked.objects.exclude(sent_at=None).update(sent_at=timezone.now() - timedelta(days=1))
    run(one)
    assert (len(letters_to()), one.state) == (3, "sent")
    run(one)
    assert len(letters_to()) == 3


def test_what_changed_between_the_preview_and_the_letter_is_respected(ground: Ground, old: Old) -> None:
    rows = {name: old(name, commune=ground.felletin, email=f"{name}@example.org") for name in "abcde"}
    one = campaigns.start(ground.west, ground.moderator, 12)
    rows["a"].delete()
    confirming.confirm(rows["b"], ground.moderator, How.SITE)
    confirming.close(rows["c"], ground.moderator, How.SITE)
    reaching.oppose(reaching.digest("d@example.org"))
    run(one)
    assert letters_to() == ["e@example.org"]
    assert campaigns.progress(one).left_out == {"gone": 1, "opposed": 1, "vouched": 1}


def test_the_rate_counts_those_who_answered_by_the_link_or_on_the_site(
    ground: Ground, old: Old, client: Client
) -> None:
    rows = {name: old(name, commune=ground.felletin, email=f"{name}@example.org") for name in "abcd"}
    one = campaigns.start(ground.west, ground.moderator, 12)
    assert campaigns.progress(one).rate is None
    run(one)
    for name, answer in {"a": "true", "b": "correct"}.items():
        client.post(path_in(last(to=f"{name}@example.org")), {"answer": answer})
    confirming.confirm(rows["c"], ground.moderator, How.SITE)
    far = campaigns.progress(one)
    assert (far.planned, far.written, far.answered, far.rate) == (4, 4, 3, 0.75)
    assert far.by_answer == {"true": 2, "correct": 1, "closed": 0}
    client.force_login(ground.moderator)
    html = client.get(reverse("people:campaign", args=[one.uuid])).content.decode()
    assert "3 réponses sur 4, 75 %" in html and "@example.org" not in html.partition("<main")[2]


def test_one_reminder_a_fortnight_later_to_those_who_said_nothing(ground: Ground, old: Old) -> None:
    rows = {name: old(name, commune=ground.felletin, email=f"{name}@example.org") for name in "abc"}
    one = campaigns.start(ground.west, ground.moderator, 12)
    with pytest.raises(VerificationRefused):
        campaigns.remind(one, ground.moderator)
    run(one)
    confirming.confirm(rows["a"], ground.moderator, How.SITE)
    reaching.oppose(reaching.digest("b@example.org"))
    sent = Asked.objects.exclude(sent_at=None).latest("sent_at").sent_at
    assert sent
    early = sent + campaigns.REMINDER_AFTER - timedelta(seconds=1)
    assert not campaigns.may_remind(one, early) and campaigns.may_remind(one, early + timedelta(seconds=1))
    campaigns.remind(one, ground.moderator, sent + campaigns.REMINDER_AFTER)
    run(one)
    assert [each.to for each in posted(letter=campaigns.REMINDER)] == ["c@example.org"]
    with pytest.raises(VerificationRefused):
        campaigns.remind(one, ground.moderator, sent + timedelta(days=60))


def test_a_stop_holds_back_what_has_not_left(ground: Ground, old: Old) -> None:
    for n in range(3):
        old(f"N {n}", commune=ground.felletin, email=f"n{n}@example.org")
    one = campaigns.start(ground.west, ground.moderator, 12)
    campaigns.send_some(one.pk, 1)
    assert campaigns.stop(one, ground.moderator) and not campaigns.stop(one, ground.moderator)
    run(one)
    assert (len(letters_to()), one.state) == (1, "stopped")


def test_opposition_holds_everywhere_and_is_taken_back(ground: Ground, old: Old, client: Client) -> None:
    old("A", commune=ground.felletin, email="a@example.org")
    run(campaigns.start(ground.west, ground.moderator, 12))
    address = path_in(last(to="a@example.org"), "/arreter/")
    assert client.get(address).status_code == 200 and not reaching.opposed(reaching.digest("a@example.org"))
    Notice.objects.all().delete()
    client.post(address, {"do": "stop"})
    assert left_out(campaigns.preview(ground.west, ground.moderator, 12, "")) == {"opposed": ["A"]}
    client.post(address, {"do": "resume"})
    assert [each.name for each in campaigns.preview(ground.west, ground.moderator, 12, "").reached] == ["A"]
    assert client.get(reverse("people:verification_stop", args=["x:y"])).status_code == 404


def test_the_pages_of_campaigns_are_for_whoever_may_run_them(
    ground: Ground, old: Old, client: Client
) -> None:
    old("A", commune=ground.felletin, email="a@example.org")
    one = campaigns.start(ground.west, ground.moderator, 12)
    pages = [
        reverse("people:campaign", args=[one.uuid]),
        reverse("people:campaign_territory", args=[ground.west.pk]),
        reverse("people:campaign_stop", args=[one.uuid]),
    ]
    assert client.get(pages[1]).status_code == 302
    client.force_login(ground.other_moderator)
    assert client.get(pages[0]).status_code == 404 and client.get(pages[1]).status_code == 403
    assert client.post(pages[2]).status_code == 404
    assert (
        one.target.name not in client.get(reverse("people:campaigns")).content.decode().partition("<main")[2]
    )
    client.force_login(ground.moderator)
    assert client.get(pages[0]).status_code == 200
    assert client.post(pages[1], {"months": "12", "message": "x" * 1_001, "do": "start"}).status_code == 200
    assert client.post(pages[1], {"months": "7", "do": "start"}).status_code == 200
    assert client.post(pages[1], {"months": "12", "message": "\x00", "do": "start"}).status_code == 200
    assert Campaign.objects.count() == 1


def test_a_message_that_holds_markup_is_quoted_as_it_is(ground: Ground, old: Old, client: Client) -> None:
    old("<b>A</b>", commune=ground.felletin, email="a@example.org")
    client.force_login(ground.moderator)
    address = reverse("people:campaign_territory", args=[ground.west.pk])
    sent = {"months": "12", "message": "<script>alert(1)</script>", "do": "preview"}
    html = client.post(address, sent).content.decode()
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html


def test_two_listings_that_become_one_keep_their_answers_and_one_place(ground: Ground, old: Old) -> None:
    rows = {name: old(name, commune=ground.felletin, email=f"{name}@example.org") for name in "abc"}
    one = campaigns.start(ground.west, ground.moderator, 12)
    run(one)
    confirming.confirm(rows["b"], ground.moderator, How.SITE)
    confirming.confirm(rows["c"], ground.moderator, How.SITE)
    publishing.merge(rows["a"], rows["b"])  # both have a place: that of the one kept stays
    publishing.merge(old("d", commune=ground.felletin), rows["c"])
    far = campaigns.progress(one)
    assert (far.planned, far.written, far.answered) == (2, 2, 2)


def test_each_morning_what_has_not_left_is_asked_for_once(ground: Ground, old: Old) -> None:
    old("A", commune=ground.felletin, email="a@example.org")
    one = campaigns.start(ground.west, ground.moderator, 12)
    for _twice in range(2):
        tasks.go_on(timestamp=0)
    assert run_queued("work") == ["verification.send"]
    one.refresh_from_db()
    assert (letters_to(), one.state) == (["a@example.org"], "sent")
    tasks.go_on(timestamp=0)
    assert run_queued("work") == []


def test_a_campaign_goes_over_to_the_territory_that_takes_the_place_of_its_own(
    ground: Ground, old: Old
) -> None:
    row = old("A", commune=ground.felletin, email="a@example.org")
    one = campaigns.start(ground.felletin, ground.moderator, 12)
    vanished: dict[str, str | None] = {ground.felletin.pk: ground.uzerche.pk}
    territories_loaded.send(sender=Territory, vanished=vanished)
    delete_vanished(vanished)
    one.refresh_from_db()
    assert (one.target, list(one.asked.values_list("initiative", flat=True))) == (ground.uzerche, [row.pk])


def test_reminders_are_counted_as_they_leave(ground: Ground, old: Old) -> None:
    rows = {name: old(name, commune=ground.felletin, email=f"{name}@example.org") for name in "abc"}
    one = campaigns.start(ground.west, ground.moderator, 12)
    run(one)
    reaching.oppose(reaching.digest("b@example.org"))
    confirming.confirm(rows["c"], ground.moderator, How.SITE)
    campaigns.remind(one, ground.moderator, timezone.now() + campaigns.REMINDER_AFTER)
    run(one)
    assert len(posted(letter=campaigns.REMINDER)) == campaigns.progress(one).reminded == 1
    assert one.state == "sent"


def test_the_form_that_refuses_letters_is_slowed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    caches["visitors"].clear()
    monkeypatch.setattr("frontend.views.verification.MOST", 2)
    address = reverse("people:verification_stop", args=[reaching.opposition_key("a@example.org")])
    said = [client.post(address, {"do": do}).status_code for do in ("stop", "resume", "stop")]
    assert said == [200, 200, 429] and not reaching.opposed(reaching.digest("a@example.org"))
