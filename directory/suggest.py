"""What a person may be about to type: initiatives by name, sectors and activities by label."""

from __future__ import annotations

from django.db.models import Prefetch

from directory.models import Activity, Initiative, Sector
from directory.words import name_query
from territories.models import Territory
from territories.names import WORD, fold


def suggest_initiatives(text: str, limit: int) -> list[Initiative]:
    """Visible initiatives: names that begin with the text, then names that hold its words; by name."""
    typed = fold(" ".join(text.split()))
    if not typed:
        return []
    visible = Initiative.objects.visible().order_by("name_sort", "pk")
    visible = visible.prefetch_related(Prefetch("commune", Territory.objects.only("id", "name")))
    found = list(visible.filter(name_sort__startswith=typed)[:limit])
    query = name_query(text) if len(found) < limit else None
    if query:
        others = visible.matching(query).exclude(pk__in=[initiative.pk for initiative in found])
        found += others[: limit - len(found)]
    return found


def suggest_terms(text: str, limit: int) -> list[Sector | Activity]:
    """Sectors and activities, one word of whose label or synonyms begins with the text; labels first."""
    typed = _words(text)
    if not typed:
        return []
    terms: list[Sector | Activity] = [*Sector.objects.all()]
    terms += Activity.objects.filter(replaced_by=None).select_related("sector")
    ranked = [(rank, place, term) for place, term in enumerate(terms) if (rank := _rank(term, typed)) is not None]
    return [term for _rank_, _place, term in sorted(ranked, key=lambda found: found[:2])[:limit]]


def _rank(term: Sector | Activity, typed: str) -> int | None:
    """0: a label begins so; 1: a word of a label; 2: a synonym, or a word of one; None: nothing does."""
    labels = [" " + _words(label) for label in term.labels.values()]
    if any(label.startswith(" " + typed) for label in labels):
        return 0
    if any(" " + typed in label for label in labels):
        return 1
    return 2 if any(" " + typed in " " + _words(synonym) for synonym in term.synonyms) else None


def _words(text: str) -> str:
    return " ".join(WORD.findall(fold(text)))
