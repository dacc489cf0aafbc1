"""The charter as pages show it: its signatories in words, its badge, who signed where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext_lazy

from charter import signatories
from charter.models import Capacity, Signature
from charter.signatories import Counts
from directory.models import Grouping, Initiative
from frontend import role_targets
from frontend.guarded import written_about
from territories.models import Kind, Territory

Structure = Initiative | Grouping | Territory

KIND_LABELS = {
    "initiative": gettext_lazy("initiatives"),
    "ptce": gettext_lazy("PTCE"),
    "network": gettext_lazy("réseaux"),
    "territory": gettext_lazy("collectivités"),
    "person": gettext_lazy("personnes"),
}
ONE = {
    "initiative": gettext_lazy("initiative"),
    "ptce": gettext_lazy("PTCE"),
    "network": gettext_lazy("réseau"),
    "territory": gettext_lazy("collectivité"),
    "person": gettext_lazy("en son nom"),
}
HOW_MANY = {
    "initiative": ngettext_lazy("%(n)s initiative", "%(n)s initiatives", "n"),
    "ptce": ngettext_lazy("%(n)s PTCE", "%(n)s PTCE", "n"),
    "network": ngettext_lazy("%(n)s réseau", "%(n)s réseaux", "n"),
    "territory": ngettext_lazy("%(n)s collectivité", "%(n)s collectivités", "n"),
    "person": ngettext_lazy("%(n)s personne", "%(n)s personnes", "n"),
}
# Who may sign for a place: an authority, or what a syndicate of communes composed and everybody may read.
AUTHORITIES = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.CUSTOM)


@dataclass(frozen=True, slots=True)
class Signed:
    """One line of the list of signatories. ``told``: what it is and where, in words."""

    name: str
    told: str
    href: str
    day: date
    edition: str


def lines(rows: Iterable[Signature]) -> list[Signed]:
    return [line(each) for each in rows]


def line(row: Signature) -> Signed:
    assert row.confirmed_at  # of what holds
    structure = row.structure
    return Signed(
        name=structure.name if structure else row.name,
        told=", ".join(str(each) for each in told(row) if each),
        href=page_of(structure) if structure else "",
        day=timezone.localdate(row.confirmed_at),
        edition=row.version.edition,
    )


def told(row: Signature) -> list[Any]:
    if row.territory:
        return [row.territory.get_kind_display()]
    if row.initiative:
        place = row.initiative.commune or row.initiative.departement
        return [ONE["initiative"], place and place.name]
    if row.grouping:
        return [ONE[row.grouping.kind]]
    capacity = Capacity(row.capacity).label if row.capacity else ONE["person"]
    return [capacity, row.commune and row.commune.name]


def page_of(structure: Structure) -> str:
    if isinstance(structure, Territory):
        return reverse("frontend:territory", args=[structure.pk])
    if isinstance(structure, Grouping):
        return reverse(f"frontend:{structure.kind}", args=[structure.slug])
    return reverse("frontend:initiative", args=[structure.slug])


def in_words(counts: Counts) -> list[tuple[str, str]]:
    """(kind, « 3 initiatives ») of the kinds that count somebody."""
    return [(kind, HOW_MANY[kind] % {"n": n}) for kind, n in counts.by_kind() if n]


# -- For which structure one signs, and whose badge it is: named in addresses -------------------------

FINDERS = {
    "initiative": role_targets.initiatives,
    "reseau": role_targets.groupings,
    "collectivite": role_targets.territories,
}
TITLES = {
    "initiative": gettext_lazy("Pour quelle initiative signez-vous ?"),
    "reseau": gettext_lazy("Pour quel réseau ou PTCE signez-vous ?"),
    "collectivite": gettext_lazy("Pour quelle collectivité signez-vous ?"),
}


def found(kind: str, text: str) -> list[role_targets.Found]:
    """Structures of this name for which one may sign. 404 for another kind."""
    if kind not in FINDERS:
        raise Http404
    rows = FINDERS[kind](text) if text else []
    if kind != "collectivite":
        return rows
    signing = tuple(f"{each}-" for each in AUTHORITIES)
    return [each for each in rows if each.key.startswith(signing)]


def structure_of(kind: str, key: str) -> Structure:
    """404 where there is none that the site shows, or that signs."""
    if kind == "initiative":
        return written_about(key)  # the one that it was merged into, where it was
    if kind == "reseau":
        return role_targets.grouping(key)
    if kind != "collectivite":
        raise Http404
    place = role_targets.territory(key)
    if place.kind not in AUTHORITIES or not place.listed:
        raise Http404
    return place


def named_in_addresses(structure: Structure) -> tuple[str, str]:
    """(kind, key) by which ``structure_of`` finds it."""
    if isinstance(structure, Territory):
        return "collectivite", structure.pk
    if isinstance(structure, Grouping):
        return "reseau", str(structure.uuid)
    return "initiative", structure.slug


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a structure says of the charter."""

    edition: str
    day: date
    href: str
    badge: str


def shown(structure: Structure) -> Shown | None:
    """None where it has not signed, or does not agree to be named."""
    row = signatories.of(structure)
    if row is None:
        return None
    assert row.confirmed_at
    badge = reverse("frontend:charter_badge_page", args=named_in_addresses(structure))
    return Shown(
        row.version.edition, timezone.localdate(row.confirmed_at), row.version.get_absolute_url(), badge
    )


def badged(kind: str, key: str) -> bool:
    """Whether its badge says that it has signed; no more once it is gone. 404 for another kind."""
    if kind not in FINDERS:
        raise Http404
    try:
        return shown(structure_of(kind, key)) is not None
    except Http404:
        return False


@dataclass(frozen=True, slots=True)
class Here:
    """What the page of a territory says of it; ``own`` where the authority itself signed."""

    counts: Counts
    words: list[tuple[str, str]]
    href: str
    own: Shown | None


def here(territory: Territory) -> Here:
    counts = signatories.counts(signatories.around([territory]))
    href = f"{reverse('frontend:charter_signatories')}?territory={territory.pk}"
    own = shown(territory) if counts.territory and territory.kind in AUTHORITIES else None
    return Here(counts, in_words(counts), href, own)
