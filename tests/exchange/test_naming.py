"""Names and addresses as they are compared."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.likeness import name_likeness, read_name
from exchange.naming import is_generic, name_key, street_key, website_key

KEYS = {
    "Association L’Atelier (loi 1901)": "atelier",
    "SCIC La P’tite Fabrique": "petite fabrique",
    "A.L.E.A.S.": "alea",
    "GAEC du Bois-Joli": "boi joli",
    "MJC de Tulle": "maison jeune culture tulle",
    "CSC St-Martin": "centre socioculturel saint martin",
    "Association pour le maintien d’une agriculture paysanne des Lilas": "amap lila",
    "Société coopérative d’intérêt collectif Bois Vert": "boi vert",
    "L’Association": "association",
    "Énergies & Cie": "energie compagnie",
    "???": "",
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_a_name_keeps_the_words_that_tell_whom_it_names(name: str, key: str) -> None:
    assert name_key(name) == key


@given(st.text())
def test_any_name_has_a_key_that_letters_and_accents_do_not_change(name: str) -> None:
    key = name_key(name)
    assert key == " ".join(key.split())
    assert name_key(f"  {name} ") == key


@pytest.mark.parametrize(
    ("name", "place", "generic"),
    [
        ("Bibliothèque municipale", "", True),
        ("Médiathèque de Felletin", "Felletin", True),
        ("Médiathèque de Felletin", "Aubusson", False),
        ("Médiathèque Léo-Chatelain", "Felletin", False),
        ("L’Épicerie sociale et solidaire", "", True),
        ("Crèche nº 2", "", True),
        ("Le 104", "", False),
        ("PTCE Sud Creuse", "", False),
        ("", "", True),
    ],
)
def test_a_name_is_generic_where_all_its_words_are(name: str, place: str, generic: bool) -> None:
    assert is_generic(name_key(name), place) is generic


NAMES = [
    ("La Boucle", "Ressourcerie La Boucle", 0.93, 1.0),
    ("Recyclerie La Boucle", "Ressourcerie la boucle", 0.99, 1.0),
    ("Boulangerie La Boucle", "Ressourcerie La Boucle", 0.75, 0.85),
    ("Terre nourricière", "Terrenourricière", 0.99, 1.0),
    ("Les Copains de la palette", "Les Copains de la pallette", 0.85, 0.93),
    ("GRAP", "Groupement régional alimentaire de proximité", 0.75, 0.85),
    ("Jardin partagé des Lilas", "Jardin partagé des Roses", 0.0, 0.7),
    ("La Ressourcerie", "Ressourcerie La Boucle", 0.0, 0.1),
    ("Le Loup", "Le Lou", 0.0, 0.85),
]


@pytest.mark.parametrize(("one", "other", "least", "most"), NAMES)
def test_names_are_as_alike_as_a_reader_finds_them(one: str, other: str, least: float, most: float) -> None:
    names = read_name(name_key(one), "Felletin"), read_name(name_key(other), "Felletin")
    assert least <= name_likeness(*names) <= most
    assert name_likeness(*names) == name_likeness(*reversed(names))


SITES = {
    "https://www.exemple.org/Membres/Atelier/?utm_source=lettre": "exemple.org/membres/atelier",
    "http://exemple.org": "exemple.org",
    "HTTPS://WWW2.EXEMPLE.ORG/index.html#haut": "exemple.org",
    "https://exemple.org/fiche.php?id=12": "exemple.org/fiche.php?id=12",
}


@pytest.mark.parametrize(("url", "key"), SITES.items())
def test_an_address_keeps_its_host_and_path(url: str, key: str) -> None:
    assert website_key(url) == key


@pytest.mark.django_db
@given(st.text(alphabet="aZé:/.#?&=wuth_m\n0xindephml", max_size=40) | st.sampled_from(list(SITES)))
@example("https://www.a/index.html/index.html//")
@example("a?utm_#b")
def test_postgresql_gives_an_address_the_same_key(url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.directory_website_key(%s)", [url])
        assert cursor.fetchone() == (website_key(url),)


def test_an_address_needs_a_number() -> None:
    assert (
        street_key("12, bd de la Liberté")
        == street_key("12 Boulevard de la liberte")
        == "12 boulevard liberte"
    )
    assert street_key("Le Bourg") == ""
