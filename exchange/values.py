"""The rows of an import read as a profile says: fields of ours, what recognises them, what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection, transaction

from directory.models import ACTIVITIES_PER_SECTOR
from exchange.categories import MOST_ACTIVITIES, Taxonomy, from_name, parts_of
from exchange.cells import Cell, Unfit, has_failed, is_blank, plain
from exchange.fields import Field
from exchange.models import Import
from exchange.naming import is_generic, name_key, website_key
from exchange.parsing import READERS
from exchange.problems import problem
from exchange.recognition import JOINED
from exchange.zeros import Zeros

AT_ONCE = 5_000
# An identifier made of what a line says, where its source gives none.
MADE = "~"
# What is emptied where the source says nothing any more, if it was the source that said it.
CLEARED = {
    Field.SUMMARY: "", Field.DESCRIPTION: "", Field.SIRET: "", Field.RNA: "", Field.WEBSITE: "",
    Field.EMAIL: "", Field.PHONE: "", Field.STREET: "", Field.OPENING_HOURS: "",
    Field.FOUNDED: None, Field.CLOSED: None,
}  # fmt: skip
IDENTIFYING = ("postcode", "locality", "commune_code", "street", "siret", "latitude", "longitude", "x", "y")

ROWS = """
    SELECT line, cells::text FROM exchange_candidate WHERE batch_id = %s AND line > %s ORDER BY line LIMIT %s
"""
PARSED = (
    "line", "fields", "problems", "external_id", "siret", "rna", "website_key", "name_key", "generic", "hash",
)  # fmt: skip
INCOMING = """
    DROP TABLE IF EXISTS incoming_parsed;
    CREATE TEMP TABLE incoming_parsed (
        line integer PRIMARY KEY, fields jsonb, problems jsonb, external_id text, siret text, rna text,
        website_key text, name_key text, generic boolean, hash text
    ) ON COMMIT DROP
"""
WRITE = f"""
    UPDATE exchange_candidate c SET
        {", ".join(f"{column} = p.{column}" for column in PARSED[1:])},
        point = NULL, commune_id = NULL, departement_id = NULL, precision = '', place_score = NULL,
        place_said = '{{}}', match = '', initiative_id = NULL, score = NULL, reasons = '[]', decision = '',
        decided_by_id = NULL, outcome = '', changes = '{{}}', kept = '{{}}', before = NULL
    FROM incoming_parsed p WHERE c.batch_id = %s AND c.line = p.line
"""
# The same line again: of one identifier, the first counts.
TWICE = """
    UPDATE exchange_candidate c SET problems = c.problems || jsonb_build_object(
        'code', 'twice', 'column', %s::text, 'value', CASE WHEN %s::text IS NOT NULL THEN c.external_id END,
        'said', jsonb_build_object('line', t.first), 'refuses', true)
    FROM (SELECT line, min(line) OVER (PARTITION BY external_id) AS first
          FROM exchange_candidate WHERE batch_id = %s) AS t
    WHERE c.batch_id = %s AND c.line = t.line AND t.first < t.line
