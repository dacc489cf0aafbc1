"""Up to five sentences for elected members, each made by a rule from figures that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from diagnosis.model import Report

MOST = 5
# A location quotient beyond which a sector is a speciality, with so many initiatives at least.
SPECIAL, SPECIAL_CASES = 1.5, 5


Said = Iterator[tuple[str, tuple[str, ...]]]


def messages(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    """The sentences, each with the codes of the figures that it rests on."""
    return [said for rule in RULES for said in rule(report)][:MOST]


def counted(report: Report) -> Said:
    n, name = report.zone.count, report.zone.name
    if not n:
        said = _("Aucune initiative n’est connue ici : %(name)s. Il reste tout à recenser.")
        yield said % {"name": name}, ("N",)
        return
    said = ngettext(
        "%(n)s initiative est connue : %(name)s.", "%(n)s initiatives sont connues : %(name)s.", n
    ) % {"n": number_format(n, force_grouping=True), "name": name}
    yield said, ("N",)


def beside(report: Report) -> Said:
    """Denser or sparser than around, where chance does not explain it."""
    density = report.figure("D1")
    if density.value is None or not report.references or density.low is None or density.high is None:
        return
    around = report.references[0]
    theirs = density.references[around.id]
    if theirs is None:
        return
    words = {
        "here": number_format(density.value, 1), "there": number_format(theirs, 1), "place": around.name,
    }  # fmt: skip
    if density.low > theirs:
        said = _(
            "Elles y sont plus nombreuses qu’ailleurs pour autant d’habitants : %(here)s pour 10 000,"
            " contre %(there)s (%(place)s)."
        )
    elif density.high < theirs:
        said = _(
            "Elles y sont moins nombreuses qu’ailleurs pour autant d’habitants : %(here)s pour 10 000,"
            " contre %(there)s (%(place)s)."
        )
    else:
        said = _(
            "Rapporté aux habitants, l’écart avec l’ensemble (%(place)s) peut tenir au hasard : %(here)s"
            " pour 10 000, contre %(there)s."
        )
    yield said % words, ("D1", "C1")


def absent(report: Report) -> Said:
    wanted = [figure.sector for figure in report.of("S5") if figure.sector]
    labels = [sector.label for sector in report.sectors if sector.slug in wanted]
    if labels:
        yield (
            (
                _("Absents ici, présents dans la plupart des territoires semblables : %(sectors)s.")
                % {"sectors": ", ".join(labels)}
            ),
            ("S5", "C3"),
        )
        return
    missing = [s.label for s in report.sectors if not report.zone.holds(s.number)]
    if missing and report.zone.count:
        yield (
            (
                ngettext(
                    "%(k)s secteur sur %(all)s n’a aucune initiative : %(sectors)s.",
                    "%(k)s secteurs sur %(all)s n’ont aucune initiative : %(sectors)s.",
                    len(missing),
                )
                % {"k": len(missing), "all": len(report.sectors), "sectors": ", ".join(missing)}
            ),
            ("S4",),
        )


def special(report: Report) -> Said:
    strong = [
        (figure.value, sector.label)
        for sector in report.sectors
        for figure in [report.figure("S1", sector.slug)]
        if figure.value and figure.value >= SPECIAL and (figure.n or 0) >= SPECIAL_CASES
    ]
    if strong:
        labels = [label for _quotient, label in sorted(strong, reverse=True)[:3]]
        yield _("Ce qui distingue ce territoire : %(sectors)s.") % {"sectors": ", ".join(labels)}, ("S1",)


def far(report: Report) -> Said:
    """The sector that the most people live far from."""
    worst = max(report.white_zones, key=lambda each: each.population, default=None)
    total = report.zone.population
    if worst and worst.population and total and report.zone.count:
        part = number_format(100 * worst.population / total, 0)
        said = _(
            "%(part)s %% des habitants vivent à plus de 10 km, à vol d’oiseau, d’une initiative de ce"
            " secteur : %(sector)s."
        )
        yield said % {"part": part, "sector": report.sector(worst.sector).label}, ("A4", "A1-10")


def doubtful(report: Report) -> Said:
    verified = report.figure("K1-verified")
    if verified.value is not None and verified.value < 50:
        said = _("Ces chiffres sont à prendre avec prudence : %(part)s %% des fiches ont été vérifiées.")
        yield said % {"part": number_format(verified.value, 0)}, ("K1-verified",)


RULES = (counted, beside, absent, special, far, doubtful)
