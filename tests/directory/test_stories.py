"""Experience sheets and testimonies: nothing is public before a moderator of the place read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.personal import erase, everything
from directory import stories
from directory.errors import NotAllowed, StoryRefused
from directory.models import LONGEST_STORY_TEXT, Story
from mail.models import Message
from tests.factories import make_person

pytestmark = pytest.mark.django_db

SAID = {"title": "Un an", "text": "On y apprend à réparer.", "signature": "Une voisine", "language": "fr"}


@pytest.fixture
def people(places: dict[str, Any]) -> dict[str, Any]:
    return {
        "voisine": make_person("voisine"),
        "owner": make_person("owner", "owner", places["initiative"]),
        "moderator": make_person("moderator", "moderator", places["departement"]),
        "elsewhere": make_person("elsewhere", "moderator", places["other"]),
        "custom": make_person("custom", "moderator", places["custom"]),
    }


def published() -> list[str]:
    return list(Story.objects.published().values_list("title", flat=True))


def told(letter: str) -> list[str]:
    return list(Message.objects.filter(letter=f"directory.{letter}").values_list("to", flat=True))


def test_a_testimony_is_read_then_published_and_its_author_takes_it_back(
    places: dict[str, Any], people: dict[str, Any]
) -> None:
    story = stories.write(people["voisine"], places["initiative"], "testimony", SAID)
    assert not stories.decidable(people["moderator"]).exists(), "a draft is hers"
    story = stories.send(story, people["voisine"])
    assert (
        list(stories.decidable(people["moderator"])) == list(stories.decidable(people["custom"])) == [story]
    )
    assert not stories.decidable(people["elsewhere"]).exists() and published() == []
    stories.publish(story, people["moderator"])
    assert published() == ["Un an"] and told("story_published") == ["voisine@example.org"]
    stories.withdraw(story, people["voisine"])
    assert published() == []
    stories.rewrite(story, people["voisine"], {"text": "Autrement."})
    story.refresh_from_db()
    assert (story.state, story.text) == ("draft", "Autrement.")


def test_a_refusal_says_why_and_the_text_may_be_proposed_again(
    places: dict[str, Any], people: dict[str, Any]
) -> None:
    story = stories.send(
        stories.write(people["owner"], places["initiative"], "sheet", SAID | {"context": "Un bourg."}),
        people["owner"],
    )
    with pytest.raises(StoryRefused):
        stories.refuse(story, people["moderator"], "  ")
    stories.refuse(story, people["moderator"], "Une voisine est nommée.")
    assert "Une voisine est nommée." in Message.objects.get(letter="directory.story_refused").text
    with pytest.raises(StoryRefused):
        stories.publish(story, people["moderator"])  # decided of once
    stories.rewrite(story, people["owner"], {"text": "Sans elle."})
    story = stories.send(story, people["owner"])
    stories.publish(story, people["moderator"])
    stories.take_down(story, people["moderator"], "Elle s’en plaint.")
    assert published() == [] and told("story_taken_down") == ["owner@example.org"]


def test_what_waits_or_is_published_is_changed_by_nobody(
    places: dict[str, Any], people: dict[str, Any]
) -> None:
    story = stories.write(people["voisine"], places["initiative"], "testimony", SAID)
    story = stories.send(story, people["voisine"])
    for step in range(2):
        with pytest.raises(StoryRefused):
            stories.rewrite(story, people["voisine"], {"text": "Tout autre chose."})
        if step == 0:
            stories.publish(story, people["moderator"])
    assert Story.objects.get().text == SAID["text"]


def test_each_does_what_is_theirs(places: dict[str, Any], people: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        stories.write(people["voisine"], places["initiative"], "sheet", SAID)
    story = stories.send(
        stories.write(people["voisine"], places["initiative"], "testimony", SAID), people["voisine"]
    )
    for verb in (stories.send, stories.withdraw, stories.discard):
        with pytest.raises(NotAllowed):
            verb(story, people["moderator"])
    for person in ("voisine", "owner", "elsewhere"):
        with pytest.raises(NotAllowed):
            stories.publish(story, people[person])
    own = stories.write(people["moderator"], places["initiative"], "testimony", SAID)
    own = stories.send(own, people["moderator"])
    assert own not in stories.decidable(people["moderator"])
    with pytest.raises(StoryRefused):
        stories.publish(own, people["moderator"])  # of one's own somebody else decides


def test_bad_texts_and_too_many_are_refused(
    places: dict[str, Any], people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = lambda **said: stories.write(people["voisine"], places["initiative"], "testimony", SAID | said)  # noqa: E731
    for bad in (
        {"title": " "},
        {"text": "\x00"},
        {"text": "x" * (LONGEST_STORY_TEXT + 1)},
        {"context": "oui"},
    ):
        with pytest.raises(StoryRefused):
            write(**bad)
    first, second = write(text="x" * LONGEST_STORY_TEXT), write()
    monkeypatch.setattr(stories, "MOST_WAITING", 1)
    first = stories.send(first, people["voisine"])
    with pytest.raises(StoryRefused):
        stories.send(second, people["voisine"])
    monkeypatch.setattr(stories, "MOST_KEPT", 2)
    with pytest.raises(StoryRefused):
        write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Story.objects.filter(pk=second.pk).update(state="published")


def test_words_go_with_their_author_and_a_published_sheet_stays_unsigned(
    places: dict[str, Any], people: dict[str, Any]
) -> None:
    now = timezone.now()
    for kind, state in (("sheet", "published"), ("sheet", "draft"), ("testimony", "published")):
        Story.objects.create(
            initiative=places["initiative"], kind=kind, state=state, account=people["owner"],
            sent_at=now, decided_at=now, decided_by=people["moderator"], **SAID,
        )  # fmt: skip
    assert [each["signature"] for each in everything(people["owner"])["stories"]] == ["Une voisine"] * 3
    assert len(everything(people["moderator"])["stories_decided"]) == 3
    erase(people["owner"])
    kept = Story.objects.get()
    assert (kept.kind, kept.signature, kept.account, kept.text) == ("sheet", "", None, SAID["text"])
