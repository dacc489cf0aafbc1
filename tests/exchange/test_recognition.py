"""Columns told by their names and by what stands in them; categories by our taxonomy."""

import pytest

from exchange.categories import Taxonomy
from exchange.fields import Field
from exchange.models import Import, Profile
from exchange.recognition import recognise
from exchange.values import Reading

F = Field


def test_the_columns_of_a_usual_listing() -> None:
    names = {
        "ID": F.EXTERNAL_ID, "Nom de la structure": F.NAME, "Type": F.CATEGORY, "Adresse": F.STREET,
        "CP": F.POSTCODE, "Ville": F.LOCALITY, "Lat": F.LATITUDE, "Long": F.LONGITUDE,
        "Site internet": F.WEBSITE,
        "Courriel": F.EMAIL, "Tél.": F.PHONE, "N° SIRET": F.SIRET, "Date de création": F.FOUNDED,
        "code_insee": F.COMMUNE_CODE, "geo_point_2d": F.GEO_POINT, "Statut juridique": F.LEGAL_FORM,
        "Objet": F.DESCRIPTION, "departement": F.DEPARTEMENT_CODE,
    }  # fmt: skip
    assert recognise([*names, "Interne"], []) == names


def test_names_that_machines_give_columns() -> None:
    found = recognise(
        ["nomStructure", "contact_email", "COORD_X_L93", "COORD_Y_L93", "address.postalCode"], []
    )
    assert found == {
        "nomStructure": F.NAME, "contact_email": F.EMAIL, "address.postalCode": F.POSTCODE,
    }  # fmt: skip
    assert recognise(["x_l93", "y_l93"], [[612345.6, 6567890.1]]) == {"x_l93": F.X, "y_l93": F.Y}


def test_a_name_is_not_believed_against_its_values() -> None:
    lines = [["Guéret", "Bourg"], ["Felletin", "Ham"]]
    assert recognise(["Site", "Ville"], lines) == {"Ville": F.LOCALITY}


def test_values_tell_what_a_name_does_not() -> None:
    lines = [[f"contact{n}@exemple.fr", "44306184100047", "x"] for n in range(3)]
    assert recognise(["A", "B", "C"], lines) == {"A": F.EMAIL, "B": F.SIRET}
    assert recognise(["A", "B", "C"], lines[:2]) == {}  # too few to tell


def test_an_address_in_one_cell_is_told_from_a_street() -> None:
    whole = [["4 rue du Pont 23000 Guéret"], ["5 rue du Pont, 23500 Felletin"]]
    assert recognise(["Adresse"], whole) == {"Adresse": F.ADDRESS}
    assert recognise(["Adresse"], [["4 rue du Pont"], ["5 rue du Pont"]]) == {"Adresse": F.STREET}
    assert recognise(["Adresse"], [*whole, *[["le bourg"]] * 17]) == {"Adresse": F.ADDRESS}
    assert recognise(["Adresse"], [*whole, *[["le bourg"]] * 18]) == {"Adresse": F.STREET}


def test_numbers_of_houses_before_their_streets_are_not_lost() -> None:
    streets = [["La Boucle", "14 bis", "rue du Pont"], ["Le Lien", 3, "rue de la Gare"], ["Là", 14, "quai"]]
    header = ["Nom", "N°", "Rue"]
    assert recognise(header, streets) == {"Nom": F.NAME, "N°": F.STREET, "Rue": F.STREET}
    assert recognise(["Nom", "Numéro", "Rue"], streets)["Numéro"] == F.STREET
    lines = [[name, n, street] for n, (name, _number, street) in enumerate(streets, 1)]
    assert "N°" not in recognise(header, lines), "they only count the lines"
    assert recognise(["Nom", "Numéro", "Rue"], lines)["Numéro"] == F.EXTERNAL_ID


def test_what_openstreetmap_calls_a_type_is_no_category() -> None:
    lines = [["node/1", "node", "La Boucle", "shop"], ["way/2", "way", "Le Lien", "craft"]]
    found = recognise(["@id", "@type", "name", "type"], lines)
    assert found == {"@id": F.EXTERNAL_ID, "name": F.NAME, "type": F.CATEGORY}


def test_a_field_is_taken_once_and_half_a_pair_not_at_all() -> None:
    assert recognise(["Téléphone", "Mobile"], []) == {"Téléphone": F.PHONE}
    assert recognise(["Description", "Commentaires"], []) == dict.fromkeys(
        ["Description", "Commentaires"], F.DESCRIPTION
    )
    assert recognise(["Latitude"], []) == {}


def test_names_of_people_are_not_what_is_listed() -> None:
    lines = [["Jeanne Exemple", "Rodez", "Le Lien"]]
    assert recognise(["Nom animateur", "Commune", "Nom lieu 2024"], lines) == {
        "Commune": F.LOCALITY, "Nom lieu 2024": F.NAME,
    }  # fmt: skip
    assert recognise(["Nom responsable", "Ville du contact"], lines) == {}


def test_columns_within_another_are_told_by_their_last_name() -> None:
    lines = [["Rodez", "45.1", "0.5", "https://exemple.fr", "x"]]
    names = ["localisation.ville", "localisation.lat", "localisation.lng", "web.siteWeb", "producteur.nom"]
    assert recognise(names, lines) == dict(
        zip(names, [F.LOCALITY, F.LATITUDE, F.LONGITUDE, F.WEBSITE], strict=False)
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("taxonomy")
def test_a_fixed_activity_holds_where_their_category_is_none_of_ours() -> None:
    profile = Profile(columns={"Nom": "name", "Type": "category"}, fixed={"activities": "culture"})
    reading = Reading(Import(header=["Nom", "Type"], profile=profile), Taxonomy())
    known, unknown = reading.parse(["Le Lien", "Ressourceries"]), reading.parse(["Le Lien", "Sport"])
    assert known.fields["activities"] == [Taxonomy().ids["reemploi--ressourcerie"]]
    assert unknown.fields["activities"] == [Taxonomy().ids["culture"]]
    assert [each["code"] for each in unknown.problems] == ["category"]  # and still said


@pytest.mark.django_db
@pytest.mark.usefixtures("taxonomy")
@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("Ressourceries", "reemploi--ressourcerie"),
        ("alimentation--jardins", "alimentation--jardins"),
        ("AMAP de la vallée", "alimentation--amap-paniers"),
        ("Épicerie sociale et solidaire", "alimentation--epicerie-solidaire"),
        ("Bibliothèque municipale", "culture"),
        ("Emmaüs", ""),  # a resource centre, or a community that welcomes: two sectors
        ("Sport", ""),
    ],
)
def test_categories_are_recognised_where_they_are_one_thing(said: str, ours: str) -> None:
    taxonomy_ = Taxonomy()
    known = taxonomy_.ids.get(said)
    found = (known,) if known else taxonomy_.recognise(said)
    assert [taxonomy_.slugs[each] for each in found] == ([ours] if ours else [])
