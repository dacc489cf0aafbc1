"""Presences come back from the day; figures say what it came to, and stay when names are deleted."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import timezone

from accounts import personal
from accounts.models import User
from directory.models import Link
from directory.retention import months_before
from events import attendance, closing
from events.errors import RegistrationRefused
from events.models import Closing, Event, Registration
from events.tasks import forget_attendance
from formats.reading import Unreadable
from tests.events.gathering import Gathering, contact, gather, lasting, listed
from tests.factories import make_commune, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(db: None) -> Gathering:
    return gather()


@pytest.fixture
def held(found: Gathering) -> Gathering:
    """Three people registered; the event began an hour ago."""
    found.register("Anne Durand", structure="Le Fournil", public="initiative")
    found.register("Bruno Petit", public="elected")
    found.register("Chloé Martin", structure="Atelier Nouveau")
    lasting(found.event, timedelta(hours=-1))
    return found


def file(tmp_path: Path, *rows: tuple[str, ...], name: str = "presences.csv") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    path = tmp_path / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def brought(found: Gathering, path: Path) -> attendance.Written:
    lines = attendance.read(found.event, path, path.name)
    return attendance.write(found.event, found.coordinator, [line.as_json() for line in lines])


def test_presences_are_recognised_by_address_by_name_and_as_walk_ins(held: Gathering, tmp_path: Path) -> None:
    path = file(
        tmp_path,
        ("Nom et prénom", "Courriel", "Structure", "Commune", "Présent·e"),
        ("Mme Durand", "ANNE@example.org", "", "", "X"),
        ("PETIT Bruno", "", "", "", "non"),
        ("Driss Venu", "", "La Recyclerie", "Aubusson", "oui"),
        ("Élise Absente", "", "", "", ""),
        ("Chloé Martin", "", "", "", "peut-être"),
    )
    assert brought(held, path) == attendance.Written(came=1, absent=1, walk_ins=1, left_out=2)
    came = dict(Registration.objects.values_list("name", "came"))
    assert came == {"Anne Durand": True, "Bruno Petit": False, "Chloé Martin": None, "Driss Venu": True}
    walk_in = Registration.objects.get(source="walk-in")
    assert (walk_in.image_right, walk_in.listed, walk_in.commune) == (False, False, held.event.commune)
    assert brought(held, path) == attendance.Written(came=2, absent=1, walk_ins=0, left_out=2)
    assert Registration.objects.count() == 4  # brought twice, written once


def test_a_spreadsheet_with_names_and_first_names_and_no_tick_says_who_came(
    held: Gathering, tmp_path: Path
) -> None:
    path = tmp_path / "emargement.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, cells in enumerate([("Nom", "Prénom"), ("Durand", "Anne"), ("Martin", "Chloé")]):
        sheet.write_row(row, 0, cells)
    book.close()
    assert brought(held, path).came == 2


def test_namesakes_are_left_to_a_person(held: Gathering, tmp_path: Path) -> None:
    held.event.registration_open = True
    Registration.objects.create(event=held.event, name="Anne Durand", structure="Ailleurs")
    lines = attendance.read(held.event, file(tmp_path, ("Nom",), ("Durand Anne",)), "x.csv")
    assert lines[0].came is None and "plusieurs" in lines[0].fault
    path = file(tmp_path, ("Nom", "Structure"), ("Durand Anne", "Ailleurs"))
    assert attendance.read(held.event, path, "x.csv")[0].registration is not None


def test_a_file_without_names_and_one_that_is_no_table_are_refused(held: Gathering, tmp_path: Path) -> None:
    with pytest.raises(RegistrationRefused, match="« Nom »"):
        attendance.read(held.event, file(tmp_path, ("Age", "Ville"), ("12", "Felletin")), "x.csv")
    bad = tmp_path / "photo.csv"
    bad.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(Unreadable):
        attendance.read(held.event, bad, "photo.csv")


def test_nobody_came_before_the_day(found: Gathering) -> None:
    row = found.register("Anne")
    with pytest.raises(RegistrationRefused, match="pas commencé"):
        attendance.tick(found.event, found.coordinator, [row.pk], [])
    lasting(found.event, timedelta(hours=-1))
    assert attendance.tick(found.event, found.coordinator, [row.pk], []) == 1


# -- Figures --------------------------------------------------------------------------------------------


def test_figures_count_who_is_registered_then_who_came(found: Gathering) -> None:
    fournil, atelier = make_initiative("Le Fournil"), make_initiative("Atelier")
    make_commune(name="Felletin")
    found.register("Anne", structure="Le Fournil", public="initiative", town="Felletin")
    found.register("Bruno", structure="Atelier", public="initiative")
    found.register("Chloé", structure="La Recyclerie", town="Felletin", public="elected")
    found.register("Driss", structure="la recyclerie", public="press")
    told = closing.figures(found.event)
    assert (told["people"], told["registered"], told["presences_known"]) == (4, 4, False)
    lasting(found.event, timedelta(hours=-1))
    rows = {row.name: row.pk for row in found.event.registrations.all()}
    attendance.tick(
        found.event, found.coordinator, [rows[n] for n in ("Anne", "Bruno", "Chloé")], [rows["Driss"]]
    )
    Link.objects.create(origin=fournil, target=atelier, kind="supplies")
    Link.objects.create(origin=fournil, target=make_initiative("Ailleurs"), kind="supplies")
    told = closing.figures(found.event)
    assert (told["people"], told["absent"], told["walk_ins"]) == (3, 1, 0)
    assert (told["initiatives"], told["new_links"], told["to_create"]) == (2, 1, 1)
    assert told["by_public"] == [["initiative", 2], ["elected", 1]]
    assert told["by_sector"] == [[1, 2], ["", 1]]
    assert [name for name, _n in closing.by_commune(told)] == ["Felletin", "commune non dite"]
    assert closing.by_sector(told) == [("Alimentation", 2), ("secteur non dit", 1)]
    [unknown] = closing.to_create(found.event)
    assert (unknown.name, unknown.town, unknown.people) == ("La Recyclerie", "Felletin", 1)


def test_links_that_were_there_before_are_not_new(found: Gathering) -> None:
    lasting(found.event, timedelta(days=2))
    fournil, atelier = make_initiative("Le Fournil"), make_initiative("Atelier")
    for name in ("Le Fournil", "Atelier"):
        found.register(name, structure=name, email=f"{name[:2].strip()}@example.org")
    Link.objects.create(origin=fournil, target=atelier, kind="supplies")
    assert closing.figures(found.event)["new_links"] == 0


def test_an_event_without_anybody_has_figures_too(found: Gathering) -> None:
    told = closing.figures(found.event)
    assert (told["people"], told["by_public"], closing.to_create(found.event)) == (0, [], [])


# -- What is kept ---------------------------------------------------------------------------------------


def over(event: Event, months: int, minutes: int) -> None:
    """It ended so many months ago, and so many minutes."""
    end = months_before(timezone.now(), months) - timedelta(minutes=minutes)
    event.start, event.end = end - timedelta(hours=8), end
    event.save()


@pytest.mark.parametrize(("minutes", "gone"), [(1, True), (-1, False)])
def test_names_are_deleted_after_twelve_months_and_figures_stay(
    held: Gathering, minutes: int, gone: bool
) -> None:
    [fournil] = listed(held, "Le Fournil bis")
    contact(fournil, "Zoé")
    row = Registration.objects.get(name="Anne Durand")
    attendance.tick(held.event, held.coordinator, [row.pk], [])
    held.event.invitations.create(contact=fournil.contacts.get())
    before = closing.figures(held.event)
    over(held.event, 12, minutes)
    forget_attendance(0)
    assert Registration.objects.exists() is not gone
    assert held.event.invitations.exists() is not gone
    assert closing.figures(held.event) == before
    assert (before["people"], before["invitations"]["invited"]) == (1, 1)


def test_they_are_kept_longer_for_a_stated_reason_and_not_for_ever(held: Gathering) -> None:
    over(held.event, 12, 1)
    keep = timezone.localdate() + timedelta(days=30)
    with pytest.raises(RegistrationRefused, match="pourquoi"):
        closing.keep_longer(held.event, held.coordinator, keep, "  ")
    with pytest.raises(RegistrationRefused, match="36 mois"):
        closing.keep_longer(held.event, held.coordinator, keep + timedelta(days=3 * 366), "Subvention")
    closing.keep_longer(held.event, held.coordinator, keep, "Justifier la subvention.")
    assert closing.expired() == [] and closing.expired(timezone.now() + timedelta(days=31)) == [held.event]
    assert not closing.forget_attendance(held.event)


def test_a_note_is_kept_up_to_its_length(held: Gathering) -> None:
    assert closing.write_note(held.event, held.coordinator, "é" * closing.LONGEST_NOTE).note
    with pytest.raises(RegistrationRefused):
        closing.write_note(held.event, held.coordinator, "é" * (closing.LONGEST_NOTE + 1))
    assert len(Closing.objects.get().note) == closing.LONGEST_NOTE


def test_a_person_with_an_account_is_told_of_her_registrations_and_they_go_with_it(found: Gathering) -> None:
    found.register("Anne", found.wish(0), role="Maraîchère")
    anne = User.objects.create_user("anne@example.org")
    told = personal.everything(anne)["event_registrations"]
    assert told[0]["event"] == "forum-essai" and told[0]["choices"][0]["rank"] == 1
    personal.erase(anne)
    assert not Registration.objects.exists()
