"""The write side of the taxonomy: sectors, activities and the phrases that lead to them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from directory.models import Activity, LexiconWord, Phrase, Sector
from directory.words import stems_of
from territories.names import WORD, fold

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "taxonomy.json"

# Phrases of each line mean the same. The first one is the concept itself, which goes by several names.
EQUIVALENTS = [
    [
        "circuit court", "circuit de proximité", "circuit local", "circuit court économique et solidaire",
        "CCES", "short supply chain", "short food chain",
    ],
    ["tiers-lieu", "tiers-lieux"],
    ["PTCE", "pôle territorial de coopération économique"],
    ["monnaie locale", "monnaie citoyenne", "monnaie locale complémentaire"],
    ["ressourcerie", "recyclerie"],
]  # fmt: skip


@transaction.atomic
def load_taxonomy(path: Path = FIXTURE) -> tuple[int, int]:
    """Sectors and activities of the fixture, written over those present; (sectors, activities).

    Ids are permanent: a term that leaves the fixture stays in the database.
    """
    sectors = json.loads(path.read_text())["sectors"]
    activities = [(sector["id"], activity) for sector in sectors for activity in sector["activities"]]
    _upsert(
        Sector,
        [Sector(**_term(sector), labo_domain=sector["labo_domain"]) for sector in sectors],
        "labo_domain",
    )
    _upsert(
        Activity, [Activity(**_term(activity), sector_id=sector) for sector, activity in activities], "sector"
    )
    load_phrases()
    return len(sectors), len(activities)


def _term(fixture: dict[str, Any]) -> dict[str, Any]:
    return {name: fixture[name] for name in ("id", "slug", "labels", "synonyms", "hints")}


def _upsert(model: type[Sector] | type[Activity], rows: list[Any], *fields: str) -> None:
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"],
        update_fields=["slug", "labels", "synonyms", "hints", *fields],
    )  # fmt: skip


def load_phrases() -> None:
    """Phrases of the labels and synonyms of the taxonomy, anew; those written by hand stay."""
    phrases: dict[str, set[str]] = {}
    terms: list[tuple[str, Sector | Activity]] = [(f"s{s.pk}", s) for s in Sector.objects.all()]
    terms += [(f"a{a.replaced_by_id or a.pk}", a) for a in Activity.objects.all()]
    for code, term in terms:
        for text in [*term.labels.values(), *term.synonyms]:
            for phrase in phrases_in(text):
                phrases.setdefault(phrase, set()).add(code)
    rows = [Phrase(text=text, codes=sorted(codes), from_taxonomy=True) for text, codes in phrases.items()]
    for row, stems in zip(rows, stems_of(*(row.text for row in rows)), strict=True):
        row.stems = stems
    rows += [row for texts in EQUIVALENTS for row in _equivalents(texts, rows)]
    Phrase.objects.filter(from_taxonomy=True).delete()
    Phrase.objects.bulk_create([row for row in rows if row.stems])
    words = {
        word for row in rows for word in WORD.findall(fold(row.text)) if len(word) > 2 and word.isalpha()
    }
    words -= set(LexiconWord.objects.filter(word__in=words).values_list("word", flat=True))
    LexiconWord.objects.bulk_create([LexiconWord(word=word) for word in sorted(words)])


def _equivalents(texts: list[str], known: list[Phrase]) -> list[Phrase]:
    """Phrases that mean the same: each stands for the others, and for what any of them stands for."""
    keys = stems_of(*texts)
    codes = sorted({code for phrase in known if phrase.stems in keys for code in phrase.codes})
    return [
        Phrase(
            text=text, stems=key, codes=codes, same_as=[other for other in keys if other != key],
            from_taxonomy=True,
        )
        for text, key in zip(texts, keys, strict=True)
    ]  # fmt: skip


def phrases_in(label: str) -> list[str]:
    """The phrases of a label: "Ressourceries et recycleries" is two, as are parts in brackets."""
    parts = re.split(r"[(),;&/]| et | and | or | ou ", label)
    return [phrase for part in parts if len(phrase := part.strip()) > 2]


def rebuild_lexicon() -> int:
    """The words of the listings and of the taxonomy, anew; how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        LexiconWord.objects.all().delete()
        cursor.execute("SELECT directory_learn_words(array_agg(id)) FROM directory_initiative")
        load_phrases()
    return LexiconWord.objects.count()
