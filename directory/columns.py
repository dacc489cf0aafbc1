"""What a table says of an initiative: the one list of its columns, and the SQL of each.

No column holds a person, nor an e-mail address, which pages do not show either. ``f`` is the fragment of
the row (migration 0006), ``i`` the initiative, ``c`` and ``d`` its commune and département, ``s`` its main
sector, ``b`` the groupings that it belongs to, ``l`` its sources, ``o`` the order and the distance.
"""

from __future__ import annotations

from typing import NamedTuple

# Of the base as a whole; an initiative that was read elsewhere bears the licences of its sources.
BASE_LICENCE = "ODbL 1.0"
DISTANCE = "round(o.distance::numeric, 2)"
# As precise as it is known: 1998, 1998-04 or 1998-04-30.
FOUNDED = (
    "to_char(i.founded, CASE i.founded_precision WHEN 'year' THEN 'YYYY' WHEN 'month' THEN 'YYYY-MM'"
    " ELSE 'YYYY-MM-DD' END)"
)


class Column(NamedTuple):
    """``kind``: ``free`` is what people wrote; ``plain`` a slug, a code or an address that we checked;
    ``number``, ``moment``, ``flag``."""

    name: str
    kind: str
    sql: str


# New ones come last: whoever reads the API's tables by position goes on reading them. ";" joins lists.
COLUMNS = (
    Column("id", "plain", "f.slug"),
    Column("name", "free", "i.name"),
    Column("summary", "free", "i.summary"),
    Column("sector", "plain", "s.slug"),
    Column("sectors", "plain", "f.sectors"),
    Column("activities", "plain", "f.activities"),
    Column("legal_form", "plain", "i.legal_form"),
    Column("commune_id", "plain", "i.commune_id"),
    Column("commune", "free", "c.name"),
    Column("postcode", "free", "i.postcode"),
    Column("departement_id", "plain", "i.departement_id"),
    Column("departement", "free", "d.name"),
    Column("longitude", "number", "round(ST_X(i.location)::numeric, 6)::float8"),
    Column("latitude", "number", "round(ST_Y(i.location)::numeric, 6)::float8"),
    Column("precision", "plain", "i.precision"),
    Column("website", "free", "i.website"),
    Column("url", "plain", "%s::text || '/initiatives/' || f.slug || '/'"),
    Column("verified_at", "moment", "i.verified_at"),
    Column("updated_at", "moment", "i.updated_at"),
    Column("source", "free", "i.source"),
    Column("example", "flag", "i.origin = 'example'"),
    Column("distance", "number", DISTANCE + "::float8"),
    Column("street", "free", "i.street"),
    Column("locality", "free", "i.locality"),
    Column("phone", "plain", "i.phone"),
    Column("siret", "plain", "i.siret"),
    Column("opening_hours", "free", "i.opening_hours"),
    Column("founded", "plain", FOUNDED),
    Column("charter", "flag", "i.charter_signatory"),
    Column("testimony", "flag", "i.accepts_testimony"),
    Column("ptces", "plain", "b.ptces"),
    Column("networks", "plain", "b.networks"),
    Column("licences", "free", f"coalesce(l.licences, 'Maillage ({BASE_LICENCE})')"),
)
NAMES = [column.name for column in COLUMNS]

# Beside the fragment and its places: the row, its main sector, the groupings that it runs or is an effective
# member of, and what it was read from, under which licence.
TABLES = """
    JOIN directory_initiative i ON i.id = f.initiative_id
    LEFT JOIN directory_sector s ON s.id = i.main_sector
    LEFT JOIN LATERAL (
        SELECT string_agg(g.slug, ';' ORDER BY g.slug) FILTER (WHERE g.kind = 'ptce') AS ptces,
               string_agg(g.slug, ';' ORDER BY g.slug) FILTER (WHERE g.kind = 'network') AS networks
        FROM (
            SELECT m.grouping_id AS id FROM directory_membership m
            WHERE m.initiative_id = i.id AND m.member_agreed_at IS NOT NULL
              AND m.grouping_agreed_at IS NOT NULL AND m.until IS NULL
            UNION SELECT r.id FROM directory_grouping r WHERE r.initiative_id = i.id
        ) AS own JOIN directory_grouping g ON g.id = own.id AND g.published
    ) b ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(DISTINCT u.name || coalesce(' (' || nullif(u.licence, '') || ')', ''), '; ')
               AS licences
        FROM directory_sourcerecord r JOIN directory_source u ON u.id = r.source_id
        WHERE r.initiative_id = i.id AND r.vanished_at IS NULL
    ) l ON true
"""

# What a spreadsheet would run as a formula begins so; an apostrophe keeps it from that.
FORMULA = r"E'=+-@\t\r\n'"


def inert(text: str) -> str:
    return (
        f"CASE WHEN {text} = '' THEN NULL WHEN strpos({FORMULA}, left({text}, 1)) > 0 THEN '''' || {text}"
        f" ELSE {text} END"
    )


def moment(time: str) -> str:
    return f"""to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def as_line(column: Column) -> str:
    """As CSV holds it. Slugs, codes, times and numbers are nobody's free text."""
    if column.kind == "free":
        return inert(column.sql)
    if column.kind == "plain":
        return f"nullif({column.sql}, '')"
    if column.kind == "moment":
        return moment(column.sql)
    return f"({column.sql})::text" if column.kind == "flag" else column.sql


def as_record(column: Column) -> str:
    """As a typed cell: None where nothing is said."""
    return f"nullif({column.sql}, '')" if column.kind in ("free", "plain") else column.sql


LINE = ", ".join(as_line(column) for column in COLUMNS)
RECORD = ", ".join(as_record(column) for column in COLUMNS)
