"""A diagnosis as a spreadsheet: every figure with its unit, date, source, perimeter and number of cases.

Numbers are those of the report, to the last digit that a spreadsheet holds (16); the decimals shown are
those of the sheets of the indicators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diagnosis.annex import Annex
from diagnosis.model import Figure, Official, Report
from diagnosis.sheet import sheet_of, sheets
from diagnosis.wording import basis_of, decimals_of, name_of, unit_of
from diagnosis.zones import POOLED, Zone
from formats.workbook import About, Cell, Column, Table, text_table, workbook
from territories.models import Kind


@dataclass(frozen=True, slots=True)
class Site:
    """Where this site says what a spreadsheet cites; addresses are absolute."""

    report: str
    method: str
    initiative: Callable[[str], str]
    download: str


def book(report: Report, annex: Annex | None, site: Site) -> bytes:
    """XLSX. ``annex`` is None where the list is not of the moment of the figures: a saved diagnosis."""
    made = local_day(report)
    about = About(
        title=title_of(report), subject=_("Diagnostic territorial"), author="Maillage",
        comments=f"{made} · ODbL 1.0", created=report.data_date,
    )  # fmt: skip
    return workbook(about, tables(report, annex, site))


def text(report: Report) -> bytes:
    """CSV of the figures, with the decimal sign of the reader's language."""
    comma = "," if (get_language() or "fr").startswith("fr") else "."
    return text_table(columns(report), figure_rows(report), comma)


def title_of(report: Report) -> str:
    return _("Diagnostic territorial : %(name)s") % {"name": report.zone.name}


def local_day(report: Report) -> str:
    return date_format(timezone.localtime(report.data_date).date(), "DATE_FORMAT")


def tables(report: Report, annex: Annex | None, site: Site) -> Iterator[Table]:
    yield introduction(report, annex, site)
    yield Table(
        _("Chiffres"), columns(report), figure_rows(report),
        decimals=dict.fromkeys(numbered(report), [decimals_of(each.code) for each in report.figures]),
    )  # fmt: skip
    yield places(report)
    yield cells(report)
    yield white_zones(report)
    yield evolution(report)
    yield forms(report)
    if report.actors:
        yield links(report, site)
    yield bridges(report, site)
    if annex and annex.initiatives:
        yield initiatives(report, annex, site)
    yield indicators()


def introduction(report: Report, annex: Annex | None, site: Site) -> Table:
    """What a reader must know before the figures."""
    zone = report.zone
    rows: list[tuple[str, Cell]] = []
    rows.append((_("Diagnostic territorial"), zone.name))
    rows.append((_("Nature du territoire"), str(Kind(zone.kind).label)))
    rows.append((_("Identifiant"), zone.id))
    rows.append((_("Communes"), zone.communes))
    rows.append((_("Population municipale"), zone.population))
    rows.append((_("Superficie (km²)"), zone.area))
    rows.append((_("Date des données"), timezone.localtime(report.data_date).date()))
    rows.append((_("Comparé à"), ", ".join(each.name for each in report.references)))
    rows.append((_("Territoires similaires"), ", ".join(each.name for each in report.peers)))
    for number, message in enumerate(report.messages, 1):
        said = f"{message.text} ({', '.join(message.codes)})"
        rows.append((_("Message clé %(number)s") % {"number": number}, said))
    rows.append((_("Sources"), _("Base des initiatives de Maillage ; populations légales : INSEE")))
    rows += [(each.code, source_of_official(each)) for each in report.official]
    rows.append((_("Licence"), _("Base des initiatives : ODbL 1.0, en citant la source")))
    rows.append((_("Pour citer"), citation(report)))
    rows.append((_("Ce diagnostic en ligne"), site.report))
    rows.append((_("Comment chaque chiffre est calculé"), site.method))
    if annex and annex.left_out:
        rows.append((_("Liste des initiatives (trop longue pour ce classeur)"), site.download))
    head = [Column(_("Ce classeur"), 34, wrap=True), Column(zone.name, 100, wrap=True)]
    return Table(_("À lire"), head, rows, filtered=False)


def citation(report: Report) -> str:
    said = _(
        "Source : Maillage, base des initiatives (ODbL 1.0), diagnostic « %(name)s », données du %(date)s."
    )
    return said % {"name": report.zone.name, "date": local_day(report)}


def beside(report: Report) -> list[Zone]:
    """Whose figures stand beside: the territories around, the peers as one, each of the peers."""
    return [*report.references, *([report.pooled] if report.pooled else []), *report.peers]


