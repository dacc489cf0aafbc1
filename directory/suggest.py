"""What a person may be about to type: initiatives by name, sectors and activities by label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from directory import postings
from directory.models import Activity, Initiative, Sector
from directory.version import Kept
from directory.words import name_terms, tsquery_of
from territories.names import WORD, fold

MOST_SORTED = 200

# By name, those that begin with what was typed, or those of these keys less the ones already found.
BY_NAME = """
SELECT i.id, i.slug, i.name, s.slug, c.name
FROM (
    SELECT id, slug, name, name_sort, main_sector, commune_id FROM directory_initiative
    WHERE publication = 'published' AND activity_state = 'open' AND {which}
    ORDER BY name_sort, id LIMIT %s
) AS i
JOIN directory_sector AS s ON s.id = i.main_sector
LEFT JOIN territories_territory AS c ON c.id = i.commune_id
ORDER BY i.name_sort, i.id
"""
BEGUN = BY_NAME.format(which="name_sort LIKE %s")
HOLDING = BY_NAME.format(which="id = ANY (%s) AND id <> ALL (%s)")
LIKE_SIGNS = re.compile(r"([\\%_])")


@dataclass(frozen=True, slots=True)
class Suggested:
    """An initiative: its key, slug and name, the slug of its main sector, the name of its commune."""

    pk: int
    slug: str
    name: str
    sector: str
    commune: str | None


def suggest_initiatives(text: str, limit: int) -> list[Suggested]:
    """Visible initiatives: names that begin with the text, then names that hold its words; by name.

    Of words that more than ``MOST_SORTED`` names hold, only the first that an index gives are sorted.
    """
    typed = fold(" ".join(text.split()))
    if not typed:
        return []
    found = _suggested(BEGUN, [LIKE_SIGNS.sub(r"\\\1", typed) + "%", limit])
    if len(found) < limit and (holding := _holding(text)):
        found += _suggested(HOLDING, [holding, [each.pk for each in found], limit - len(found)])
    return found


def _suggested(sql: str, params: list[Any]) -> list[Suggested]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Suggested(*row) for row in cursor.fetchall()]


def _holding(text: str) -> list[int]:
    """Initiatives whose name holds the words."""
    terms = name_terms(text)
    if not terms:
        return []
    named = postings.named(terms)
    if named is not None:
        return list(islice(postings.ids_of(named), MOST_SORTED))
    holding = Initiative.objects.visible().matching(tsquery_of(terms, named=True)).order_by()
    return list(holding.values_list("pk", flat=True)[:MOST_SORTED])


@dataclass(frozen=True, slots=True)
class Known:
    """A sector or an activity, and the words of its labels and of its synonyms."""

    term: Sector | Activity
    labels: list[list[str]]
    synonyms: list[list[str]]


def _read_terms() -> list[Known]:
    terms: list[Sector | Activity] = [*Sector.objects.all()]
    terms += Activity.objects.filter(replaced_by=None).select_related("sector")
    return [
        Known(
            term, [_words(label) for label in term.labels.values()], [_words(each) for each in term.synonyms]
        )
        for term in terms
    ]


_terms = Kept(_read_terms)


def suggest_terms(text: str, limit: int) -> list[Sector | Activity]:
    """Sectors and activities whose label, or a synonym, has words that begin so; labels first."""
    typed = _words(text)
    if not typed:
        return []
    ranked = [
        (rank, place, known.term)
        for place, known in enumerate(_terms())
        if (rank := _rank(known, typed)) is not None
    ]
    return [term for _rank_, _place, term in sorted(ranked, key=lambda found: found[:2])[:limit]]


def _rank(known: Known, typed: list[str]) -> int | None:
    """0: a label begins so; 1: a label holds the words; 2: a synonym does; None: nothing does."""
    if any(" ".join(label).startswith(" ".join(typed)) for label in known.labels):
        return 0
    if any(_begins(typed, label) for label in known.labels):
        return 1
    return 2 if any(_begins(typed, synonym) for synonym in known.synonyms) else None


def _begins(typed: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(begun) for word in words) for begun in typed)


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))
