"""What a person may be about to type: initiatives by name, sectors and activities by label."""

from __future__ import annotations

from django.db.models import Prefetch

from directory.models import Activity, Initiative, Sector
from directory.words import name_query
from territories.models import Territory
from territories.names import WORD, fold

MOST_SORTED = 2_000
READ = ("slug", "name", "activities", "commune")


def suggest_initiatives(text: str, limit: int) -> list[Initiative]:
    """Visible initiatives: names that begin with the text, then names that hold its words; by name.

    Of words that more than ``MOST_SORTED`` names hold, only the first that the index gives are sorted.
    """
    typed = fold(" ".join(text.split()))
    if not typed:
        return []
    visible = Initiative.objects.visible().only(*READ).order_by("name_sort", "pk")
    visible = visible.prefetch_related(Prefetch("commune", Territory.objects.only("id", "name")))
    found = list(visible.filter(name_sort__startswith=typed)[:limit])
    query = name_query(text) if len(found) < limit else None
    if query:
        holding = Initiative.objects.visible().matching(query).order_by().values("pk")[:MOST_SORTED]
        others = visible.filter(pk__in=holding).exclude(pk__in=[initiative.pk for initiative in found])
        found += others[: limit - len(found)]
    return found


def suggest_terms(text: str, limit: int) -> list[Sector | Activity]:
    """Sectors and activities whose label, or a synonym, has words that begin so; labels first."""
    typed = _words(text)
    if not typed:
        return []
    terms: list[Sector | Activity] = [*Sector.objects.all()]
    terms += Activity.objects.filter(replaced_by=None).select_related("sector")
    ranked = [
        (rank, place, term) for place, term in enumerate(terms) if (rank := _rank(term, typed)) is not None
    ]
    return [term for _rank_, _place, term in sorted(ranked, key=lambda found: found[:2])[:limit]]


def _rank(term: Sector | Activity, typed: list[str]) -> int | None:
    """0: a label begins so; 1: a label holds the words; 2: a synonym does; None: nothing does."""
    labels = [_words(label) for label in term.labels.values()]
    if any(" ".join(label).startswith(" ".join(typed)) for label in labels):
        return 0
    if any(_begins(typed, label) for label in labels):
        return 1
    return 2 if any(_begins(typed, _words(synonym)) for synonym in term.synonyms) else None


def _begins(typed: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(begun) for word in words) for begun in typed)


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))