def columns(report: Report) -> list[Column]:
    """Of the figures; ``numbered`` says which are written with the decimals of their indicator."""
    names = [
        _("Ensemble des territoires similaires") if zone.id == POOLED else f"{zone.name} ({zone.id})"
        for zone in beside(report)
    ]
    return [
        Column(_("Code"), 12), Column(_("Indicateur"), 44, wrap=True), Column(_("Secteur"), 26),
        Column(_("Valeur"), 12), Column(_("Unité"), 30, wrap=True), Column(_("Bas (95 %)"), 11),
        Column(_("Haut (95 %)"), 11), Column(_("Effectif (n)"), 11), Column(_("Ce que n compte"), 18),
        Column(_("Remarque"), 34, wrap=True), Column(_("Situation (sur 100)"), 11, 0), Column(_("Date"), 12),
        Column(_("Périmètre"), 30), Column(_("Source"), 50, wrap=True), *(Column(name, 16) for name in names),
    ]  # fmt: skip


def numbered(report: Report) -> list[int]:
    """Value, low, high, and what others have."""
    return [3, 5, 6, *range(14, 14 + len(beside(report)))]


def figure_rows(report: Report) -> Iterator[list[Cell]]:
    """One for each figure, in the order of the report."""
    official = {each.code: each for each in report.official}
    labels = {sector.slug: sector.label for sector in report.sectors}
    perimeter = f"{report.zone.name} ({report.zone.id})"
    day = timezone.localtime(report.data_date).date()
    others = [zone.id for zone in beside(report)]
    for each in report.figures:
        told = official.get(each.code)
        yield [
            each.code, told.label if told else name_of(each.code),
            labels[each.sector] if each.sector else "", each.value, unit_in_full(each), each.low, each.high,
            each.n, basis_of(each), each.why, each.percentile, told.year if told else day, perimeter,
            source_of_official(told) if told else source_of(each.code),
            *(each.references.get(id) for id in others),
        ]  # fmt: skip


def unit_in_full(figure: Figure) -> str:
    """The unit in words: « % des habitants »."""
    sheet = sheet_of(figure.code)
    others = {
        "N": _("initiatives"), "N-active": _("initiatives"), "S3E": _("sur 1"),
        "R1-degree": _("partenaires par initiative"), "R1-isolated": _("% des initiatives"),
    }  # fmt: skip
    if figure.code == "S5" and figure.sector:
        return _("% des territoires similaires")
    if figure.code in others:
        return others[figure.code]
    if sheet:
        return sheet.words.unit
    return _("%") if figure.unit == "percent" else unit_of(figure.code, figure.unit)


def source_of(code: str) -> str:
    sheet = sheet_of(code)
    counted = _("Base Maillage, fiches publiées et en activité, à la date du calcul.")
    return sheet.words.source if sheet else counted


def source_of_official(official: Official) -> str:
    return _("%(source)s ; millésime %(year)s, chargé le %(day)s") % {
        "source": f"{official.source} ({official.link})" if official.link else official.source,
        "year": official.year, "day": date_format(official.loaded, "SHORT_DATE_FORMAT"),
    }  # fmt: skip


def places(report: Report) -> Table:
    """The territory and those that it is compared with."""
    roles = [
        (_("ce territoire"), [report.zone]), (_("autour"), report.references),
        (_("similaire"), report.peers),
    ]  # fmt: skip
    head = [
        Column(_("Territoire"), 36), Column(_("Rôle"), 14), Column(_("Identifiant"), 22),
        Column(_("Nature"), 18), Column(_("Population"), 12), Column(_("Superficie (km²)"), 12, 1),
        Column(_("Communes"), 11), Column(_("Initiatives"), 11),
        *(Column(sector.label, 12) for sector in report.sectors),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            zone.name, role, zone.id, str(Kind(zone.kind).label), zone.population, zone.area, zone.communes,
            zone.count, *(zone.holds(sector.number) for sector in report.sectors),
        ]
        for role, zones in roles
        for zone in zones
    ]  # fmt: skip
    note = _("Une initiative de plusieurs secteurs compte dans chacun : leur somme dépasse le total.")
    return Table(_("Territoires"), head, rows, note)


def cells(report: Report) -> Table:
    """What the maps colour."""
    head = [
        Column(_("Nom"), 34), Column(_("Identifiant"), 20), Column(_("Nature"), 16),
        Column(_("Population"), 12), Column(_("Superficie (km²)"), 12, 1), Column(_("Initiatives"), 11),
        Column(_("Densité lissée (D3) ou densité (D1)"), 14, 1),
        Column(_("Distance moyenne à une initiative (m)"), 14, 0),
        *(Column(sector.label, 12) for sector in report.sectors),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            cell.name, cell.id, str(Kind(cell.kind).label), cell.population, cell.area, cell.count,
            cell.smoothed, cell.reach[0] if cell.reach else None, *cell.by_sector,
        ]
        for cell in report.cells
    ]  # fmt: skip
    note = _("La densité est lissée pour les communes (D3), telle quelle pour ce qui est plus grand (D1).")
    return Table(_("Carte"), head, rows, note)


