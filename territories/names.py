"""Names as they are compared: accents, case, hyphens, apostrophes and "St" set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents; what is neither letter nor digit stays."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()


def folded_name(text: str) -> str:
    """A name as the gazetteer keeps it: folded words joined by spaces, "St" written out."""
    return " ".join(SAINTS.get(word, word) for word in WORD.findall(fold(text)))


def named(texts: Iterable[str]) -> dict[str, list[str]]:
    """Ids of the communes, départements and régions that bear exactly one of these folded names."""
    keys = {folded_name(text): text for text in texts}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trim(regexp_replace(public.f_fold(name), '[^[:alnum:]]+', ' ', 'g')) AS folded, array_agg(id)"
            " FROM territories_territory WHERE kind IN ('commune', 'departement', 'region')"
            " AND trim(regexp_replace(public.f_fold(name), '[^[:alnum:]]+', ' ', 'g')) = ANY (%s) GROUP BY 1",
            [list(keys)],
        )
        return {keys[folded]: ids for folded, ids in cursor.fetchall()}
