"""Where the lines of an import are: their coordinates, else their address, else their commune.

Nothing is guessed in silence. What a line says twice must agree: coordinates and addresses are held against
the commune that the line declares. A fault is mended where one mend alone agrees, and said; what agrees with
nothing is dropped, and said. Each place has a score; under ``FLOOR`` somebody should look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import shapely
from django.db import connection, transaction
from django.db.models import Count

from directory.models.initiative import Precision
from exchange import readings
from exchange.addresses import Asked, judge
from exchange.geocoding import geocode, is_set
from exchange.models import Import
from exchange.outlines import Outlines
from exchange.problems import problem
from exchange.towns import SHORT, Declared, Gazetteer, Town

# A place that is less certain is to be looked at.
FLOOR = 0.6
# How certain a position of the file is, up to 1: in the commune that the line declares, beside it, where only
# its département or nothing is declared; mended, with a commune to hold it against or without.
CONFIRMED, IN_DEPARTEMENT, BESIDE_IT, UNCONFIRMED = 1.0, 0.95, 0.9, 0.9
MENDED, MENDED_ALONE = 0.9, 0.8
# The most that a line is given whose coordinates were dropped because they are in another commune.
CONTRADICTED = 0.5
# Metres outside the declared commune that are still of it: outlines are coarse, and a postal address may be
# that of the neighbour.
BESIDE = 2_000.0
BATCH = 5_000
# So many lines of a batch, and this share of those that are mended, tell what the others need.
ENOUGH, NEARLY_ALL = 20, 0.95
WAYS = ("coordinates", "address", "town", "departement", "nowhere")

# Those that stand are placed already.
ROWS = """
    SELECT line, fields::text FROM exchange_candidate
    WHERE batch_id = %s AND line > %s AND place_said = '{}' AND NOT problems @> '[{"refuses": true}]'
    ORDER BY line LIMIT %s
"""
INCOMING = """
    CREATE TEMP TABLE incoming_placed (
        line integer, lon float8, lat float8, commune text, departement text, precision text, score float8,
        said jsonb, problems jsonb
    )
"""
WRITE = """
    UPDATE exchange_candidate c SET
        point = public.ST_SetSRID(public.ST_Point(p.lon, p.lat), 4326), commune_id = p.commune,
        departement_id = p.departement, precision = p.precision, place_score = p.score, place_said = p.said,
        problems = c.problems || p.problems
    FROM incoming_placed p WHERE c.batch_id = %s AND c.line = p.line
