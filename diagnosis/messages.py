"""Up to five sentences for elected members, each made by a rule from figures that it names.

Where few initiatives are known, here or in what resembles it, they say so and compare nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diagnosis.wording import distance, measured, number, percent, value_of

if TYPE_CHECKING:
    from diagnosis.model import Report

MOST = 5
# A location quotient beyond which a sector is a speciality, with so many initiatives at least.
SPECIAL, SPECIAL_CASES = 1.5, 5
# Peers without any initiative, beyond which rates say who has begun to enter them.
THIN = 0.5
REMOTE = 90  # per cent of the people
LISTED = 5  # sectors in a sentence

Said = Iterator[tuple[str, tuple[str, ...]]]


def messages(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    """The sentences, each with the codes of the figures that it rests on. A doubt is always said."""
    doubts = list(doubtful(report))
    said = [each for rule in RULES for each in rule(report)]
    return [(tied(text), codes) for text, codes in said[: MOST - len(doubts)] + doubts]


def few(report: Report) -> bool:
    return report.figure("S3").note == "few"


def thin(report: Report) -> bool:
    """Whether most of what resembles this territory has nothing known."""
    return bool(report.peers) and empty(report) >= THIN * len(report.peers)


def empty(report: Report) -> int:
    return sum(not each.count for each in report.peers)


def counted(report: Report) -> Said:
    n, zone = report.zone.count, report.zone
    if not n:
        said = _(
            "{name} : aucune initiative connue. Il reste à recenser ; « aucune connue » n’est pas « aucune »."
        )
        yield said.format(name=zone.name), ("N",)
        return
    held = sum(bool(count) for count in zone.by_sector)
    words = {
        "name": zone.name, "n": number(n), "people": number(zone.population or 0), "held": held,
        "all": len(report.sectors),
    }  # fmt: skip
    said = ngettext(
        "{name} : {n} initiative connue pour {people} habitants, dans {held} secteurs sur {all}.",
        "{name} : {n} initiatives connues pour {people} habitants, dans {held} secteurs sur {all}.",
        n,
    )
    if zone.population is None:
        said = ngettext(
            "{name} : {n} initiative connue, dans {held} secteurs sur {all}.",
            "{name} : {n} initiatives connues, dans {held} secteurs sur {all}.",
            n,
        )
    yield said.format(**words), ("N", "S4")


def too_few(report: Report) -> Said:
    n = report.zone.count
    if n and few(report):
        said = ngettext(
            "Avec {n} initiative, une de plus ou de moins change tout : complétez la liste avant de comparer"
            " des taux.",
            "Avec {n} initiatives, une de plus ou de moins change tout : complétez la liste avant de comparer"
            " des taux.",
            n,
        )
        yield said.format(n=number(n)), ("N", "D1")


def others_empty(report: Report) -> Said:
    if thin(report):
        k = empty(report)
        said = ngettext(
            "{k} territoire similaire sur {all} n’a aucune initiative connue : comparer les densités dirait"
            " peu de chose aujourd’hui.",
            "{k} territoires similaires sur {all} n’ont aucune initiative connue : comparer les densités"
            " dirait peu de chose aujourd’hui.",
            k,
        )
        yield said.format(k=k, all=len(report.peers)), ("C3",)


def beside(report: Report) -> Said:
    """Denser or sparser than around, where chance does not explain it."""
    density = report.figure("D1")
    if few(report) or thin(report) or not report.references or density.low is None or density.high is None:
        return
    around = report.references[0]
    theirs = density.references[around.id]
    if theirs is None:
        return
    words = {"here": value_of(density), "there": measured(density, theirs), "place": around.name}
    if density.low > theirs:
        said = _(
            "À population égale, il y en a plus ici : {here} pour 10 000 habitants, contre {there} ({place})."
        )
    elif density.high < theirs:
        said = _(
            "À population égale, il y en a moins ici : {here} pour 10 000 habitants, contre {there}"
            " ({place})."
        )
    else:
        said = _(
            "À population égale, ni plus ni moins qu’autour, au hasard près : {here} pour 10 000 habitants,"
            " contre {there} ({place})."
        )
    yield said.format(**words), ("D1", "C1")


def nearest(report: Report) -> Said:
    """Where there is none here: how far the nearest is."""
    away = report.figure("A2").value
    if report.zone.count or away is None:
        return
    said = (
        _("Du chef-lieu, l’initiative la plus proche est à {away} à vol d’oiseau.")
        if report.zone.communes == 1
        else _("Les habitants vivent en moyenne à {away}, à vol d’oiseau, de l’initiative la plus proche.")
    )
    yield said.format(away=distance(away)), ("A2",)


def absent(report: Report) -> Said:
    wanted = [figure.sector for figure in report.of("S5") if figure.sector]
    labels = [sector.label for sector in report.sectors if sector.slug in wanted]
    if labels:
        said = _("Absents ici, présents dans la plupart des territoires similaires : {sectors}.")
        yield said.format(sectors=listed(labels)), ("S5", "C3")
        return
    missing = [sector.label for sector in report.sectors if not report.zone.holds(sector.number)]
    if missing and len(missing) <= LISTED and report.zone.count:
        said = ngettext(
            "Un secteur n’a aucune initiative connue : {sectors}.",
            "{k} secteurs n’ont aucune initiative connue : {sectors}.",
            len(missing),
        )
        yield said.format(k=len(missing), sectors=listed(missing)), ("S4",)


def special(report: Report) -> Said:
    strong = [
        (figure.value, sector.label)
        for sector in report.sectors
        for figure in [report.figure("S1", sector.slug)]
        if figure.value and figure.value >= SPECIAL and (figure.n or 0) >= SPECIAL_CASES
    ]
    if strong and report.references:
        labels = [label for _quotient, label in sorted(strong, reverse=True)]
        said = _("Ce qui pèse ici au moins une fois et demie plus que dans l’ensemble ({place}) : {sectors}.")
        yield said.format(place=report.references[-1].name, sectors=listed(labels)), ("S1",)


def far(report: Report) -> Said:
    """The sectors that almost all the people live far from, or the one that the most do."""
    total = report.zone.population
    if thin(report) or report.zone.communes < 2 or not report.zone.count or not total:
        return
    parts = {each.sector: 100 * each.population / total for each in report.white_zones if each.population}
    remote = [each.label for each in report.sectors if parts.get(each.slug, 0) >= REMOTE]
    if 2 * len(remote) > len(report.sectors):
        said = _(
            "Pour {k} secteurs sur {all}, presque personne n’a d’initiative connue à 10 km ou moins : la"
            " liste est sans doute loin d’être complète."
        )
        yield said.format(k=len(remote), all=len(report.sectors)), ("A4", "A1-10")
    elif len(remote) > 1:
        said = _(
            "Pour {k} secteurs sur {all}, au moins neuf habitants sur dix vivent à plus de 10 km, à vol"
            " d’oiseau, de toute initiative connue : {sectors}."
        )
        words = {"k": len(remote), "all": len(report.sectors), "sectors": listed(remote)}
        yield said.format(**words), ("A4", "A1-10")
    elif parts:
        worst = max(parts, key=parts.__getitem__)
        said = _(
            "Le secteur le plus loin des habitants : {sector}. {part} d’entre eux vivent à plus de 10 km, à"
            " vol d’oiseau, de toute initiative connue."
        )
        label = report.sector(worst).label
        yield said.format(part=percent(parts[worst]), sector=label), ("A4", "A1-10")


def unlinked(report: Report) -> Said:
    if report.figure("R1").note == "no-links" and not few(report):
        yield _("Aucun lien n’est déclaré entre initiatives d’ici : le réseau reste à décrire."), ("R1",)


def doubtful(report: Report) -> Said:
    verified = report.figure("K1-verified")
    if verified.value is not None and verified.value < 50:
        said = (
            _("Prudence : {part} des fiches seulement ont été vérifiées par une personne.")
            if verified.value
            else _("Prudence : aucune fiche n’a été vérifiée par une personne.")
        )
        yield said.format(part=value_of(verified)), ("K1-verified",)


def listed(labels: list[str]) -> str:
    """The first of them, and how many more; sectors have commas in their names."""
    shown = labels if len(labels) <= LISTED + 1 else labels[:LISTED]
    more = len(labels) - len(shown)
    return _(" ; ").join(shown) + (" " + _("et {n} autres").format(n=more) if more else "")


def tied(text: str) -> str:
    """With the spaces that a line must not break at."""
    for loose, fast in (
        (" :", "\u00a0:"),
        (" ;", "\u00a0;"),
        ("« ", "«\u00a0"),
        (" »", "\u00a0»"),
        (" 000", "\u00a0000"),
    ):
        text = text.replace(loose, fast)
    return text


RULES = (counted, too_few, others_empty, nearest, beside, absent, special, far, unlinked)
