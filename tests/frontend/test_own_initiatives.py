"""« Mes initiatives »: the pages that one keeps, the home of each, its photograph; for whom they open."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contributions import photos
from contributions.models import Photo
from contributions.proposing import propose
from directory.models import Initiative, Role
from tests.contributions.test_photos import drawn, picture
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db

LIST = "/compte/initiatives/"
HOME = "/compte/initiatives/la-ferme/"
PHOTO = f"{HOME}photo/"
SHOWN = "/initiatives/la-ferme/photo.webp"


@pytest.fixture
def ferme(taxonomy: None, places: dict[str, Any]) -> Initiative:
    return make_initiative("La Ferme", slug="la-ferme", commune=places["commune"])


@pytest.fixture
def owner(ferme: Initiative) -> User:
    return make_person("equipe", "owner", ferme)


def of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sent(**more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("roue.jpg", picture(), "image/jpeg")
    return {"photo": file, "alternative": "La roue", "licence": "cc-by-4.0", "entitled": "on"} | more


# -- For whom they open -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", [HOME, PHOTO])
def test_a_page_is_its_teams_and_its_moderators(
    ferme: Initiative, owner: User, places: dict[str, Any], address: str
) -> None:
    here, there = (make_person(name, "moderator", places[name]) for name in ("departement", "other"))
    assert Client().get(address).status_code == 302
    for person, expected in (
        (owner, 200), (here, 200), (there, 403), (make_person("personne"), 403),
        (make_person("voisin", "owner", places["initiative"]), 403),
        (make_person("agent", "officer", places["departement"]), 403),
    ):  # fmt: skip
        assert of(person).get(address).status_code == expected, person


def test_a_role_that_is_over_or_not_granted_yet_opens_nothing(ferme: Initiative, owner: User) -> None:
    asking = make_person("demande", "owner", ferme, granted=False, decided_at=None)
    assert of(asking).get(HOME).status_code == 403
    assert "en attente" in of(asking).get(LIST).text and HOME not in of(asking).get(LIST).text
    Role.objects.filter(person=owner).update(ended_at=timezone.now())
    assert of(owner).get(HOME).status_code == 403 and HOME not in of(owner).get(LIST).text


def test_what_is_no_page_is_not_found(owner: User) -> None:
    for slug in ("rien", "a%00b", "x" * 300):
        for rest in ("", "photo/", "modifier/", "collegues/"):
            assert of(owner).get(f"{LIST}{slug}/{rest}").status_code == 404
        assert of(owner).post(f"{LIST}{slug}/courriels/").status_code == 404


# -- What they say ----------------------------------------------------------------------------------


def test_the_list_counts_what_lacks_and_what_waits(ferme: Initiative, owner: User) -> None:
    Role.objects.create(
        person=owner, kind="owner", initiative=make_initiative("Le Moulin"), granted=True,
        decided_at=timezone.now(), reason="Test.",
    )  # fmt: skip
    page = of(owner).get(LIST).text
    assert page.index("La Ferme") < page.index("Le Moulin") and "informations manquent" in page
    assert "Vous ne tenez encore aucune page" in of(make_person("personne")).get(LIST).text


def test_the_home_says_what_is_missing_and_leads_to_the_field(ferme: Initiative, owner: User) -> None:
    page = of(owner).get(HOME).text
    assert f'href="{HOME}modifier/#id_summary"' in page and f'href="{PHOTO}"' in page
    Initiative.objects.filter(pk=ferme.pk).update(summary="Des légumes.")
    photos.put(photos.keep(drawn(picture()), "La roue"), ferme)
    page = of(owner).get(HOME).text
    assert "#id_summary" not in page and "Une photo" not in page
    Initiative.objects.filter(pk=ferme.pk).update(activity_state="closed")
    assert "Ce qui manque" not in of(owner).get(HOME).text


def test_a_correction_that_waits_is_told_and_not_what_it_says(ferme: Initiative, owner: User) -> None:
    propose({"summary": "PILULES"}, email="voisine@example.org", initiative=ferme)
    page = of(owner).get(HOME).text
    assert "1 correction proposée attend la modération" in page
    assert "PILULES" not in page and "voisine@example.org" not in page


def test_a_page_that_is_hidden_stays_its_teams(ferme: Initiative, owner: User) -> None:
    Initiative.objects.filter(pk=ferme.pk).update(publication="hidden")
    page = of(owner).get(HOME).text
    assert "le public ne la voit pas" in page and "masquée" in of(owner).get(LIST).text


# -- Its photograph ---------------------------------------------------------------------------------


def test_a_photograph_is_put_replaced_and_taken_off(ferme: Initiative, owner: User) -> None:
    client = of(owner)
    assert "no-store" in client.get(PHOTO)["Cache-Control"]
    assert client.post(PHOTO, sent()).status_code == 302
    first = Photo.objects.get()
    assert (first.initiative, first.alternative, first.licence) == (ferme, "La roue", "cc-by-4.0")
    answer = Client().get(SHOWN)
    assert (answer["Content-Type"], answer.content) == ("image/webp", bytes(first.content))
    assert 'alt="La roue"' in Client().get("/initiatives/la-ferme/").text
    client.post(PHOTO, sent(alternative="La vanne"))
    assert Photo.objects.get().alternative == "La vanne"
    client.post(PHOTO, {"do": "remove"})
    assert not Photo.objects.exists() and Client().get(SHOWN).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"photo": ""}, "Choisissez une photo"),
        ({"alternative": ""}, "Décrivez la photo"),
        ({"alternative": "La\nroue"}, "sur une seule ligne"),
        ({"alternative": "é" * 301}, "300"),
        ({"entitled": ""}, "sans ce droit"),
        ({"licence": "tous-droits"}, "Choisissez dans la liste"),
        ({"credit": "\u202eenimaC"}, "sans caractère invisible"),
    ],
)
def test_a_photograph_that_cannot_be_taken_is_told_so(
    ferme: Initiative, owner: User, wrong: dict[str, Any], said: str
) -> None:
    answer = of(owner).post(PHOTO, sent() | wrong)
    assert answer.status_code == 200 and said in answer.text and not Photo.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a" + b"\0" * 90, b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:400]]
)
def test_what_is_no_photograph_is_refused(ferme: Initiative, owner: User, content: bytes) -> None:
    file = SimpleUploadedFile("roue.jpg", content, "image/jpeg")
    assert of(owner).post(PHOTO, sent(photo=file)).status_code == 200 and not Photo.objects.exists()


def test_the_photograph_of_a_page_that_is_hidden_is_nobodys_to_see(ferme: Initiative, owner: User) -> None:
    of(owner).post(PHOTO, sent())
    Initiative.objects.filter(pk=ferme.pk).update(publication="hidden")
    assert Client().get(SHOWN).status_code == 404 and SHOWN not in of(owner).get(PHOTO).text
