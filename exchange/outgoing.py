"""What leaves of a selection: the one list of columns of every export, its rows, and what is said of them.

The rows are those of the one search, in its order, read as they are written. No column holds a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import phonenumbers
from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from directory import columns
from directory.columns import BASE_LICENCE
from directory.facets import count as count_of
from directory.features import every_record
from directory.models import Activity, Grouping, LegalForm, Precision, Sector, SourceRecord
from directory.search import SearchCriteria
from formats.writing import Cell, Column, Kind, Notice, Table

LAYER = "initiatives"
FRANCE = 33
# Sources that are named in a notice; the rest is counted.
SOURCES_NAMED = 100


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One column. ``words``: its cells are slugs joined by ";" that people read as words."""

    name: str
    title: str | Promise
    kind: Kind = Kind.TEXT
    width: int = 16
    wrap: bool = False
    words: bool = False


# In the order in which people read them.
COLUMNS = (
    Outgoing("name", gettext_lazy("Nom"), width=34),
    Outgoing("summary", gettext_lazy("En une phrase"), width=50, wrap=True),
    Outgoing("sector", gettext_lazy("Secteur principal"), width=22, words=True),
    Outgoing("sectors", gettext_lazy("Secteurs"), width=28, words=True),
    Outgoing("activities", gettext_lazy("Activités"), width=36, wrap=True, words=True),
    Outgoing("legal_form", gettext_lazy("Forme juridique"), width=22, words=True),
    Outgoing("street", gettext_lazy("Adresse"), width=28),
    Outgoing("postcode", gettext_lazy("Code postal"), Kind.CODE, width=10),
    Outgoing("locality", gettext_lazy("Localité"), width=18),
    Outgoing("commune", gettext_lazy("Commune"), width=20),
    Outgoing("commune_id", gettext_lazy("Code de la commune"), Kind.CODE, width=14),
    Outgoing("departement", gettext_lazy("Département"), width=18),
    Outgoing("departement_id", gettext_lazy("Code du département"), Kind.CODE, width=14),
    Outgoing("phone", gettext_lazy("Téléphone"), Kind.CODE, width=18),
    Outgoing("website", gettext_lazy("Site web"), width=30),
    Outgoing("opening_hours", gettext_lazy("Horaires (syntaxe OpenStreetMap)"), width=22),
    Outgoing("distance", gettext_lazy("Distance (mètres)"), Kind.NUMBER, width=12),
    Outgoing("longitude", gettext_lazy("Longitude"), Kind.NUMBER, width=12),
    Outgoing("latitude", gettext_lazy("Latitude"), Kind.NUMBER, width=12),
    Outgoing("precision", gettext_lazy("Précision du lieu"), width=18, words=True),
    Outgoing("ptces", gettext_lazy("PTCE"), width=24, words=True),
    Outgoing("networks", gettext_lazy("Réseaux"), width=24, words=True),
    Outgoing("charter", gettext_lazy("Signataire de la charte"), Kind.FLAG, width=12),
    Outgoing("testimony", gettext_lazy("Accepte de témoigner"), Kind.FLAG, width=12),
    Outgoing("founded", gettext_lazy("Fondée en"), Kind.CODE, width=12),
    Outgoing("siret", gettext_lazy("SIRET"), Kind.CODE, width=16),
    Outgoing("verified_at", gettext_lazy("Vérifiée le"), Kind.MOMENT, width=16),
    Outgoing("updated_at", gettext_lazy("Mise à jour le"), Kind.MOMENT, width=16),
    Outgoing("example", gettext_lazy("Donnée d’exemple"), Kind.FLAG, width=12),
    Outgoing("source", gettext_lazy("Source"), width=24),
    Outgoing("licences", gettext_lazy("Sources et licences"), width=30, wrap=True),
    Outgoing("url", gettext_lazy("Page sur Maillage"), width=40),
    Outgoing("id", gettext_lazy("Identifiant"), width=30),
)
PLACES = [columns.NAMES.index(column.name) for column in COLUMNS]
DISTANCE = next(place for place, column in enumerate(COLUMNS) if column.name == "distance")


