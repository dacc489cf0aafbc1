"""Who signed, as the public reads it: everybody counts, only who agreed to be named is named.

A structure that is not named counts for the whole country alone (:func:`around`).

A signatory counts once, with the latest version that it signed. A signature that is not for a structure which
the site shows (hidden since, or a territory that nobody may list) is neither counted nor named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from charter.models import HOLDS, Signature
from directory.filters import ChoicesField, CommaField, Parameters, refuse_unknown
from directory.models import Grouping, GroupingKind, Initiative
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Kind, Territory
from territories.querysets import commune_q

SHOWN = (
    (Q(initiative=None) | Q(initiative__publication="published"))
    & (Q(grouping=None) | Q(grouping__published=True))
    & (Q(territory=None) | Q(territory__listed=True))
)
# What signs, in the order in which it is shown, and as a condition on a signature.
KINDS = {
    "initiative": Q(initiative__isnull=False),
    "ptce": Q(grouping__kind=GroupingKind.PTCE),
    "network": Q(grouping__kind=GroupingKind.NETWORK),
    "territory": Q(territory__isnull=False),
    "person": Q(mandate="none"),
}
PERSON = "person"
# Of one question: what each comprises is looked for apart.
MOST_TERRITORIES = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """Signatories by kind; ``unnamed`` are those of them that did not agree to be named."""

    initiative: int
    ptce: int
    network: int
    territory: int
    person: int
    unnamed: int

    @property
    def total(self) -> int:
        return self.initiative + self.ptce + self.network + self.territory + self.person

    def by_kind(self) -> list[tuple[str, int]]:
        return [(each.name, getattr(self, each.name)) for each in fields(self) if each.name in KINDS]


def every() -> QuerySet[Signature]:
    """All that count, named or not."""
    return Signature.objects.filter(HOLDS & SHOWN, renewed=None)


def counts(rows: QuerySet[Signature]) -> Counts:
    """One statement."""
    asked = {kind: Count("pk", filter=condition) for kind, condition in KINDS.items()}
    return Counts(**rows.order_by().aggregate(**asked, unnamed=Count("pk", filter=Q(listed=False))))


def named(rows: QuerySet[Signature]) -> QuerySet[Signature]:
    """Those that may be named, the latest first, with what is shown of them."""
    rows = rows.filter(listed=True).select_related(
        "version", "initiative__commune", "initiative__departement", "grouping", "territory", "commune"
    )
    polygons = ("initiative__commune", "initiative__departement", "territory", "commune")
    return rows.defer("initiative__search", *(f"{each}__geometry" for each in polygons)).order_by(
        "-confirmed_at", "-pk"
    )


def around(territories: Collection[Territory]) -> QuerySet[Signature]:
    """All that count in any of these. A structure that is not named counts in the whole country alone: in a
    commune « one authority » would name it."""
    rows = every().filter(in_territories(territories))
    if any(each.kind == Kind.COUNTRY for each in territories):
        return rows
    return rows.filter(KINDS[PERSON] | Q(listed=True))


def structures(rows: QuerySet[Signature]) -> QuerySet[Signature]:
    """Without persons: what is given away as data."""
    return rows.exclude(KINDS[PERSON])


def of(structure: Initiative | Grouping | Territory) -> Signature | None:
    """Its signature, where there is one and it may be named."""
    kind = {Initiative: "initiative", Grouping: "grouping", Territory: "territory"}[type(structure)]
    return named(every().filter(**{kind: structure.pk})).first()


def in_territories(territories: Collection[Territory]) -> Q:
    """Signatories of any of these: persons and initiatives of one of its communes, PTCE and networks whose
    perimeter it is or lies inside, authorities that it is or that it comprises."""
    placed = Q(pk__in=[])
    for each in territories:
        if each.kind == "arrondissement":
            placed |= Q(initiative__arrondissement=each.pk)
            continue
        placed |= commune_q(each, "initiative__commune__") | commune_q(each, "commune__")
        if each.kind in ("departement", "region", "country"):  # some initiatives say their département only
            placed |= Q(**{f"initiative__{each.kind}": each.pk})
    ids = {*(each.pk for each in territories), *(id for each in territories for id in inside(each))}
    # By key: a custom territory reaches a commune by rows of its own, which would count it more than once.
    by_place = Q(pk__in=Signature.objects.filter(placed).values("pk"))
    return by_place | Q(territory__in=ids) | Q(grouping__perimeter__in=ids)


def inside(territory: Territory) -> list[str]:
    """Those that it comprises, itself left out, of the territories that signed or are a perimeter.

    They are few, and read first: among all of France the database would look at each, for seconds.
    """
    signed = Signature.objects.exclude(territory=None).values_list("territory", flat=True)
    perimeters = Grouping.objects.exclude(perimeter=None).values_list("perimeter", flat=True)
    known = {*signed.order_by().distinct(), *perimeters.order_by().distinct()}
    return list(Territory.objects.filter(pk__in=known).within(territory).values_list("pk", flat=True))


def kind_of(signature: Signature) -> str:
    """One of KINDS."""
    if signature.initiative_id:
        return "initiative"
    if signature.grouping:
        return signature.grouping.kind
    return "territory" if signature.territory_id else PERSON


def written(rows: QuerySet[Signature]) -> Iterator[dict[str, str]]:
    """Signatories that are structures, for a table of data: no person, no address, no role."""
    for each in structures(named(rows)).iterator(chunk_size=500):
        place = each.initiative.commune if each.initiative else None
        assert each.structure and each.confirmed_at  # what HOLDS and structures() say
        yield {
            "kind": kind_of(each),
            "id": str(each.structure.pk) if each.territory else each.structure.slug,
            "name": each.structure.name,
            "commune": place.name if place else "",
            "commune_id": place.pk if place else "",
            "version": str(each.version.number),
            "edition": each.version.edition,
            "signed": timezone.localdate(each.confirmed_at).isoformat(),
        }


class SignatoriesForm(Parameters):
    """Which signatories: parameters of the page, of the file and of the API, as in a search."""

    kind = ChoicesField(choices=list(KINDS), required=False)
    territory = CommaField(required=False, most=MOST_TERRITORIES)

    def clean_territory(self) -> list[Territory]:
        found, unknown = [], []
        for id in self.cleaned_data["territory"]:
            try:
                found.append(resolve(id))
            except UnknownTerritory:
                unknown.append(id)
        refuse_unknown(unknown, [])
        return found

    def somewhere(self) -> QuerySet[Signature]:
        """Those of the territories that could be read, of every kind; ``check()`` refuses the rest."""
        places = self._given("territory")
        return around(places) if places else every()

    def signatories(self) -> QuerySet[Signature]:
        kinds = [KINDS[each] for each in self._given("kind")]
        rows = self.somewhere()
        return rows.filter(reduce(or_, kinds)) if kinds else rows

    def _given(self, name: str) -> list[Any]:
        return self.cleaned_data.get(name) or [] if name not in self.refusals() else []
