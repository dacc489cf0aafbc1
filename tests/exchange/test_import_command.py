"""The command that brings a listing in: what it says, keeps, refuses and takes back."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from directory.models import Initiative
from exchange.models import Profile
from exchange.reporting import write_refused
from tests.directory.conftest import country  # noqa: F401
from tests.exchange.bringing import HEADER, LINES, done, figures, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


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
