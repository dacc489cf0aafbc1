"""A listing brought in: seen before it is written, written at once, again for nothing, taken back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from directory import history
from directory.errors import NotAllowed
from directory.models import Initiative, SourceRecord
from directory.publishing import save
from exchange import applying, importing
from exchange.errors import CannotBeApplied, CannotBeDecided, CannotBeUndone
from exchange.matching import doubled
from exchange.models import Decision, Import, NeverSame, Profile, State
from exchange.profiles import named
from exchange.reporting import report, write_refused
from tests.directory.conftest import _taxonomy, country, taxonomy  # noqa: F401
from tests.directory.test_permissions import make_person
from tests.factories import make_grouping, make_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

HEADER = "Identifiant;Nom;Type;Adresse;Commune;Code Insee;Latitude;Longitude;Téléphone;Site web;Interne"
LINES = {
    "1": "1;L'Atelier du Pont;Ressourcerie;4 rue du Pont;Ham;01001;45,5;0,5;05 55 51 00 00;atelier.example;x",
    "2": "2;Le Panier de Bourg;AMAP;;Bourg;01002;45,5;1,5;;;",
    "3": "3;;AMAP;;Bourg;01002;;;;;",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, *lines: str, header: str = HEADER, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *(lines or LINES.values())]) + "\n", encoding="utf-8")
    return path


def planned(path: Path, by: User | None = None, profile: str = "reseau", **told: Any) -> Import:
    return importing.plan(importing.stage(path, path.name, named(profile, **told), by))


def done(path: Path, **told: Any) -> Import:
    return importing.apply(planned(path, **told))


def figures(batch: Import) -> tuple[int, ...]:
    """Created, updated, unchanged, refused, to review: they add up to the rows."""
    told = report(batch)
    found = (
        told["created"], told["updated"], told["unchanged"], len(told["refused"]), len(told["to_review"]),
    )  # fmt: skip
    assert sum(found) == told["rows"] == batch.rows
    return found


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


def test_of_a_part_nothing_vanishes(folder: Path) -> None:
    done(write(folder))
    batch = done(write(folder, LINES["1"], name="b.csv"))
    assert report(batch)["vanished"] == 0
    assert not SourceRecord.objects.exclude(vanished_at=None).exists()


# -- Doubts -----------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(folder: Path) -> Import:
    """A line that may be of an initiative that is known."""
    known = make_initiative("Le Panier", at=(1.5, 45.5), commune_id="commune-01002", phone="05 55 00 00 02")
    batch = planned(write(folder, LINES["2"]))
    batch.candidates.update(match="doubtful", initiative=known, score=0.7)
    importing.compare(batch)
    return batch


def test_a_doubtful_line_waits_and_is_not_written(doubtful: Import) -> None:
    assert figures(importing.apply(doubtful)) == (0, 0, 0, 0, 1)
    assert Initiative.objects.count() == 1


def test_the_same_is_updated_both_are_kept_and_never_is_remembered(doubtful: Import) -> None:
    line, known = doubtful.candidates.get(), Initiative.objects.get()
    person = User.objects.create_superuser("admin@example.org")
    assert importing.decide(line, Decision.MERGE, person).outcome == "update"
    assert importing.decide(line, Decision.KEEP_BOTH, person).outcome == "create"
    assert importing.decide(line, "", person).outcome == "to-review"
    assert importing.decide(line, Decision.NEVER, person).outcome == "create"
    assert figures(importing.apply(doubtful, person)) == (1, 0, 0, 0, 0)
    never = NeverSame.objects.get()
    assert (never.initiative, never.key, never.by) == (known, "2", person)
    line.refresh_from_db()
    assert line.initiative != known


def test_a_line_that_says_another_again_is_left_out_or_kept_as_decided(folder: Path) -> None:
    lines = [
        "Le Grenier bleu;Ressourcerie;;Ham;01001",
        "Asso Le grenier bleu;Ressourcerie;4 rue du Pont;Ham;01001",
    ]
    batch = planned(write(folder, *lines, header="Nom;Type;Adresse;Commune;Code Insee"))
    assert figures(batch) == (1, 0, 0, 0, 1)
    line = batch.candidates.get(match="doubtful")
    twin = doubled(line)
    assert twin is not None
    assert (line.initiative, twin.line) == (None, 2)
    refused = importing.decide(line, Decision.MERGE, None)
    assert [each["code"] for each in refused.problems if each["refuses"]] == ["doubled"]
    importing.decide(line, Decision.KEEP_BOTH, None)
    assert figures(importing.apply(batch)) == (2, 0, 0, 0, 0)


def test_a_sure_line_and_an_import_that_is_done_wait_for_no_decision(folder: Path) -> None:
    batch = planned(write(folder, LINES["1"]))
    with pytest.raises(CannotBeDecided):
        importing.decide(batch.candidates.get(), Decision.MERGE, None)
    importing.apply(batch)
    with pytest.raises(CannotBeApplied):
        importing.apply(batch)


# -- Between the plan and its confirmation ------------------------------------------------------------


def test_what_was_written_since_the_plan_is_looked_at_anew(folder: Path) -> None:
    done(write(folder))
    made = Initiative.objects.get(slug="l-atelier-du-pont")
    batch = planned(write(folder, LINES["1"].replace("4 rue", "6 rue"), LINES["2"]))
    made.street = "8 rue du Pont"
    save(made, ["street"], by="account 1", source="site")
    assert figures(importing.apply(batch)) == (0, 0, 2, 0, 0)
    made.refresh_from_db()
    assert made.street == "8 rue du Pont"


def test_what_was_deleted_since_the_plan_is_refused(folder: Path) -> None:
    done(write(folder))
    batch = planned(write(folder, LINES["1"].replace("4 rue", "6 rue")))
    Initiative.objects.get(slug="l-atelier-du-pont").delete()
    importing.apply(batch)
    assert [each["code"] for each in report(batch)["refused"]] == ["gone"]


def test_stopped_in_the_middle_of_writing_it_leaves_nothing_and_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder)
    batch = planned(path)
    with monkeypatch.context() as patch:
        patch.setattr(applying, "RETURNED", "SELECT 1 / 0")  # after everything was brought
        with pytest.raises(Exception, match="division by zero"):
            importing.apply(batch)
    assert not Initiative.objects.exists()
    assert not SourceRecord.objects.exists()
    again = importing.unfinished(path, batch.profile)
    assert again == batch and again.state == State.PLANNED
    assert figures(importing.apply(again)) == (2, 0, 0, 1, 0)
    assert importing.unfinished(path, batch.profile) is None


# -- Taking back --------------------------------------------------------------------------------------


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


def test_the_command_says_does_and_takes_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, where, refused = write(folder), folder / "report.json", folder / "refused.csv"
    call_command("import_initiatives", path, dry_run=True, report=where)
    told = json.loads(where.read_text())
    assert (told["rows"], told["created"], len(told["refused"]), told["state"]) == (3, 2, 1, "planned")
    assert not Initiative.objects.exists()
    call_command("import_initiatives", path, report=where, refused=refused)
    told = json.loads(where.read_text())
    assert (told["created"], told["state"]) == (2, "done")
    assert refused.read_text("utf-8-sig").splitlines() == [HEADER, LINES["3"].replace("01002", "01002")]
    call_command("import_initiatives", undo=told["import"])
    assert not Initiative.objects.exists()
    assert "2 deleted, 0 restored, 0 left" in capsys.readouterr().out


def test_the_command_keeps_what_it_is_told_of_the_columns(folder: Path) -> None:
    path = write(folder, "1;Le Foyer;;;Ham;01001;45,5;0,5;;;Maison pour tous")
    call_command(
        "import_initiatives", path, profile="foyers", column=["Interne=summary"], fixed=["activities=culture"]
    )
    made = Initiative.objects.get()
    assert (made.summary, made.activities) == ("Maison pour tous", [500])
    assert Profile.objects.get(slug="foyers").fixed == {"activities": "culture"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"column": ["Nom=titre"]}, "there is no field titre"),
        ({"fixed": ["activities"]}, "NAME=VALUE"),
        ({"undo": "00000000-0000-4000-8000-000000000000"}, "There is no import"),
    ],
)
def test_the_command_refuses_by_name(folder: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("import_initiatives", write(folder), **options)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_initiatives", folder / "nothing.csv")


def test_refused_lines_are_a_file_of_the_same_shape(folder: Path) -> None:
    batch = done(write(folder))
    path = folder / "refused.csv"
    with path.open("w", newline="") as file:
        assert write_refused(batch, file) == 1
    mended = path.read_text().replace("3;;", "3;Le Nom;")
    path.write_text(mended)
    assert figures(done(path)) == (1, 0, 0, 0, 0)


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
