"""From what a person types to one full-text query, in two short statements.

Words are folded (accents, case), stemmed in French, completed when last and unfinished, corrected
against the words of the listings, and widened by phrases of the taxonomy, by synonyms and by names
of places. The result is computed once, when criteria are built, so that every face of a search
sees the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

from territories.names import fold, named

MAX_WORDS = 16
LONGEST_PHRASE = 5
SHORTEST_PREFIX = 3
SHORTEST_CORRECTED = 4
WORD = re.compile(r"[^\W_]+")
WIDENING = re.compile("§[as][0-9]+")

STEM = """
CASE WHEN ts_lexize('public.fr_stop', w.word) = '{}' THEN NULL
     ELSE (ts_lexize('pg_catalog.french_stem', w.word))[1] END
"""

# For each word: its stem (null for a stop word), whether a listing or the taxonomy holds it (a
# whole word, or the beginning of one for the last), and only otherwise the nearest word they hold.
WORDS_SQL = f"""
SELECT word, stem, known,
       CASE WHEN NOT known AND length(word) >= {SHORTEST_CORRECTED} THEN (
           SELECT l.word FROM directory_lexiconword l
           WHERE l.word %% w.word AND levenshtein_less_equal(l.word, w.word, 2)
               <= CASE WHEN length(w.word) < 6 THEN 1 ELSE 2 END
           ORDER BY levenshtein(l.word, w.word), similarity(l.word, w.word) DESC, l.word LIMIT 1
       ) END AS nearest
FROM (
    SELECT w.word, {STEM} AS stem, position,
           EXISTS (SELECT FROM directory_lexiconword l
                   WHERE CASE WHEN w.last THEN l.word LIKE w.word || '%%' ELSE l.word = w.word END) AS known
    FROM unnest(%s::text[], %s::boolean[]) WITH ORDINALITY AS w(word, last, position) OFFSET 0
) AS w
ORDER BY position
"""

PHRASES_SQL = "SELECT stems, codes, same_as FROM directory_phrase WHERE stems = ANY (%s)"
PREFIX_SQL = "SELECT stems, codes, same_as FROM directory_phrase WHERE stems LIKE %s"
# The stems of the words of a name, and those of known words that begin as its last does: « coopérati » leads
# to the stem of « coopérative ».
NAME_SQL = f"""
SELECT w.last, {STEM} AS stem
FROM unnest(%s::text[], %s::boolean[]) WITH ORDINALITY AS w(word, last, position)
UNION ALL
SELECT DISTINCT true, (ts_lexize('pg_catalog.french_stem', l.word))[1] FROM (
    SELECT word FROM directory_lexiconword WHERE word LIKE %s ORDER BY length(word), word LIMIT 30
) l
"""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """What an initiative may hold: a stem, or all that begin so; or, behind a §, a code."""

    text: str
    begun: bool = False

    @property
    def widens(self) -> bool:
        """Whether it is a sector or an activity that a word stands for."""
        return WIDENING.fullmatch(self.text) is not None

    def written(self, named: bool = False) -> str:
        """In PostgreSQL's syntax; ``named``: in the name, where it is a word."""
        signs = ("*" if self.begun else "") + ("A" if named and not self.text.startswith("§") else "")
        return _quote(self.text) + (f":{signs}" if signs else "")


# A term is found where all the lexemes of one of its alternatives are; a search, where all its terms are.
Alternative = tuple[Lexeme, ...]
Term = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A text search: what was typed, and what is looked for."""

    typed: str
    words: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...]
    terms: tuple[Term, ...]

    @property
    def tsquery(self) -> str:
        """The query for PostgreSQL."""
        return tsquery_of(self.terms)

    @property
    def worded(self) -> tuple[Term, ...]:
        """The same without the sectors and activities that its words stand for."""
        return tuple(tuple(each for each in term if not each[0].widens) or term for term in self.terms)


def tsquery_of(terms: tuple[Term, ...], named: bool = False) -> str:
    """Terms in PostgreSQL's syntax; ``named``: their words in the name."""
    return " & ".join(
        "(" + " | ".join(f"({' & '.join(each.written(named) for each in some)})" for some in term) + ")"
        for term in terms
    )


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    stem: str | None  # None for a stop word
    known: bool
    nearest: str | None


def analyse(text: str) -> TextQuery | None:
    """The query for what was typed, or None where it holds no letter nor digit."""
    typed = WORD.findall(fold(text))[:MAX_WORDS]
    if not typed:
        return None
    finished = text[-1:].isspace()
    words = _read(typed, finished)
    names = _place_names(words)
    words, corrections = _correct(words, names)
    terms = _terms(words, names, finished)
    return TextQuery(
        typed=text,
        words=tuple(word.text for word in words),
        corrections=tuple(corrections),
        # A query of stop words alone finds nothing: no row bears this lexeme.
        terms=tuple(terms) or (((Lexeme("§nothing"),),),),
    )


def name_terms(text: str) -> tuple[Term, ...]:
    """What a name that is being typed holds: every word, the last one begun. Empty: no word in it."""
    typed = WORD.findall(fold(text))[:MAX_WORDS]
    if not typed:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(NAME_SQL, [typed, [False] * (len(typed) - 1) + [True], typed[-1] + "%"])
        rows = cursor.fetchall()
    terms: list[Term] = [((Lexeme(stem),),) for last, stem in rows if stem and not last]
    begun = sorted({stem for last, stem in rows if stem and last})
    if begun and len(typed[-1]) >= SHORTEST_PREFIX:
        terms.append(tuple((Lexeme(stem, begun=True),) for stem in begun))
    return tuple(terms)


