"""The page of a circuit: a drawing that the keyboard goes through, and the same as sentences."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Link
from tests.factories import make_initiative
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db


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
