"""Synthetic initiatives: plausible in shape, invented, flagged as such; for tests of scale and reports only.

They are spread over the communes by population, with dates, links, memberships, several sectors
for some and no place for others. ``remove_synthetic`` takes them all out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import pgtrigger
from django.db import connection, transaction
from tqdm import tqdm

from directory import postings
from directory.examples import remove
from directory.models import Activity, Grouping, GroupingKind, LegalForm, Origin
from directory.pyramid import fold
from directory.taxonomy import load_taxonomy, phrases_in
from territories.models import Kind, Territory

HISTORY = [
    "directory.Initiative:insert_insert", "directory.Initiative:delete_delete",
    "directory.Link:insert_insert", "directory.Link:delete_delete",
    "directory.Membership:insert_insert", "directory.Membership:delete_delete",
    "directory.Grouping:insert_insert", "directory.Grouping:delete_delete",
]  # fmt: skip

SHARE_WITHOUT_PLACE = 0.06
SHARE_DEPARTEMENT_ONLY = 0.02
LINKS_EACH = 0.5
PER_GROUPING = 400
SECTORS_COUNT = [1, 2, 3]
SECTORS_WEIGHTS = [68, 26, 6]
FORMS = {
    LegalForm.ASSOCIATION: 62, LegalForm.SCIC: 7, LegalForm.SCOP: 8, LegalForm.COOPERATIVE: 6,
    LegalForm.COMPANY: 6, LegalForm.FARM: 4, LegalForm.COLLECTIVE: 3, LegalForm.UNKNOWN: 4,
}  # fmt: skip

DRAFT = """
CREATE TEMP TABLE synthetic_draft (
    n integer, slug text, name text, summary text, activities smallint[], legal_form text,
    commune_id text, departement_id text, angle float8, reach float8,
    founded date, closed date, activity_state text, testimony boolean, age interval
) ON COMMIT DROP
"""

# The point is drawn around the chief place, and stays there where it would leave the commune.
INSERT = """
INSERT INTO directory_initiative (
    uuid, slug, name, language, summary, description, activities, legal_form, legal_form_note, siret, rna,
    website, email, phone, street, postcode, locality, location, precision, commune_id, departement_id,
    founded, founded_precision, closed, closed_precision, opening_hours, accepts_testimony,
    charter_signatory, publication, activity_state, origin, source, provenance, created_at, updated_at
)
SELECT gen_random_uuid(), s.slug, s.name, 'fr', s.summary, '', s.activities, s.legal_form, '', '', '',
    '', '', '', '', coalesce(t.postcodes[1], ''), coalesce(t.name, ''),
    CASE WHEN ST_Covers(t.geometry, p.point) THEN p.point ELSE t.chief_place END,
    CASE WHEN t.chief_place IS NULL THEN ''
         WHEN ST_Covers(t.geometry, p.point) THEN 'address' ELSE 'commune' END,
    s.commune_id, s.departement_id, s.founded, 'year',
    s.closed, CASE WHEN s.closed IS NULL THEN '' ELSE 'year' END, '', s.testimony,
    false, 'published', s.activity_state, 'synthetic', 'Maillage make_synthetic', '{}',
    now() - s.age, now() - s.age / 2
FROM synthetic_draft s
LEFT JOIN territories_territory t ON t.id = s.commune_id
LEFT JOIN LATERAL (
    SELECT ST_SetSRID(ST_MakePoint(
        ST_X(t.chief_place) + s.reach * sqrt(coalesce(t.area_km2, 1)) * cos(s.angle) / 78,
        ST_Y(t.chief_place) + s.reach * sqrt(coalesce(t.area_km2, 1)) * sin(s.angle) / 111), 4326) AS point
) p ON t.chief_place IS NOT NULL
ORDER BY s.n
RETURNING id
"""


def make_synthetic(count: int, seed: int = 1, progress: bool = False) -> int:
    """Add ``count`` synthetic initiatives in one transaction, with their links and memberships."""
    load_taxonomy()
    chance = random.Random(seed)
    with pgtrigger.ignore(*HISTORY), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_initiative WHERE origin = 'synthetic'")
        first = cursor.fetchone()[0] + 1
        cursor.execute(DRAFT)
        # Read before the COPY begins: the connection can do nothing else meanwhile.
        communes, activities = _communes(), _activities()
        with cursor.copy("COPY synthetic_draft FROM STDIN") as copy:
            for n in tqdm(range(first, first + count), disable=not progress, desc="Drafting"):
                copy.write_row(_draft(n, communes, activities, chance))
        cursor.execute(INSERT)
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("DROP TABLE synthetic_draft")
        _link(cursor, ids, chance)
        _join(cursor, ids, first, chance)
        cursor.execute("ANALYZE directory_initiative")
        for index in ("initiative_search", "initiative_activities"):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
    fold()
    postings.rebuild_when_worn()
    return len(ids)


def remove_synthetic() -> int:
    """Take every synthetic initiative out, with its links and groupings; how many went."""
    with pgtrigger.ignore(*HISTORY), transaction.atomic():
        removed = remove(Origin.SYNTHETIC)
    fold()
    return removed


@dataclass(frozen=True, slots=True)
class Weighted:
    """Communes as (id, name, département id), drawn by population."""

    communes: list[tuple[str, str, str | None]]
    weights: list[int]


def _communes() -> Weighted:
    rows = list(
        Territory.objects.of_kind(Kind.COMMUNE).filter(population__gt=0)
        .order_by("pk").values_list("pk", "name", "departement", "population")
    )  # fmt: skip
    if not rows:
        raise ValueError("Synthetic initiatives need territories: run load_territories first.")
    return Weighted([row[:3] for row in rows], list(accumulate(row[3] or 0 for row in rows)))


def _activities() -> list[tuple[int, str]]:
    """Each activity's id and the first phrase of its French label."""
    return [(a.pk, phrases_in(a.labels["fr"])[0]) for a in Activity.objects.filter(replaced_by=None)]


