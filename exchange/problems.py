"""What is said of a line and of its cells: something mended, a value dropped, the line refused.

A code is of one kind only. ``said`` fills the places in its text.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = dict[str, str | Promise]

# Certain, so done, and said.
MENDED: Texts = {
    "markup": _("Balises ou codes HTML retirés."),
    "as-number": _("Lu comme un texte : le tableur en avait fait un nombre à virgule."),
    "leading-zero": _("Le zéro du début, perdu par le tableur, est remis."),
    "scheme": _("Adresse complétée : https:// manquait ou était mal écrit."),
    "several": _("Plusieurs valeurs dans la cellule : la première est gardée, les autres non."),
    "degrees": _("Degrés, minutes et secondes convertis en degrés décimaux."),
    "month-first": _("Date lue mois puis jour : l’autre sens n’existe pas."),
    "serial-date": _("Nombre de jours d’un tableur, lu comme une date."),
    "xy-degrees": _("X et Y sont des degrés : lus comme longitude et latitude."),
    "coordinates-swapped": _("Latitude et longitude étaient échangées : lues {lat}, {lon}."),
    "coordinates-sign-of-longitude": _("Le signe de la longitude était faux : lue {lon}."),
    "coordinates-sign-of-latitude": _("Le signe de la latitude était faux : lue {lat}."),
    "coordinates-swapped-and-sign": _("Latitude et longitude échangées, signe faux : lues {lat}, {lon}."),
    "coordinates-degrees": _("Des degrés, et non des mètres : lus {lat}, {lon}."),
    "coordinates-decimal-mark": _("La virgule des coordonnées était perdue : lues {lat}, {lon}."),
    "coordinates-lambert-93": _("Coordonnées en Lambert-93, converties : {lat}, {lon}."),
    "coordinates-lambert-93-swapped": _("X et Y de Lambert-93 échangés, convertis : {lat}, {lon}."),
    "coordinates-lambert-2": _("Coordonnées en Lambert II étendu, converties : {lat}, {lon}."),
    "coordinates-lambert-2-swapped": _("X et Y de Lambert II étendu échangés, convertis : {lat}, {lon}."),
    "coordinates-conic": _("Coordonnées en conique conforme (CC), converties : {lat}, {lon}."),
    "coordinates-conic-swapped": _("X et Y de conique conforme (CC) échangés, convertis : {lat}, {lon}."),
    "coordinates-web-mercator": _("Coordonnées en Mercator (cartes du web), converties : {lat}, {lon}."),
    "coordinates-web-mercator-swapped": _("X et Y de Mercator échangés, convertis : {lat}, {lon}."),
    "activity-from-name": _("Activité déduite du nom : {activity}."),
}
# The value is not taken; the line is.
DROPPED: Texts = {
    "failed": _("Le tableur n’a pas pu calculer cette cellule."),
    "too-long": _("Texte trop long : {most} signes au plus."),
    "siret-rounded": _(
        "SIRET arrondi par le tableur (écriture en puissance de dix) : ses derniers chiffres manquent."
    ),
    "siret-form": _("Un SIRET compte quatorze chiffres."),
    "siret-check": _("La clé de contrôle de ce SIRET est fausse."),
    "siren": _("C’est un SIREN (neuf chiffres) : il manque les cinq derniers du SIRET."),
    "rna": _("Un numéro RNA est la lettre W suivie de neuf signes."),
    "website": _("Ce n’est pas une adresse de site web."),
    "email": _("Ce n’est pas une adresse de courriel."),
    "phone": _("Ce numéro de téléphone ne peut pas être composé."),
    "postcode": _("Ce n’est pas un code postal."),
    "commune-code": _("Ce n’est pas un code officiel de commune (cinq signes)."),
    "coordinate": _("Ce n’est pas un nombre."),
    "geo-point": _("Ce n’est pas un point « latitude, longitude »."),
    "coordinates-zero": _("0, 0 n’est pas une position : la ligne est placée autrement."),
    "coordinates-in-no-commune": _(
        "Ces coordonnées ne sont dans aucune commune, de quelque façon qu’on les lise."
    ),
    "coordinates-outside-commune": _(
        "Ces coordonnées sont dans une autre commune ({commune}) que l’adresse ({declared})."
    ),
    "coordinates-ambiguous": _("Ces coordonnées peuvent se lire de plusieurs façons, aucune n’est sûre."),
    "date": _("Cette date n’est pas comprise."),
    "closed-before-founded": _("La fermeture précède la création."),
    "opening-hours": _("Ces horaires ne suivent pas la syntaxe d’OpenStreetMap (« Mo-Fr 09:00-18:00 »)."),
    "activity-state": _("Ni « ouvert », ni « fermé », ni « en projet »."),
    "language": _("Cette langue n’est pas comprise (deux lettres : fr, en)."),
    "category": _("Cette catégorie ne correspond à aucune de nos activités."),
    "activity": _("Cette activité n’existe pas."),
    "too-many-activities": _("Vingt activités au plus."),
    "second-value": _("Une autre colonne a déjà donné cette information."),
    "dropped-on-purpose": _("Valeur écartée par le profil d’import."),
}
# The line is not taken.
REFUSED: Texts = {
    "name-empty": _("Ce nom ne contient aucune lettre."),
    "no-name": _("Aucun nom : une fiche doit en avoir un."),
    "no-activity": _("Aucune activité reconnue : faites correspondre ses catégories, ou fixez une activité."),
    "twice": _("La même que la ligne {line}, déjà lue."),
    "same-initiative": _("La même initiative que la ligne {line}, qui est prise en compte."),
    "doubled": _("La même qu’une autre ligne du fichier : c’est ce qui a été décidé."),
    "gone": _("La fiche à laquelle cette ligne correspondait n’existe plus."),
    "from-here": _("Cette ligne vient de ce site : elle n’y est pas reprise."),
}


def refuses(code: str) -> bool:
    return code in REFUSED


def problem(code: str, column: str | None = None, value: Any = None, **said: Any) -> dict[str, Any]:
    """As a Candidate holds it; the value as the file says it, cut where it is endless."""
    return {
        "code": code, "column": column, "value": None if value is None else str(value)[:300],
        "said": said, "refuses": refuses(code),
    }  # fmt: skip
