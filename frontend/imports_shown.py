"""An import as its pages show it: where it is on its road, what comes of its lines, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import F, Field, Func, IntegerField, Q, QuerySet, Sum, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.history import Change
from directory.models import Initiative, Publication, Source
from exchange import wording
from exchange.models import Candidate, Import, Match, Outcome, State
from exchange.placing import FLOOR
from exchange.problems import MENDED
from frontend.quantities import plain
from frontend.versions import DAYS, LONG, WITH_ANOTHER, Line, Words, difference, label_of

# Of problems, those by which a value is lost and not its line.
DROPPED = "$[*] ? (@.refuses == false && !({}))".format(
    " || ".join(f'@.code == "{code}"' for code in sorted(MENDED))
)
VALUES_SHOWN = 20
LINES_SHOWN = 20
Road = list[tuple[str, str, str]]

# In the order in which they are read, before the import and after it.
BEFORE = {
    Outcome.CREATE: gettext_lazy("à créer"), Outcome.UPDATE: gettext_lazy("à mettre à jour"),
    Outcome.UNCHANGED: gettext_lazy("sans changement"), Outcome.TO_REVIEW: gettext_lazy("à vérifier"),
    Outcome.REFUSED: gettext_lazy("refusées"),
}  # fmt: skip
AFTER = {
    Outcome.CREATE: gettext_lazy("créées"), Outcome.UPDATE: gettext_lazy("mises à jour"),
    Outcome.UNCHANGED: gettext_lazy("sans changement"), Outcome.TO_REVIEW: gettext_lazy("laissées de côté"),
    Outcome.REFUSED: gettext_lazy("refusées"),
}  # fmt: skip


class JSONPath(Field):
    """The type that PostgreSQL gives a path in JSON."""

    def db_type(self, connection: Any) -> str:
        return "jsonpath"


@dataclass(frozen=True, slots=True)
class Figure:
    outcome: str
    label: str
    count: int


def road(batch: Import | None = None) -> Road:
    """The steps: name, label, address of those that one may go back to."""
    back = batch is not None and batch.state in (State.READ, State.PLANNED)
    here = [batch.uuid] if batch else []
    return [
        ("file", _("Le fichier"), ""),
        ("columns", _("Les colonnes"), reverse("people:import_columns", args=here) if back else ""),
        ("values", _("Les catégories"), reverse("people:import_values", args=here) if back else ""),
        ("plan", _("Ce qui va changer"), ""),
        ("done", _("Le compte rendu"), ""),
    ]


def outcomes(batch: Import) -> list[Figure]:
    """How many lines come to each end; they add up to the lines of the file."""
    counts = batch.counts.get("outcomes", {})  # which stay when the lines are forgotten
    labels = AFTER if batch.state in (State.DONE, State.UNDONE) else BEFORE
    return [Figure(str(each), str(labels[each]), counts.get(each, 0)) for each in labels]


# Lines of which somebody may want to know more, whatever comes of them.
LISTS: dict[str, tuple[Any, Q]] = {
    **{str(each): (label, Q(outcome=each)) for each, label in BEFORE.items()},
    "laisse": (
        gettext_lazy("laissées en partie"),
        ~Q(kept={}) & Q(outcome__in=(Outcome.UPDATE, Outcome.UNCHANGED)),
    ),
    "lieu": (gettext_lazy("lieu incertain"), Q(place_score__lt=FLOOR) & ~Q(outcome=Outcome.REFUSED)),
}  # fmt: skip


def others(batch: Import) -> list[Figure]:
    """What is worth a look besides: what others said and is left, places that are not certain."""
    found = [Figure(name, str(LISTS[name][0]), batch.candidates.filter(LISTS[name][1]).count())
             for name in ("laisse", "lieu")]  # fmt: skip
    return [each for each in found if each.count]


def doubtful(batch: Import) -> QuerySet[Candidate]:
    """In the order of the file, with the metres between the line and what it looks like; those that were
    answered stay, so that the pages are the same when one comes back."""
    found = batch.candidates.filter(match=Match.DOUBTFUL).order_by("line")
    return found.select_related("commune", "initiative__commune").annotate(
        metres=Distance("point", "initiative__location", spheroid=True)
    )


def remarks(batch: Import) -> list[tuple[str, str]]:
    """What was mended or noticed as the file was read: (where, what)."""
    return [
        (wording.place(each.get("line"), each.get("column")), wording.remark(each["code"], each["said"]))
        for each in batch.remarks
    ]


def format_of(batch: Import) -> str:
    """What the file was found to be, in a few words: « CSV, windows-1252 »."""
    told = batch.format
    parts = [str(told.get("format", "")).upper(), told.get("encoding") or "", told.get("sheet") or ""]
    return ", ".join(part for part in [*parts, told.get("layer") or ""] if part)


@dataclass(frozen=True, slots=True)
class Told:
    """Something said of a cell or a line: ``value`` as the file has it."""

    told: str
    line: int = 0
    column: str = ""
    value: str = ""
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """What the file says and that is not taken: whole columns, values, lines; of the last two, the first."""

    columns: list[dict[str, Any]]
    values: list[Told]
    values_count: int
    refused: list[Told]
    refused_count: int

    @property
    def more_values(self) -> int:
        return self.values_count - len(self.values)

    @property
    def more_refused(self) -> int:
        return self.refused_count - len(self.refused)


def lost(batch: Import) -> Lost:
    """Counted by the database: a report of all the lines would be long to make for a page."""
    number = Func(Func(F("problems"), Value(DROPPED, JSONPath()), function="jsonb_path_query_array"),
                  function="jsonb_array_length", output_field=IntegerField())  # fmt: skip
    taken = batch.candidates.exclude(outcome=Outcome.REFUSED).annotate(dropped=number).filter(dropped__gt=0)
    refused = batch.candidates.filter(outcome=Outcome.REFUSED)
    values = Telling(taken.order_by("line")[:VALUES_SHOWN])
    lines = Telling(refused.order_by("line")[:LINES_SHOWN])
    return Lost(
        [each for each in batch.counts.get("dropped_columns", []) if each["filled"]],
        values.problems(lambda each: not each["refuses"] and each["code"] not in MENDED)[:VALUES_SHOWN],
        taken.aggregate(number=Sum("dropped"))["number"] or 0,
        lines.problems(lambda each: each["refuses"]), refused.count(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what comes of it; ``initiative`` where its page can be read."""

    line: int
    name: str
    place: str
    placed: list[str]
    initiative: Initiative | None
    problems: list[Told]
    lines: list[Line]
    kept: list[Told]


