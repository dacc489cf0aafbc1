"""What search engines are told of: every page of a thing, in both languages.

Django's own sitemaps, but items are read a page at a time: there may be a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, overload

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from diagnosis.saving import published
from directory.models import Grouping, GroupingKind, Initiative, Sector, Story
from events.agenda import SHARED
from events.models import Event
from frontend.terms import TERMS
from territories.models import Kind, Territory

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Addresses in a file. The protocol allows 50 000; fewer are answered faster.
MOST = 10_000


class InEachLanguage(Sequence[tuple[Any, str]]):
    """Each row of a queryset once per language, read only where it is sliced."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return self.rows.count() * len(LANGUAGES)

    @overload
    def __getitem__(self, at: int) -> tuple[Any, str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[Any, str]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, int):
            return self[at : at + 1][0]
        start, stop, _step = at.indices(len(self))
        first = start // len(LANGUAGES)
        rows = self.rows[first : -(-stop // len(LANGUAGES))]
        pairs = [(row, code) for row in rows for code in LANGUAGES]
        return pairs[start - first * len(LANGUAGES) : stop - first * len(LANGUAGES)]


class Rows(Sitemap):
    """Pages of the rows of a queryset of (name in the address, last change or None)."""

    i18n = True
    alternates = True
    limit = MOST

    def __init__(self, route: str, rows: QuerySet[Any, Any], changed: str = "") -> None:
        self.route, self.changed = route, changed
        self.rows = rows.order_by("pk")

    def items(self) -> Any:
        return self.rows.values_list(self.name, *([self.changed] if self.changed else []))

    @property
    def name(self) -> str:
        return "pk" if self.rows.model is Territory else "slug"

    def _items(self) -> InEachLanguage:  # Django's would read every row for one page
        return InEachLanguage(self.items())

    def location(self, item: tuple[str, ...]) -> str:
        return reverse(self.route, args=[item[0]])

    def lastmod(self, item: tuple[Any, ...]) -> datetime | None:
        return item[1] if self.changed else None

    def get_latest_lastmod(self) -> datetime | None:
        latest: datetime | None = self.rows.aggregate(at=Max(self.changed))["at"] if self.changed else None
        return latest


class Pages(Sitemap):
    """The pages that are there whatever the directory holds, published diagnoses and stories."""

    i18n = True
    alternates = True

    def items(self) -> list[tuple[str, list[Any]]]:
        names = (
            "search", "understand", "territories", "diagnosis_entry", "indicators", "levers", "diagnoses",
            "participate", "propose", "glossary", "about", "legal", "permissions", "personal_data",
            "accessibility",
            "embed_configurator", "observatory", "events", "assessment",
            "charter", "charter_signatories", "charter_sign",
        )  # fmt: skip
        saved = published().order_by("pk").values_list("uuid", flat=True)[:MOST]
        stories = Story.objects.published().order_by("pk").values_list("initiative__slug", "uuid")[:MOST]
        return [
            *((f"frontend:{name}", []) for name in names),
            *(("frontend:story", list(story)) for story in stories),
            *(("frontend:saved_diagnosis", [uuid]) for uuid in saved),
        ]

    def location(self, item: tuple[str, list[Any]]) -> str:
        name, args = item
        return reverse(name, args=args)


class Words(Sitemap):
    """The words of the glossary."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        return [term.slug for term in TERMS]

    def location(self, item: str) -> str:
        return reverse("frontend:term", args=[item])


def of_kind(kind: GroupingKind) -> Rows:
    return Rows(f"frontend:{kind}", Grouping.objects.filter(kind=kind, published=True), "updated_at")


SITEMAPS: dict[str, Sitemap] = {
    "pages": Pages(),
    "words": Words(),
    "initiatives": Rows("frontend:initiative", Initiative.objects.published(), "updated_at"),
    "ptce": of_kind(GroupingKind.PTCE),
    "networks": of_kind(GroupingKind.NETWORK),
    "events": Rows("frontend:event", Event.objects.filter(SHARED), "updated_at"),
    "sectors": Rows("frontend:sector", Sector.objects.all()),
    "territories": Rows("frontend:territory", Territory.objects.listed()),
    "communes": Rows(
        "frontend:communes", Territory.objects.listed().of_kind(Kind.DEPARTEMENT, Kind.EPCI, Kind.CUSTOM)
    ),
}