@dataclass(frozen=True)
class Selection:
    """What is taken away: criteria, what they are called, in words (what, value), and where they are shown.

    ``base`` is the address of the site, without a final slash; ``page`` that of the selection. ``language``
    is the one that titles and words are in, whatever is spoken when the rows are read.
    """

    criteria: SearchCriteria
    name: str
    said: Sequence[tuple[str, str]] = ()
    base: str = ""
    page: str = ""
    at: datetime = field(default_factory=timezone.now)
    language: str = field(default_factory=lambda: get_language() or "fr")

    @cached_property
    def columns(self) -> list[Column]:
        """Those of this selection; a distance is said where one was asked for."""
        return [
            Column(each.name, str(each.title), each.kind, each.width, each.wrap)
            for each in COLUMNS
            if each.name != "distance" or self.criteria.near is not None
        ]

    def rows(self) -> Iterator[list[Any]]:
        """All that matches, in the order of the list, as long as ``columns``; slugs, codes, typed values.

        Inside ``directory.features.one_moment()``, or outside of any transaction.
        """
        places = PLACES if self.criteria.near is not None else PLACES[:DISTANCE] + PLACES[DISTANCE + 1 :]
        for record in every_record(self.criteria, self.base or site()):
            yield [record[place] for place in places]

    def table(self, *, words: bool, rows: Iterator[list[Any]] | None = None) -> Table:
        """``words``: as people read it, in the language that is spoken; slugs and codes otherwise."""
        given = self.rows() if rows is None else rows
        return Table(
            _("Initiatives") if words else LAYER,
            self.columns,
            Wording(self.columns).worded(given) if words else given,
            self.notice,
        )

    @cached_property
    def notice(self) -> Notice:
        """Criteria, date, number, licences: read once, in the same moment as the rows where there is one."""
        criteria = self.criteria
        number = count_of(criteria)
        lines: list[tuple[str, Cell]] = [
            (_("Sélection"), self.name),
            (_("Nombre d’initiatives"), number),
            (_("Date"), timezone.make_naive(self.at).replace(microsecond=0)),
            *(self.said or [(_("Critères"), _("aucun : toutes les initiatives publiées et en activité"))]),
            (_("Adresse de la sélection"), self.page or f"{self.base or site()}/{query_of(criteria)}"),
            (_("Licence de la base"), _("{licence}, en citant « Maillage »").format(licence=BASE_LICENCE)),
            *sources_said(criteria),
            (_("Personnes"), _("Ce fichier ne contient aucun contact de personne.")),
        ]
        return Notice(
            title=_("Maillage : {name}").format(name=self.name), sheet=_("À propos"), lines=lines,
            language=self.language, created=self.at,
        )  # fmt: skip


def site() -> str:
    return settings.SITE_URL.rstrip("/")


def query_of(criteria: SearchCriteria) -> str:
    return f"?{urlencode(criteria.params)}" if criteria.params else ""


def sources_said(criteria: SearchCriteria) -> list[tuple[str, Cell]]:
    """The sources that the selection mixes, with their licences and how many initiatives come from each."""
    found = (
        SourceRecord.objects.filter(vanished_at=None, initiative__in=criteria.initiatives().values("pk"))
        .values("source__name", "source__licence", "source__url")
        .annotate(number=Count("initiative", distinct=True))
        .order_by("-number", "source__name")
    )
    rows = list(found[: SOURCES_NAMED + 1])
    lines: list[tuple[str, Cell]] = []
    for row in rows[:SOURCES_NAMED]:
        licence = row["source__licence"] or _("licence non dite")
        number = ngettext("%(n)d initiative", "%(n)d initiatives", row["number"]) % {"n": row["number"]}
        told = [row["source__name"], licence, number, row["source__url"]]
        lines.append(("" if lines else _("Sources reprises"), " · ".join(each for each in told if each)))
    if len(rows) > SOURCES_NAMED:
        lines.append(("", _("et d’autres sources : voir la colonne « Sources et licences ».")))
    return lines


class Wording:
    """Slugs as words, telephones as they are printed; read once for a file."""

    def __init__(self, columns: Sequence[Column]) -> None:
        terms = [*Sector.objects.all(), *Activity.objects.all()]
        labels = {term.slug: term.label for term in terms}
        labels |= {str(value): str(label) for value, label in (*LegalForm.choices, *Precision.choices)}
        groupings = dict(Grouping.objects.filter(published=True).values_list("slug", "name"))
        known = {each.name: each.words for each in COLUMNS}
        self.said: list[tuple[int, Callable[[Any], Any]]] = []
        for place, column in enumerate(columns):
            if column.name in ("ptces", "networks"):
                self.said.append((place, in_words(groupings)))
            elif known[column.name]:
                self.said.append((place, in_words(labels)))
            elif column.name == "phone":
                self.said.append((place, printed))
            elif column.name in ("commune_id", "departement_id"):
                self.said.append((place, code))
            elif column.kind == Kind.MOMENT:
                self.said.append((place, local))

    def worded(self, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            for place, say in self.said:
                if row[place] is not None:
                    row[place] = say(row[place])
            yield row


def in_words(labels: dict[str, str]) -> Callable[[str], str]:
    """Words for slugs joined by ";"; what bears no label is said as it is. The same lists come often."""
    known: dict[str, str] = {}

    def say(slugs: str) -> str:
        if slugs not in known:
            known[slugs] = " ; ".join(labels.get(slug, slug) for slug in slugs.split(";"))
        return known[slugs]

    return say


def code(id: str) -> str:
    """The official code alone: ``23`` of ``departement-23``."""
    return id.partition("-")[2] or id


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def printed(number: str) -> str:
    """A French number in pairs, a foreign one with its country code; as it came where it cannot be read."""
    try:
        read = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        read, form.NATIONAL if read.country_code == FRANCE else form.INTERNATIONAL
    )