def stems_of(*texts: str) -> list[str]:
    """The key under which each phrase is kept: the stems of its words, stop words left out."""
    phrases = [WORD.findall(fold(text)) for text in texts]
    words = {word for phrase in phrases for word in phrase}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word, {STEM} FROM unnest(%s::text[]) AS w(word)", [list(words)])
        stems = dict(cursor.fetchall())
    return [" ".join(stem for word in phrase if (stem := stems[word])) for phrase in phrases]


def _read(texts: list[str], finished: bool) -> list[Word]:
    last = [
        not finished and position == len(texts) - 1 and len(text) >= SHORTEST_PREFIX
        for position, text in enumerate(texts)
    ]
    with connection.cursor() as cursor:
        cursor.execute(WORDS_SQL, [texts, last])
        return [Word(*row) for row in cursor.fetchall()]


def _runs(words: list[Word]) -> list[tuple[int, int]]:
    """Every run of up to five words as (start, end), the longest first."""
    size = len(words)
    runs = [(a, b) for a in range(size) for b in range(a + 1, min(size, a + LONGEST_PHRASE) + 1)]
    return sorted(runs, key=lambda run: (run[0] - run[1], run[0]))


def _place_names(words: list[Word]) -> dict[tuple[int, int], list[str]]:
    """The runs of words that are the whole name of a place: (start, end) -> territory ids."""
    texts = {run: " ".join(word.text for word in words[slice(*run)]) for run in _runs(words)}
    ids = named(set(texts.values()))
    return {run: ids[text] for run, text in texts.items() if text in ids}


def _correct(
    words: list[Word], names: dict[tuple[int, int], list[str]]
) -> tuple[list[Word], list[tuple[str, str]]]:
    """Unknown words give way to the nearest known one, unless they are part of a place's name."""
    named_at = {position for start, end in names for position in range(start, end)}
    corrections: dict[int, str] = {
        position: word.nearest
        for position, word in enumerate(words)
        if word.nearest and word.stem and not word.known and position not in named_at and word.text.isalpha()
    }
    if not corrections:
        return words, []
    corrected = _read([corrections.get(position, word.text) for position, word in enumerate(words)], True)
    return corrected, [(words[position].text, text) for position, text in corrections.items()]


def _terms(words: list[Word], names: dict[tuple[int, int], list[str]], finished: bool) -> list[Term]:
    """One term per phrase or word, all of them required."""
    phrases = _phrases(words, finished)
    terms: list[Term] = []
    position = 0
    runs = _runs(words)
    while position < len(words):
        run = next(
            (run for run in runs if run[0] == position and (run in phrases or run in names)),
            (position, position + 1),
        )
        # A phrase of several words that is known is finished; a word may go on.
        phrase = run in phrases and run[1] - run[0] > 1
        last = run[1] == len(words) and not finished and not phrase
        term = _term(words[slice(*run)], last, phrases.get(run, []), names.get(run, []))
        if term:
            terms.append(term)
        position = run[1]
    return terms


def _term(words: list[Word], last: bool, widened: list[Alternative], places: list[str]) -> Term:
    plain = tuple(
        Lexeme(stem, begun=last and word is words[-1] and len(word.text) >= SHORTEST_PREFIX)
        for word in words
        if (stem := word.stem)
    )
    alternatives = [plain] if plain else []
    alternatives += widened + [(Lexeme("§" + place),) for place in places]
    return tuple(dict.fromkeys(alternatives))


def _phrases(words: list[Word], finished: bool) -> dict[tuple[int, int], list[Alternative]]:
    """The runs that are a known phrase: (start, end) -> what else they may match."""
    keys = {
        run: " ".join(word.stem for word in words[slice(*run)] if word.stem)
        for run in _runs(words)
        if words[run[0]].stem and words[run[1] - 1].stem
    }
    with connection.cursor() as cursor:
        cursor.execute(PHRASES_SQL, [list(keys.values())])
        found = _by_stems(cursor.fetchall())
        last = keys.get((len(words) - 1, len(words)), "")
        if not finished and last and last not in found and len(last) >= SHORTEST_PREFIX:
            cursor.execute(PREFIX_SQL, [last + "%"])
            widened = [
                code for alternatives in _by_stems(cursor.fetchall()).values() for code in alternatives
            ]
            if widened:
                found[last] = widened
    return {run: found[key] for run, key in keys.items() if key in found}


def _by_stems(rows: list[tuple[str, list[str], list[str]]]) -> dict[str, list[Alternative]]:
    found: dict[str, list[Alternative]] = {}
    for stems, codes, same_as in rows:
        alternatives: list[Alternative] = [(Lexeme("§" + code),) for code in codes]
        alternatives += [tuple(Lexeme(stem) for stem in phrase.split()) for phrase in same_as]
        found.setdefault(stems, []).extend(each for each in alternatives if each)
    return found


def _quote(lexeme: str) -> str:
    """A lexeme as PostgreSQL's tsquery syntax wants it, whatever signs it holds."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
