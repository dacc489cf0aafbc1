"""Their categories to our activities: what a profile says, else what the taxonomy recognises."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from directory.models import ACTIVITIES_PER_SECTOR, Activity, Sector
from directory.taxonomy import phrases_in
from exchange.cells import Cell, is_blank, plain
from exchange.naming import name_key, singular
from territories.names import WORD, fold

MOST_ACTIVITIES = 20
PARTS = re.compile(r"\s*[;|\n]\s*|\s*,\s+|\s+/\s+")
LONGEST_PHRASE = 6

# Words of public listings that the taxonomy does not hold as such: a sector where no activity is certain.
USUAL = {
    "bibliotheque": "culture", "mediatheque": "culture", "musee": "culture--patrimoine",
    "librairie": "culture--livre", "cinema": "culture--creation-diffusion",
    "theatre": "culture--creation-diffusion",
    "centre social": "solidarites", "centre socioculturel": "solidarites",
    "espace de vie sociale": "solidarites",
    "maison des jeunes": "education--populaire", "mjc": "education--populaire",
    "creche": "solidarites--enfance-famille", "multi accueil": "solidarites--enfance-famille",
    "ferme": "alimentation", "maraicher": "alimentation", "maraichage": "alimentation",
    "producteur": "alimentation", "apiculteur": "alimentation", "eleveur": "alimentation",
    "epicerie": "alimentation", "epicerie sociale": "alimentation--epicerie-solidaire",
    "epicerie solidaire": "alimentation--epicerie-solidaire",
    "epicerie sociale solidaire": "alimentation--epicerie-solidaire",
    "boulangerie": "alimentation--transformation",
    "fromagerie": "alimentation--transformation", "brasserie": "alimentation--transformation",
    "restaurant": "alimentation--restauration", "jardin partage": "alimentation--jardins",
    "banque alimentaire": "alimentation--epicerie-solidaire", "commerce": "commerce", "boutique": "commerce",
    "magasin": "commerce", "artisan": "production--metiers-art", "garage": "mobilite",
    "velo": "mobilite--velo",
    "composteur": "reemploi--consigne-compost", "compostage": "reemploi--consigne-compost",
    "dechetterie": "reemploi--recyclage", "reemploi": "reemploi",
    "reparateur": "reemploi--reparation",
    "reparation": "reemploi--reparation", "insertion": "emploi--insertion", "sante": "solidarites--sante",
    "handicap": "solidarites--autonomie", "environnement": "education--environnement",
    "tourisme": "commerce--tourisme", "culture": "culture", "economie": "cooperation",
    "formation": "education--formation", "tiers lieu": "cooperation--tiers-lieu",
}  # fmt: skip


class Taxonomy:
    """What our activities are called, read once."""

    def __init__(self) -> None:
        sectors = list(Sector.objects.order_by("pk"))
        activities = list(Activity.objects.order_by("pk"))
        self.ids = {str(sector.slug): sector.pk * ACTIVITIES_PER_SECTOR for sector in sectors}
        self.ids |= {str(each.slug): each.replaced_by_id or each.pk for each in activities}
        self.slugs = {pk: slug for slug, pk in reversed(self.ids.items())}
        self.phrases: dict[tuple[str, ...], set[int]] = {}
        for term in [*sectors, *activities]:
            for label in [*term.labels.values(), *term.synonyms]:
                for phrase in {label, *phrases_in(label)}:
                    self.phrases.setdefault(words_of(phrase), set()).add(self.ids[str(term.slug)])
        usual = {words_of(phrase): slug for phrase, slug in USUAL.items() if slug in self.ids}
        self.phrases |= {words: {self.ids[slug]} for words, slug in usual.items()}
        self.recognise = lru_cache(maxsize=50_000)(self._recognise)

    def named(self, text: str) -> list[int]:
        """Ids of slugs or numbers of ours, parted by semicolons; an unknown one raises KeyError."""
        known = set(self.slugs)
        parts = [part.strip() for part in re.split(r"[;,|\s]+", text) if part.strip()]
        return [int(part) if part.isdigit() and int(part) in known else self.ids[part] for part in parts]

    def _recognise(self, text: str) -> tuple[int, ...]:
        """What their category stands for: one of ours, or the sector that all it may be belong to."""
        if found := self.phrases.get(words := words_of(text)):
            return self._one(found)
        for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
            runs = {words[at : at + length] for at in range(len(words) - length + 1)}
            if found := set().union(*(self.phrases.get(run, set()) for run in runs)):
                return self._one(found)
        return ()

    def _one(self, found: set[int]) -> tuple[int, ...]:
        sectors = {each // ACTIVITIES_PER_SECTOR for each in found}
        if len(found) == 1:
            return tuple(found)
        return (sectors.pop() * ACTIVITIES_PER_SECTOR,) if len(sectors) == 1 else ()


def words_of(text: str) -> tuple[str, ...]:
    return tuple(
        singular(word) for word in WORD.findall(fold(text)) if word not in {"et", "de", "du", "des", "la"}
    )


def parts_of(cell: Cell) -> list[str]:
    """The categories of a cell: « Culture ; Sport » is two."""
    return [part for part in PARTS.split(plain(cell)) if not is_blank(part)]


def suggest(values: Counter[str], taxonomy: Taxonomy) -> list[tuple[str, int, str]]:
    """Their categories, the most frequent first: (category, lines, the slug of ours or "")."""
    rows = []
    for value, count in values.most_common():
        found = taxonomy.recognise(value)
        rows.append((value, count, taxonomy.slugs[found[0]] if found else ""))
    return rows


def from_name(name: str, taxonomy: Taxonomy) -> tuple[int, ...]:
    """What a name says of what it names: « Ressourcerie du Pont »; nothing where it is not one thing."""
    return taxonomy.recognise(name) if name_key(name) else ()
