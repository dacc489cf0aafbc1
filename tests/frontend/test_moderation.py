# ruff: noqa: F811
"""The pages of who moderates: the queue and its batch, one proposal, editing, refusing, undoing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contributions import moderating
from contributions.models import Digest, Photo, Proposal
from contributions.proposing import propose
from directory import history
from directory.models import Initiative
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import make_person
from tests.mail.outbox import last

AUTHOR = "voisine@example.org"
QUEUE = "/compte/moderation/"
Country = dict[str, Territory]
NEW = {"name": "Repair café", "activities": [101], "commune": "commune-01001", "language": "fr"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def mill(initiative: Callable[..., Initiative], country: Country) -> Initiative:
    return initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], summary="De la farine.",
        phone="+33123456789",
    )  # fmt: skip


@pytest.fixture
def moderator(country: Country) -> User:
    return make_person("moderation", "moderator", country["Ouestland"])


def of(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.fixture
def client(moderator: User) -> Client:
    return of(moderator)


def page_of(proposal: Proposal, name: str = "proposal") -> str:
    return reverse(f"people:moderation_{name}", args=[proposal.uuid])


def corrected(mill: Initiative, **fields: Any) -> Proposal:
    return propose(fields, email=AUTHOR, initiative=mill)


# -- Who comes in -----------------------------------------------------------------------------------


def test_the_queue_is_for_moderators(client: Client, country: Country) -> None:
    assert Client().get(QUEUE).status_code == 302
    assert of(make_person("personne")).get(QUEUE).status_code == 403
    assert of(make_person("personne2")).get(f"{QUEUE}lettre/").status_code == 403
    answer = client.get(QUEUE)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert 'aria-current="page"' in answer.text and "Rien n’attend votre relecture." in answer.text


@pytest.mark.parametrize("name", ["proposal", "edit", "refuse", "undo", "merge", "photo"])
def test_nothing_of_elsewhere_opens(mill: Initiative, country: Country, name: str) -> None:
    proposal = corrected(mill, summary="Un")
    address = page_of(proposal, name)
    east = of(make_person("est", "moderator", country["Estland"]))
    for visitor in (east, of(make_person("equipe", "owner", mill))):
        assert visitor.post(address, {"take": "summary", "words": "Non."}).status_code in (403, 405)
        assert visitor.get(address).status_code in (403, 405)
    assert Client().post(address).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_what_is_not_confirmed_is_nobodys_to_see(client: Client, country: Country) -> None:
    proposal = propose(NEW, email=AUTHOR, proven=False)
    assert client.get(page_of(proposal)).status_code == 404
    assert NEW["name"] not in client.get(QUEUE).text


# -- The queue --------------------------------------------------------------------------------------


def test_the_queue_tells_what_is_to_be_looked_at(client: Client, mill: Initiative, country: Country) -> None:
    corrected(mill, summary="Un", phone="")
    Initiative.objects.filter(pk=mill.pk).update(summary="Autre")
    propose(NEW, email=AUTHOR, said="J’y vais.")
    propose(NEW | {"name": "Le Moulin"}, email=AUTHOR)
    page = client.get(QUEUE).text
    assert page.count('class="queue-line"') == 3
    assert page.count("la fiche a changé depuis</span>") == page.count("ressemble à une fiche</span>") == 1
    assert "« J’y vais. »" in page and AUTHOR not in page
    assert "Autre</del>" in page and "Un</ins>" in page  # what would change, as the listing is now
    assert "+33123456789</del></p></dd>" in page
    assert client.get(QUEUE, {"nature": "correction"}).text.count('class="queue-line"') == 1
    assert client.get(QUEUE, {"nature": "\x00", "page": "x"}).status_code == 200


def test_a_long_text_is_cut_in_the_queue_and_costs_no_more_for_several(
    client: Client, mill: Initiative, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        corrected(mill, description=f"{number}\n" + "long " * 500, activities=[101, 701])
    with django_assert_max_num_queries(60):
        page = client.get(QUEUE).text
    assert page.count("long …</ins>") == 0 and page.count("…</ins>") == 4
    assert len(page) < 60_000


def test_several_are_accepted_and_those_to_look_at_stay(
    client: Client, mill: Initiative, country: Country
) -> None:
    good, double = propose(NEW, email=AUTHOR), propose(NEW | {"name": "Le Moulin"}, email=AUTHOR)
    stale = corrected(mill, summary="Un")
    Initiative.objects.filter(pk=mill.pk).update(summary="Autre")
    away = propose(NEW | {"name": "Loin", "commune": country["Rive"].pk}, email=AUTHOR)
    chosen = [str(each.uuid) for each in (good, double, stale, away)]
    answer = client.post(QUEUE, {"p": [*chosen, "rien", "\x00"], "do": "accept"}, follow=True).text
    assert "1 proposition acceptée." in answer
    assert "elle ressemble à une fiche qui existe" in answer and "la fiche a changé depuis" in answer
    assert Initiative.objects.filter(name="Repair café", publication="published").exists()
    assert {each.name for each in Proposal.objects.filter(state="waiting")} == {"Le Moulin", "Loin"}


def test_several_are_refused_with_a_reason_in_the_language_of_each(
    client: Client, mill: Initiative, country: Country
) -> None:
    one = propose(NEW, email=AUTHOR)
    two = propose(NEW | {"name": "Other"}, email="friend@example.org", language="en")
    chosen = {"p": [str(one.uuid), str(two.uuid)], "do": "refuse"}
    refused = client.post(QUEUE, chosen)
    assert "Choisissez un motif" in refused.text and refused.text.count(" checked>") == 2
    answer = client.post(QUEUE, chosen | {"lot-reason": "advertising", "lot-words": "Merci."}, follow=True)
    assert "2 propositions refusées." in answer.text
    assert "ce texte est une publicité" in last(AUTHOR).text and "Merci." in last(AUTHOR).text
    assert "this text is an advertisement" in last("friend@example.org").text


def test_nothing_ticked_nothing_done(client: Client, country: Country) -> None:
    propose(NEW, email=AUTHOR)
    assert "Cochez d’abord" in client.post(QUEUE, {"do": "accept"}, follow=True).text
    assert Proposal.objects.get().state == "waiting"


# -- One proposal -----------------------------------------------------------------------------------


def test_a_correction_is_shown_field_by_field_with_where_it_comes_from(
    client: Client, mill: Initiative
) -> None:
    Initiative.objects.filter(pk=mill.pk).update(
        provenance={"phone": {"from": "Annuaire 2024", "by": "annuaire"}}
    )
    mill.refresh_from_db()
    proposal = corrected(mill, phone="", summary="De la farine et du pain.", location=[0.51, 45.5])
    page = client.get(page_of(proposal)).text
    for told in (
        "Téléphone de l’organisation",
        "+33123456789",
        "Annuaire 2024",
        "<em>vidé</em>",
        "45.50000, 0.51000",
    ):
        assert told in page
    assert '<ins><span class="visually-hidden">[ajouté : </span> et du pain' in page
    assert re.search("à 78[0-9]\u00a0m", page) and "near=0.51000,45.50000" in page  # 0,01° of longitude there
    assert AUTHOR not in page


def test_only_what_is_ticked_is_written(client: Client, mill: Initiative) -> None:
    proposal = corrected(mill, phone="", summary="Un")
    seen = moderating.newest_event(mill)
    answer = client.post(page_of(proposal), {"take": ["summary"], "seen": seen}, follow=True)
    assert "« Le Moulin » est corrigée." in answer.text
    mill.refresh_from_db()
    assert (mill.summary, mill.phone) == ("Un", "+33123456789")


def test_what_changed_while_one_read_is_shown_again(client: Client, mill: Initiative) -> None:
    proposal = corrected(mill, summary="Un", phone="")
    seen = moderating.newest_event(mill)
    Initiative.objects.filter(pk=mill.pk).update(summary="Autre")
    answer = client.post(page_of(proposal), {"take": ["summary", "phone"], "seen": seen}).text
    assert "La fiche a changé pendant que vous lisiez" in answer and "C’était « De la farine. »" in answer
    assert "1 champ a changé sur la fiche" in client.get(page_of(proposal)).text
    for wrong in ("", "x", "9" * 30, "²"):
        assert (
            "Rien n’est encore écrit" in client.post(page_of(proposal), {"take": "phone", "seen": wrong}).text
        )
    client.post(page_of(proposal), {"take": "summary", "seen": moderating.newest_event(mill)})
    mill.refresh_from_db()
    assert mill.summary == "Un"


def test_a_listing_is_not_moved_out_of_ones_territory(client: Client, mill: Initiative) -> None:
    proposal = corrected(mill, location=[3.5, 45.5], precision="address", summary="Un")
    seen = {"seen": moderating.newest_event(mill)}
    answer = client.post(page_of(proposal), {"take": ["location", "summary"]} | seen).text
    assert "hors des territoires que vous modérez" in answer
    client.post(page_of(proposal), {"take": ["summary"]} | seen)
    mill.refresh_from_db()
    assert (mill.summary, mill.location.x) == ("Un", 0.5)


def test_a_new_one_is_beside_what_it_may_double_and_becomes_its_correction(
    client: Client, mill: Initiative, country: Country
) -> None:
    proposal = propose(NEW | {"name": "Le Moulin", "website": "https://moulin.fr"}, email=AUTHOR)
    page = client.get(page_of(proposal)).text
    assert "Est-ce la même ?" in page and "même nom" in page
    answer = client.post(page_of(proposal, "merge"), {"initiative": mill.slug}, follow=True).text
    assert "C’est maintenant une correction" in answer and "https://moulin.fr" in answer
    assert client.post(page_of(proposal, "merge"), {"initiative": "nul\x00"}).status_code == 404
    again = client.post(page_of(proposal, "merge"), {"initiative": mill.slug}, follow=True).text
    assert "Une correction a déjà sa fiche." in again


def test_it_is_edited_then_published(client: Client, country: Country) -> None:
    proposal = propose(NEW | {"summary": "LA MEILLEURE", "website": "https://a.fr"}, email=AUTHOR)
    form = client.get(page_of(proposal, "edit")).text
    assert 'value="LA MEILLEURE"' in form
    sent = {"name": "Repair café de Ham", "commune": "Ham (01)", "main": "101", "summary": "On y répare.",
            "website": "https://a.fr", "language": "fr", "seen": "0"}  # fmt: skip
    refused = client.post(page_of(proposal, "edit"), sent | {"name": ""})
    assert refused.status_code == 200 and not Initiative.objects.exists()
    client.post(page_of(proposal, "edit"), sent)
    made = Initiative.objects.get()
    assert (made.name, made.summary, made.publication) == ("Repair café de Ham", "On y répare.", "published")
    assert made.provenance["summary"]["from"] == "moderation"
    assert made.provenance["website"]["from"].startswith("proposal ")


def test_a_commune_that_is_no_more_is_asked_for_again(client: Client, country: Country) -> None:
    proposal = propose(NEW, email=AUTHOR)
    Proposal.objects.update(fields=NEW | {"commune": "commune-01999"})
    assert client.get(page_of(proposal)).status_code == 200
    form = client.get(page_of(proposal, "edit"))
    assert form.status_code == 200 and form.context["form"].initial["commune"] in ("", None)


def test_a_photograph_is_seen_by_who_decides_and_shown_if_ticked(client: Client, mill: Initiative) -> None:
    photo = Photo.objects.create(content=b"RIFF", width=640, height=400, alternative="La roue")
    proposal = propose({"summary": "Un"}, email=AUTHOR, initiative=mill, photo=photo)
    answer = client.get(page_of(proposal, "photo"))
    assert (answer["Content-Type"], answer.content) == ("image/webp", b"RIFF")
    assert "no-store" in answer["Cache-Control"] and 'alt="La roue"' in client.get(page_of(proposal)).text
    client.post(page_of(proposal), {"take": ["summary"], "seen": moderating.newest_event(mill)})
    assert not Photo.objects.exists()


def test_a_refusal_says_why(client: Client, mill: Initiative) -> None:
    proposal = corrected(mill, summary="Un")
    address = page_of(proposal, "refuse")
    for wrong in ({}, {"reason": "roi"}, {"words": "é" * 1_001}, {"words": "\x00"}):
        assert client.post(address, wrong).status_code == 200
    client.post(address, {"reason": "unverified"})
    proposal.refresh_from_db()
    assert proposal.state == "refused" and "pas pu vérifier" in proposal.reason
    assert "vient de décider" in client.post(address, {"words": "Non."}, follow=True).text
    assert "pas pu vérifier" in client.get(page_of(proposal)).text


def test_whatever_is_written_is_shown_as_text(client: Client, mill: Initiative, country: Country) -> None:
    for proposal in (
        propose(NEW | {"name": SCRIPT, "summary": SCRIPT, "description": SCRIPT}, email=AUTHOR, said=SCRIPT),
        propose({"summary": SCRIPT}, initiative=mill, said=SCRIPT),
    ):
        for name in ("proposal", "edit", "refuse"):
            assert SCRIPT not in client.get(page_of(proposal, name)).text
    assert SCRIPT not in client.get(QUEUE).text


# -- All of one person ------------------------------------------------------------------------------


def test_all_of_one_person_is_looked_at_then_undone(
    client: Client, mill: Initiative, moderator: User
) -> None:
    spoilt = corrected(mill, summary="PILULES")
    moderating.accept(spoilt, moderator)
    address = page_of(spoilt, "undo")
    page = client.get(address).text
    assert "PILULES<span" in page and "De la farine.<span" in page and AUTHOR not in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert "Ce champ est obligatoire" in client.post(address, {"why": "", "seen": seen}).text
    waiting = propose({"phone": ""}, email=AUTHOR, initiative=mill)
    assert "relisez, puis confirmez" in client.post(address, {"why": "Publicités.", "seen": seen}).text
    page = client.get(address).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    client.post(address, {"why": "Publicités.", "seen": seen})
    mill.refresh_from_db()
    waiting.refresh_from_db()
    assert (mill.summary, waiting.state) == ("De la farine.", "refused")
    assert "Aucune fiche ne serait changée" in client.get(address).text


def test_who_left_no_address_is_nobody(client: Client, mill: Initiative) -> None:
    proposal = propose({"summary": "Un"}, initiative=mill)
    assert client.get(page_of(proposal, "undo")).status_code == 404
    assert page_of(proposal, "undo") not in client.get(page_of(proposal)).text


def test_the_work_of_an_account_is_undone_from_a_version(
    client: Client, mill: Initiative, moderator: User
) -> None:
    team = make_person("equipe", "owner", mill)
    with history.noting(by=f"account {team.pk}", hand="owner", via="site"):
        Initiative.objects.filter(pk=mill.pk).update(summary="PILULES")
    event = moderating.newest_event(mill)
    address = reverse("people:version_undo", args=[mill.slug, event])
    assert address in client.get(reverse("people:history", args=[mill.slug])).text
    assert "PILULES<span" in client.get(address).text
    assert of(team).get(address).status_code == 403
    first = history.events().filter(pgh_obj=mill.pk).order_by("pk").first().pk
    for nobody in (first, 2**31, 10**18):  # made by no account; none
        assert client.get(reverse("people:version_undo", args=[mill.slug, nobody])).status_code == 404


def test_what_was_accepted_leads_to_its_author_and_not_to_who_accepted(
    client: Client, mill: Initiative, country: Country
) -> None:
    above = make_person("region", "moderator", country["Région"])
    moderating.accept(corrected(mill, summary="PILULES"), above)
    address = reverse("people:version_undo", args=[mill.slug, moderating.newest_event(mill)])
    past = reverse("people:history", args=[mill.slug])
    assert address in client.get(past).text and "PILULES<span" in client.get(address).text
    Proposal.objects.update(email="")  # forgotten
    assert address not in client.get(past).text and client.get(address).status_code == 404
    with history.noting(by=f"account {above.pk}", hand="import", via="import"):
        Initiative.objects.filter(pk=mill.pk).update(summary="Du fichier")
    imported = reverse("people:version_undo", args=[mill.slug, moderating.newest_event(mill)])
    assert imported not in client.get(past).text and client.get(imported).status_code == 404


# -- The letter -------------------------------------------------------------------------------------


def test_the_letter_is_turned_off_and_on(client: Client, moderator: User) -> None:
    assert " checked" in client.get(f"{QUEUE}lettre/").text
    client.post(f"{QUEUE}lettre/", {})
    assert not Digest.objects.get(person=moderator).wanted
    assert "Vous ne recevez pas la lettre" in client.get(QUEUE).text
    client.post(f"{QUEUE}lettre/", {"wanted": "on"})
    assert Digest.objects.get(person=moderator).wanted


def test_what_becomes_of_a_place_is_told_before_it_is_undone(
    client: Client, mill: Initiative, country: Country, initiative: Callable[..., Initiative]
) -> None:
    above = make_person("region", "moderator", country["Région"])
    away = initiative("La Grange", at=(3.5, 45.5), commune=country["Rive"], summary="Du foin.")
    last_one = None
    for each, point in ((mill, [1.5, 45.5]), (away, [0.5, 45.4])):
        last_one = corrected(each, location=point, precision="address", summary="PILULES")
        moderating.accept(last_one, above)
    assert last_one is not None
    page = client.get(page_of(last_one, "undo")).text
    assert re.search(
        "La fiche change de place : elle revient à Ham, à 78[0-9,]*\u00a0km d’où elle est.", page
    )
    assert page.count("Son lieu reste comme il est : l’ancien est hors des territoires") == 1
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    sent = {"why": "Publicités.", "seen": seen}
    done = client.post(page_of(last_one, "undo"), sent, follow=True).text
    assert "C’est annulé. 2 fiches sont rendues ou masquées." in done


def test_nobody_undoes_all_of_oneself(client: Client, mill: Initiative, moderator: User) -> None:
    own = propose({"summary": "Un"}, account=moderator, initiative=mill)
    assert client.get(page_of(own, "undo")).status_code == 403
    assert page_of(own, "undo") not in client.get(page_of(own)).text


def test_who_corrects_a_proposal_has_the_map_of_the_form(client: Client, country: Country) -> None:
    page = client.get(page_of(propose(NEW, email=AUTHOR), "edit")).text
    assert "data-proposing" in page and "data-placing" in page and "mots-suggestions" in page
    assert 'data-around="0.5,45.5"' in page  # its commune, where it says no point


def test_the_map_has_what_is_there_what_is_proposed_and_what_it_may_double(
    client: Client, mill: Initiative, country: Country, initiative: Callable[..., Initiative]
) -> None:
    page = client.get(page_of(corrected(mill, location=[0.51, 45.5], precision="address"))).text
    for mark, lon, name in (("A", "0.50000", "Point d’aujourd’hui"), ("B", "0.51000", "Point proposé")):
        assert f'data-spot="{mark}" data-lon="{lon}" data-lat="45.50000"' in page and name in page
    hidden = initiative("Le moulin", at=(0.5, 45.5), commune=country["Ham"], publication="hidden")
    beside = initiative("Épicerie", at=(0.501, 45.501), commune=country["Ham"])
    new = propose(
        NEW | {"name": "Le Moulin", "location": [0.501, 45.5], "precision": "address"}, email=AUTHOR
    )
    page = client.get(page_of(new)).text
    assert page.count("data-spot=") == 4 and page.count("elle ressemble à la proposition, à 78") == 2
    assert "elle est tout près, à 111\u00a0m" in page and f"/initiatives/{beside.slug}/" in page
    assert "(masquée)" in page and f"/initiatives/{hidden.slug}/" not in page


def test_what_says_no_point_is_shown_at_the_centre_of_its_commune(client: Client, country: Country) -> None:
    page = client.get(page_of(propose(NEW, email=AUTHOR))).text
    assert 'data-lon="0.50000" data-lat="45.50000"' in page and "la proposition ne dit pas de point" in page