"""

# A reading with its position (longitude, latitude) and the commune that it is in.
Mended = tuple[readings.Reading, np.ndarray, str | None]
Step = Callable[[int, int], None]
Note = dict[str, Any]


@dataclass(slots=True)
class Place:
    """Where a line is, and how that is known: ``way`` is coordinates, address, town, departement or empty.

    ``problems`` are the coordinates that were mended or dropped, ``notes`` whatever else there is to say.
    """

    line: int
    fields: dict[str, Any]
    declared: Declared
    town: Town = field(default_factory=Town)
    way: str = ""
    point: tuple[float, float] | None = None
    commune: str | None = None
    departement: str | None = None
    precision: str = ""
    score: float | None = None
    most: float = 1.0
    notes: list[Note] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)

    def stand(self, way: str, point: tuple[float, float], score: float, precision: str) -> None:
        self.way, self.point, self.score, self.precision = way, point, min(score, self.most), precision


Wrong = tuple[Place, readings.Reading, np.ndarray, str | None]


def place(batch: Import, step: Step | None = None) -> None:
    """Place all lines of an import that are neither refused nor placed yet; ``batch.counts`` says how many in
    which way.

    ``step`` hears how many lines are done, of how many. Call it outside a transaction: addresses may take
    minutes, and what was learnt of them is kept.
    """
    placer = Placer(batch, step or (lambda done, total: None))
    for lines in batches(batch):
        placer.place(lines)
    batch.counts |= {"places": places_of(batch)}
    batch.save(update_fields=["counts"])


def batches(batch: Import) -> Iterator[list[Place]]:
    after = 0
    while rows := rows_after(batch, after):
        after = rows[-1][0]
        decoded = ((line, msgspec.json.decode(fields)) for line, fields in rows)
        yield [Place(line, fields, Declared.of(fields)) for line, fields in decoded]


def rows_after(batch: Import, line: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [batch.pk, line, BATCH])
        return cursor.fetchall()


class Placer:
    """Places lines, many at once."""

    def __init__(self, batch: Import, step: Step) -> None:
        self.batch, self.step, self.done = batch, step, 0

    # Read when they are first wanted: a second, and none where all lines stand.
    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer()

    @cached_property
    def communes(self) -> Outlines:
        return Outlines()

    def place(self, lines: list[Place]) -> None:
        self.find(lines)
        self.tell_columns(lines)
        write(self.batch, lines)
        self.done += len(lines)
        self.step(self.done, self.batch.rows)

    def find(self, lines: list[Place]) -> None:
        for line in lines:
            line.town = self.gazetteer.town(line.declared)
            line.notes.extend(line.town.notes)
        self.by_coordinates(lines)
        if is_set():
            asked = (line for line in lines if not line.way and line.fields.get("street"))
            # of another country, perhaps: the service would find the same street and town in France
            self.by_address([line for line in asked if not SHORT.fullmatch(line.declared.postcode)])
        for line in lines:
            if not line.way:
                by_town(line)
            line.departement = self.communes.departement.get(line.commune or "", line.town.departement)

    # -- Coordinates ----------------------------------------------------------------------------------

    def by_coordinates(self, lines: list[Place]) -> None:
        said = [(line, given) for line in lines if (given := readings.given(line.fields)) is not None]
        for line, given in said:
            if readings.is_nowhere(given):
                line.problems.append(problem("coordinates-zero"))
        said = [(line, given) for line, given in said if not readings.is_nowhere(given)]
        wrong = []
        for (line, given), position, under in self.located(said):
            metres = self.fits(position, under, line.town)
            if metres is None:
                wrong.append((line, given, position, under))
            else:
                self.confirm(line, position, under, metres)
        self.mend(wrong)

    def located(self, said: Sequence[tuple[Place, readings.Reading]]) -> Iterator[Any]:
        """Each with its position (longitude, latitude) and the commune that it is in."""
        positions = readings.positions(reading for _, reading in said)
        return zip(said, positions, self.communes.under(positions), strict=True)

    def fits(self, position: np.ndarray, under: str | None, town: Town) -> float | None:
        """Metres between a position and the commune that its line declares; None where they disagree."""
        if np.isnan(position[0]):
            return None
        if not any(commune in self.communes.place for commune in town.communes):
            there = self.communes.departement[under] if under else self.undrawn(town)
            agrees = town.departement in (None, there)
            return 0.0 if agrees and (under or there) else None
        if under in town.communes:
            return 0.0
        metres = self.communes.metres(town.communes, shapely.Point(position))
        return metres if metres <= BESIDE else None

    def undrawn(self, town: Town) -> str | None:
        """The département of a town where no commune of it has an outline: nothing speaks against a point."""
        drawn = town.departement in self.communes.departements
        return None if drawn else town.departement

    def confirm(self, line: Place, position: np.ndarray, under: str | None, metres: float) -> None:
        """Keep a position: in its commune, or a little beside it, which is then the commune declared."""
        town = line.town
        score = CONFIRMED if town.communes else IN_DEPARTEMENT if town.departement else UNCONFIRMED
        line.commune = under
        if metres:
            line.commune, score = town.commune or under, BESIDE_IT
            line.notes.append({"code": "beside-commune", "metres": round(metres), "commune": town.name})
        elif under is None:
            line.commune, score = town.commune, UNCONFIRMED
            line.notes.append({"code": "no-outline", "commune": town.name})
        # which one it is was not known, and now is
        line.notes = [note for note in line.notes if note["code"] != "several-communes"]
        line.stand("coordinates", as_pair(position), score, Precision.ADDRESS)

    def mend(self, wrong: list[Wrong]) -> None:
        """Try what else may have been meant: kept where one reading alone agrees with the line, or, of
        several, the one that nearly all the other lines of the file need."""
        agreeing = self.agreeing(wrong)
        common = prevailing(found[0][0].code for found in agreeing.values() if len(found) == 1)
        for line, _, position, under in wrong:
            mended = agreeing.get(line.line, [])
            chosen = [found for found in mended if found[0].code == common] if len(mended) > 1 else mended
            if len(chosen) == 1:
                self.keep_mended(line, *chosen[0])
            else:
                there = self.gazetteer.known[under].name if under else ""
                drop(line, position, there, several=len(mended) > 1)

    def agreeing(self, wrong: list[Wrong]) -> dict[int, list[Mended]]:
        """The other readings that agree with each line, one for a place; of those that suppose the fewest
        faults."""
        found: dict[int, dict[tuple[float, float], Mended]] = {}
        valid = {line.line for line, _, position, _ in wrong if not np.isnan(position[0])}
        for faults in (1, 2):
            tried = [
                (line, other)
                for line, given, _, _ in wrong
                if line.line not in found
                for other in readings.mends(given)
                if other.faults == faults and (line.town.commune or not other.weak)
            ]
            for (line, other), position, under in self.located(tried):
                # no outline speaks against any reading: only what is no position at all is mended
                unheard = under is None and line.line in valid and self.undrawn(line.town)
                if not unheard and self.fits(position, under, line.town) is not None:
                    found.setdefault(line.line, {}).setdefault(as_pair(position), (other, position, under))
        return {line: list(places.values()) for line, places in found.items()}

    def keep_mended(
        self, line: Place, reading: readings.Reading, position: np.ndarray, under: str | None
    ) -> None:
        lon, lat = as_pair(position)
        line.problems.append(problem(f"coordinates-{reading.code}", lon=lon, lat=lat))
        line.commune = under or line.town.commune
        score = MENDED if line.town.communes else MENDED_ALONE
        line.stand("coordinates", (lon, lat), score, Precision.ADDRESS)

    # -- Addresses ------------------------------------------------------------------------------------

    def by_address(self, lines: list[Place]) -> None:
        """Ask the service where the streets are; an answer counts where the line agrees with it."""
        asked = [Asked.of(line.fields["street"], line.declared, line.town) for line in lines]
        answers = geocode(
            {each.text for each in asked},
            lambda done, total: self.step(self.done + len(lines) * done // total, self.batch.rows),
        )
        for line, each in zip(lines, asked, strict=True):
            found = judge(each, answers[each.text], self.fits_address)
            line.notes.extend(found.notes)
            if found.address is not None:
                point = found.address.point
                (line.commune,) = self.communes.under(np.array([(point.lon, point.lat)]))
                line.commune = line.commune or line.town.commune
                line.stand("address", (point.lon, point.lat), found.score, found.precision)

    def fits_address(self, lon: float, lat: float, town: Town) -> str | None:
        """The commune of an answer where it agrees with the town; None where it does not."""
        position = np.array([(lon, lat)])
        (under,) = self.communes.under(position)
        if self.fits(position[0], under, town) is None:
            return None
        return under or town.commune

    # -- What follows ---------------------------------------------------------------------------------

    def tell_columns(self, lines: list[Place]) -> None:
        """Say in which column, and what the file says there, of the coordinates that were not kept as is."""
        wrong = {line.line: line for line in lines if line.problems}
        columns = [
            (at, name)
            for at, name in enumerate(self.batch.header)
            if self.batch.profile.columns.get(name) in COORDINATES
        ]
        names = ", ".join(name for _, name in columns)
        cells = self.batch.candidates.filter(line__in=list(wrong)).values_list("line", "cells")
        for number, said in cells if wrong else ():
            value = ", ".join(str(said[at]) for at, _ in columns if at < len(said))
            for each in wrong[number].problems:
                each |= {"column": names or None, "value": value or None}


COORDINATES = ("latitude", "longitude", "geo_point", "x", "y")


def as_pair(position: np.ndarray) -> tuple[float, float]:
    """Longitude and latitude to a centimetre: what a projection gives beyond is noise."""
    return round(float(position[0]), 7), round(float(position[1]), 7)


def prevailing(codes: Iterable[str]) -> str | None:
    """The fault that nearly all lines have: a file is in one projection."""
    counts = Counter(codes)
    for code, count in counts.most_common(1):
        if count >= ENOUGH and count >= NEARLY_ALL * counts.total():
            return code
    return None


def drop(line: Place, position: np.ndarray, under: str, *, several: bool) -> None:
    """Coordinates that agree with nothing are not used; in another commune, the line is to be looked at."""
    lon, lat = as_pair(position)
    if several:
        line.problems.append(problem("coordinates-ambiguous"))
    elif not under:
        line.problems.append(problem("coordinates-in-no-commune"))
    else:
        declared = line.declared.words
        line.problems.append(
            problem("coordinates-outside-commune", lon=lon, lat=lat, commune=under, declared=declared)
        )
        line.notes.append({"code": "coordinates-elsewhere", "commune": under})
        line.most = CONTRADICTED


def by_town(line: Place) -> None:
    """The chief place of the commune; else the département alone; else nowhere, which is a doubt only where
    the line said something."""
    town = line.town
    line.commune, line.departement = town.commune, town.departement
    if town.commune:
        line.way, line.score = "town", min(town.score, line.most)
        if town.point is not None:
            line.stand("town", town.point, town.score, Precision.COMMUNE)
    elif town.departement:
        line.way, line.score = "departement", min(town.score, line.most)
    elif line.town.notes or line.problems or any(line.declared):
        line.score = 0.0


def write(batch: Import, lines: list[Place]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INCOMING)
        with cursor.copy("COPY incoming_placed FROM STDIN") as copy:
            for line in lines:
                copy.write_row(row_of(line))
        cursor.execute(WRITE, [batch.pk])
        cursor.execute("DROP TABLE incoming_placed")  # the transaction may be larger than this


def row_of(line: Place) -> tuple[Any, ...]:
    said = {"way": line.way, "notes": line.notes}
    lon, lat = line.point or (None, None)
    return (
        line.line, lon, lat, line.commune, line.departement, str(line.precision) if line.point else "",
        line.score, encoded(said), encoded(line.problems),
    )  # fmt: skip


def encoded(said: Any) -> str:
    return msgspec.json.encode(said).decode()


def places_of(batch: Import) -> dict[str, int]:
    """How many lines were placed in each way (``nowhere``: in none); among them, how many places are to be
    looked at (``doubtful``) and how many addresses the service left without an answer (``unanswered``)."""
    placed = batch.candidates.exclude(place_said={}).order_by()
    ways = placed.values_list("place_said__way").annotate(count=Count("pk"))
    doubtful = placed.filter(place_score__lt=FLOOR).count()
    unanswered = placed.filter(place_said__notes__contains=[{"code": "address-unanswered"}]).count()
    counted = {way or "nowhere": count for way, count in ways}
    return {
        **{way: counted.get(way, 0) for way in WAYS},
        "doubtful": doubtful, "unanswered": unanswered,
    }  # fmt: skip
