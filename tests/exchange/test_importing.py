"""A listing brought in: seen before it is written, written at once, again for nothing, taken back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from directory import bringing, history
from directory.errors import NotAllowed
from directory.models import Initiative, SourceRecord
from directory.publishing import save
from exchange import importing
from exchange.errors import CannotBePublished, CannotBeUndone
from exchange.models import Import, Profile, State
from exchange.reporting import report
from territories.models import Territory
from tests.directory.conftest import country  # noqa: F401
from tests.directory.test_permissions import make_person
from tests.exchange.bringing import HEADER, LINES, done, figures, planned, write
from tests.factories import make_grouping, make_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


def test_a_plan_says_what_would_be_and_writes_nothing(folder: Path) -> None:
    told = report(planned(write(folder)))
    assert (told["rows"], told["created"], told["updated"], told["unchanged"]) == (3, 2, 0, 0)
    (refused,) = told["refused"]
    assert (refused["line"], refused["column"], refused["code"]) == (4, "Nom", "no-name")
    assert [each["column"] for each in told["dropped_columns"]] == ["Interne"]
    assert [each["code"] for each in told["mended"]] == ["scheme"]
    assert not Initiative.objects.exists()
    assert not SourceRecord.objects.exists()


def test_what_is_planned_is_written_with_who_said_it(folder: Path) -> None:
    batch = done(write(folder))
    assert batch.state == State.DONE and figures(batch) == (2, 0, 0, 1, 0)
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    assert (made.name, made.activities, made.phone) == ("L'Atelier du Pont", [701], "05 55 51 00 00")
    assert made.location is not None and made.location.coords == (0.5, 45.5)
    assert (made.precision, made.commune_id, made.departement_id) == (
        "address", "commune-01001", "departement-01"
    )  # fmt: skip
    assert (made.publication, made.origin, made.verified_at) == ("published", "real", None)
    assert made.provenance["name"]["by"] == made.provenance["commune"]["by"] == "reseau"
    assert "summary" not in made.provenance
    (version,) = history.of(made, public=True).found
    assert (version.first, version.hand, version.via) == (True, "import", "reseau")
    record = SourceRecord.objects.get(external_id="1")
    assert (record.initiative, record.last_seen) == (made, batch.done_at)


def test_drafts_stay_drafts_where_the_profile_does_not_publish(folder: Path) -> None:
    done(write(folder), publish=False)
    assert set(Initiative.objects.values_list("publication", flat=True)) == {"draft"}


def test_all_that_an_import_left_as_drafts_is_published_at_once_and_can_still_be_taken_back(
    folder: Path,
) -> None:
    batch = done(write(folder), publish=False)
    hidden = Initiative.objects.get(activities=[101])
    Initiative.objects.filter(pk=hidden.pk).update(publication="hidden")
    assert importing.drafts(batch).count() == 1
    assert (importing.publish(batch), importing.publish(batch)) == (1, 0)
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    hidden.refresh_from_db()
    assert (made.publication, hidden.publication) == ("published", "hidden")
    version, *_earlier = history.of(made, public=False).found
    assert (version.hand, version.via) == ("import", "reseau")
    Initiative.objects.filter(pk=hidden.pk).delete()
    undone = report(importing.undo(batch))["undone"]
    assert [each["why"] for each in undone["left"]] == ["deleted"] and undone["deleted"] == 1
    with pytest.raises(CannotBePublished):
        importing.publish(batch)


def test_an_address_that_another_takes_meanwhile_does_not_stop_an_import(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, mint, times = planned(write(folder)), bringing._mint_slugs, []

    def taken(cursor: Any) -> None:
        mint(cursor)
        times.append(1)
        if len(times) == 1:  # as if two had looked at the same moment
            cursor.execute("UPDATE bringing SET slug = 'pris'")

    monkeypatch.setattr(bringing, "_mint_slugs", taken)
    assert figures(importing.apply(batch)) == (2, 0, 0, 1, 0)
    assert len(times) == 2 and not Initiative.objects.filter(slug="pris").exists()


def test_the_same_file_again_changes_nothing(folder: Path) -> None:
    done(write(folder))
    before = list(Initiative.objects.order_by("pk").values())
    events = history.events().count()
    assert figures(done(write(folder))) == (0, 0, 2, 1, 0)
    assert list(Initiative.objects.order_by("pk").values()) == before
    assert history.events().count() == events


def test_without_identifiers_the_same_file_again_changes_nothing(folder: Path) -> None:
    bare = [line.partition(";")[2] for line in (HEADER, *LINES.values())]
    path = write(folder, *bare[1:], header=bare[0])
    done(path)
    assert figures(done(path)) == (0, 0, 2, 1, 0)


def test_what_changed_at_the_source_changes_and_what_it_left_out_is_emptied(folder: Path) -> None:
    done(write(folder))
    moved = LINES["1"].replace("4 rue du Pont", "6 rue du Pont").replace("05 55 51 00 00", "")
    batch = done(write(folder, moved, LINES["2"]))
    assert figures(batch) == (0, 1, 1, 0, 0)
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    assert (made.street, made.phone) == ("6 rue du Pont", "")
    changes = batch.candidates.get(line=2).changes
    assert changes == {"street": ["4 rue du Pont", "6 rue du Pont"], "phone": ["05 55 51 00 00", ""]}


def test_a_cell_that_its_spreadsheet_could_not_work_out_is_told_and_empties_nothing(folder: Path) -> None:
    done(write(folder))
    failed = LINES["1"].replace("05 55 51 00 00", "#REF!").replace("4 rue du Pont", "#N/A")
    batch = done(write(folder, failed, LINES["2"]))
    assert figures(batch) == (0, 0, 2, 0, 0)
    dropped = [(each["column"], each["value"], each["code"]) for each in report(batch)["dropped_values"]]
    assert dropped == [("Adresse", "#N/A", "failed"), ("Téléphone", "#REF!", "failed")]


@pytest.mark.parametrize(
    ("form", "name"),
    [("csv", "a.csv"), ("csv-fr", "a.csv"), ("geojson", "a.geojson"), ("xlsx", "a.xlsx"), ("kml", "a.kml")],
)
def test_what_left_from_here_comes_back_for_nothing(
    client: Client, folder: Path, settings: Any, form: str, name: str
) -> None:
    settings.SITE_URL = "http://testserver"
    done(write(folder, *LINES.values(), "5;La Grange;Ressourcerie;;Ham;01001;;;;;"))
    assert set(Initiative.objects.values_list("precision", flat=True)) == {"address", "commune"}
    answer = client.get("/api/v1/initiatives", {"format": form})
    path = folder / name
    path.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)  # type: ignore[attr-defined]
    batch = planned(path, profile="retour")
    assert figures(batch) == (0, 0, 3, 0, 0)
    assert not batch.candidates.exclude(kept={}).exists()


PLACED = "Identifiant;Nom;Type;Code postal;Commune"


@pytest.mark.parametrize(
    ("towns", "first", "mended"),
    [
        (["1000;Ham"], "commune-01001", True),  # a town of that département
        (["1000;Liège"], None, False),
        (["1000;Rive"], None, False),  # of another one
        (["1000;Saint", "1000;Ham"], None, False),
        (["1000;", "23000;Ham", "23000;Ham"], "commune-01001", True),
        (["1000;", "23000;Ham"], None, False),  # not most of the column
        (["1000;Liège", "23000;Ham", "23000;Ham"], None, False),  # its town speaks against it
        (["1000;Hameau", *["1000;Ham"] * 9], "commune-01001", True),
        (["1000;Hameau", *["1000;Ham"] * 8], None, False),
    ],
)
def test_a_postcode_of_four_digits_is_given_its_zero_only_where_that_is_certain(
    folder: Path, towns: list[str], first: str | None, mended: bool
) -> None:
    Territory.objects.filter(pk="commune-01001").update(postcodes=["01000"])
    lines = [f"{n};Chose {n};Ressourcerie;{town}" for n, town in enumerate(towns)]
    batch = planned(write(folder, *lines, header=PLACED))
    line = batch.candidates.order_by("line")[0]
    assert (line.fields["postcode"], line.commune_id) == ("01000" if mended else "1000", first)
    assert [each["code"] for each in line.problems if each["column"]] == ["leading-zero"] * mended
    unsaid = [each["code"] for each in line.place_said["notes"]] == ["short-postcode"]
    looked_at = [each["line"] for each in report(batch)["places_to_review"]]
    assert (unsaid, 2 in looked_at) == (not mended, not mended)


def test_a_sector_beside_an_activity_of_it_adds_nothing(folder: Path) -> None:
    done(write(folder, LINES["1"].replace("Ressourcerie", "Réemploi | Ressourcerie")))
    assert Initiative.objects.get().activities == [701]


def test_what_a_person_wrote_is_left_and_told(folder: Path) -> None:
    done(write(folder))
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    person = make_person("owner", "owner", made)
    made.phone = "05 55 00 00 01"
    save(made, ["phone"], by=f"account {person.pk}", source="site")
    batch = done(write(folder, LINES["1"].replace("4 rue", "6 rue"), LINES["2"]))
    assert figures(batch) == (0, 1, 1, 0, 0)
    made.refresh_from_db()
    assert (made.phone, made.street) == ("05 55 00 00 01", "6 rue du Pont")
    (kept,) = report(batch)["kept"]
    assert (kept["line"], kept["field"], kept["code"], kept["value"]) == (
        2, "phone", "person", "05 55 51 00 00"
    )  # fmt: skip


def test_an_empty_field_is_filled_whoever_said_the_rest(folder: Path) -> None:
    place = {"at": (0.5, 45.5), "commune_id": "commune-01001"}
    known = make_initiative("L'Atelier du Pont", street="ailleurs", **place)
    batch = done(write(folder, LINES["1"]))
    assert figures(batch) == (0, 1, 0, 0, 0)
    known.refresh_from_db()
    assert (known.phone, known.street) == ("05 55 51 00 00", "ailleurs")
    assert batch.candidates.get().kept["street"]["why"] == "unsaid"


def test_homonyms_of_one_file_get_addresses_of_their_own(folder: Path) -> None:
    make_initiative("Autre", slug="le-panier-de-bourg")
    places = [
        "Bourg;01002;45,5;1,5", "Ham;01001;45,5;0,5", "Rive;02002;45,5;3,5", "Ham;01001;45,9;0,1",
    ]  # fmt: skip
    lines = [f"{n};Le Panier de Bourg;AMAP;{n} rue;{at};;;" for n, at in enumerate(places, 1)]
    batch = planned(write(folder, *lines))
    batch.candidates.update(match="new", initiative=None)  # whatever matching thinks of them
    importing.compare(batch)
    importing.apply(batch)
    assert set(Initiative.objects.values_list("slug", flat=True)) == {
        "le-panier-de-bourg", "le-panier-de-bourg-bourg", "le-panier-de-bourg-ham", "le-panier-de-bourg-rive",
        "le-panier-de-bourg-ham-2",
    }  # fmt: skip


def test_a_line_twice_in_a_file_counts_once(folder: Path) -> None:
    batch = done(write(folder, LINES["1"], LINES["2"], LINES["1"].replace("4 rue", "9 rue")))
    assert figures(batch) == (2, 0, 0, 1, 0)
    (refused,) = report(batch)["refused"]
    assert (refused["line"], refused["code"], refused["reason"]) == (
        4, "twice", "La même que la ligne 2, déjà lue."
    )  # fmt: skip


def test_of_a_whole_listing_what_is_gone_has_vanished_until_it_is_back(folder: Path) -> None:
    done(write(folder), complete=True)
    gone = done(write(folder, LINES["1"], name="b.csv"))
    assert report(gone)["vanished_list"] == [
        {"slug": "le-panier-de-bourg", "name": "Le Panier de Bourg", "external_id": "2"}
    ]
    record = SourceRecord.objects.get(external_id="2")
    assert record.vanished_at == gone.done_at
    assert Initiative.objects.filter(slug="le-panier-de-bourg", publication="published").exists()
    back = done(write(folder, LINES["1"], LINES["2"], name="c.csv"))
    record.refresh_from_db()
    assert (report(back)["returned"], record.vanished_at) == (1, None)


def test_what_would_vanish_is_told_before_and_a_file_that_says_nothing_makes_nothing_vanish(
    folder: Path,
) -> None:
    done(write(folder), complete=True)
    assert report(planned(write(folder, LINES["1"], name="b.csv")))["vanishing"] == 1
    nameless = [f"{key}bis;;{line.split(';', 2)[2]}" for key, line in LINES.items()]
    batch = done(write(folder, *nameless, name="c.csv"))
    assert (figures(batch), report(batch)["vanished"]) == ((0, 0, 0, 3, 0), 0)


def test_of_a_part_nothing_vanishes(folder: Path) -> None:
    done(write(folder))
    batch = done(write(folder, LINES["1"], name="b.csv"))
    assert report(batch)["vanished"] == 0
    assert not SourceRecord.objects.exclude(vanished_at=None).exists()


# -- Doubts -----------------------------------------------------------------------------------------


def test_an_import_is_taken_back_as_a_whole(folder: Path) -> None:
    first = done(write(folder))
    before = {row.pop("id"): row for row in Initiative.objects.values()}
    records = list(SourceRecord.objects.order_by("pk").values())
    more = "4;La Ferme;AMAP;;Rive;02002;45,5;3,5;;;"
    second = done(write(folder, LINES["1"].replace("4 rue", "6 rue"), LINES["2"], more), complete=True)
    assert figures(second) == (1, 1, 1, 0, 0)
    undone = report(importing.undo(second))["undone"]
    assert (undone["restored"], undone["deleted"], undone["left"]) == (1, 1, [])
    after = {row.pop("id"): row for row in Initiative.objects.values()}
    for row in (*before.values(), *after.values()):
        del row["updated_at"]
    assert after == before
    assert list(SourceRecord.objects.order_by("pk").values()) == records
    importing.undo(first)
    assert not Initiative.objects.exists()
    with pytest.raises(CannotBeUndone):
        importing.undo(first)


def test_what_somebody_wrote_since_is_named_and_left(folder: Path) -> None:
    batch = done(write(folder))
    edited, bound = Initiative.objects.get(activities=[701]), Initiative.objects.get(activities=[101])
    edited.summary = "Le dimanche aussi."
    save(edited, ["summary"], by="account 1", source="site")
    bound.contacts.create(name="Une personne")
    left = report(importing.undo(batch))["undone"]["left"]
    assert [(each["line"], each["slug"], each["why"]) for each in left] == [
        (2, "l-atelier-du-pont", "edited"), (3, "le-panier-de-bourg", "bound"),
    ]  # fmt: skip
    assert Initiative.objects.count() == 2


# -- Who ----------------------------------------------------------------------------------------------


def test_only_who_coordinates_the_network_imports_for_it(folder: Path) -> None:
    mine, other = make_grouping("mien"), make_grouping("autre")
    batch = planned(write(folder))
    Profile.objects.update(grouping=mine)
    batch.profile.refresh_from_db()
    stranger = make_person("stranger", "coordinator", other)
    for verb in (importing.apply, importing.abandon, importing.undo):
        with pytest.raises(NotAllowed):
            verb(batch, stranger)
    importing.apply(batch, make_person("coordinator", "coordinator", mine))
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    assert history.events().get(pgh_obj=made.pk).pgh_context.metadata["by"].startswith("account ")


# -- How long ---


def test_lines_are_kept_ninety_days_and_what_the_file_said_beside_not_at_all(folder: Path) -> None:
    batch = done(write(folder))
    cells = dict(batch.candidates.values_list("line", "cells"))
    assert cells[2] == cells[3] == [] and cells[4][0] == "3"  # the refused one waits to be mended
    assert batch.done_at is not None
    assert importing.forget(batch.done_at + importing.DONE_KEPT - timedelta(seconds=1)) == 0
    assert importing.forget(batch.done_at + importing.DONE_KEPT) == 1
    assert importing.forget(batch.done_at + importing.DONE_KEPT * 2) == 0
    assert not batch.candidates.exists()
    with pytest.raises(CannotBeUndone):
        importing.undo(batch)
    told = report(batch)
    assert (told["created"], told["rows"]) == (2, 3)


def test_what_nobody_confirms_is_abandoned_after_thirty_days(folder: Path) -> None:
    batch = planned(write(folder))
    assert importing.forget(batch.created_at + importing.LEFT_KEPT) == 1
    batch.refresh_from_db()
    assert (batch.state, batch.candidates.count()) == (State.ABANDONED, 0)


# -- The command --------------------------------------------------------------------------------------


def test_memory_of_the_connection_is_left_clean(folder: Path) -> None:
    """Tables of the work go with it: the next import of the same connection begins anew."""
    done(write(folder))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        assert {name for (name,) in cursor.fetchall()} <= {"bringing", "incoming_parsed"}


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(folder: Path) -> None:
    path, where = folder / "vide.csv", folder / "report.json"
    path.write_text("")
    with pytest.raises(CommandError, match="vide"):
        call_command("import_initiatives", path, report=where)
    assert json.loads(where.read_text())["unreadable"]["code"] == "empty"
    assert not Import.objects.exists()


def test_signs_that_no_database_holds_are_replaced(folder: Path) -> None:
    path = folder / "liste.json"
    path.write_text(r'[{"id": "1", "nom": "A\u0000te\ud800lier", "type": "amap"}, '
                    r'{"id": "2", "nom": "B\\u0000", "type": "amap"}]')  # fmt: skip
    assert figures(planned(path)) == (2, 0, 0, 0, 0)
