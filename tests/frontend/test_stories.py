"""The pages of experience sheets and testimonies: written, read by a moderator, then by everyone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from directory.models import Story
from frontend.views import stories
from tests.factories import make_initiative, make_person
from tests.frontend.test_ties import said, signed_in

pytestmark = pytest.mark.django_db

SAID = {"title": "<script>alert(1)</script>", "text": "Première ligne.\n\n<b>Seconde</b>", "language": "fr"}


@pytest.fixture
def world(taxonomy: None, places: dict[str, Any]) -> dict[str, Any]:
    return places | {
        "voisine": make_person("voisine"), "moderator": make_person("m", "moderator", places["departement"]),
        "elsewhere": make_person("e", "moderator", places["other"]),
    }  # fmt: skip


def test_a_neighbour_testifies_and_the_page_tells_it_once_it_was_read(world: dict[str, Any]) -> None:
    slug, here, reader = world["initiative"].slug, signed_in(world["voisine"]), signed_in(world["moderator"])
    page = reverse("frontend:initiative", args=[slug])
    write = reverse("people:story_write", args=[slug, "testimony"])
    assert write in Client().get(page).content.decode()
    assert "Donnez un titre." in said(here.post(write, {"do": "send"}))
    here.post(write, SAID | {"do": "send"})
    story = Story.objects.get()
    public = reverse("frontend:story", args=[slug, story.uuid])
    assert story.state == "waiting" and Client().get(public).status_code == 404
    assert public not in Client().get(page).content.decode()

    review = reverse("people:story_review", args=[story.uuid])
    assert review in reader.get(reverse("people:story_queue")).content.decode()
    reader.post(review, {"do": "publish", "sent_at": sent_at(story)})
    shown = Client().get(public)
    html = shown.content.decode()
    assert "<script>alert" not in html and "&lt;b&gt;Seconde&lt;/b&gt;" in html and "Première ligne." in html
    assert public in Client().get(page).content.decode()
    assert f"http://testserver/en{public}" in Client().get("/sitemap-pages.xml").content.decode()

    here.post(reverse("people:story", args=[story.uuid]), {"do": "withdraw"})
    assert Client().get(public).status_code == 404 and public not in Client().get(page).content.decode()


def test_drafts_are_their_author_s_and_only_moderators_of_the_place_decide(world: dict[str, Any]) -> None:
    slug, here = world["initiative"].slug, signed_in(world["voisine"])
    here.post(reverse("people:story_write", args=[slug, "testimony"]), SAID | {"do": "keep"})
    story = Story.objects.get()
    review = reverse("people:story_review", args=[story.uuid])
    assert story.state == "draft" and signed_in(world["moderator"]).get(review).status_code == 404
    for name in ("story", "story_edit"):
        address = reverse(f"people:{name}", args=[story.uuid])
        assert here.get(address).status_code == 200
        assert signed_in(world["moderator"]).get(address).status_code == 404
    here.post(reverse("people:story_edit", args=[story.uuid]), SAID | {"title": "Mieux", "do": "send"})
    assert signed_in(world["elsewhere"]).post(review, {"do": "publish"}).status_code == 403
    reader = signed_in(world["moderator"])
    story.refresh_from_db()
    read = {"do": "refuse", "sent_at": sent_at(story)}
    assert "Dites pourquoi" in said(reader.post(review, read))
    reader.post(review, read | {"reason": "À préciser."})
    story.refresh_from_db()
    assert (story.title, story.state) == ("Mieux", "refused")
    assert "À préciser." in said(here.get(reverse("people:story", args=[story.uuid])))


def sent_at(story: Story) -> str:
    """What the page of a moderator says of the text that it shows."""
    assert story.sent_at
    return story.sent_at.isoformat()


def test_what_is_published_is_what_was_read(world: dict[str, Any]) -> None:
    """An author who takes a text back while it is read, and sends another in its place, is read again."""
    here, reader = signed_in(world["voisine"]), signed_in(world["moderator"])
    here.post(
        reverse("people:story_write", args=[world["initiative"].slug, "testimony"]), SAID | {"do": "send"}
    )
    story = Story.objects.get()
    review, own = (reverse(f"people:{name}", args=[story.uuid]) for name in ("story_review", "story"))
    page = reader.get(review).content.decode()
    assert sent_at(story) in page
    here.post(own, {"do": "withdraw"})
    edit = reverse("people:story_edit", args=[story.uuid])
    here.post(edit, SAID | {"text": "Tout autre chose.", "do": "send"})
    late = reader.post(review, {"do": "publish", "sent_at": sent_at(story)})
    story.refresh_from_db()
    assert story.state == "waiting" and "relisez-le" in said(late) and "Tout autre chose." in said(late)
    assert reader.post(review, {"do": "publish"}).status_code == 200 and not Story.objects.published()
    reader.post(review, {"do": "publish", "sent_at": sent_at(story)})
    assert Story.objects.published().count() == 1


def test_who_writes_and_sends_again_and_again_is_asked_to_wait(
    world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    caches["visitors"].clear()
    monkeypatch.setattr(stories, "MOST", 2)
    here = signed_in(world["voisine"])
    write = reverse("people:story_write", args=[world["initiative"].slug, "testimony"])
    for _time in range(2):
        assert here.post(write, SAID | {"do": "keep"}).status_code == 302
    late = here.post(write, SAID | {"do": "keep"})
    assert late.status_code == 429 and late.headers["Retry-After"] and Story.objects.count() == 2
    edit = reverse("people:story_edit", args=[Story.objects.latest("pk").uuid])
    assert here.post(edit, SAID).status_code == 429
    caches["visitors"].clear()


def test_strange_addresses_are_turned_away(world: dict[str, Any]) -> None:
    here, draft = signed_in(world["voisine"]), make_initiative(publication="draft")
    slug = world["initiative"].slug
    assert here.get(reverse("people:story_write", args=[slug, "sheet"])).status_code == 403
    for path in (f"{slug}/poeme", f"{draft.slug}/testimony", "%00/testimony"):
        assert here.get(f"/compte/recits/ecrire/{path}/").status_code == 404, path
    assert Client().get(reverse("people:story_write", args=[slug, "testimony"])).status_code == 302
    long = here.post(reverse("people:story_write", args=[slug, "testimony"]), SAID | {"text": "x" * 10_000})
    assert long.status_code == 200 and not Story.objects.exists()
