"""The page of a circuit: a drawing that the keyboard goes through, and the same as sentences."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from directory import circuits
from directory.models import Link
from tests.factories import make_initiative
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db


def said(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_a_circuit_is_drawn_and_told_two_steps_away(taxonomy: None, client: Client) -> None:
    heart, near, far = (make_initiative(name) for name in ("Le Fournil", "Le Moulin", "La <i>Ferme</i>"))
    Link.objects.create(origin=near, target=heart, kind="supplies")
    Link.objects.create(origin=far, target=near, kind="supplies")
    html = text_of(client, reverse("frontend:circuit", args=[heart.slug]))
    drawing = html[html.index('<svg class="circuit circuit-tree') :]
    drawing = drawing[: drawing.index("</svg>")]
    cases = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', drawing)
    assert cases == [
        (f"/initiatives/{near.slug}/", "Le Fournil est fournie par Le Moulin"),
        (f"/initiatives/{far.slug}/", "Le Moulin est fournie par La &lt;i&gt;Ferme&lt;/i&gt;"),
    ]
    assert "À un pas" in html and "À deux pas" in html and "<i>Ferme" not in html
    page = text_of(client, reverse("frontend:initiative", args=[heart.slug]))
    assert reverse("frontend:circuit", args=[heart.slug]) in page


def test_nobody_linked_is_said_so_and_nothing_hidden_is_told(taxonomy: None, client: Client) -> None:
    alone, hidden = make_initiative("Seule"), make_initiative(publication="hidden")
    Link.objects.create(origin=alone, target=hidden, kind="hosts")
    assert "Aucun lien n’est encore déclaré" in text_of(
        client, reverse("frontend:circuit", args=[alone.slug])
    )
    assert client.get(reverse("frontend:circuit", args=[hidden.slug])).status_code == 410
    assert client.get("/initiatives/%00/circuit/").status_code == 404


def test_a_large_circuit_says_how_many_it_does_not_show(taxonomy: None, client: Client) -> None:
    """Thirty neighbours, the first of which has twenty more: nothing is left out in silence."""
    heart = make_initiative("Le Fournil")
    near = [
        make_initiative(f"Voisine {n:02d} au nom bien plus long que sa case du dessin") for n in range(30)
    ]
    for each in near:
        Link.objects.create(origin=heart, target=each, kind="supplies")
    for n in range(20):
        Link.objects.create(origin=near[0], target=make_initiative(f"Loin {n}"), kind="supplies")
    page = reverse("frontend:circuit", args=[heart.slug])
    html = text_of(client, page)
    seen = said(html)
    shown = circuits.THROUGH
    assert "De 1 à 12, sur 30." in seen and f"{shown} sur 20 :" in seen and "page 1 sur 3" in seen
    assert f"{20 - shown} autres à deux pas, par Voisine 00" in seen
    assert "et 17 autres par elle" in seen and "6 autres sont dans la liste seulement." in seen
    names = re.findall(r'<text class="circuit-name"[^>]*>([^<]+)', html)
    assert len(names) == 9 and all(name.endswith("…") for name in names if name.startswith("Voisine"))
    told = {
        name
        for n in (1, 2, 3)
        for name in re.findall(r"Voisine \d\d", said(text_of(client, f"{page}?page={n}")))
    }
    assert len(told) == 30, "each is on one of the pages"
    for strange in ("0", "-1", "99", "x", "9" * 400, "%00"):
        assert "De 1 à 12" in said(text_of(client, f"{page}?page={strange}")), strange


def test_the_page_of_an_initiative_folds_its_many_links(taxonomy: None, client: Client) -> None:
    heart = make_initiative("Le Fournil")
    for n in range(15):
        Link.objects.create(origin=heart, target=make_initiative(f"Voisine {n}"), kind="supplies")
    html = text_of(client, reverse("frontend:initiative", args=[heart.slug]))
    assert "3 autres liens" in html and html.count("Le Fournil fournit <a") == 15
    assert html.index("Voisine 11</a>") < html.index("3 autres liens") < html.index("Voisine 12</a>")
