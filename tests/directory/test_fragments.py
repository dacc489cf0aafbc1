"""What is kept ready of each feature follows every road by which a row, or a term, may change."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from directory.features import features
from directory.models import Activity, Initiative, Sector
from directory.paging import Row
from directory.taxonomy import load_taxonomy

Make = Callable[..., Initiative]


def read(made: Initiative) -> dict[str, Any]:
    [text] = features([Row(made.pk, None)], "https://example.org")
    properties: dict[str, Any] = json.loads(text)["properties"]
    return properties


def execute(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_fragment")
        return int(cursor.fetchone()[0])


def test_a_save_a_bulk_update_and_raw_sql_are_read_at_once(initiative: Make) -> None:
    made = initiative("Avant", activities=[101])
    made.name = "Enregistrée"
    made.save()
    assert read(made)["name"] == "Enregistrée"
    Initiative.objects.filter(pk=made.pk).update(activities=[205, 101])
    assert (read(made)["sector"], read(made)["sectors"]) == ("energie", ["alimentation", "energie"])
    execute("UPDATE directory_initiative SET summary = 'Brut', origin = 'example' WHERE id = %s", made.pk)
    assert (read(made)["summary"], read(made)["example"]) == ("Brut", True)


def test_a_name_of_place_is_never_kept(initiative: Make, country: dict[str, Any]) -> None:
    made = initiative(commune=country["Ham"])
    execute("UPDATE territories_territory SET name = 'Ham-le-Neuf' WHERE id = %s", country["Ham"].pk)
    assert read(made)["commune"]["name"] == "Ham-le-Neuf"


def test_what_is_deleted_or_truncated_leaves_nothing(initiative: Make) -> None:
    before = count()
    first, _second = initiative(), initiative()
    assert count() == before + 2
    first.delete()
    assert count() == before + 1
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys that wait for the commit forbid it
    execute("TRUNCATE directory_initiative CASCADE")
    assert count() == 0


def test_a_term_that_is_renamed_or_taken_out_is_written_again(initiative: Make) -> None:
    made, other = initiative(activities=[205, 101]), initiative(activities=[101])
    Sector.objects.filter(slug="energie").update(slug="energies")
    assert (read(made)["sector"], read(made)["sectors"]) == ("energies", ["alimentation", "energies"])
    slug = Activity.objects.get(pk=205).slug
    Activity.objects.filter(pk=205).update(slug="autre")
    assert "autre" in read(made)["activities"]
    assert slug not in read(made)["activities"]
    execute("DELETE FROM directory_activity WHERE id = 205")
    assert read(made)["activities"] == read(other)["activities"]


def test_loading_the_same_taxonomy_again_writes_no_fragment(initiative: Make) -> None:
    initiative(activities=[205, 101])
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(xmin::text || ctid::text) FROM directory_fragment")
        before = cursor.fetchone()
        load_taxonomy()
        cursor.execute("SELECT array_agg(xmin::text || ctid::text) FROM directory_fragment")
        assert cursor.fetchone() == before