class Telling:
    """Lines of an import in words; what ids stand for is read at once."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates = list(candidates)
        changes = [Change(column.removesuffix("_id"), *pair)
                   for each in self.candidates for column, pair in each.changes.items()]  # fmt: skip
        kept = [
            (column.removesuffix("_id"), why) for each in self.candidates for column, why in each.kept.items()
        ]
        self.words = Words([*changes, *(Change(name, None, why["value"]) for name, why in kept)])
        slugs = {why["by"] for _name, why in kept if why.get("by")}
        self.sources = dict(Source.objects.filter(slug__in=slugs).values_list("slug", "name"))

    def rows(self) -> list[Row]:
        return [self.row(each) for each in self.candidates]

    def problems(self, wanted: Callable[[dict[str, Any]], bool]) -> list[Told]:
        """Those wanted; what is wrong with a whole line is told with its name."""
        return [
            replace(told, value=told.value if told.column else str(row.fields.get("name") or ""))
            for row in self.candidates
            for told in (self.told(row.line, each) for each in row.problems if wanted(each))
        ]

    def row(self, candidate: Candidate) -> Row:
        found = candidate.initiative
        public = found if found and found.publication == Publication.PUBLISHED else None
        return Row(
            candidate.line, candidate.fields.get("name", ""), place_of(candidate),
            wording.placed(candidate.place_said), public,
            [self.told(candidate.line, each) for each in candidate.problems],
            self.changes(candidate) if candidate.outcome == Outcome.UPDATE else [],
            [self.left(column, why) for column, why in candidate.kept.items() if column not in WITH_ANOTHER],
        )  # fmt: skip

    def told(self, line: int, problem: dict[str, Any]) -> Told:
        said = dict(problem.get("said") or {})
        if slug := said.get("activity"):
            said["activity"] = self.words.taxonomy.labels.get(slug, slug)
        return Told(
            wording.problem(problem["code"], said), line, problem.get("column") or "",
            problem.get("value") or "", problem.get("refuses", False),
        )  # fmt: skip

    def left(self, column: str, why: dict[str, Any]) -> Told:
        """What the line says and that others said before: it stays as it is."""
        name = column.removesuffix("_id")
        by = self.sources.get(why.get("by") or "", "")
        return Told(wording.kept(why["why"], by), column=label_of(name), value=self.value(name, why["value"]))

    def changes(self, candidate: Candidate) -> list[Line]:
        lines = []
        for column, (before, after) in candidate.changes.items():
            name = column.removesuffix("_id")
            if name in WITH_ANOTHER:
                continue
            if name in LONG and before and after and (pieces := difference(before, after)):
                lines.append(Line(label_of(name), pieces=pieces))
            else:
                precision = candidate.fields.get(DAYS.get(name, ""), "")
                lines.append(
                    Line(
                        label_of(name),
                        self.value(name, before, precision),
                        self.value(name, after, precision),
                    )
                )
        return lines

    def value(self, name: str, value: Any, precision: str = "") -> str:
        """What a column holds, in words; ``value`` as JSON keeps it."""
        if value and name == "location":
            return position(value)
        if value and name in DAYS:
            value = date.fromisoformat(value)
        return self.words.value(name, value, precision)


def position(value: Any) -> str:
    """« 45,88490 ; 2,17330 »: latitude first, as people read it."""
    point = GEOSGeometry(value if isinstance(value, str) else json.dumps(value)).centroid
    return f"{plain(point.y, 5)} ; {plain(point.x, 5)}"


def place_of(candidate: Candidate) -> str:
    """Its commune, else its département, else what the line says of it."""
    found = candidate.commune or candidate.departement
    return found.name if found else str(candidate.fields.get("locality") or "")
