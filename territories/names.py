"""Names as they are compared: accents, case, hyphens, apostrophes and "St" set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
WORD = re.compile(r"[^\W_]+")
# Accents of Latin letters; what remains is looked at sign by sign, ten times as slowly.
MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")

# Read through the index place_name_prefix.
NAMED = """
SELECT asked.text, array_agg(DISTINCT n.territory_id)
FROM unnest(%s::text[]) AS asked(text)
JOIN territories_placename n ON n.folded = public.f_place_fold(asked.text) AND n.nature IN ('name', 'alias')
JOIN territories_territory t ON t.id = n.territory_id AND t.kind IN ('commune', 'departement', 'region')
GROUP BY asked.text
"""


def fold(text: str) -> str:
    """Lower case without accents, as PostgreSQL's f_fold does; what is no letter nor digit stays."""
    if text.isascii():
        return text.lower()
    plain = MARKS.sub("", unicodedata.normalize("NFKD", text.translate(LIGATURES)))
    if plain.isascii():
        return plain.lower()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()


def is_elided(name: str) -> bool:
    """Whether French writes « d’ » before this name. An H is left alone: some are aspirate."""
    return fold(name)[:1] in tuple("aeiouy")


def place_fold(text: str) -> str:
    """Words parted by one space, « St » and « 18e » written out, as PostgreSQL's f_place_fold does."""
    words = re.sub("[^a-z0-9]+", " ", fold(text))
    words = re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", words))
    return re.sub(r"\b([0-9]+) ?(er|ere|e|eme|ieme|nd|nde)\b", r"\1", words).strip()


def named(texts: Iterable[str]) -> dict[str, list[str]]:
    """Ids of the communes, départements and régions that bear exactly this name, for each name borne."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [list(texts)])
        return dict(cursor.fetchall())
