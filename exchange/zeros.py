"""Postcodes of four digits: of France without their leading zero, or whole and of another country.

« 4000 » is Digne-les-Bains as much as Liège. The zero is given back where the town of the line is of that
département, or where the whole column tells that it is French; else nobody knows.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import connection

from exchange.models import Import
from exchange.towns import NAMES, Declared, is_alike
from territories.models import Kind, PlaceName
from territories.names import place_fold

# Of the lines of four digits that name a town, those that must agree: alone, or in a column of French ones.
NEARLY_ALL, MOST = 0.9, 0.5

# Each postcode of four digits with its town, and all those of five, as the file says them.
SAID = r"""
    SELECT CASE WHEN said ~ '^\s*[1-9]\d{3}(\.0+)?\s*$' THEN left(btrim(said), 4) END, town, count(*)
    FROM (
        SELECT cells->>%(postcode)s AS said, CASE WHEN cells->>%(postcode)s ~ '^\s*[1-9]\d{3}(\.0+)?\s*$'
               THEN cells->>%(locality)s END AS town
        FROM exchange_candidate WHERE batch_id = %(batch)s
    ) AS lines
    WHERE said ~* '^\s*(FR?[\s-]*)?\d{5}(\.0+)?\s*$' OR said ~ '^\s*[1-9]\d{3}(\.0+)?\s*$'
    GROUP BY 1, 2
"""


class Zeros:
    """Where the postcodes of an import had a zero before them. ``postcode`` and ``locality`` are the places
    of their columns, from 0."""

    def __init__(self, batch: Import, postcode: int | None, locality: int | None) -> None:
        self.batch, self.postcode, self.locality = batch, postcode, locality

    def were(self, fields: dict[str, Any]) -> bool:
        """Whether the postcode of a line, to which its zero was given, had one."""
        declared = Declared.of(fields)
        head = declared.postcode[:2]
        return self.agrees(declared) or head in (declared.code[:2], declared.departement) or self.all_were

    def agrees(self, declared: Declared) -> bool:
        """Whether the town is of the département of the postcode, or nearly called as one of its communes."""
        near = self.names.get(declared.postcode, set())
        named = place_fold(declared.name) in self.names.get(declared.postcode[:2], set())
        return named or bool(declared.name) and any(is_alike(declared.name, each) for each in near)

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """The folded names of the communes of the nine first départements, by département and postcode."""
        found: dict[str, set[str]] = {}
        codes = [f"departement-0{number}" for number in range(1, 10)]
        borne = PlaceName.objects.filter(territory__departement__in=codes, nature__in=NAMES).order_by()
        borne = borne.filter(territory__kind=Kind.COMMUNE)
        told = borne.values_list("folded", "territory__departement_id", "territory__postcodes")
        for folded, departement, postcodes in told.iterator():
            for where in ((departement or "").partition("-")[2], *postcodes):
                found.setdefault(where, set()).add(folded)
        return found

    @cached_property
    def all_were(self) -> bool:
        """Whether the column is French for certain: nearly all its towns agree, or it has mostly five digits
        and its towns do not speak against it."""
        if self.postcode is None:
            return False
        places = {"batch": self.batch.pk, "postcode": self.postcode, "locality": self.locality}
        with connection.cursor() as cursor:
            cursor.execute(SAID, places)
            said = cursor.fetchall()
        short = sum(count for postcode, _town, count in said if postcode)
        five = sum(count for postcode, _town, count in said if not postcode)
        named = agreeing = 0
        for postcode, town, count in said:
            if postcode and town and town.strip():
                named += count
                agreeing += count * self.agrees(Declared.of({"postcode": f"0{postcode}", "locality": town}))
        if named and agreeing >= named * NEARLY_ALL:
            return True
        return five > short and agreeing >= named * MOST
