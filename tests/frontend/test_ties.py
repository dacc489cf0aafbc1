"""The pages of links and memberships: each side finds what waits for it, answers, and nobody else may."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from directory.models import Link, Membership
from frontend.views import ties
from tests.factories import make_grouping, make_initiative, make_person
from tests.mail.outbox import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(taxonomy: None) -> dict[str, Any]:
    one, two = make_initiative("Le Fournil"), make_initiative("L’Atelier")
    network = make_grouping("amap", "network", name="Les AMAP")
    return {
        "one": one, "two": two, "network": network, "a": make_person("a", "owner", one),
        "b": make_person("b", "owner", two), "c": make_person("c", "coordinator", network),
        "stranger": make_person("stranger"),
    }  # fmt: skip


def said(response: Any) -> str:
    """The words of a page."""
    words = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(html.unescape(words).split())


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_link_is_declared_in_two_steps_and_accepted_by_the_other_team(world: dict[str, Any]) -> None:
    one, two, here, there = world["one"], world["two"], signed_in(world["a"]), signed_in(world["b"])
    found = said(here.get(reverse("people:tie_find", args=[one.slug]), {"q": "atelier"}))
    assert "L’Atelier" in found
    add = reverse("people:tie_add", args=[one.slug, two.slug])
    assert "Le Fournil est fournie par L’Atelier" in said(here.get(add))
    refused = here.post(add, {"relation": "loves:out", "since": "hier"})
    assert "Choisissez une des phrases proposées." in said(refused) and not Link.objects.exists()
    here.post(add, {"relation": "supplies:in", "since": "2020-05-01", "source": "<b>notre site</b>"})
    link = Link.objects.get()
    assert (link.origin, link.target, link.state) == (two, one, "asserted")

    page = reverse("frontend:initiative", args=[one.slug])
    assert "Déclaré par cette initiative" in said(Client().get(page))
    other = Client().get(reverse("frontend:initiative", args=[two.slug]))
    assert "Le Fournil" not in said(other)

    waiting = there.get(reverse("people:ties")).content.decode()
    answer = reverse("people:tie_link", args=[two.slug, link.pk])
    assert answer in waiting and "&lt;b&gt;notre site&lt;/b&gt;" in waiting
    assert there.post(answer, {"do": "end"}).status_code == 409, "there is nothing to end yet"
    there.post(answer, {"do": "agree"})
    link.refresh_from_db()
    assert link.state == "confirmed"
    assert "L’Atelier fournit Le Fournil" in said(Client().get(other.request["PATH_INFO"]))


def test_a_membership_asked_for_is_answered_by_the_coordination(world: dict[str, Any]) -> None:
    here, there = signed_in(world["a"]), signed_in(world["c"])
    one, network = world["one"], world["network"]
    assert "Les AMAP" in said(here.get(reverse("people:tie_join_find", args=[one.slug]), {"q": "amap"}))
    here.post(reverse("people:tie_join", args=[one.slug, network.uuid]), {})
    row = Membership.objects.get()
    assert "Le Fournil" in said(there.get(reverse("people:ties")))
    there.post(reverse("people:tie_member", args=["network", "amap", row.pk]), {"do": "agree"})
    public = reverse("frontend:initiative", args=[one.slug])
    assert "Les AMAP" in said(Client().get(public))
    here.post(reverse("people:tie_membership", args=[one.slug, row.pk]), {"do": "end", "reason": "Fin."})
    assert "Les AMAP" not in said(Client().get(public))


def test_a_coordination_adds_a_member_that_confirms(world: dict[str, Any]) -> None:
    there = signed_in(world["c"])
    add = reverse("people:tie_member_add", args=["network", "amap", world["two"].slug])
    there.post(add, {"since": "2021-01-01"})
    members = reverse("people:tie_members", args=["network", "amap"])
    assert "déclaré, sans réponse de l’autre" in said(there.get(members))
    row = Membership.objects.get()
    answer = reverse("people:tie_membership", args=[world["two"].slug, row.pk])
    assert signed_in(world["b"]).post(answer, {"do": "decline"}).status_code == 302
    assert "refusé par l’autre" in said(there.get(members))
    again = there.post(add, {})
    assert "lui seul peut y revenir" in said(again) and Membership.objects.count() == 1


def test_other_people_and_strange_addresses_are_turned_away(world: dict[str, Any]) -> None:
    link = Link.objects.create(origin=world["one"], target=world["two"], kind="hosts")
    stranger = signed_in(world["stranger"])
    one, two = world["one"].slug, world["two"].slug
    mine = [
        reverse("people:tie_initiative", args=[one]), reverse("people:tie_add", args=[one, two]),
        reverse("people:tie_find", args=[one]), reverse("people:tie_link", args=[one, link.pk]),
        reverse("people:tie_join", args=[one, world["network"].uuid]),
        reverse("people:tie_members", args=["network", "amap"]),
        reverse("people:tie_missing", args=["network", "amap"]),
        reverse("people:tie_member_add", args=["network", "amap", one]),
    ]  # fmt: skip
    for address in mine:
        assert Client().get(address).status_code == 302 and stranger.get(address).status_code == 403, address
    third = make_initiative()
    owner = signed_in(make_person("third", "owner", third))
    assert owner.get(reverse("people:tie_link", args=[third.slug, link.pk])).status_code == 404
    here = signed_in(world["a"])
    for address in ("/compte/liens/%00/", f"/compte/liens/{one}/ajouter/%00/", "/compte/membres/club/amap/"):
        assert here.get(address).status_code == 404, address
    assert (
        here.get(reverse("people:tie_find", args=[one]), {"q": "\x00" * 9 + "x" * 10_000}).status_code == 200
    )
    many = here.post(
        reverse("people:tie_add", args=[one, two]), {"relation": "hosts:in", "source": "x" * 301}
    )
    assert Link.objects.count() == 1 and many.status_code == 200


def test_who_declares_again_and_again_writes_once_and_is_asked_to_wait(
    world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    caches["visitors"].clear()
    monkeypatch.setattr(ties, "MOST", 3)
    one, two, here, there = world["one"], world["two"], signed_in(world["a"]), signed_in(world["c"])
    add = reverse("people:tie_add", args=[one.slug, two.slug])
    for _time in range(2):
        assert here.post(add, {"relation": "supplies:in"}).status_code == 302
        link = Link.objects.get()
        here.post(reverse("people:tie_link", args=[one.slug, link.pk]), {"do": "withdraw"})
    assert not Link.objects.exists()
    assert len(posted("b@example.org", "directory.tie_asserted")) == 1
    assert here.post(add, {"relation": "hosts:out"}).status_code == 302
    assert len(posted("b@example.org", "directory.tie_asserted")) == 2, "another link is told"
    late = here.post(add, {"relation": "supplies:in"})
    assert late.status_code == 429 and late.headers["Retry-After"] and Link.objects.count() == 1
    assert "Revenez dans une heure" in said(late)
    join = reverse("people:tie_join", args=[one.slug, world["network"].uuid])
    member = reverse("people:tie_member_add", args=["network", "amap", two.slug])
    assert here.post(join, {}).status_code == there.post(member, {}).status_code == 429
    assert not Membership.objects.exists()
    caches["visitors"].clear()