def white_zones(report: Report) -> Table:
    """A4, commune by commune."""
    head = [
        Column(_("Secteur"), 30), Column(_("Commune"), 34), Column(_("Identifiant"), 20),
        Column(_("Habitants"), 12),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [report.sector(zone.sector).label, place.name, place.id, place.population]
        for zone in report.white_zones
        for place in zone.communes
    ]
    note = _(
        "Communes dont le chef-lieu est à plus de 10 km, à vol d’oiseau, d’une initiative du secteur ; les"
        " 500 plus peuplées de chaque secteur."
    )
    return Table(_("Zones blanches"), head, rows, note)


def evolution(report: Report) -> Table:
    head = [
        Column(_("Année"), 10), Column(_("Fondées"), 10), Column(_("Fermées"), 10),
        Column(_("Fiches saisies"), 12),
    ]  # fmt: skip
    # A year is a number without thousands.
    rows: list[list[Cell]] = [[str(y.year), y.founded, y.closed, y.entered] for y in report.evolution]
    return Table(
        _("Évolution"), head, rows, _("Une hausse peut venir de la saisie : lisez les deux courbes.")
    )


def forms(report: Report) -> Table:
    head = [Column(_("Forme juridique"), 44), Column(_("Initiatives"), 11)]
    return Table(_("Formes juridiques"), head, [[each.label, each.count] for each in report.forms])


def links(report: Report, site: Site) -> Table:
    head = [
        Column(_("Initiative"), 44), Column(_("Liée ici à"), 80, wrap=True), Column(_("Liens ici"), 10),
        Column(_("Liens ailleurs"), 10), Column(_("Adresse"), 60),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            each.name, ", ".join(report.actors[place].name for place in each.partners), len(each.partners),
            each.elsewhere, site.initiative(each.slug),
        ]
        for each in report.actors
    ]  # fmt: skip
    return Table(_("Liens"), head, rows, _("Les liens déclarés ; par ordre alphabétique."))


def bridges(report: Report, site: Site) -> Table:
    head = [
        Column(_("Initiative"), 44), Column(_("% des paires reliées par elle"), 16, 1),
        Column(_("Adresse"), 60),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [each.name, each.between, site.initiative(each.slug)] for each in report.bridges
    ]
    return Table(_("Passerelles"), head, rows, _("Par ordre alphabétique : ce n’est pas un classement."))


def initiatives(report: Report, annex: Annex, site: Site) -> Table:
    labels = {sector.slug: sector.label for sector in report.sectors}
    head = [
        Column(_("Initiative"), 44), Column(_("Commune"), 28), Column(_("Code INSEE"), 10),
        Column(_("Secteurs"), 44), Column(_("Forme juridique"), 28), Column(_("Fondée le"), 12),
        Column(_("Précision du point"), 18), Column(_("Vérifiée le"), 12), Column(_("Mise à jour le"), 12),
        Column(_("Remarque"), 20), Column(_("Adresse"), 60),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            each.name, each.commune, each.commune_code,
            ", ".join(labels.get(slug, slug) for slug in each.sectors), each.legal_form_label, each.founded,
            each.precision_label, each.verified, each.updated, each.origin_label, site.initiative(each.slug),
        ]
        for each in annex.initiatives
    ]  # fmt: skip
    note = _("Les initiatives au moment de l’export ; les chiffres sont ceux de la date des données.")
    return Table(_("Initiatives"), head, rows, note)


def indicators() -> Table:
    """What each code means."""
    head = [
        Column(_("Code"), 8), Column(_("Indicateur"), 36, wrap=True), Column(_("Définition"), 60, wrap=True),
        Column(_("Formule"), 60, wrap=True), Column(_("Unité"), 24, wrap=True),
        Column(_("Lecture"), 60, wrap=True), Column(_("Limites"), 60, wrap=True),
        Column(_("Source"), 40, wrap=True),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            sheet.code, w.name, w.definition, w.formula, w.unit, w.reading, w.limits, w.source,
        ]
        for sheet in sheets().values()
        for w in [sheet.words]
    ]  # fmt: skip
    return Table(_("Indicateurs"), head, rows)
