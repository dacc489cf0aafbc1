"""The pages where a territory is composed: each way of adding communes, what is refused, who sees what."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from accounts.models import User
from directory.composing import Composed, compose
from territories.models import Territory
from tests.factories import make_grouping, make_initiative, make_person
from tests.territories.test_perimeters import box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]
HERE = "/compte/territoires/composer/"
FELLETIN, AUBUSSON = "commune-23079", "commune-23008"
FORM = {"name": "", "dated": "2026-11-22", "source": "", "codes": ""}


@pytest.fixture
def author() -> User:
    return make_person("autrice")


@pytest.fixture
def signed(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


def sent(client: Client, do: str, **fields: Any) -> str:
    response = client.post(HERE, FORM | {"do": do} | fields)
    assert response.status_code == 200
    return response.content.decode()


def listed(page: str) -> list[str]:
    """The codes that the list of the page holds."""
    text = re.search(r'<textarea name="codes".*?>(.*?)</textarea>', page, re.DOTALL)
    assert text
    return [line.split()[0] for line in text[1].split("\n") if line.strip()]


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def test_around_a_place_then_saved_then_read(signed: Client, author: User) -> None:
    page = sent(signed, "place", place="Felletin", radius="25")
    codes = listed(page)
    assert "23079" in codes and len(codes) > 30 and f"{len(codes)} communes ajoutées" in page
    assert value(page, "name") == "25 km autour de Felletin" and "chef-lieu est à 25 km ou moins" in page
    assert not Territory.objects.of_kind("custom").exists()
    text = "\n".join(codes)
    said = FORM | {"do": "save", "codes": text, "name": "25 km autour de Felletin"}
    response = signed.post(HERE, said, follow=True)
    assert "« 25 km autour de Felletin » est enregistré" in response.content.decode()
    made = Territory.objects.get(pk="custom-25-km-autour-de-felletin")
    assert made.owner == author and made.communes.count() == len(codes)
    shown = Client().get(f"/territoires/{made.pk}/").content.decode()
    assert 'content="noindex"' in shown and author.email not in shown
    assert made.name not in Client().get("/territoires/").content.decode()
    assert made.pk not in json.dumps(Client().get("/api/v1/territories?kind=custom").json())
    assert made.pk not in Client().get(f"/territoires/{FELLETIN}/").content.decode()


def test_each_way_adds_to_the_list(signed: Client) -> None:
    page = sent(signed, "place", place="aubusson", codes="23079 Felletin")
    assert listed(page) == ["23008", "23079"]
    make_grouping("le-pole", members=(make_initiative(commune=Territory.objects.get(pk=AUBUSSON)),))
    assert listed(sent(signed, "ptce", ptce="le-pole")) == ["23008"]
    place = Territory.objects.get(pk=FELLETIN).chief_place
    assert place
    outline = box(place.x - 0.001, place.y - 0.001, place.x + 0.001, place.y + 0.001)
    drawn = sent(signed, "outline", outline=outline)
    assert listed(drawn) == ["23079"] and "chef-lieu est à l’intérieur du contour" in drawn
    book, kept = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("code", "nom"), (23079, "Felletin"), ("23008", "Aubusson")):
        book.active.append(row)
    book.save(kept)
    for name, data in (
        ("liste.xlsx", kept.getvalue()),
        ("liste.csv", b"code;nom\n23079;Felletin\n23008;Aubusson"),
    ):
        assert listed(sent(signed, "file", file=SimpleUploadedFile(name, data))) == ["23008", "23079"]
    assert listed(sent(signed, "check", codes="epci-200044014\n23079")) == listed(
        sent(signed, "place", place="200044014")
    )


def test_namesakes_are_told_apart(signed: Client) -> None:
    page = sent(signed, "place", place="saint-mar")
    ids = re.findall(r'name="place_id" value="([^"]+)"', page)
    assert len(ids) > 1 and listed(page) == []
    chosen = sent(signed, "place", place="saint-mar", asked="saint-mar", place_id=ids[1])
    assert listed(chosen)
    other = sent(signed, "place", place="Felletin", asked="saint-mar", place_id=ids[1])
    assert listed(other) == ["23079"]


@pytest.mark.parametrize(
    ("do", "fields", "said"),
    [
        ("place", {"place": ""}, "Écrivez d’abord le nom"), ("place", {"place": "zzzzqqq"}, "Aucun lieu"),
        ("place", {"place": "Felletin", "radius": "0"}, "1 à 100 km"),
        ("place", {"place": "Felletin", "radius": "101"}, "1 à 100 km"),
        ("place", {"place": "Felletin", "radius": "douze"}, "1 à 100 km"),
        ("place", {"place": "x" * 10_000}, "Rien n’a été ajouté"),
        ("place", {"place": "a\x00"}, "Rien n’a été"),
        ("ptce", {"ptce": "aucun"}, "Choisissez un PTCE"), ("ptce", {}, "Choisissez un PTCE"),
        ("outline", {"outline": box(-8, 46, -7, 47)}, "en mer ou hors de France"),
        ("outline", {"outline": "pas un contour"}, "n’a pas pu être lu"),
        ("outline", {"outline": "1" * 1_000_001}, "trop de points"), ("outline", {}, "n’a pas pu être lu"),
        ("file", {}, "Choisissez d’abord un fichier"),
        ("file", {"file": SimpleUploadedFile("a.csv", b"")}, "est vide"),
        ("file", {"file": SimpleUploadedFile("a.pdf", b"%PDF\x00\x01")}, "enregistrez-le en CSV"),
        ("file", {"file": SimpleUploadedFile("a.csv", b"9" * 1_500_000)}, "trop lourd"),
        ("file", {"file": SimpleUploadedFile("a.csv", b"23079\n99999\n")}, "aucune commune ne porte"),
        ("save", {"name": "Pays"}, "n’a encore aucune commune"),
        ("save", {"codes": "23079"}, "Donnez un nom"),
        ("save", {"codes": "23079", "name": "!!"}, "Donnez un nom"),
        ("save", {"codes": "23079", "name": "Pays", "dated": "hier"}, "Donnez une date"),
        ("save", {"codes": "23079\n99999", "name": "Pays"}, "des lignes de la liste ne sont pas lues"),
        ("save", {"codes": "2" * 300_000, "name": "Pays"}, "trop longue"),
        ("save", {"codes": "23079", "name": "a\x00b"}, "reste à corriger"),
        ("check", {"codes": "23079\x00"}, "notice-fault"),
        ("rien", {"codes": "99999"}, "aucune commune ne porte"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(
    signed: Client, do: str, fields: dict[str, Any], said: str
) -> None:
    assert said.lower() in sent(signed, do, **fields).lower()
    assert not Territory.objects.of_kind("custom").exists()


def test_lines_in_error_stay_where_they_are_and_what_is_found_comes_after(signed: Client) -> None:
    page = sent(signed, "place", place="Felletin", codes="99999 Rien\n23008 Aubusson")
    assert listed(page) == ["99999", "23008", "23079"]
    assert re.search(r'<th scope="row"[^>]*>1</th>', page)


def test_a_request_larger_than_any_list_is_refused(signed: Client) -> None:
    large = SimpleUploadedFile("a.csv", b"1" * 9_000_000)
    assert signed.post(HERE, FORM | {"do": "file", "file": large}).status_code == 413


def test_edited_listed_and_effaced_by_who_may(signed: Client, author: User) -> None:
    made = compose(author, Composed("Pays", [FELLETIN], Territory.objects.first().updated_at.date()))  # type: ignore[union-attr]
    base = f"/compte/territoires/{made.pk}/"
    assert listed(signed.get(base).content.decode()) == ["23079"]
    signed.post(base, FORM | {"do": "save", "codes": "23008", "name": "Pays neuf"})
    made.refresh_from_db()
    assert made.name == "Pays neuf" and made.pk == "custom-pays"
    assert signed.post(f"{base}proposer/", {"listed": "yes"}).status_code == 403
    officer = Client()
    officer.force_login(make_person("agente", "officer", Territory.objects.get(pk="departement-23")))
    assert officer.post(f"{base}proposer/", {"listed": "yes"}).status_code == 302
    assert made.name in Client().get("/territoires/").content.decode()
    changed = FORM | {"do": "save", "codes": "23008", "name": "Réclame"}
    assert "plus proposé à tous" in signed.post(base, changed, follow=True).content.decode()
    assert "Réclame" not in Client().get("/territoires/").content.decode()
    for stranger, status in ((Client(), 302), (officer, 403)):
        for path in (base, f"{base}effacer/"):
            assert stranger.get(path).status_code == stranger.post(path, {}).status_code == status
    assert signed.get("/compte/territoires/custom-rien/").status_code == 404
    assert signed.get(f"/compte/territoires/{FELLETIN}/").status_code == 404
    assert signed.get("/compte/territoires/a%00b/effacer/").status_code == 404
    signed.post(f"{base}effacer/")
    assert Client().get(f"/territoires/{made.pk}/").status_code == 404
