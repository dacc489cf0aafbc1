"""Files made in the background: kept by pieces, shared by who asks the same, gone in time, never widened."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict

from directory.filters import SearchForm
from directory.models import Listing
from directory.search import SearchCriteria
from exchange import exporting
from exchange.errors import TooManyExports
from exchange.models import Export, ExportPiece
from jobs.models import State, Work
from jobs.work import CannotBeDone
from tests.factories import make_initiative
from tests.jobs.running import run_queued

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def some(taxonomy: None) -> None:
    for number in range(3):
        make_initiative(f"Essai {number}", slug=f"essai-{number}", at=(2, 46))


def criteria(query: str = "") -> SearchCriteria:
    return SearchForm(QueryDict(query)).criteria()


def ask(query: str = "", **more: Any) -> Export:
    return exporting.ask(criteria(query), "csv-fr", "Essai", None, "fr", **more)


def test_its_bytes_come_back_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PIECE", 4)
    made, path = ask(), tmp_path / "file"
    for body, pieces in ((b"0123456789", 3), (b"01234567", 2), (b"", 0)):
        path.write_bytes(body)
        exporting.store(made, path, 7)
        assert b"".join(exporting.pieces(made)) == body
        assert ExportPiece.objects.filter(export=made).count() == pieces
        assert (made.size, made.digest) == (len(body), hashlib.sha256(body).hexdigest())
    monkeypatch.setattr(exporting, "MOST_BYTES", 3)
    path.write_bytes(b"0123")
    with pytest.raises(CannotBeDone):
        exporting.store(made, path)
    assert made.size == 0, "what was there stays"


def test_the_same_request_is_the_same_file_until_something_changes() -> None:
    first = ask("sector=alimentation")
    assert ask("sector=alimentation").key == first.key and Work.objects.count() == 1
    assert ask("sector=energie").key != first.key
    assert ask("sector=alimentation", options={"order": "x"}).key != first.key
    run_queued()
    assert ask("sector=alimentation").key == first.key
    make_initiative("Une autre")
    other = ask("sector=alimentation")
    assert other.key != first.key
    Work.objects.filter(pk=other.work_id).update(state=State.FAILED)
    again = ask("sector=alimentation")
    assert again.key != other.key, "what failed is tried anew"
    assert exporting.called(other.key) is not None, "whoever holds its link is told"


def test_a_file_holds_the_selection_and_counts_it() -> None:
    made = ask("ids=essai-0,essai-2")
    run_queued()
    made.refresh_from_db()
    text = b"".join(exporting.pieces(made)).decode("utf-8-sig")
    assert made.rows == 2 == text.count("\r\n") - 1
    assert "essai-0" in text and "essai-1" not in text


def test_what_cannot_be_read_any_more_is_not_everything() -> None:
    listing = Listing.objects.create(slug="choix", name="Choix", criteria="sector=alimentation")
    made = ask("listing=choix")
    listing.delete()
    run_queued()
    made.refresh_from_db()
    assert made.made_at is None and made.work is not None
    assert (made.work.state, made.work.error) == (State.FAILED, "Cette sélection ne peut plus être lue.")


@pytest.mark.parametrize("bound", ["MOST_WAITING", "MOST_KEPT"])
def test_beyond_a_bound_nobody_is_served(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    ask("sector=alimentation")
    run_queued()
    ask("sector=energie")
    size = Export.objects.exclude(size=None).get().size
    monkeypatch.setattr(exporting, bound, 2 if bound == "MOST_WAITING" else size + 1)
    ask("sector=culture")
    monkeypatch.setattr(exporting, bound, 2 if bound == "MOST_WAITING" else size)
    with pytest.raises(TooManyExports):
        ask("sector=finance")


def test_it_is_erased_when_its_time_is_over() -> None:
    made = ask()
    run_queued()
    made.refresh_from_db()
    assert exporting.forget(made.expires_at - timedelta(seconds=1)) == 0
    assert exporting.forget(made.expires_at) == 1
    assert not ExportPiece.objects.exists() and exporting.called(made.key) is None
    assert exporting.called("\x00") is None


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Initiatives : Creuse", "maillage-initiatives-creuse.csv"),
        ("../../etc", "maillage-etc.csv"),
        ("עברית 🌻", "maillage-initiatives.csv"),
        ("é" * 300, f"maillage-{'e' * 60}.csv"),
    ],
)
def test_the_name_of_a_file_is_plain(name: str, file: str) -> None:
    assert exporting.file_name(name, "csv-fr") == file
