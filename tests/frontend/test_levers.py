"""The pages of the catalogue of levers: read by everybody, kept by officers of the territory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from diagnosis.lever import LONGEST_LINE, Lever
from tests.factories import make_person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SENT = {
    "kind": "financing", "name": "Un fonds d’amorçage", "giver": "La région", "audience": "associations",
    "details": "Deux lignes,\n<b>et c’est tout</b>.", "sectors": ["1", "2"], "starts": "", "ends": "",
    "link": "exemple.example/page", "source": "Une délibération.", "checked": TODAY.isoformat(),
}  # fmt: skip


def signed_in(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def test_an_officer_enters_a_lever_that_everybody_reads(
    places: dict[str, Any], client: Client, taxonomy: None
) -> None:
    officer = signed_in(make_person("agente", "officer", places["epci"]))
    step = reverse("people:lever_add", args=[places["commune"].pk])
    assert step in officer.get("/compte/leviers/inscrire/", {"q": "felletin"}).content.decode()
    assert officer.get(step).status_code == 200
    sent = officer.post(step, SENT)
    assert (sent.status_code, sent["Location"]) == (302, "/compte/leviers/")
    lever = Lever.objects.get()
    assert (lever.link, lever.sectors) == ("https://exemple.example/page", [1, 2])
    page = client.get("/leviers/").content.decode()
    assert "Un fonds d’amorçage" in page and "Felletin" in page and "Alimentation" in page
    assert "Deux lignes,<br>&lt;b&gt;" in page
    assert "Un fonds d’amorçage" not in client.get("/leviers/?kind=land").content.decode()
    assert client.get("/leviers/?kind=%00&page=zéro").status_code == 200
    change = reverse("people:lever", args=[lever.pk])
    over = TODAY - timedelta(days=1)
    assert officer.post(change, SENT | {"ends": over.isoformat()}).status_code == 302
    assert "Un fonds d’amorçage" not in client.get("/leviers/").content.decode()
    assert "terminé" in officer.get("/compte/leviers/").content.decode()
    assert "ouvert jusqu’au" in officer.get(change).content.decode()  # the history of the page
    remove = reverse("people:lever_remove", args=[lever.pk])
    assert officer.get(remove).status_code == 200 and Lever.objects.exists()
    assert officer.post(remove).status_code == 302 and not Lever.objects.exists()


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"name": "é" * LONGEST_LINE}, True), ({"name": "é" * (LONGEST_LINE + 1)}, False),
        ({"name": "deux\nlignes"}, False), ({"details": "a\0b"}, False), ({"source": " "}, False),
        ({"sectors": ["99"]}, False), ({"sectors": ["x"]}, False), ({"sectors": []}, True),
        ({"kind": "magie"}, False), ({"link": "javascript:alert(1)"}, False),
        ({"starts": "2026-02-02", "ends": "2026-02-02"}, True),
        ({"starts": "2026-02-02", "ends": "2026-02-01"}, False), ({"ends": "0026-02-01"}, False),
        ({"checked": "hier"}, False),
    ],
)  # fmt: skip
def test_a_lever_takes_what_it_can_keep(
    places: dict[str, Any], fields: dict[str, Any], taken: bool, taxonomy: None
) -> None:
    officer = signed_in(make_person("agente", "officer", places["epci"]))
    answer = officer.post(reverse("people:lever_add", args=[places["epci"].pk]), SENT | fields)
    assert answer.status_code == (302 if taken else 200)
    assert Lever.objects.exists() is taken


def test_a_lever_is_not_checked_before_its_day(places: dict[str, Any], taxonomy: None) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)  # of this moment: a run may go past midnight
    officer = signed_in(make_person("agente", "officer", places["epci"]))
    path = reverse("people:lever_add", args=[places["epci"].pk])
    assert officer.post(path, SENT | {"checked": tomorrow.isoformat()}).status_code == 200
    assert not Lever.objects.exists()


def test_others_do_not_keep_them(places: dict[str, Any], client: Client, taxonomy: None) -> None:
    officer = signed_in(make_person("agente", "officer", places["epci"]))
    officer.post(reverse("people:lever_add", args=[places["epci"].pk]), SENT)
    pk = Lever.objects.get().pk
    stranger = signed_in(make_person("voisine", "officer", places["other"]))
    nobody = signed_in(make_person("habitant"))
    paths = [
        f"/compte/leviers/{pk}/",
        f"/compte/leviers/{pk}/retirer/",
        "/compte/leviers/inscrire/epci-200067544/",
    ]
    for path in paths:
        assert client.get(path).status_code == 302
        for other in (stranger, nobody):
            assert other.get(path).status_code == 403 == other.post(path, SENT | {"name": "X"}).status_code
    assert officer.get("/compte/leviers/inscrire/departement-23/").status_code == 403
    assert nobody.get("/compte/leviers/inscrire/").status_code == 403
    for path in ("99999999999999999999999/", "inscrire/commune-00000/", f"inscrire/{'x' * 10_000}/"):
        assert officer.get(f"/compte/leviers/{path}").status_code == 404
    assert Lever.objects.get().name == SENT["name"]
    assert "Demander le rôle" in nobody.get("/compte/leviers/").content.decode()
