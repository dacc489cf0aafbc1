"""What is decided on doubtful lines, and what happens between the plan and the writing."""

from pathlib import Path

import pytest

from accounts.models import User
from directory.models import Initiative, SourceRecord
from directory.publishing import save
from exchange import applying, importing
from exchange.errors import CannotBeApplied, CannotBeDecided
from exchange.matching import doubled
from exchange.models import Decision, Import, NeverSame, State
from exchange.reporting import report
from tests.directory.conftest import country  # noqa: F401
from tests.exchange.bringing import LINES, done, figures, planned, write
from tests.factories import make_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


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
