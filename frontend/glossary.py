"""What a word of the field is made of, and the initiatives that show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.filters import SearchForm
from directory.paging import page_of
from frontend.addresses import search_address
from frontend.cards import Card, cards
from frontend.sectors import Taxonomy

Text = str | Promise

# In the order of the page.
THEMES: dict[str, Text] = {
    "idee": _("L’idée"),
    "formes": _("Formes et statuts"),
    "pratiques": _("Ce qui se fait"),
    "territoires": _("Territoires et coopérations"),
    "chantiers": _("Grands chantiers"),
}
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Policy:
    """A public text, by its official name."""

    year: int
    name: str


@dataclass(frozen=True, slots=True)
class Term:
    """``sectors`` are slugs of the taxonomy, ``related`` those of other terms; ``quoted`` is a definition
    given word for word; ``search`` finds what shows the term, or is empty where nothing would."""

    slug: str
    theme: str
    name: Text
    meaning: Text
    synonyms: Text = ""
    keywords: Text = ""
    policies: tuple[Policy, ...] = ()
    sectors: tuple[str, ...] = ()
    search: dict[str, str] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    quoted: Text = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The initiatives that show a term: how many, the first ones, and the address of all."""

    count: int
    cards: list[Card]
    href: str


def shown(term: Term, taxonomy: Taxonomy) -> Shown | None:
    """Found by the one search; None where nothing shows the term."""
    if not term.search:
        return None
    criteria = SearchForm(QueryDict(urlencode(term.search))).criteria()
    count = criteria.initiatives().count()
    if not count:
        return None
    return Shown(count, cards(page_of(criteria, SHOWN).rows, taxonomy), search_address(criteria.params))