def _draft(
    n: int, places: Weighted, activities: list[tuple[int, str]], chance: random.Random
) -> tuple[object, ...]:
    """One row of ``synthetic_draft``."""
    commune, place, departement = chance.choices(places.communes, cum_weights=places.weights)[0]
    chosen = chance.sample(activities, chance.choices(SECTORS_COUNT, SECTORS_WEIGHTS)[0])
    today = date.today()
    founded = date(min(today.year - 1, int(today.year - chance.expovariate(1 / 9))), 1, 1)
    closed = today - timedelta(days=chance.randrange(300)) if chance.random() < 0.04 else None
    return (
        n, f"essai-{n}", f"{chosen[0][1]} de {place} ({n})",
        f"Donnée d’essai, inventée : {chosen[0][1].lower()} à {place}.",
        [activity for activity, _phrase in chosen],
        chance.choices(list(FORMS), list(FORMS.values()))[0].value,
        *_established(commune, departement, chance), chance.uniform(0, 6.2832), abs(chance.gauss(0, 0.22)),
        founded, closed, "closed" if closed else "planned" if chance.random() < 0.01 else "open",
        chance.random() < 0.1, timedelta(days=chance.expovariate(1 / 500)),
    )  # fmt: skip


def _established(
    commune: str, departement: str | None, chance: random.Random
) -> tuple[str | None, str | None]:
    """(commune, None) for most; (None, département) or nothing for those without a place."""
    draw = chance.random()
    if draw >= SHARE_WITHOUT_PLACE:
        return commune, None
    return None, departement if draw < SHARE_DEPARTEMENT_ONLY else None


LINK_KINDS = ["supplies", "distributes", "hosts", "finances", "shares-means", "partners"]


def _link(cursor: object, ids: list[int], chance: random.Random) -> None:
    """Declared relations between rows that are near in the order of drafting."""
    pairs = {
        (a, b): chance.choice(LINK_KINDS)
        for _ in range(int(len(ids) * LINKS_EACH))
        if (a := chance.choice(ids)) != (b := chance.choice(ids))
    }
    with cursor.copy(  # type: ignore[attr-defined]
        "COPY directory_link (origin_id, target_id, kind, source) FROM STDIN"
    ) as copy:
        for (origin, target), kind in pairs.items():
            copy.write_row((origin, target, kind, "Maillage make_synthetic"))


def _join(cursor: object, ids: list[int], first: int, chance: random.Random) -> None:
    """Networks and PTCE, each run by a synthetic initiative, and their members."""
    count = max(2, len(ids) // PER_GROUPING) if len(ids) > 1 else 0
    groupings = Grouping.objects.bulk_create(
        Grouping(
            kind=GroupingKind.PTCE if n % 4 == 0 else GroupingKind.NETWORK,
            slug=f"essai-{first + n}", name=f"Groupement d’essai {first + n}", initiative_id=runner,
            source="Maillage make_synthetic",
        )
        for n, runner in enumerate(chance.sample(ids, count))
    )  # fmt: skip
    now = "now"
    with cursor.copy(  # type: ignore[attr-defined]
        "COPY directory_membership (grouping_id, initiative_id, member_agreed_at, grouping_agreed_at, source)"
        " FROM STDIN"
    ) as copy:
        for member in ids:
            if groupings and chance.random() < 0.3:
                agreed = now if chance.random() < 0.9 else None
                copy.write_row((chance.choice(groupings).pk, member, now, agreed, "Maillage make_synthetic"))
