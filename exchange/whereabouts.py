"""What is told of the place of a line: how it is known, what had to be done (``Candidate.place_said``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = dict[str, str | Promise]

WAYS: Texts = {
    "coordinates": _("Coordonnées du fichier"),
    "address": _("Adresse trouvée par le service national"),
    "town": _("Centre de la commune"),
    "departement": _("Département seulement"),
    "": _("Lieu inconnu"),
}
NOTES: Texts = {
    "beside-commune": _("Le point est hors de la commune déclarée ({commune}), à {metres} m : il est gardé."),
    "no-outline": _("Le contour de la commune ({commune}) n’est pas connu : le point n’est pas vérifié."),
    "coordinates-elsewhere": _("Les coordonnées du fichier sont dans une autre commune ({commune})."),
    "unknown-commune-code": _("Aucune commune n’a le code officiel {read}."),
    "code-and-name-differ": _(
        "Le code {read} est celui de {commune}, le reste de l’adresse dit autre chose."
    ),
    "cedex": _("{read} n’est le code postal d’aucune commune (un Cedex ?) : la commune est lue à son nom."),
    "postcode-of-another": _("{read} n’est ni le code postal ni le département de cette commune."),
    "unknown-town": _("« {read} » n’est pas une commune à cet endroit."),
    "unknown-postcode": _("Le code postal {read} n’est celui d’aucune commune."),
    "short-postcode": _(
        "Le code postal {read} n’a que quatre chiffres : d’un autre pays, ou privé de son zéro, "
        "rien ne le dit."
    ),
    "read-as": _("« {read} » est lu comme {commune}."),
    "former-commune": _("« {read} » est une ancienne commune : aujourd’hui {commune}."),
    "several-communes": _("Plusieurs communes sont possibles, aucune n’est choisie : {communes}."),
    "address-found": _("Adresse reconnue : {found}."),
    "address-unknown": _("Le service d’adresses ne connaît pas cette adresse."),
    "address-elsewhere": _("L’adresse trouvée est ailleurs que dans la commune déclarée : {found}."),
    "address-doubtful": _("L’adresse trouvée est trop incertaine : {found}."),
    "address-ambiguous": _("Deux adresses conviennent autant, aucune n’est choisie : {found}."),
    "address-unanswered": _("Le service d’adresses n’a pas répondu."),
}


def way(place_said: Mapping[str, Any]) -> str:
    """How a place is known, in a few words."""
    return str(WAYS.get(place_said.get("way", ""), ""))


def notes(place_said: Mapping[str, Any]) -> list[str]:
    """What there is to say of a place, a sentence each."""
    return [sentence(each) for each in place_said.get("notes", [])]


def sentence(note: Mapping[str, Any]) -> str:
    said = {key: ", ".join(value) if isinstance(value, list) else value for key, value in note.items()}
    return str(NOTES[note["code"]]).format_map(said)
