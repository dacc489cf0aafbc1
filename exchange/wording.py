"""What is said of a file, of its lines and of its cells, in the language of the reader.

The rooms below give codes (formats/reading/table.py lists those of reading) with the texts that fill them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange import problems, whereabouts
from exchange.likeness import Reason
from exchange.problems import Texts

# What was mended or noticed as the file was read.
REMARKS: Texts = {
    "other-format": gettext_lazy(
        "Le nom du fichier annonce {named}, son contenu est {format} : il est lu comme tel."
    ),
    "unpacked": gettext_lazy("Le fichier {name} était dans une archive : c’est lui qui est lu."),
    "other-sheets": gettext_lazy("D’autres feuilles du classeur ne sont pas lues : {names}."),
    "other-layers": gettext_lazy("D’autres couches du fichier ne sont pas lues : {names}."),
    "other-lists": gettext_lazy("D’autres listes du fichier ne sont pas lues : {names}."),
    "other-files": gettext_lazy("D’autres fichiers de l’archive ne sont pas lus : {names}."),
    "separator-line": gettext_lazy(
        "La première ligne ne fait que nommer le séparateur : elle n’est pas une donnée."
    ),
    "other-encoding": gettext_lazy(
        "Cette ligne est codée autrement ({encoding}) que le reste ({main}) ; elle est lue : « {text} »."
    ),
    "undefined-byte": gettext_lazy(
        "Des octets n’ont pas de lettre dans ce codage ({bytes}) : ils sont gardés tels quels."
    ),
    "control-signs": gettext_lazy("Signes invisibles retirés, qu’aucun texte ne contient : {count}."),
    "double-encoded": gettext_lazy("« {read} » était codé deux fois : lu « {mended} »."),
    "stray-quote": gettext_lazy(
        "Un guillemet s’ouvre et ne se ferme pas : il est lu comme un signe, dans « {text} »."
    ),
    "quoted-lines": gettext_lazy("Chaque ligne entière était entre guillemets : ils sont retirés."),
    "no-number": gettext_lazy("Nombres qui n’en sont pas (NaN, Infinity), lus comme vides : {count}."),
    "above-header": gettext_lazy("Une ligne au-dessus des noms de colonnes n’est pas lue : « {text} »."),
    "second-header": gettext_lazy("Une seconde ligne de noms de colonnes n’est pas lue : « {text} »."),
    "header-again": gettext_lazy("Les noms de colonnes sont répétés ici : cette ligne n’est pas lue."),
    "no-header": gettext_lazy(
        "Le fichier n’a pas de noms de colonnes : elles sont numérotées, et la première ligne est une donnée."
    ),
    "column-twice": gettext_lazy("Deux colonnes portent ce nom : la suivante s’appelle « {renamed} »."),
    "column-unnamed": gettext_lazy("Une colonne n’a pas de nom : elle s’appelle « {renamed} »."),
    "extra-cells": gettext_lazy("Il y a plus de cellules que de colonnes : {cells}."),
    "missing-cells": gettext_lazy("Il manque des cellules au bout de la ligne : {count}. Elles sont vides."),
    "broken-line": gettext_lazy("Une cellule allait à la ligne sans guillemets : lignes {lines} réunies."),
    "merged-cells": gettext_lazy("Cellules fusionnées ({range}) : chacune reçoit la valeur."),
    "section-line": gettext_lazy("« {text} » est un intertitre : cette ligne n’est pas une donnée."),
    "representative-point": gettext_lazy("Une forme ({kind}) est remplacée par un point pris à l’intérieur."),
    "no-projection": gettext_lazy(
        "Les coordonnées ne sont pas en degrés, et le fichier ne dit pas leur projection : elles sont gardées"
        " telles quelles."
    ),
    "projected": gettext_lazy("Coordonnées en {name}, ramenées en degrés (WGS 84)."),
    "bad-geometry": gettext_lazy("La forme ({kind}) ne peut pas être lue : cette ligne n’a pas de point."),
}

# A file refused as a whole.
REFUSALS: Texts = {
    "empty": gettext_lazy("Ce fichier est vide."),
    "no-rows": gettext_lazy("Ce fichier n’a aucune ligne de données : seulement des noms de colonnes."),
    "too-large": gettext_lazy("Ce fichier est trop lourd : {most} Mo au plus."),
    "too-many-rows": gettext_lazy("Ce fichier a trop de lignes : {most} au plus. Coupez-le en plusieurs."),
    "too-many-columns": gettext_lazy(
        "Ce fichier a {count} colonnes : {most} au plus. Retirez celles qui ne servent pas."
    ),
    "cell-too-long": gettext_lazy(
        "Une cellule est démesurée (plus de {most} signes) : c’est souvent un guillemet qui ne se ferme pas."
    ),
    "unclosed-quote": gettext_lazy("Un guillemet s’ouvre et ne se ferme jamais : corrigez cette ligne."),
    "unknown-format": gettext_lazy(
        "Ce n’est pas un fichier que nous lisons. Enregistrez-le en CSV, XLSX, ODS ou GeoJSON."
    ),
    "html": gettext_lazy(
        "C’est une page web, et non le fichier : elle a sans doute été enregistrée à sa place."
    ),
    "damaged": gettext_lazy("Ce fichier ({format}) est abîmé et ne peut pas être ouvert."),
    "encrypted": gettext_lazy("Ce fichier est protégé par un mot de passe : enregistrez-le sans."),
    "compression": gettext_lazy(
        "Cette archive est compressée d’une façon que nous ne lisons pas : refaites-la en ZIP ordinaire."
    ),
    "bomb": gettext_lazy("Ce que contient cette archive est démesuré ({most} Mo au plus)."),
    "too-many-files": gettext_lazy("Cette archive contient trop de fichiers : {most} au plus."),
    "too-many-cells": gettext_lazy(
        "Cette feuille s’étend sur trop de cellules ({most} au plus) : une cellule oubliée, très loin des"
        " autres, suffit à l’étendre. Copiez la liste dans un classeur neuf."
    ),
    "too-much-text": gettext_lazy("Les textes de cette feuille sont démesurés ({most} Mo au plus)."),
    "zip-in-zip": gettext_lazy(
        "Cette archive en contient une autre ({name}) : envoyez seulement le fichier."
    ),
    "nothing-inside": gettext_lazy("Cette archive ne contient aucun fichier que nous lisons."),
    "several-files": gettext_lazy(
        "Cette archive contient plusieurs listes ({names}) : envoyez-en une à la fois."
    ),
    "entities": gettext_lazy("Ce fichier XML déclare des entités : c’est refusé, par sécurité."),
    "bad-json": gettext_lazy("Ce fichier JSON est mal formé."),
    "no-list": gettext_lazy("Ce fichier JSON ne contient pas de liste."),
    "too-deep": gettext_lazy("Ce fichier est trop profondément emboîté."),
    "no-sheet": gettext_lazy("Il n’y a pas de feuille « {asked} ». Il y a : {names}."),
    "no-layer": gettext_lazy("Il n’y a pas de couche « {asked} ». Il y a : {names}."),
    "bad-encoding": gettext_lazy("Ce fichier n’est pas codé en {encoding}."),
}
# Why what a line says is not written.
KEPT: Texts = {
    "person": gettext_lazy("quelqu’un l’a écrit sur Maillage"),
    "source": gettext_lazy("une autre liste le dit ({name})"),
    "unsaid": gettext_lazy("on ne sait pas qui l’a dit"),
    "contradicts": gettext_lazy("cette date contredirait l’autre"),
}

PROBLEMS: Texts = problems.MENDED | problems.DROPPED | problems.REFUSED

# Their bound is said in bytes.
IN_BYTES = {"too-large", "bomb", "too-much-text"}


class Filled(dict[str, Any]):
    """What is not said leaves its place empty rather than breaking the sentence."""

    def __missing__(self, key: str) -> str:
        return "?"


def sentence(texts: Texts, code: str, said: Mapping[str, Any]) -> str:
    """The text of a code; the code itself where it has none, which a test forbids."""
    return str(texts.get(code, code)).format_map(Filled(said))


def remark(code: str, said: Mapping[str, Any]) -> str:
    """What was mended or noticed in a file."""
    if code == "more":
        return _("Et {count} autres remarques comme celle-ci : {text}").format(
            count=said.get("count", "?"), text=sentence(REMARKS, str(said.get("code", "")), {})
        )
    return sentence(REMARKS, code, said)


def refusal(code: str, said: Mapping[str, Any], line: int | None = None, column: str | None = None) -> str:
    """Why a file is refused, and where."""
    if code in IN_BYTES and said.get("most", "").isdigit():
        said = {**said, "most": int(said["most"]) // 2**20}
    told = sentence(REFUSALS, code, said)
    where = place(line, column)
    return _("{where} : {told}").format(where=capfirst(where), told=told) if where else told


def problem(code: str, said: Mapping[str, Any]) -> str:
    """What was mended in a cell or a line, why a value is not taken, why a line is refused."""
    return sentence(PROBLEMS, code, said)


def placed(said: Mapping[str, Any]) -> list[str]:
    """How a line was placed, and what had to be done for it: ``place_said`` of a candidate."""
    return [whereabouts.way(said), *whereabouts.notes(said)] if said else []


def kept(why: str, source: str = "") -> str:
    """Why a field is left as it is."""
    return sentence(KEPT, why, {"name": source or "?"})


def reason(code: str) -> str:
    """Why a line is, or may be, of an initiative; what speaks against it."""
    code, _colon, line = code.partition(":")
    if code == Reason.DOUBLE and line:
        return _("la ligne {line} du fichier dit la même chose").format(line=line)
    return str(dict(Reason.choices).get(code, code))


def place(line: int | None, column: str | None) -> str:
    """« ligne 12, colonne « nom » »; empty where it is everywhere."""
    parts = []
    if line:
        parts.append(_("ligne {line}").format(line=line))
    if column:
        parts.append(_("colonne « {name} »").format(name=column))
    return ", ".join(parts)
