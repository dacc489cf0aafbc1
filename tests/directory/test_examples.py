"""The data that ships: real examples, flagged; invented rows for tests of scale, removable."""

import csv
import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from directory.examples import FIXTURE, load_examples, remove_examples
from directory.models import Activity, Grouping, Initiative, Link, Membership, Sector, Source, SourceRecord
from directory.synthetic import make_synthetic, remove_synthetic
from territories.models import Kind, Territory
from tests.directory.conftest import found
from tests.factories import make_initiative, make_territory


def rows() -> list[dict[str, str]]:
    with FIXTURE.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def places(db: None) -> None:
    """Every commune and département that the examples name, each a small square."""
    for n, code in enumerate(sorted({row["insee_code"] for row in rows()} - {""})):
        box = (n % 10, 40 + n // 10, n % 10 + 0.5, 40.5 + n // 10)
        make_territory(Kind.COMMUNE, code, f"Commune {code}", box=box)
    for code in {row["departement"] for row in rows()} - {""}:
        make_territory(Kind.DEPARTEMENT, code, f"Département {code}")


def test_the_fixtures_are_complete(db: None) -> None:
    call_command("load_taxonomy", verbosity=0)
    assert (Sector.objects.count(), Activity.objects.count()) == (14, 67)
    assert len(rows()) == 214
    known = set(Activity.objects.values_list("slug", flat=True))
    for row in rows():
        assert set(row["activities"].split(";")) <= known
        assert row["source"], f"{row['slug']} has no source"
        assert not re.search(r"@|\b0[1-9]([ .]?\d\d){4}\b", row["summary"]), (
            f"{row['slug']} holds personal data"
        )


def test_examples_are_flagged_sourced_and_at_their_chief_place(places: None) -> None:
    assert load_examples() == {"added": 214, "changed": 0, "kept": 0, "left out": 0}
    assert (
        Initiative.objects.filter(origin="example", publication="published").exclude(source="").count() == 214
    )
    assert Initiative.objects.filter(location__isnull=False, precision="commune").count() == 155
    assert Initiative.objects.filter(location=None).count() == 59
    assert Initiative.objects.exclude(verified_at=None).count() == 0
    louve = Initiative.objects.get(slug="la-louve")
    assert louve.location == Territory.objects.get(pk="commune-75056").chief_place
    assert louve.provenance["name"]["from"] == louve.source
    assert "website" not in louve.provenance, "nothing is said of what is not there"
    assert Grouping.objects.filter(kind="ptce").count() == 24
    assert "De fil en Réseaux" in found("ptce=de-fil-en-reseaux")


@pytest.mark.slow
def test_loading_again_changes_nothing_and_a_new_fixture_changes_its_rows_only(
    places: None, tmp_path
) -> None:
    load_examples()
    before = dict(Initiative.objects.values_list("slug", "updated_at"))
    assert load_examples() == {"added": 0, "changed": 0, "kept": 214, "left out": 0}
    assert dict(Initiative.objects.values_list("slug", "updated_at")) == before
    changed = tmp_path / "initiatives.csv"
    changed.write_text(FIXTURE.read_text().replace("La Louve,cooperative", "La Louve de Paris,cooperative"))
    assert load_examples(changed)["changed"] == 1
    assert Initiative.objects.get(slug="la-louve").name == "La Louve de Paris"


def test_what_belongs_to_a_commune_that_is_not_loaded_is_left_out(db: None) -> None:
    done = load_examples()
    without_place = sum(1 for row in rows() if not row["insee_code"] and not row["departement"])
    assert (done["added"], done["left out"]) == (without_place, 214 - without_place)


@pytest.mark.slow
def test_removing_the_examples_leaves_the_rest(places: None) -> None:
    load_examples()
    make_initiative("Une vraie")
    assert remove_examples() == 214
    assert list(Initiative.objects.values_list("name", flat=True)) == ["Une vraie"]
    assert not Grouping.objects.exists()
    assert not SourceRecord.objects.exists()
    assert remove_examples() == 0


@pytest.mark.slow
def test_an_example_that_a_real_source_lists_stays(places: None) -> None:
    load_examples()
    one = Initiative.objects.order_by("pk")[0]
    now = timezone.now()
    source = Source.objects.create(slug="un-reseau", name="Un réseau")
    SourceRecord.objects.create(initiative=one, source=source, external_id="1", first_seen=now, last_seen=now)
    assert remove_examples() == 213
    assert list(Initiative.objects.all()) == [one]


@pytest.mark.slow
def test_synthetic_rows_are_plausible_flagged_and_removable(country: dict[str, Territory]) -> None:
    make_initiative("Une vraie")
    assert make_synthetic(400, seed=3) == 400
    made = Initiative.objects.filter(origin="synthetic")
    assert made.count() == 400
    assert made.filter(location=None).count() in range(8, 60)
    assert made.exclude(activity_state="open").exists()
    assert made.exclude(founded=None).exists()
    assert Link.objects.exists()
    assert Membership.objects.exists()
    assert {bin(row.sector_mask).count("1") for row in made} >= {1, 2}
    assert made.filter(commune=country["Ham"]).count() > made.filter(commune=country["Rive"]).count()
    for row in made.filter(location__isnull=False).select_related("commune"):
        assert Territory.objects.with_geometry().get(pk=row.commune_id).geometry.covers(row.location)
    assert make_synthetic(10, seed=3) == 10, "more may be added"
    assert remove_synthetic() == 410
    assert list(Initiative.objects.values_list("name", flat=True)) == ["Une vraie"]
    assert not Link.objects.exists()


@pytest.mark.parametrize("arguments", [["--count", "0"], ["--count", "-1"], ["--count", "999999999"]])
def test_an_impossible_count_is_refused(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="--count"):
        call_command("make_synthetic", *arguments)


def test_synthetic_rows_need_territories(db: None) -> None:
    with pytest.raises(CommandError, match="load_territories"):
        call_command("make_synthetic", "--count", "5", verbosity=0)
