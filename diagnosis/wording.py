"""The figures in words: what each is called, and how it is written, the same on every face of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diagnosis.sheet import sheet_of

if TYPE_CHECKING:
    from diagnosis.model import Figure

NO_BREAK_SPACE = "\u00a0"
# What a sheet tells under one name and a report in several figures.
NAMES: dict[str, Promise] = {
    "N": gettext_lazy("Initiatives établies ici"),
    "N-active": gettext_lazy("Actives ici, établies ailleurs"),
    "A1-5": gettext_lazy("Habitants à moins de 5 km d’une initiative"),
    "A1-10": gettext_lazy("Habitants à moins de 10 km d’une initiative"),
    "A1-20": gettext_lazy("Habitants à moins de 20 km d’une initiative"),
    "S4": gettext_lazy("Secteurs qui ont au moins une initiative"),
    "S3E": gettext_lazy("Équilibre entre les secteurs présents"),
    "R1-degree": gettext_lazy("Partenaires par initiative, en moyenne"),
    "R1-isolated": gettext_lazy("Initiatives sans aucun lien"),
    "K1-verified": gettext_lazy("Fiches vérifiées par une personne"),
    "K1-address": gettext_lazy("Fiches placées à l’adresse"),
    "K1-fresh": gettext_lazy("Fiches mises à jour depuis moins de 24 mois"),
    "K1-undated": gettext_lazy("Fiches sans date de fondation"),
}
# Where they are written otherwise than their sheet says.
DECIMALS = {"N": 0, "N-active": 0, "R1-degree": 1, "R1-isolated": 0}
DENSITIES = ("per_10000", "per_100km2")


def name_of(code: str) -> str:
    """What the figure of this code is called."""
    sheet = sheet_of(code)
    return str(NAMES[code]) if code in NAMES else sheet.words.name if sheet else code


def decimals_of(code: str, sector: str | None = None) -> int:
    """How many are written; the density of one sector is small, and needs two."""
    if sector and code == "D1":
        return 2
    sheet = sheet_of(code)
    # Official series beyond the first have no sheet.
    return DECIMALS.get(code, sheet.decimals if sheet else int(code.startswith("E")))


def number(value: float, decimals: int = 0) -> str:
    """Rounded, in the language of the reader; a minus sign is not a hyphen."""
    return number_format(round(value, decimals) + 0.0, decimals, force_grouping=True).replace("-", "−")


def distance(metres: float) -> str:
    """In metres under a kilometre, in kilometres from there."""
    if metres < 1_000:
        return f"{number(round(metres))}{NO_BREAK_SPACE}m"
    return f"{number(metres / 1_000, 0 if metres >= 20_000 else 1)}{NO_BREAK_SPACE}km"


def percent(value: float, decimals: int = 0) -> str:
    """A part that is not nothing is never written as nothing, nor one that is not all as all."""
    said, step = round(value, decimals), 10.0**-decimals
    words, shown = _("{part} %"), number(value, decimals)
    if value in (0, 100):
        shown = number(value)
    elif said == 0 and value > 0:
        words, shown = _("moins de {part} %"), number(step, decimals)
    elif said == 100 and value < 100:
        words, shown = _("plus de {part} %"), number(100 - step, decimals)
    return words.format(part=shown).replace(" %", f"{NO_BREAK_SPACE}%")


WRITERS: dict[str, Callable[[float, int], str]] = {
    "percent": percent,
    "metres": lambda value, decimals: distance(value),
}


def written(value: float | None, unit: str, decimals: int = 0) -> str:
    """A value with the sign of its unit, if it has one; empty where there is none."""
    if value is None:
        return ""
    return WRITERS.get(unit, number)(value, decimals)


def value_of(figure: Figure) -> str:
    """« 15,0 », « 75 % », « 3,9 km »; empty where it could not be computed."""
    return measured(figure, figure.value)


def measured(figure: Figure, value: float | None) -> str:
    """A value of the same indicator elsewhere, written as that of the figure; a gap says its way."""
    if figure.code == "C1" and value is not None:  # a difference may be nothing, or more than all
        said = f"{number(value)}{NO_BREAK_SPACE}%"
        return f"+{said}" if round(value) > 0 else said
    return written(value, figure.unit, decimals_for(figure))


def decimals_for(figure: Figure) -> int:
    """The same wherever it is read; small densities need two to be told apart."""
    decimals = decimals_of(figure.code, figure.sector)
    largest = figure.value or max(filter(None, figure.references.values()), default=0)
    return max(decimals, 2) if figure.unit in DENSITIES and 0 < largest < 1 else decimals


def unit_of(code: str, unit: str = "") -> str:
    """The words after a value: « pour 10 000 habitants »; empty where its sign says enough. ``unit`` is that
    of an official series, which its code does not tell."""
    words = {
        "D1": _("pour 10 000 habitants"), "D2": _("pour 100 km²"), "A4": _("habitants"),
        "S1": _("fois la part de la référence"), "C2": _("sur 100"), "S2": _("sur 1"),
    }  # fmt: skip
    return words.get(code, words["D1"] if unit == "per_10000" else "")


def interval_of(figure: Figure) -> str:
    """« de 7,8 à 26,2 »; empty without one."""
    if figure.low is None or figure.high is None:
        return ""
    decimals = decimals_for(figure)
    return _("de %(low)s à %(high)s") % {
        "low": number(figure.low, decimals), "high": number(figure.high, decimals),
    }  # fmt: skip


def basis_of(figure: Figure) -> str:
    """The cases that a figure rests on: « 12 initiatives »; empty where it has none, or is their number."""
    n, code = figure.n, figure.code
    if not n or code in ("E1", "N", "N-active"):
        return ""
    if code.startswith("K1"):
        said = ngettext("{n} fiche", "{n} fiches", n)
    elif code.startswith(("A1", "A2", "A4")):
        said = ngettext("{n} commune", "{n} communes", n)
    elif code in ("R1", "R1-degree", "R1-isolated", "R2"):
        said = ngettext("{n} lien déclaré", "{n} liens déclarés", n)
    elif code in ("C2", "C3", "S5"):
        said = ngettext("{n} territoire", "{n} territoires", n)
    elif code == "Q1":
        said = ngettext("{n} réponse", "{n} réponses", n)
    else:
        said = ngettext("{n} initiative", "{n} initiatives", n)
    return said.format(n=number(n))
