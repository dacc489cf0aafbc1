"""Hot SQL of the write side: drafts in by COPY, then one upsert that touches only what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import shapely
from django.db import connection
from django.utils.text import slugify

from territories.drafts import BANDS, Draft

COLUMNS = (
    "id", "kind", "code", "name", "slug", "status", "country_id", "region_id", "departement_id", "epci_id",
    "commune_id", "postcodes", "former_names", "population", "population_edition", "vintage", "source",
    "geometry", "outline_note", "chief_place", "chief_place_source", "label_point", "owner_id", "dated",
)  # fmt: skip
WRITTEN = ", ".join((*COLUMNS, "area_km2"))
KEPT = ("owner_id", "dated")
COMPARED = [column for column in (*COLUMNS, "area_km2") if column not in ("id", *KEPT)]

# Areas are measured on the ellipsoid, and only for the outlines that are new or changed.
MEASURE = """
UPDATE incoming AS new SET area_km2 = coalesce(
    (SELECT old.area_km2 FROM territories_territory AS old
      WHERE old.id = new.id AND old.geometry = new.geometry AND old.area_km2 IS NOT NULL),
    public.ST_Area(new.geometry::public.geography) / 1e6)
WHERE new.geometry IS NOT NULL
"""
UPSERT = f"""
WITH written AS (
    INSERT INTO territories_territory AS old ({WRITTEN}, updated_at)
    SELECT {WRITTEN}, now() FROM incoming
    ON CONFLICT (id) DO UPDATE
    SET {", ".join(f"{column} = excluded.{column}" for column in COMPARED)}, updated_at = now()
    WHERE ({", ".join(f"old.{column}" for column in COMPARED)})
       IS DISTINCT FROM ({", ".join(f"excluded.{column}" for column in COMPARED)})
    RETURNING (xmax = 0) AS created)
SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM written
"""
UPSERT_OUTLINES = """
INSERT INTO territories_territoryoutline AS old (territory_id, band, geometry, geojson)
SELECT territory_id, band, geometry, public.ST_AsGeoJSON(geometry, decimals, 0) FROM incoming_outline
ON CONFLICT (territory_id, band) DO UPDATE SET geometry = excluded.geometry, geojson = excluded.geojson
WHERE old.geojson <> excluded.geojson
"""
DROP_STALE_OUTLINES = """
DELETE FROM territories_territoryoutline AS old USING incoming
WHERE incoming.id = old.territory_id AND NOT EXISTS (
    SELECT FROM incoming_outline AS new
    WHERE new.territory_id = old.territory_id AND new.band = old.band)
"""
UPSERT_CHANGES = """
INSERT INTO territories_territorychange AS old (kind, code, name, nature, successor_id, vintage)
SELECT 'commune', code, name, nature, successor, vintage FROM incoming_change
ON CONFLICT (kind, code) DO UPDATE
SET name = excluded.name, nature = excluded.nature, successor_id = excluded.successor_id,
    vintage = excluded.vintage
WHERE (old.name, old.nature, old.successor_id, old.vintage)
   IS DISTINCT FROM (excluded.name, excluded.nature, excluded.successor_id, excluded.vintage)
"""
# The names that the gazetteer searches, wholly derived. Aliases leave out what people leave out:
# the article before a name, the type before the name of an EPCI, « Arrondissement » after « Paris 18e ».
WANTED_NAMES = r"""
CREATE TEMP TABLE wanted_name ON COMMIT DROP AS
WITH named AS (
    SELECT id, kind, code, name, postcodes, former_names, population FROM territories_territory
     WHERE listed AND (%(ids)s::text[] IS NULL OR id = ANY(%(ids)s::text[])))
SELECT wanted.*, coalesce(t.population, -1) AS weight FROM (
SELECT id AS territory_id, name, 'name' AS nature FROM named
UNION
SELECT id, regexp_replace(name, '^(l[ae]s? |l[''’])', '', 'i'), 'alias' FROM named
 WHERE name ~* '^(l[ae]s? |l[''’])'
UNION
SELECT id, regexp_replace(regexp_replace(name, '^(C[ACU]|Métropole|Communauté \S+) ', '', 'i'),
                          '^((des|du|de la|de|les|le|la) |(de )?l[''’])', '', 'i'), 'alias'
  FROM named WHERE kind = 'epci' AND name ~* '^(C[ACU]|Métropole|Communauté \S+) '
UNION
SELECT id, regexp_replace(name, ' Arrondissement$', ''), 'alias'
  FROM named WHERE kind = 'arrondissement'
UNION
SELECT id, code, 'code' FROM named WHERE kind = 'departement'
UNION
SELECT id, postcode, 'postcode' FROM named, unnest(postcodes) AS postcode
UNION
SELECT id, former_name, 'former' FROM named, unnest(former_names) AS former_name
) AS wanted JOIN named AS t ON t.id = wanted.territory_id
"""
SYNC_NAMES = (
    "DELETE FROM wanted_name WHERE public.f_place_fold(name) = ''",
    """DELETE FROM territories_placename AS old
         WHERE (%(ids)s::text[] IS NULL OR territory_id = ANY(%(ids)s::text[])) AND NOT EXISTS (
           SELECT FROM wanted_name AS new
           WHERE (new.territory_id, new.nature, new.name) = (old.territory_id, old.nature, old.name))""",
    """INSERT INTO territories_placename AS old (territory_id, name, nature, weight)
       SELECT territory_id, name, nature, weight FROM wanted_name
       ON CONFLICT (territory_id, nature, name) DO UPDATE SET weight = excluded.weight
       WHERE old.weight <> excluded.weight""",
)


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows an upsert touched; the others already said the same."""

    created: int
    updated: int