"""


@dataclass(slots=True)
class Parsed:
    """What one line says."""

    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    external_id: str = ""
    categories: list[tuple[str, str]] = field(default_factory=list)  # (their column, category)
    inside: dict[str, Any] = field(default_factory=dict)  # what another cell holds as well


class Reading:
    """A profile made ready for the header of a file."""

    def __init__(self, batch: Import, taxonomy: Taxonomy) -> None:
        profile = batch.profile
        self.taxonomy = taxonomy
        self.values: dict[str, dict[str, str]] = profile.values
        self.fixed: dict[str, Any] = profile.fixed
        self.mapped: list[tuple[int, str, Field]] = []
        self.dropped: list[tuple[int, dict[str, Any]]] = []
        for at, name in enumerate(batch.header):
            ours = profile.columns.get(name)
            if ours in Field.values:
                self.mapped.append((at, name, Field(ours)))
            else:
                reason = "on-purpose" if ours == "" else "unknown"
                self.dropped.append((at, {"column": name, "filled": 0, "samples": [], "reason": reason}))
        self.column_of = {ours: name for _at, name, ours in reversed(self.mapped)}
        places = {ours: at for at, _name, ours in reversed(self.mapped)}
        self.zeros = Zeros(batch, places.get(Field.POSTCODE), places.get(Field.LOCALITY))

    def parse(self, cells: Sequence[Cell]) -> Parsed:
        row = Parsed()
        blanks = []
        for at, name, ours in self.mapped:
            cell = cells[at] if at < len(cells) else None
            if is_blank(cell):
                blanks.append(ours)
            elif has_failed(cell):  # what was known stays: nobody said that it is no more
                row.problems.append(problem("failed", name, cell))
            else:
                self._take(row, name, ours, cell)
        for key, value in self.fixed.items():
            if key not in row.fields and not (key in (Field.ACTIVITIES, Field.CATEGORY) and row.categories):
                self._take(row, "", Field(key), value)
        for key, value in row.inside.items():
            row.fields.setdefault(key, value)
        self._complete(row)
        for ours in blanks:
            if ours in CLEARED and ours not in row.fields:
                row.fields[str(ours)] = CLEARED[ours]
                if CLEARED[ours] is None:
                    row.fields[f"{ours}_precision"] = ""
        self._look_at_dropped(cells)
        return row

    def _take(self, row: Parsed, name: str, ours: Field, cell: Cell) -> None:
        """One cell, as the profile or the reader of its field has it."""
        if ours == Field.CATEGORY:
            row.categories += [(name, part) for part in self._parts(cell)]
            return
        known = self.values.get(ours, {}).get(plain(cell)) if self.values else None
        if known == "":
            row.problems.append(problem("dropped-on-purpose", name, cell))
            return
        if ours == Field.ACTIVITIES:
            self._take_activities(row, name, known or plain(cell))
            return
        try:
            read = READERS[ours](cell if known is None else known)
        except Unfit as reason:
            row.problems.append(problem(reason.code, name, cell, **reason.said))
            return
        if read.mended:
            row.problems.append(problem(read.mended, name, cell))
        if known and ours == Field.LEGAL_FORM:  # in their words too, as where nobody had to say what it is
            row.inside.setdefault("legal_form_note", " ".join(plain(cell).split()))
        self._put(row, name, ours, cell, read.value)
        for key, value in (read.beside or {}).items():
            row.inside.setdefault(f"{ours}_precision" if key == "precision" else key, value)

    def _put(self, row: Parsed, name: str, ours: Field, cell: Cell, value: Any) -> None:
        target = str(Field.STREET if ours == Field.ADDRESS else ours)
        if value is None or value == "":
            return
        if ours == Field.EXTERNAL_ID:
            row.external_id = row.external_id or value
        elif target not in row.fields:
            row.fields[target] = value
        elif ours in JOINED and value not in row.fields[target]:
            row.fields[target] += JOINED[ours] + value
        elif row.fields[target] != value and ours != Field.ADDRESS:
            row.problems.append(problem("second-value", name, cell))

    def _parts(self, cell: Cell) -> list[str]:
        """Categories of a cell: the whole of it where the profile or the taxonomy knows it so."""
        whole = plain(cell)
        if whole in self.values.get(Field.CATEGORY, {}) or whole in self.taxonomy.ids:
            return [whole]
        return parts_of(cell) or [whole]

    def _take_activities(self, row: Parsed, name: str, said: str) -> None:
        try:
            found = self.taxonomy.named(said)
        except KeyError:
            row.categories.append((name, said))
            return
        self._add(row, found)

    def _complete(self, row: Parsed) -> None:
        """What follows from several cells: activities, a point in degrees, dates that fit, a name."""
        for name, category in row.categories:
            self._categorise(row, name, category)
        fields = row.fields
        self._doubt_zero(row)
        if not fields.get("activities") and row.categories and Field.ACTIVITIES in self.fixed:
            self._fix_activities(
                row
            )  # what was fixed holds where their category is none of ours, which is said
        if not fields.get("activities") and (found := from_name(fields.get("name", ""), self.taxonomy)):
            self._add(row, found)
            said = self.taxonomy.slugs[found[0]]
            row.problems.append(problem("activity-from-name", self.column_of.get(Field.NAME), activity=said))
        if len(fields.get("activities", [])) > 1:
            fields["activities"] = without_sectors_told(fields["activities"])
        if len(fields.get("activities", [])) > MOST_ACTIVITIES:
            del fields["activities"][MOST_ACTIVITIES:]
            row.problems.append(problem("too-many-activities", self.column_of.get(Field.CATEGORY)))
        if "x" in fields and "y" in fields and abs(fields["x"]) <= 180 and abs(fields["y"]) <= 90:
            fields.setdefault("longitude", fields.pop("x"))
            fields.setdefault("latitude", fields.pop("y"))
            row.problems.append(problem("xy-degrees", self.column_of.get(Field.X)))
        if fields.get("founded") and fields.get("closed") and fields["closed"] < fields["founded"]:
            row.problems.append(
                problem("closed-before-founded", self.column_of.get(Field.CLOSED), fields.pop("closed"))
            )
            fields.pop("closed_precision", None)

    def _doubt_zero(self, row: Parsed) -> None:
        """A postcode of four digits is left so where nothing tells that it had a zero."""
        column = self.column_of.get(Field.POSTCODE)
        mended = [each for each in row.problems if (each["code"], each["column"]) == ("leading-zero", column)]
        if mended and column is not None and not self.zeros.were(row.fields):
            row.problems.remove(mended[0])
            row.fields["postcode"] = row.fields["postcode"][1:]

    def _fix_activities(self, row: Parsed) -> None:
        with suppress(KeyError):
            self._add(row, self.taxonomy.named(str(self.fixed[Field.ACTIVITIES])))

    def _categorise(self, row: Parsed, name: str, category: str) -> None:
        ours = self.values.get(Field.CATEGORY, {}).get(category)
        if ours == "":
            row.problems.append(problem("dropped-on-purpose", name, category))
            return
        try:
            found = self.taxonomy.named(ours) if ours else self._known(category)
        except KeyError:
            found = []
        if found:
            self._add(row, found)
        else:
            row.problems.append(problem("category", name, category))

    def _known(self, category: str) -> Sequence[int]:
        known = self.taxonomy.ids.get(category)
        return [known] if known else self.taxonomy.recognise(category)

    def _add(self, row: Parsed, found: Sequence[int]) -> None:
        activities: list[int] = row.fields.setdefault("activities", [])
        activities += [each for each in found if each not in activities]

    def _look_at_dropped(self, cells: Sequence[Cell]) -> None:
        for at, told in self.dropped:
            cell = cells[at] if at < len(cells) else None
            if not is_blank(cell):
                told["filled"] += 1
                if len(told["samples"]) < 3 and (said := plain(cell)[:80]) not in told["samples"]:
                    told["samples"].append(said)


def without_sectors_told(activities: list[int]) -> list[int]:
    """Without a bare sector of which an activity is named too: « Culture ; Bibliothèque » is the second."""
    finer = {each // ACTIVITIES_PER_SECTOR for each in activities if each % ACTIVITIES_PER_SECTOR}
    return [
        each for each in activities
        if each % ACTIVITIES_PER_SECTOR or each // ACTIVITIES_PER_SECTOR not in finer
    ]  # fmt: skip


def parse_rows(batch: Import, progress: Callable[[int], None] | None = None) -> None:
    """Read every row of an import anew, some thousands to a transaction; ``progress`` is told how many.

    Notes in ``batch.counts`` the columns that go nowhere.
    """
    reading = Reading(batch, Taxonomy())
    done, last = 0, 0
    named = reading.column_of.get(Field.NAME)
    while rows := _rows(batch, last):
        last = rows[-1][0]
        # all of them before they are copied: to read one, the database may be asked
        records = [_record(line, reading.parse(msgspec.json.decode(cells)), named) for line, cells in rows]
        _write(batch, records)
        done += len(rows)
        if progress:
            progress(done)
    given = reading.column_of.get(Field.EXTERNAL_ID)
    with connection.cursor() as cursor:
        cursor.execute(TWICE, [given, given, batch.pk, batch.pk])
    batch.counts = {"dropped_columns": [told for _at, told in reading.dropped]}
    batch.save(update_fields=["counts"])


def _rows(batch: Import, last: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [batch.pk, last, AT_ONCE])
        return cursor.fetchall()


def _write(batch: Import, records: Sequence[tuple[Any, ...]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INCOMING)
        with cursor.copy(f"COPY incoming_parsed ({', '.join(PARSED)}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)
        cursor.execute("ANALYZE incoming_parsed")
        cursor.execute(WRITE, [batch.pk])


def _record(line: int, row: Parsed, column: str | None) -> tuple[Any, ...]:
    fields = row.fields
    name = fields.get("name", "")
    if not name and not any(each["refuses"] for each in row.problems):
        row.problems.append(problem("no-name", column))
    key = name_key(name) if name else ""
    said = msgspec.json.encode(fields, order="sorted")
    return (
        line, said.decode(), msgspec.json.encode(row.problems).decode(),
        row.external_id or _made(key, fields),
        fields.get("siret", ""), fields.get("rna", ""),
        website_key(fields["website"]) if fields.get("website") else "", key,
        is_generic(key, fields.get("locality", "")) if key else False,
        hashlib.md5(said, usedforsecurity=False).hexdigest(),
    )  # fmt: skip


def _made(key: str, fields: dict[str, Any]) -> str:
    """The same for the same name at the same place, whatever else the line says."""
    telling = [key, *(str(fields.get(name) or "") for name in IDENTIFYING)]
    return MADE + hashlib.sha256("\n".join(telling).encode()).hexdigest()[:20]
