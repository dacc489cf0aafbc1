# ruff: noqa: F811
"""The history of an initiative: what the public reads of it, and what those who look after it may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from directory import history, publishing
from directory.history import Hand, noting
from directory.models import Initiative, Merge, Role
from frontend.versions import difference
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401

Make = Callable[..., Initiative]


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    """What one test asked for in English leaves nothing to the next."""
    with override("fr"):
        yield


@pytest.fixture
def mill(initiative: Make, country: dict[str, Territory]) -> Initiative:
    """A listing that a moderator, an owner and an import wrote, then someone spoilt."""
    made = initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], activities=[101],
        description="Un moulin qui fait de la farine.", email="avant@example.org", phone="+33 1 23 45 67 89",
    )  # fmt: skip
    rows = Initiative.objects.filter(pk=made.pk)
    with noting(by="account 77", hand=Hand.OWNER, via="site", why="Nous faisons aussi du pain."):
        rows.update(description="Un moulin qui fait de la farine et du pain.", activities=[101, 102])
    with noting(hand=Hand.IMPORT, via="Annuaire des moulins"):
        rows.update(email="apres@example.org", phone="", street="1 rue du Secret", legal_form="scic")
    with noting(by="account 78", hand=Hand.CONTRIBUTOR, via="site"):
        rows.update(name="PUBLICITÉ", commune=country["Rive"], location=Point(3.5, 45.5, srid=4326))
    made.refresh_from_db()
    return made


def page_of(client: Client, made: Initiative) -> str:
    response = client.get(reverse("frontend:history", args=[made.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_public_reads_when_in_which_capacity_why_and_what(client: Client, mill: Initiative) -> None:
    page = page_of(client, mill)
    for told in (
        "par l’équipe de l’initiative",
        "« Nous faisons aussi du pain. »",
        "par l’import de Annuaire des moulins",
        "par une personne qui a un compte",
        "Première version publiée.",
        "Ham</del>",
        "Rive</ins>",
        "(Scic)",
    ):
        assert told in page
    assert page.index("PUBLICITÉ") < page.index("par l’import de") < page.index("du pain")
    assert '<ins><span class="visually-hidden">[ajouté : </span> et du pain' in page
    assert "noindex" in page


def test_nobody_is_named_and_nothing_personal_is_shown(client: Client, mill: Initiative) -> None:
    page = page_of(client, mill)
    words = re.sub(r"<[^>]*>", "", page.partition("<main")[2].partition("</main")[0])
    for never in ("@example.org", "account", "77", "78", "67 89", "rue du Secret", "45.5", "POINT"):
        assert never not in words, never
    assert page.count("modifié, sans que le détail soit montré") == 4  # e-mail, telephone, street, point


def test_the_page_is_public_and_cacheable_and_known_by_the_version_of_the_data(
    client: Client, mill: Initiative
) -> None:
    address = reverse("frontend:history", args=[mill.slug])
    response = client.get(address)
    assert "public" in response["Cache-Control"] and "Cookie" not in response.get("Vary", "")
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    Initiative.objects.filter(pk=mill.pk).update(summary="Autre")
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert f'href="{address}"' in client.get(reverse("frontend:initiative", args=[mill.slug])).text


@pytest.mark.parametrize(("state", "status"), [("hidden", 410), ("archived", 410), ("draft", 404)])
def test_what_is_not_published_has_no_public_history(
    client: Client, mill: Initiative, state: str, status: int
) -> None:
    Initiative.objects.filter(pk=mill.pk).update(publication=state)
    response = client.get(reverse("frontend:history", args=[mill.slug]))
    assert response.status_code == status
    assert "Moulin" not in response.text


def test_a_merged_listing_leads_to_the_history_of_the_kept_one(client: Client, mill: Initiative) -> None:
    Merge.objects.create(slug="ancien", target=mill)
    response = client.get(reverse("frontend:history", args=["ancien"]))
    assert (response.status_code, response["Location"]) == (301, "/initiatives/le-moulin/historique/")


def test_a_long_past_is_read_by_the_page(client: Client, mill: Initiative) -> None:
    for number in range(25):
        Initiative.objects.filter(pk=mill.pk).update(summary=f"Phrase {number}")
    page = page_of(client, mill)
    assert page.count('class="version"') == 20
    older = page.partition("?avant=")[2].partition('"')[0]
    rest = client.get(reverse("frontend:history", args=[mill.slug]), {"avant": older}).text
    assert rest.count('class="version"') == 9
    assert "Première version publiée." in rest


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 40, "", "\x00", "²"])
def test_a_place_in_the_past_that_is_none_is_404(client: Client, mill: Initiative, before: str) -> None:
    assert client.get(reverse("frontend:history", args=[mill.slug]), {"avant": before}).status_code == 404
    assert client.get("/initiatives/a%00b/historique/").status_code == 404


def test_english_is_said_throughout(client: Client, mill: Initiative) -> None:
    page = client.get("/en/initiatives/le-moulin/historique/").text
    main = page.partition("<main")[2].partition("</main")[0]
    for french in ("Première", "par l’", "modifié", "ajouté", "Vous modérez"):
        assert french not in main


# -- For those who look after it --------------------------------------------------------------------


def holder(kind: str, **target: Any) -> User:
    person = User.objects.create_user(f"{kind}-{User.objects.count()}@example.org", "x")
    Role.objects.create(
        person=person,
        kind=kind,
        reason="x",
        granted=True,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        **target,
    )
    return person


def test_a_moderator_restores_a_version(
    client: Client,
    mill: Initiative,
    country: dict[str, Territory],
) -> None:
    """The story: a listing was spoilt; its moderator compares, says why, and it is back."""
    client.force_login(holder("moderator", territory=country["Région"]))  # of both places
    whole = client.get(reverse("people:history", args=[mill.slug]))
    assert "no-store" in whole["Cache-Control"]
    good = history.of(mill, public=False).found[1].event
    address = reverse("people:restore", args=[mill.slug, good.pk])
    assert address in whole.text
    spoilt = history.of(mill, public=False).found[0].event
    assert reverse("people:restore", args=[mill.slug, spoilt.pk]) not in whole.text, "it is the present one"
    form = client.get(address)
    assert "PUBLICITÉ" in form.text and "Ham</ins>" in form.text
    sent = {"seen": form.context["form"]["seen"].value(), "why": ""}
    refused = client.post(address, sent)
    assert (refused.status_code, refused.context["form"].errors.keys()) == (200, {"why"})
    response = client.post(address, sent | {"why": "Page abîmée par une publicité."})
    assert response.status_code == 302
    mill.refresh_from_db()
    assert (mill.name, mill.commune_id, mill.legal_form) == ("Le Moulin", "commune-01001", "scic")
    page = page_of(client, mill)
    assert "« Page abîmée par une publicité. »" in page and "par la modération" in page


def test_a_moderator_of_the_neighbouring_departement_is_refused(
    client: Client,
    mill: Initiative,
    country: dict[str, Territory],
) -> None:
    client.force_login(holder("moderator", territory=country["Ouestland"]))
    event = history.of(mill, public=False).found[1].event
    before = mill.name
    for method, name, arguments in [
        ("get", "history", []), ("get", "restore", [event.pk]), ("post", "restore", [event.pk])
    ]:  # fmt: skip
        address = reverse(f"people:{name}", args=[mill.slug, *arguments])
        assert getattr(client, method)(address, {"why": "x", "seen": "1"}).status_code == 403
        Initiative.objects.filter(pk=mill.pk).update(publication="draft")
        assert getattr(client, method)(address).status_code == 404, "a draft is not told to exist"
        Initiative.objects.filter(pk=mill.pk).update(publication="published")
    mill.refresh_from_db()
    assert mill.name == before


def test_an_owner_sees_the_whole_past_and_restores_none(client: Client, mill: Initiative) -> None:
    Initiative.objects.filter(pk=mill.pk).update(publication="hidden")
    client.force_login(holder("owner", initiative=mill))
    page = client.get(reverse("people:history", args=[mill.slug]))
    assert page.status_code == 200
    assert "Rétablir cette version" not in page.text
    event = history.of(mill, public=False).found[1].event
    assert client.get(reverse("people:restore", args=[mill.slug, event.pk])).status_code == 403 or 404


def test_nobody_signed_in_is_sent_to_sign_in(client: Client, mill: Initiative) -> None:
    response = client.get(reverse("people:history", args=[mill.slug]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_listing_that_changed_meanwhile_is_shown_again(
    client: Client,
    mill: Initiative,
    country: dict[str, Territory],
) -> None:
    client.force_login(holder("moderator", territory=country["Région"]))
    event = history.of(mill, public=False).found[1].event
    address = reverse("people:restore", args=[mill.slug, event.pk])
    seen = client.get(address).context["form"]["seen"].value()
    Initiative.objects.filter(pk=mill.pk).update(summary="Entre-temps")
    response = client.post(address, {"seen": seen, "why": "x"})
    assert "La fiche a changé entre-temps" in response.text
    again = client.post(address, {"seen": response.context["form"]["seen"].value(), "why": "x"})
    assert again.status_code == 302


def test_a_version_that_names_what_is_gone_is_told_and_offers_no_button(
    client: Client,
    mill: Initiative,
    country: dict[str, Territory],
) -> None:
    client.force_login(holder("moderator", territory=country["Estland"]))
    event = history.of(mill, public=False).found[1].event
    Territory.objects.filter(pk="commune-01001").delete()
    address = reverse("people:restore", args=[mill.slug, event.pk])
    page = client.get(address).text
    assert "commune-01001" in page and 'name="why"' not in page
    assert "n’existe plus" in client.post(address, {"why": "x", "seen": "0"}).text


@pytest.mark.parametrize("event", [0, 999_999, 2**40])
def test_a_version_that_is_none_is_404(
    client: Client,
    mill: Initiative,
    country: dict[str, Territory],
    event: int,
) -> None:
    client.force_login(holder("moderator", territory=country["Estland"]))
    assert client.get(reverse("people:restore", args=[mill.slug, event])).status_code == 404


# -- Words ------------------------------------------------------------------------------------------


def kinds(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in difference(before, after)]


def test_a_text_is_told_by_the_words_that_changed() -> None:
    assert kinds("un petit moulin", "un grand moulin") == [
        ("same", "un "), ("gone", "petit"), ("new", "grand"), ("same", " moulin")
    ]  # fmt: skip
    assert [piece[0] for piece in kinds("Un moulin.", "Une boulangerie au feu de bois.")] == [
        "gone", "same", "new"
    ], "two sentences, where nearly no word stayed"  # fmt: skip
    words = " ".join(f"mot{n}" for n in range(100))
    assert [kind for kind, _text in kinds(words, words + " fin")] == ["cut", "same", "new"]
    assert kinds("mot " * 1_501, "mot") == [], "too long to be compared in time"


def test_a_date_is_told_as_precisely_as_it_was_known(client: Client, mill: Initiative) -> None:
    rows = Initiative.objects.filter(pk=mill.pk)
    rows.update(founded=date(2014, 5, 2), founded_precision="month")
    rows.update(founded=date(2014, 5, 2), founded_precision="year")
    page = page_of(client, mill)
    assert "mai 2014</ins>" in page
    assert "mai 2014</del>" in page and "2014</ins>" in page
    assert "2 mai 2014" not in page.partition("<main")[2].partition("version-hand")[0]


def test_publishing_and_hiding_say_who(mill: Initiative) -> None:
    assert publishing.hide(mill, by="account 5", why="À relire.", hand=Hand.MODERATION, via="site")
    assert not publishing.hide(mill, by="account 5", why="Encore.")
    assert publishing.publish(mill, by="account 5", why="Relu.", hand=Hand.MODERATION, via="site")
    assert not publishing.publish(mill, by="account 5", why="Encore.")
    told = history.of(mill, public=False).found[:2]
    assert [(each.why, each.hand) for each in told] == [("Relu.", "moderation"), ("À relire.", "moderation")]