@dataclass(slots=True)
class Change:
    """A former code and the id of the commune it belongs to today."""

    code: str
    name: str
    nature: str
    successor: str


def ewkb(geometry: shapely.Geometry | None) -> str | None:
    if geometry is None:
        return None
    text: str = shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True)
    return text


def rows_of(drafts: Iterable[Draft]) -> Iterable[tuple[object, ...]]:
    for draft in drafts:
        yield (
            draft.id, str(draft.kind), draft.code, draft.name, slugify(draft.name) or slugify(draft.id),
            draft.status, draft.country, draft.region, draft.departement, draft.epci, draft.commune,
            draft.postcodes, draft.former_names, draft.population, draft.population_edition, draft.vintage,
            draft.source, ewkb(draft.geometry), str(draft.outline_note), ewkb(draft.chief_place),
            str(draft.chief_place_source), ewkb(draft.label_point), draft.owner, draft.dated,
        )  # fmt: skip


def outline_rows(drafts: Iterable[Draft]) -> Iterable[tuple[object, ...]]:
    for draft in drafts:
        for band, outline in draft.outlines.items():
            yield draft.id, band, ewkb(outline), BANDS[band][1]


def copy_rows(table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def write_territories(drafts: Sequence[Draft]) -> Written:
    """Creates or updates these territories and their simplified outlines. Call inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming, incoming_outline")
        cursor.execute(
            "CREATE TEMP TABLE incoming (LIKE territories_territory INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        cursor.execute("ALTER TABLE incoming ALTER updated_at DROP NOT NULL")
        cursor.execute(
            "CREATE TEMP TABLE incoming_outline (territory_id text, band smallint,"
            " geometry public.geometry(MultiPolygon, 4326), decimals integer) ON COMMIT DROP"
        )
    copy_rows("incoming", ", ".join(COLUMNS), rows_of(drafts))
    copy_rows("incoming_outline", "territory_id, band, geometry, decimals", outline_rows(drafts))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incoming")
        cursor.execute("ANALYZE incoming_outline")
        cursor.execute(MEASURE)
        cursor.execute(UPSERT)
        written = Written(*cursor.fetchone())
        cursor.execute(DROP_STALE_OUTLINES)
        cursor.execute(UPSERT_OUTLINES)
        cursor.execute("DROP TABLE incoming, incoming_outline")
    return written


def write_changes(changes: Sequence[Change], vintage: int) -> None:
    """Creates or updates the former codes of communes."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming_change")
        cursor.execute(
            "CREATE TEMP TABLE incoming_change"
            " (code text, name text, nature text, successor text, vintage smallint) ON COMMIT DROP"
        )
    copy_rows(
        "incoming_change", "code, name, nature, successor, vintage",
        ((c.code, c.name, c.nature, c.successor, vintage) for c in changes),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_CHANGES)
        cursor.execute("DROP TABLE incoming_change")


def sync_names(ids: Collection[str] | None = None) -> None:
    """Makes the searched names of these territories (all of them by default) those that follow from them."""
    given = {"ids": None if ids is None else list(ids)}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS wanted_name")
        cursor.execute(WANTED_NAMES, given)
        for statement in SYNC_NAMES:
            cursor.execute(statement, given)
        cursor.execute("DROP TABLE wanted_name")


def analyze() -> None:
    """Fresh statistics: the planner would otherwise think the tables empty until autovacuum passes."""
    names = ("territory", "territoryoutline", "placename", "territorychange", "customcommune")
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ANALYZE territories_{name}")


def vanished_ids(present: Collection[str], kinds: Collection[str], country: str) -> list[str]:
    """Ids of these kinds and country that are in the database and no longer in what was loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM territories_territory WHERE kind = ANY(%s) AND (country_id = %s)"
            " AND id <> ALL(%s) ORDER BY id",
            [list(kinds), country, list(present)],
        )
        return [row[0] for row in cursor.fetchall()]
