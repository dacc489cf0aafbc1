"""What a person may be about to type: initiatives by name, sectors and activities by label."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.db.models import Prefetch, prefetch_related_objects

from directory import postings
from directory.models import Activity, Initiative, Sector
from directory.querysets import InitiativeQuerySet
from directory.version import Kept
from directory.words import name_terms, tsquery_of
from territories.models import Territory
from territories.names import WORD, fold

MOST_SORTED = 200
READ = ("slug", "name", "activities", "commune")


def suggest_initiatives(text: str, limit: int) -> list[Initiative]:
    """Visible initiatives: names that begin with the text, then names that hold its words; by name.

    Of words that more than ``MOST_SORTED`` names hold, only the first that an index gives are sorted.
    """
    typed = fold(" ".join(text.split()))
    if not typed:
        return []
    visible = Initiative.objects.visible().only(*READ).order_by("name_sort", "pk")
    found = list(visible.filter(name_sort__startswith=typed)[:limit])
    if len(found) < limit:
        known = [initiative.pk for initiative in found]
        found += _holding(visible, text).exclude(pk__in=known)[: limit - len(found)]
    prefetch_related_objects(found, Prefetch("commune", Territory.objects.only("id", "name")))
    return found


def _holding(visible: InitiativeQuerySet, text: str) -> InitiativeQuerySet:
    """Those whose name holds the words."""
    terms = name_terms(text)
    if not terms:
        return visible.none()
    named = postings.named(terms)
    if named is not None:
        return visible.among(list(islice(postings.ids_of(named), MOST_SORTED)))
    holding = Initiative.objects.visible().matching(tsquery_of(terms, named=True)).order_by()
    return visible.filter(pk__in=holding.values("pk")[:MOST_SORTED])


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
