# ruff: noqa: F811
"""Proposing by the pages, as a browser without any script does: step after step, then by mail."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contributions import photos, proof, proposing
from contributions.following import key_of
from contributions.models import Photo, Proposal
from directory.models import Activity, Initiative
from frontend.views import proposing as pages
from territories.models import Territory
from tests.contributions.test_photos import drawn, picture
from tests.directory.conftest import country  # noqa: F401
from tests.factories import make_initiative, make_person
from tests.frontend.reading import text_of
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

NEW = "/proposer/"
FIX = "/initiatives/le-moulin/corriger/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _fresh_count(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(proof, "BITS", 4)
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


@pytest.fixture
def mill(country: dict[str, Territory]) -> Initiative:
    return make_initiative(
        "Le Moulin", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"], email="moulin@example.org",
        description="é" * 7_000, summary="Farine et pain.",
    )  # fmt: skip


def hidden(html: str) -> dict[str, list[str]]:
    """What the form of a page carries out of sight."""
    form = html[html.index("data-proposing") :]
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(form):
        found.setdefault(name, []).append(value.replace("&amp;", "&").replace("&#x27;", "'"))
    return found


def opened(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The form of a page that was opened a minute ago."""
    before = time.time() - 60
    with monkeypatch.context() as past:
        past.setattr("django.core.signing.time.time", lambda: before)
        return hidden(text_of(client, address))


def answer(challenge: str) -> str:
    return next(str(n) for n in range(100_000) if proof.proved(challenge, str(n)))


def proved(carried: dict[str, list[str]]) -> dict[str, Any]:
    return carried | {"proof": answer(carried["challenge"][0])}


def walked(client: Client, carried: dict[str, list[str]], **last_step: Any) -> Any:
    """The four steps, one after the other, each with what the page before carried; the last answer."""
    steps: list[dict[str, Any]] = [
        {"name": "Repair café", "commune": "Ham", "location": "45.5, 0.5"},
        {"main": "701", "others": ["702", "101"], "summary": "On y répare."},
        {"website": "repair.example.org"},
    ]
    for said in steps:
        response = client.post(NEW, carried | said | {"go": "next"})
        assert response.status_code == 200
        carried = hidden(response.content.decode())
    return client.post(NEW, carried | {"go": "send"} | last_step)


def test_a_list_leads_to_what_is_missing_from_it(client: Client, mill: Initiative) -> None:
    for address in ("/", "/?q=zzzzzz"):
        assert "Il en manque une ? Proposez-la" in text_of(client, address)
    ways = text_of(client, "/participer/")
    assert f'href="{NEW}"' in ways and "Rien ne paraît sans avoir été relu" in ways


def test_what_takes_an_account_says_so_before_one_is_asked_to_sign_in(client: Client) -> None:
    ways = re.findall(r"<li>\s*<span class=\"ways-icon.*?</li>", text_of(client, "/participer/"), re.S)
    assert len(ways) > 5
    for way in ways:
        address = re.findall(r'class="button[^"]*" href="([^"]+)"', way)[0]
        signs_in = client.get(address).status_code == 302
        assert not signs_in or "Il faut un compte" in way
    (tell,) = (way for way in ways if "Raconter une expérience" in way)
    assert "« Écrire un témoignage »" in tell and 'href="/"' in tell


# -- A new one, step by step ------------------------------------------------------------------------


