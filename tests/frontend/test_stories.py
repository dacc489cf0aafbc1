"""The pages of experience sheets and testimonies: written, read by a moderator, then by everyone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Story
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
    reader.post(review, {"do": "publish"})
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
    assert "Dites pourquoi" in said(reader.post(review, {"do": "refuse"}))
    reader.post(review, {"do": "refuse", "reason": "À préciser."})
    story.refresh_from_db()
    assert (story.title, story.state) == ("Mieux", "refused")
    assert "À préciser." in said(here.get(reverse("people:story", args=[story.uuid])))


def test_strange_addresses_are_turned_away(world: dict[str, Any]) -> None:
    here, draft = signed_in(world["voisine"]), make_initiative(publication="draft")
    slug = world["initiative"].slug
    assert here.get(reverse("people:story_write", args=[slug, "sheet"])).status_code == 403
    for path in (f"{slug}/poeme", f"{draft.slug}/testimony", "%00/testimony"):
        assert here.get(f"/compte/recits/ecrire/{path}/").status_code == 404, path
    assert Client().get(reverse("people:story_write", args=[slug, "testimony"])).status_code == 302
    long = here.post(reverse("people:story_write", args=[slug, "testimony"]), SAID | {"text": "x" * 10_000})
    assert long.status_code == 200 and not Story.objects.exists()
