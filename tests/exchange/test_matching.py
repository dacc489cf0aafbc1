"""Whom the lines of a file are of, measured on a labelled set and told case by case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from directory.models import Initiative, Source, SourceRecord
from directory.synthetic import make_synthetic
from exchange import matching, wording
from exchange.matching import match
from exchange.models import Candidate, Import, NeverSame, Profile
from exchange.naming import is_generic, name_key, website_key
from territories.models import Territory
from tests.exchange import labelled
from tests.exchange.labelled import Listing
from tests.factories import make_initiative
from tests.france import creuse  # noqa: F401
from tests.plans import plan

pytestmark = pytest.mark.django_db

METRES = 111_320  # in a degree of latitude
# Initiatives and lines on either side of a border: 3 km from the chief place, whatever the outlines say.
BORDERS = {"border": "Limoges", "across": "Panazol"}


@dataclass
class Placed:
    commune: Territory | None
    departement_id: str | None
    point: Point | None
    precision: str


@pytest.fixture
def communes(creuse: None) -> dict[str, Territory]:  # noqa: F811
    found = {
        t.name: t for t in Territory.objects.filter(kind="commune").only("name", "chief_place", "departement")
    }
    return found | {name: found[commune] for name, commune in BORDERS.items()}


def placed(listing: Listing, communes: dict[str, Territory]) -> Placed:
    if not listing.place or listing.place.startswith("departement"):
        return Placed(None, listing.place or None, None, "")
    commune = communes[listing.commune]
    centre = communes["Panazol"].chief_place if listing.commune in BORDERS else commune.chief_place
    assert centre is not None
    if listing.metres is None:
        return Placed(commune, None, centre, "commune")
    east, north = listing.metres
    west = 3000 if listing.commune in BORDERS else 0
    lon = centre.x + (east - west) / METRES / math.cos(math.radians(centre.y))
    return Placed(commune, None, Point(lon, centre.y + north / METRES, srid=4326), "address")


def make_known(listings: Iterable[Listing], communes: dict[str, Territory]) -> dict[str, Initiative]:
    made = {}
    for each in listings:
        place = placed(each, communes)
        state = "closed" if each.key.startswith("closed") else "open"
        made[each.key] = Initiative(
            slug=f"connue-{each.key}", name=each.name, activities=[101], publication="published",
            activity_state=state, street=each.street, siret=each.siret, rna=each.rna, website=each.website,
            phone=each.phone, email=each.email, location=place.point, precision=place.precision,
            commune=place.commune, departement_id=place.departement_id,
        )  # fmt: skip
    Initiative.objects.bulk_create(made.values())
    return made


def make_batch(source: Source | None = None) -> Import:
    source = source or Source.objects.create(slug="liste", name="Une liste")
    profile = Profile.objects.create(
        slug=f"liste-{source.pk}-{Profile.objects.count()}", name="Liste", source=source
    )
    return Import.objects.create(profile=profile, source=source, file_name="liste.csv", digest="")


def candidate(
    batch: Import, line: int, listing: Listing, communes: dict[str, Territory], **more: Any
) -> Candidate:
    place = placed(listing, communes)
    fields = {
        name: getattr(listing, name)
        for name in ("name", "street", "phone", "email")
        if getattr(listing, name)
    }
    key = name_key(listing.name)
    return Candidate(**{
        "batch": batch, "line": line, "fields": fields | more.pop("fields", {}), "siret": listing.siret,
        "rna": listing.rna, "website_key": website_key(listing.website), "name_key": key,
        "generic": is_generic(key, listing.commune), "external_id": f"~{line}", "point": place.point,
        "commune": place.commune, "departement_id": place.departement_id, "precision": place.precision,
    } | more)  # fmt: skip


def files() -> list[list[Listing]]:
    """The lines in files that name nobody twice: who claims whom is another question."""
    seen = Counter[str]()
    parted: list[list[Listing]] = [[] for _ in range(6)]
    for at, each in enumerate(labelled.lines()):
        if each.key:
            parted[seen[each.key]].append(each)
            seen[each.key] += 1
        else:
            parted[at % len(parted)].append(each)
    return parted


def answers(communes: dict[str, Territory]) -> dict[Listing, str]:
    known = make_known(labelled.known(), communes)
    source = Source.objects.create(slug="liste", name="Une liste")
    found: dict[Listing, str] = {}
    for lines in files():
        batch = make_batch(source)
        Candidate.objects.bulk_create(
            candidate(batch, number, each, communes) for number, each in enumerate(lines, 2)
        )
        match(batch)
        for each, answer in zip(lines, batch.candidates.order_by("line"), strict=True):
            found[each] = judged(answer, known[each.key].pk if each.key else None)
    return found


def judged(found: Candidate, truth: int | None) -> str:
    """How the answer for one line stands to the truth."""
    if found.match == "sure":
        return "found" if found.initiative_id == truth else "false"
    if found.match == "doubtful":
        return ("seen, right" if found.initiative_id == truth else "seen, wrong") if truth else "seen, new"
    return "missed" if truth else "new"


def test_precision_and_recall_on_the_labelled_set(communes: dict[str, Territory]) -> None:
    """A rule that serves one case and harms others shows here; the note says the same figures."""
    told = answers(communes)
    figures = Counter(told.values())
    print(figures, *(f"{said}: {each.trait}: {each.name}" for each, said in told.items()
                     if said not in ("found", "new")), sep="\n")  # fmt: skip
    of_known = sum(bool(each.key) for each in told)
    # What is sure is right, whatever else.
    assert figures["false"] == 0
    found, seen = figures["found"], figures["seen, right"]
    assert found / of_known >= 0.88
    assert (found + seen) / of_known >= 0.98
    # What a person is asked for nothing.
    assert figures["seen, new"] + figures["seen, wrong"] <= 11
    note = (settings.BASE_DIR / "docs" / "import-reconnaissance.md").read_text()
    assert f"| {len(told)} | {of_known} | {found} | {seen} | {of_known - found - seen} | 0 |" in note


@dataclass
class Ground:
    """One source, its file, and initiatives in Felletin, of which Aubusson is some kilometres away."""

    source: Source
    batch: Import
    communes: dict[str, Territory]
    count: int = 1

    def line(self, name: str, place: str = "Felletin", **said: Any) -> Candidate:
        self.count += 1
        told = {
            field: said.pop(field, "") for field in ("street", "siret", "rna", "website", "phone", "email")
        }
        made = candidate(self.batch, self.count, Listing("", "", name, place, **told), self.communes, **said)
        made.save()
        return made

    def known(self, name: str, place: str = "Felletin", **said: Any) -> Initiative:
        where = placed(Listing("", "", name, place, *[""] * 6), self.communes)
        return make_initiative(
            name, commune=where.commune, location=where.point, precision=where.precision,
            departement_id=where.departement_id, **said
        )  # fmt: skip

    def recorded(self, initiative: Initiative, external_id: str) -> SourceRecord:
        now = timezone.now()
        return SourceRecord.objects.create(
            initiative=initiative, source=self.source, external_id=external_id, first_seen=now, last_seen=now
        )

    def match(self) -> dict[str, int]:
        return match(self.batch)


@pytest.fixture
def ground(communes: dict[str, Territory]) -> Ground:
    source = Source.objects.create(slug="liste", name="Une liste")
    return Ground(source, make_batch(source), communes)


def said(line: Candidate) -> tuple[str, int | None, set[str]]:
    line.refresh_from_db()
    return line.match, line.initiative_id, set(line.reasons)


def test_what_the_source_calls_the_same_is_the_same_even_renamed(ground: Ground) -> None:
    known = ground.known("La Grange")
    ground.recorded(known, "42")
    line = ground.line("Tiers-lieu des Combes", external_id="42")
    assert ground.match() == {"sure": 1}
    assert said(line) == ("sure", known.pk, {"same-id", "name-differs", "commune"})


def test_an_identifier_of_another_source_says_nothing(ground: Ground) -> None:
    known = ground.known("La Grange")
    ground.recorded(known, "42")
    SourceRecord.objects.update(source=Source.objects.create(slug="autre", name="Autre"))
    line = ground.line("Tiers-lieu des Combes", external_id="42")
    assert ground.match() == {"new": 1}
    assert said(line)[1] is None


def test_an_identifier_that_now_stands_for_something_else_is_looked_at(ground: Ground) -> None:
    """A source that numbers its lines anew."""
    known = ground.known("La Grange")
    ground.recorded(known, "42")
    line = ground.line("Garage solidaire", "Aubusson", external_id="42")
    ground.match()
    assert said(line)[0] == "doubtful"
    assert "id-reused" in said(line)[2]


@pytest.mark.parametrize("called", ["uuid", "slug", "merged"])
def test_our_own_identifiers_come_back(ground: Ground, called: str) -> None:
    known = ground.known("La Grange")
    if called == "merged":
        known.merged.create(slug="ancienne-grange")
    identifier = {"uuid": str(known.uuid), "slug": known.slug, "merged": "ancienne-grange"}[called]
    line = ground.line("Tout autre chose", "Aubusson", fields={"maillage": identifier})
    ground.match()
    assert said(line)[:2] == ("sure", known.pk)


def test_a_siret_is_sure_of_one_and_never_of_two(ground: Ground) -> None:
    known = ground.known("La Grange", siret="41234567800011")
    alone = ground.line("Tiers-lieu des Combes", siret="41234567800011")
    ground.match()
    assert said(alone)[:2] == ("sure", known.pk)
    ground.known("Cantine de la place", siret="41234567800011")
    ground.match()
    assert said(alone)[0] == "doubtful"
    assert "siret-shared" in said(alone)[2]


def test_a_site_is_never_sure_by_itself(ground: Ground) -> None:
    known = ground.known("La Grange", website="https://www.federation.example/")
    line = ground.line(
        "Tiers-lieu des Combes", website="http://federation.example", phone="+33 5 55 00 00 01"
    )
    Initiative.objects.update(phone="+33 5 55 00 00 01")
    ground.match()
    assert said(line)[:2] == ("doubtful", known.pk)
    assert {"website", "phone", "commune"} <= said(line)[2]


@pytest.mark.parametrize(("east", "expected"), [(496, "sure"), (504, "new")])
def test_a_name_reaches_500_metres_beyond_the_border(ground: Ground, east: int, expected: str) -> None:
    known = ground.known("Les Ateliers du Pont Neuf", "border 0,0")
    line = ground.line("Ateliers du Pont-Neuf", f"across {east},0")
    ground.match()
    assert said(line)[:2] == (expected, known.pk if expected == "sure" else None)


@pytest.mark.parametrize("place", ["Felletin", "Felletin 300,0", "Felletin 20,0"])
def test_a_generic_name_recognises_nobody(ground: Ground, place: str) -> None:
    """At the very same place, a person is asked; nowhere is it sure."""
    ground.known("Bibliothèque municipale", "Felletin 10,0")
    line = ground.line("BIBLIOTHÈQUE MUNICIPALE", place)
    ground.match()
    assert said(line)[0] == ("doubtful" if place == "Felletin 20,0" else "new")


def test_the_name_of_the_place_alone_recognises_nobody(ground: Ground) -> None:
    """Public services are called so, and so may be a library."""
    ground.known("Felletin", "Felletin 0,0")
    line = ground.line("Felletin", "Felletin 400,0")
    there = ground.known("Épicerie de Felletin", "Felletin 0,0")
    kind = ground.line("L’épicerie (Felletin)", "Felletin 400,0")
    ground.match()
    assert said(line)[0] == "new"
    assert said(kind)[:2] == ("sure", there.pk)


def test_the_same_name_in_another_commune_is_another(ground: Ground) -> None:
    ground.known("La Traverse", "Bourganeuf")
    line = ground.line("La Traverse", "Bellac")
    ground.match()
    assert said(line)[0] == "new"


@pytest.mark.parametrize(
    "state", [{"publication": "hidden"}, {"publication": "draft"}, {"activity_state": "closed"}]
)
def test_what_nobody_sees_is_known_all_the_same(ground: Ground, state: dict[str, str]) -> None:
    """Or each import would bring back what was hidden."""
    known = ground.known("La Grange aux abeilles", "border 0,0", **state)
    here = ground.line("La Grange aux Abeilles", "border 5,5")
    ground.match()
    assert said(here)[:2] == ("sure", known.pk)
    here.delete()
    beyond = ground.line("La Grange aux Abeilles", "across 60,0")
    ground.match()
    assert said(beyond)[:2] == ("sure", known.pk)


def test_two_that_are_as_alike_are_told_apart_by_a_person(ground: Ground) -> None:
    ground.known("La Grange aux abeilles")
    ground.known("La grange aux abeilles")
    line = ground.line("La Grange aux Abeilles")
    ground.match()
    assert said(line)[0] == "doubtful"
    assert "several" in said(line)[2]


def test_of_two_lines_for_one_at_most_one_is_sure(ground: Ground) -> None:
    known = ground.known("La Grange aux abeilles", "Felletin 100,0")
    near = ground.line("La Grange aux Abeilles", "Felletin 110,0")
    far = ground.line("La Grange aux Abeilles", "Felletin 3500,0")
    ground.match()
    assert said(near)[:2] == ("sure", known.pk)
    assert said(far)[0] == "doubtful"
    assert "claimed" in said(far)[2]


def test_neither_of_two_lines_that_are_as_alike_is_sure(ground: Ground) -> None:
    ground.known("La Grange aux abeilles")
    lines = [
        ground.line("La Grange aux Abeilles", street="1 rue Basse", external_id="1"),
        ground.line("La Grange aux Abeilles", street="9 rue Haute", external_id="2"),
    ]
    ground.match()
    assert [said(line)[0] for line in lines] == ["doubtful", "doubtful"]


def test_whom_an_identifier_names_is_nobody_else(ground: Ground) -> None:
    known = ground.known("La Grange aux abeilles")
    ground.recorded(known, "1")
    lines = [
        ground.line("La Grange aux Abeilles", street="1 rue Basse", external_id="1"),
        ground.line("La Grange aux Abeilles", street="9 rue Haute", external_id="2"),
    ]
    ground.match()
    assert [said(line)[0] for line in lines] == ["sure", "doubtful"]


def test_a_line_that_doubles_another_waits_for_a_decision(ground: Ground) -> None:
    first = ground.line("La Grange aux abeilles")
    other = ground.line("La grange aux Abeilles (association)")
    elsewhere = ground.line("La Grange aux abeilles", "Aubusson")
    ground.match()
    assert [said(line)[0] for line in (first, other, elsewhere)] == ["new", "doubtful", "new"]
    assert said(other)[2] == {f"double:{first.line}"}
    assert str(first.line) in wording.reason(f"double:{first.line}")


def test_the_first_of_two_lines_that_double_each_other_is_recognised(ground: Ground) -> None:
    known = ground.known("La Grange aux abeilles")
    first = ground.line("La Grange aux abeilles")
    other = ground.line("La grange aux Abeilles (association)")
    ground.match()
    assert said(first)[:2] == ("sure", known.pk)
    assert said(other)[0] == "doubtful"


def test_what_a_person_parted_is_not_brought_together_again(ground: Ground) -> None:
    known = ground.known("La Grange aux abeilles")
    line = ground.line("La Grange aux Abeilles", external_id="7")
    NeverSame.objects.create(source=ground.source, key="7", initiative=known)
    assert ground.match() == {"new": 1}
    NeverSame.objects.update(key="8")
    assert ground.match() == {"sure": 1}
    assert said(line)[1] == known.pk


def test_decisions_and_refusals_are_left_as_they_are(ground: Ground) -> None:
    ground.known("La Grange aux abeilles")
    ground.known("Le Rucher du plateau")
    kept = ground.line("Le rucher du plateau", decision="keep-both", match="doubtful")
    refused = ground.line("La Grange aux Abeilles", "Felletin", problems=[{"code": "x", "refuses": True}])
    mended = ground.line("La Grange aux Abeilles", problems=[{"code": "x", "refuses": False}])
    ground.match()
    assert [said(line)[0] for line in (kept, refused, mended)] == ["doubtful", "", "sure"]


def test_a_line_without_a_place_is_never_sure_by_its_name(ground: Ground) -> None:
    known = ground.known("La Grange aux abeilles", website="https://abeilles.example")
    unplaced = ground.line("La Grange aux abeilles", "")
    ground.match()
    assert said(unplaced)[:2] == ("doubtful", known.pk)
    with_site = ground.line("La Grange aux abeilles", "", website="https://abeilles.example/")
    unplaced.delete()
    ground.match()
    assert said(with_site)[:2] == ("sure", known.pk)


INDEXES = {
    "IDENTIFIED": [
        "source_record_once", "initiative_siren", "initiative_rna", "initiative_website",
        "initiative_by_name", "directory_initiative_uuid_key", "directory_initiative_slug",
    ],
    "AROUND": ["initiative_location"],
    "OF_COMMUNES": ["initiative_commune"],
}  # fmt: skip


def test_what_is_known_is_read_through_indexes(ground: Ground) -> None:
    make_synthetic(3_000)
    now = timezone.now()
    SourceRecord.objects.bulk_create(
        SourceRecord(
            initiative_id=pk, source=ground.source, external_id=str(pk), first_seen=now, last_seen=now
        )
        for pk in Initiative.objects.values_list("pk", flat=True)
    )
    grange = Listing("", "", "La Grange aux abeilles", "Felletin 30,0", *[""] * 6)
    Candidate.objects.bulk_create(
        candidate(
            ground.batch, number, grange, ground.communes, siret="41234567800011", external_id=f"{number}"
        )
        for number in range(50)
    )
    plans: dict[str, str] = {}

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        for name in INDEXES:
            if sql == getattr(matching, name):
                plans[name] = plan(sql, params, of="directory_initiative, directory_sourcerecord")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        ground.match()
    assert plans.keys() == INDEXES.keys()
    for name, steps in plans.items():
        assert [index for index in INDEXES[name] if index not in steps] == []
        assert "Seq Scan on directory_initiative" not in steps