def test_without_a_script_it_is_confirmed_by_mail(
    client: Client, country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = walked(client, opened(client, NEW, monkeypatch), author="voisine@example.org")
    assert (response.status_code, response["Location"]) == (303, "/proposer/envoyee/")
    made = Proposal.objects.get()
    assert made.state == "confirm"
    assert made.fields["activities"] == [701, 702, 101]
    assert (made.fields["website"], made.fields["location"]) == ("https://repair.example.org", [0.5, 45.5])
    link = next(each for each in links(last("voisine@example.org")) if "/suivi/" in each)
    path = "/contributions/" + link.partition("/contributions/")[2]
    for method in (client.get, client.head):  # a scanner of mails opens it
        assert method(path).status_code == 200
        made.refresh_from_db()
        assert made.state == "confirm"
    forged = client.get(f"{path[:-1]}x/")
    assert forged.status_code == 404 and "Revenir à la carte" in forged.content.decode()
    assert client.post(path, {"do": "confirm"}).status_code == 303
    made.refresh_from_db()
    assert made.state == "waiting" and not Initiative.objects.exists()
    client.post(path, {"do": "withdraw"})
    made.refresh_from_db()
    assert (made.state, made.fields) == ("withdrawn", {})
    assert "Vous l’avez retirée" in text_of(client, path)


def test_without_a_script_nor_an_address_it_is_asked_for(
    client: Client, country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    html = walked(client, opened(client, NEW, monkeypatch)).content.decode()
    assert "Donnez votre courriel" in html and not Proposal.objects.exists()


def test_with_the_proof_it_waits_at_once_and_no_cookie_is_given(
    client: Client, country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, NEW, monkeypatch))
    response = walked(client, carried)
    made = Proposal.objects.get()
    assert made.state == "waiting" and key_of(made) in response["Location"]
    assert "marque-pages" in text_of(client, response["Location"])
    assert not client.cookies
    assert walked(client, carried)["Location"] == response["Location"]  # pressed twice
    assert Proposal.objects.count() == 1


def test_what_stands_there_is_shown_first_and_its_page_can_be_corrected(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = opened(client, NEW, monkeypatch)
    said = {"name": "le moulin", "commune": "Ham"}
    html = client.post(NEW, carried | said | {"go": "next"}).content.decode()
    assert "Est-elle déjà là" in html and f'href="{FIX}"' in html
    onward = client.post(NEW, hidden(html) | {"go": "work"}).content.decode()
    assert 'name="main"' in onward and hidden(onward)["name"] == ["le moulin"]
    assert 'role="alert"' not in onward


def test_a_step_says_what_is_wrong_with_it_alone(
    client: Client, country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = opened(client, NEW, monkeypatch)
    html = client.post(NEW, carried | {"name": "", "commune": "Nulle part", "go": "next"}).content.decode()
    assert "Donnez le nom" in html and "Aucune commune ne s’appelle" in html and "activité" not in html
    html = client.post(
        NEW, carried | {"name": "A", "location": "45.5, 1.5", "commune": "Ham"}
    ).content.decode()
    assert "Ce point est à Bourg, pas à Ham" in html


def test_what_one_types_is_shown_as_it_was_typed(
    client: Client, country: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    carried = opened(client, NEW, monkeypatch)
    for name in ("name", "street", "summary", "description", "phone", "opening_hours", "remarks", "credit"):
        html = client.post(NEW, carried | {"name": "A", "commune": "Ham", name: evil}).content.decode()
        assert "<img src=x" not in html and "<script>alert" not in html
    made = proposing.propose({"name": evil, "activities": [101], "commune": "commune-01001"}, said=evil)
    html = text_of(client, f"/contributions/suivi/{key_of(made)}/")
    assert "<img src=x" not in html and "<script>alert" not in html


# -- What keeps robots out --------------------------------------------------------------------------


def test_the_trap_the_haste_and_the_old_form_are_refused(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, FIX, monkeypatch)) | {"name": "Le Moulin neuf"}
    assert "doit rester vide" in client.post(FIX, carried | {"homepage": "x"}).content.decode()
    quick = proved(hidden(text_of(client, FIX))) | {"name": "Le Moulin neuf"}
    assert "trop vite" in client.post(FIX, quick).content.decode()
    hasty = hidden(text_of(client, NEW)) | {"name": "A"}
    for go, told in (("next", False), ("send", True)):  # the one does not hide the other
        html = client.post(NEW, hasty | {"go": go}).content.decode()
        assert "Dites dans quelle commune" in html and ("trop vite" in html) is told
    assert "ouvert depuis longtemps" in client.post(FIX, carried | {"stamp": "x"}).content.decode()
    other = carried | {"stamp": opened(client, NEW, monkeypatch)["stamp"]}
    assert "ouvert depuis longtemps" in client.post(FIX, other).content.decode()
    assert not Proposal.objects.exists()


def test_one_connection_sends_so_many_in_an_hour(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 1)
    for expected in (303, 429):
        carried = proved(opened(client, FIX, monkeypatch))
        response = client.post(
            FIX, carried | {"name": f"Le Moulin {expected}", "main": "101", "commune": "Ham"}
        )
        assert response.status_code == expected
    assert response["Retry-After"] and Proposal.objects.count() == 1
    monkeypatch.setattr(pages, "MOST_STEPS", 0)
    assert client.post(NEW, {"name": "A", "go": "next"}).status_code == 429


@pytest.mark.parametrize("most", [0, 99])
def test_a_picture_is_read_only_of_what_is_sent_and_counted(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    read: list[int] = []
    monkeypatch.setattr(photos, "draw", lambda file, size: read.append(size))
    monkeypatch.setattr(pages, "MOST_STEPS", most)
    for address, go in ((NEW, "next"), (NEW, "send"), (FIX, "send")):
        file = SimpleUploadedFile("a.jpg", b"x", "image/jpeg")
        assert client.post(address, {"go": go, "photo": file}).status_code == (200 if most else 429)
    assert len(read) == (2 if most else 0)


@pytest.mark.parametrize(
    "value",
    ["\0", *(pytest.param(each, marks=pytest.mark.slow) for each in ("x" * 10_000, "é\u202e", "[]", "-1"))],
)
def test_nothing_that_is_sent_is_a_fault_of_ours(client: Client, mill: Initiative, value: str) -> None:
    names = ("step", "go", "stamp", "challenge", "proof", "main", "others", "commune", "location", "shown",
             "licence", "photo", "author", "postcode", "name")  # fmt: skip
    for name in names:
        for address in (NEW, FIX):
            assert (
                client.post(address, {name: value, "go": "send"} | {name: [value, value]}).status_code == 200
            )
    assert client.get(NEW, {"name": value}).status_code == 200
    assert not Proposal.objects.exists()


# -- A correction -----------------------------------------------------------------------------------


def test_a_correction_keeps_what_changed_and_tells_nothing_that_is_not_public(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f'href="{FIX}"' in text_of(client, "/initiatives/le-moulin/")
    html = text_of(client, FIX)
    assert "moulin@example.org" not in html and "Farine et pain." in html
    carried = proved(opened(client, FIX, monkeypatch))
    stands = {
        "name": "Le Moulin", "summary": "Farine et pain.", "description": "é" * 7_000, "main": "101",
        "commune": "Ham (01)", "location": "45.500000, 0.500000", "legal_form": "unknown", "language": "fr",
        "activity_state": "open",
    }  # fmt: skip
    assert "Rien ne change" in client.post(FIX, carried | stands).content.decode()
    response = client.post(FIX, carried | stands | {"phone": "05 55 00 00 00", "others": ["701"]})
    assert response.status_code == 303
    made = Proposal.objects.get()
    assert made.fields == {"phone": "05 55 00 00 00", "activities": [101, 701]}
    assert made.initiative == mill and not posted()


def test_a_home_is_shown_at_its_commune_and_its_street_forgotten(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    Initiative.objects.filter(pk=mill.pk).update(street="4 rue du Pont")
    carried = proved(opened(client, FIX, monkeypatch))
    said = {"name": "Le Moulin", "main": "101", "commune": "Ham", "location": "45.6, 0.6", "shown": "blurred",
            "street": "4 rue du Pont", "summary": "Farine et pain.", "description": "é" * 7_000}  # fmt: skip
    client.post(FIX, carried | said)
    fields = Proposal.objects.get().fields
    assert (fields["precision"], fields["street"]) == ("blurred", "")
    assert "location" not in fields  # the chief place of Ham is where it was


def test_what_is_not_published_cannot_be_corrected(client: Client, mill: Initiative) -> None:
    Initiative.objects.update(publication="hidden")
    for address in (FIX, "/initiatives/rien/corriger/", "/initiatives/a%00b/corriger/"):
        assert client.get(address).status_code == client.post(address).status_code == 404


def test_who_is_signed_in_needs_no_proof_and_no_other_site_can_sign_for_her(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille = make_person("camille")
    foreign = opened(Client(), FIX, monkeypatch)
    client.force_login(camille)
    own = opened(client, FIX, monkeypatch)
    client.post(FIX, own | {"name": "Le Moulin neuf", "main": "101", "commune": "Ham"})
    made = Proposal.objects.get()
    assert (made.account, made.state) == (camille, "waiting")
    made.delete()
    said = {"name": "Autre", "main": "101", "commune": "Ham", "author": "x@example.org"}
    client.post(FIX, foreign | said)
    made = Proposal.objects.get()
    assert (made.account, made.state) == (None, "confirm")


STANDS = {
    "name": "Le Moulin", "summary": "Farine et pain.", "description": "é" * 7_000, "main": "101",
    "commune": "Ham (01)", "location": "45.500000, 0.500000", "legal_form": "unknown", "language": "fr",
    "activity_state": "open",
}  # fmt: skip


def test_what_an_import_wrote_is_no_fault_of_who_corrects_something_else(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [101, 102, 103, 104, 201, 202, 203, 301, 302, 303]
    odd = {"phone": "voir le site", "siret": "12345678901234", "name": "Le\tMoulin"}
    Initiative.objects.update(**odd, activities=many, description="é\n" * 4_000 + "é")
    carried = proved(opened(client, FIX, monkeypatch))
    said = STANDS | odd | {"others": many[1:], "description": "é\r\n" * 4_000 + "é", "opening_hours": "Sa"}
    assert client.post(FIX, carried | said).status_code == 303
    assert Proposal.objects.get().fields == {"opening_hours": "Sa"}
    carried = proved(opened(client, FIX, monkeypatch))
    assert "ne peut pas être composé" in client.post(FIX, carried | said | {"phone": "voir"}).content.decode()


def test_an_activity_that_another_took_the_place_of_is_kept_by_those_that_have_it(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    Activity.objects.filter(pk=101).update(replaced_by=102)
    carried = proved(opened(client, FIX, monkeypatch))
    assert client.post(FIX, carried | STANDS | {"opening_hours": "Sa"}).status_code == 303
    assert Proposal.objects.get().fields == {"opening_hours": "Sa"}
    assert 'value="101"' not in text_of(client, NEW)


def test_the_spaces_of_french_typography_are_taken(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, FIX, monkeypatch))
    typed = {
        "name": "Le\u00a0Moulin",
        "summary": "Du pain\u202f!",
        "description": "Deux salles\u00a0:\r\n« le four »",
    }
    assert client.post(FIX, carried | STANDS | typed).status_code == 303
    assert Proposal.objects.get().fields == {
        "name": "Le\u00a0Moulin", "summary": "Du pain\u202f!",
        "description": "Deux salles\u00a0:\n« le four »",
    }  # fmt: skip
    for hidden_sign in ("\u202e", "\u200b", "\u2028", "\x07"):
        carried = proved(opened(client, FIX, monkeypatch))
        refused = client.post(FIX, carried | STANDS | {"summary": f"Du {hidden_sign}pain"}).content.decode()
        assert "sans caractère invisible" in refused


def test_a_form_sent_again_with_other_words_is_not_taken_for_the_first(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, FIX, monkeypatch))
    client.post(FIX, carried | STANDS | {"opening_hours": "Sa"})
    again = client.post(FIX, carried | STANDS | {"opening_hours": "Di"})
    assert again.status_code == 200 and "est déjà parti, avec d’autres réponses" in again.content.decode()
    assert Proposal.objects.count() == 1
    anew = hidden(again.content.decode())  # a work to do once more
    assert anew["challenge"] != carried["challenge"] and anew.get("proof", [""]) == [""]
    assert client.post(FIX, proved(carried | anew) | STANDS | {"opening_hours": "Di"}).status_code == 303
    assert {each.fields["opening_hours"] for each in Proposal.objects.all()} == {"Sa", "Di"}


# -- Its photograph ---------------------------------------------------------------------------------


def test_a_photograph_comes_with_words_and_a_right_and_is_seen_by_its_author_alone(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, FIX, monkeypatch))
    said = {"name": "Le Moulin", "main": "101", "commune": "Ham", "summary": "Farine et pain."}

    def sent(**more: Any) -> Any:
        file = SimpleUploadedFile("../../x.svg", picture(), "image/svg+xml")
        return client.post(FIX, carried | said | {"photo": file} | more)

    html = sent().content.decode()
    assert "Décrivez la photo" in html and "Cochez cette case" in html and not Photo.objects.exists()
    response = sent(alternative="La roue", entitled="on", credit="Dominique")
    photo = Photo.objects.get()
    assert (photo.alternative, photo.credit, photo.licence) == ("La roue", "Dominique", "cc-by-sa-4.0")
    own = response["Location"].partition("?")[0] + "photo.webp"
    answer = client.get(own)
    assert answer["Content-Type"] == "image/webp" and "no-store" in answer["Cache-Control"]
    assert client.get("/initiatives/le-moulin/photo.webp").status_code == 404
    assert client.get("/contributions/suivi/x/photo.webp").status_code == 404


def test_what_is_no_photograph_is_refused_and_nothing_is_kept_of_what_is_refused(
    client: Client, mill: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = proved(opened(client, FIX, monkeypatch)) | {"alternative": "La roue", "entitled": "on"}
    same = {"name": "Le Moulin", "main": "101", "commune": "Ham", "summary": "Farine et pain."}
    false = SimpleUploadedFile("photo.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    assert "n’est pas une photo" in client.post(FIX, carried | same | {"photo": false}).content.decode()
    monkeypatch.setattr(proposing, "MOST_OF_INITIATIVE", 0)
    true = SimpleUploadedFile("photo.jpg", picture(), "image/jpeg")
    assert "attendent déjà" in client.post(FIX, carried | same | {"photo": true}).content.decode()
    assert not Photo.objects.exists()


def test_the_photograph_of_a_page_shows_while_the_page_does(client: Client, mill: Initiative) -> None:
    photos.put(photos.keep(drawn(picture()), 'La <b>roue</b> "neuve"', credit="<script>"), mill)
    html = text_of(client, "/initiatives/le-moulin/")
    assert 'alt="La &lt;b&gt;roue&lt;/b&gt; &quot;neuve&quot;"' in html and "<script>," not in html
    shown = client.get("/initiatives/le-moulin/photo.webp")
    assert shown.status_code == 200 and shown["X-Content-Type-Options"] == "nosniff"
    again = client.get("/initiatives/le-moulin/photo.webp", headers={"If-None-Match": shown["ETag"]})
    assert again.status_code == 304
    Initiative.objects.update(publication="hidden")
    assert client.get("/initiatives/le-moulin/photo.webp").status_code == 404
