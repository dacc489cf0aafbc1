"""The pages of who registers for an event and of who runs it: forms, links, files, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from directory.models import Consent, PersonalExport
from events import inviting, workshops
from events.models import Event, Invitation, Registration, Seat
from frontend import guarded
from frontend.views import registration as pages
from tests.events.gathering import Gathering, contact, gather, lasting, listed, token_in
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, posted
from tests.printing.reading import read

pytestmark = pytest.mark.django_db
FORM = "/evenements/forum-essai/inscription/"
DESK = "/compte/evenements/forum-essai/"
PAGES = (
    "invitations",
    "publipostage",
    "inscrits",
    "inscrits/ajouter",
    "ateliers",
    "papiers",
    "presences",
    "bilan",
)


@pytest.fixture
def found(db: None) -> Gathering:
    caches["visitors"].clear()
    return gather()


@pytest.fixture
def coordinator(found: Gathering) -> Client:
    client = Client()
    client.force_login(found.coordinator)
    return client


def sent(client: Client, address: str = FORM, **fields: Any) -> Any:
    """The public form, filled in and sent after a while."""
    stamp = client.get(address).context["form"].fresh
    told = {"name": "Anne Durand", "email": "anne@example.org", "public": "citizen", "stamp": stamp} | fields
    return client.post(address, told)


@pytest.fixture(autouse=True)
def at_ease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes by while one fills a form in."""
    monkeypatch.setattr(guarded, "QUICKEST", -1)


# -- Registering ----------------------------------------------------------------------------------------


def test_one_registers_without_an_account_nor_a_cookie(found: Gathering, client: Client) -> None:
    first, second = found.morning
    key = f"m{first.pk}"
    answer = sent(client, **{f"{key}-first": second.pk, f"{key}-second": first.pk, "image_right": "on"})
    assert (answer.status_code, answer["Location"]) == (303, f"{FORM}merci/")
    assert not answer.cookies
    made = Registration.objects.get()
    assert (made.image_right, made.listed) == (True, False)
    assert dict(made.choices.values_list("session", "rank")) == {second.pk: 1, first.pk: 2}
    again = sent(client)  # twice: the same page, and the mail says so
    assert again["Location"] == answer["Location"] and Registration.objects.count() == 1
    assert "existe déjà" in last("anne@example.org").subject


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"email": "chez moi"}, "email"),
        ({"public": ""}, "public"),
        ({"public": "team"}, "public"),  # that is for who organises to say
        ({"sector": "99999999999999999999"}, "sector"),
        ({"homepage": "http://example.org"}, "homepage"),
        ({"stamp": "x"}, "__all__"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_written(
    found: Gathering, client: Client, fields: dict[str, str], field: str
) -> None:
    answer = sent(client, **fields)
    assert answer.status_code == 200 and field in answer.context["form"].errors
    assert not Registration.objects.exists()


def test_a_workshop_of_another_moment_or_twice_the_same_is_refused(found: Gathering, client: Client) -> None:
    key, one = f"m{found.morning[0].pk}", found.morning[0].pk
    for wrong in ({f"{key}-first": found.afternoon[0].pk}, {f"{key}-first": one, f"{key}-second": one}):
        assert sent(client, **wrong).status_code == 200
    assert not Registration.objects.exists()


def test_names_of_every_script_and_of_300_signs_are_taken(found: Gathering, client: Client) -> None:
    name = "عبد الرحمن " + "é" * 289
    assert sent(client, name=name).status_code == 303
    assert Registration.objects.get().name == name


def test_what_is_closed_says_so_and_takes_nothing(found: Gathering, client: Client) -> None:
    stamp = client.get(FORM).context["form"].fresh
    found.event.registration_open = False
    found.event.save()
    page = client.get(FORM)
    assert "pas ouvertes" in page.content.decode() and "<form" not in page.content.decode().split("<main")[1]
    late = client.post(FORM, {"name": "A", "email": "a@example.org", "public": "press", "stamp": stamp})
    assert "pas ouvertes" in late.content.decode()
    assert not Registration.objects.exists()


def test_one_address_registers_an_office_and_not_a_town(
    found: Gathering, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 2)
    codes = [sent(client, email=f"a{n}@example.org").status_code for n in range(3)]
    assert codes == [303, 303, 429] and Registration.objects.count() == 2


@pytest.mark.parametrize("slug", ["rien", "forum%00essai", "x" * 10_000])
def test_no_event_of_that_name_is_told_plainly(found: Gathering, client: Client, slug: str) -> None:
    assert client.get(f"/evenements/{slug}/inscription/").status_code == 404


def test_a_draft_has_no_registration_page(found: Gathering, client: Client) -> None:
    found.event.status = "draft"
    found.event.save()
    assert client.get(FORM).status_code == 404


# -- By the links of letters ----------------------------------------------------------------------------


def test_her_link_shows_changes_and_cancels(found: Gathering, client: Client) -> None:
    sent(client)
    address = f"/compte/inscription/{token_in(last('anne@example.org'), 'inscription')}/"
    assert "Anne Durand" in client.get(address).content.decode()
    told = {"name": "Anne D.", "public": "press", "listed": "on"}
    assert client.post(address, told).status_code == 303
    made = Registration.objects.get()
    assert (made.name, made.public, made.listed) == ("Anne D.", "press", True)
    Event.objects.update(status="cancelled")
    assert "Cet évènement est annulé." in client.get(address).content.decode()
    client.get(f"{address}annuler/")
    assert Registration.objects.get().state == "coming"  # a GET never writes
    assert "annulée" in client.post(f"{address}annuler/").content.decode()
    assert Registration.objects.get().state == "cancelled"
    assert "annulée" in client.get(address).content.decode()


@pytest.mark.parametrize(
    "page", ["inscription/x/", "inscription/x/annuler/", "invitation/x/", "invitation/a%00/"]
)
def test_a_forged_link_leads_nowhere(found: Gathering, client: Client, page: str) -> None:
    for answer in (client.get(f"/compte/{page}"), client.post(f"/compte/{page}")):
        assert answer.status_code == 404


def test_an_invitation_is_answered_by_its_link(found: Gathering, client: Client) -> None:
    [fournil] = listed(found, "Le Fournil")
    for name in ("Anne", "Bruno"):
        contact(fournil, name)
    inviting.invite(found.event, found.coordinator)
    no, yes = (token_in(last(f"{name}@example.org"), "invitation") for name in ("bruno", "anne"))
    assert "Merci de l’avoir dit" in client.post(f"/compte/invitation/{no}/").content.decode()
    page = client.get(f"{FORM}?invitation={yes}")
    assert page.context["form"].initial["structure"] == "Le Fournil"
    sent(client, invitation=yes)
    assert dict(Invitation.objects.values_list("contact__name", "status")) == {
        "Anne": "coming",
        "Bruno": "declined",
    }
    assert Registration.objects.get().initiative == fournil
    for forged in ("x", no + "x", "\0"):  # counts for nothing, and hinders nobody
        assert client.get(FORM, {"invitation": forged}).status_code == 200


# -- Running it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, "papiers/badges.pdf", "bilan/bilan.pdf", "bilan/a-creer.csv"])
def test_only_who_holds_the_event_sees_its_desk(found: Gathering, coordinator: Client, page: str) -> None:
    address = f"{DESK}{page}" + ("" if "." in page else "/")
    stranger = Client()
    stranger.force_login(make_person("autre"))
    assert Client().get(address).status_code == 302
    assert stranger.get(address).status_code == 403
    assert coordinator.get(address).status_code == 200


def test_strangers_write_nothing(found: Gathering) -> None:
    row = found.register("Anne")
    stranger = Client()
    stranger.force_login(make_person("autre"))
    posts = ("invitations/inviter", "invitations/relancer", "ateliers", f"ateliers/{row.pk}", "presences",
             f"inscrits/{row.pk}", f"inscrits/{row.pk}/etat", "bilan", "presences/fichier")  # fmt: skip
    for page in posts:
        assert stranger.post(f"{DESK}{page}/", {"what": "cancel"}).status_code == 403, page
    row.refresh_from_db()
    assert row.state == "coming"


def test_people_are_ticked_and_invited_and_their_answers_noted(found: Gathering, coordinator: Client) -> None:
    [fournil] = listed(found, "Le Fournil")
    anne, bruno = contact(fournil, "Anne"), contact(fournil, "Bruno")
    assert {each.name for each in coordinator.get(f"{DESK}invitations/").context["candidates"]} == {
        "Anne",
        "Bruno",
    }
    coordinator.post(
        f"{DESK}invitations/inviter/", {"contact": [anne.pk, "x", "9" * 30, "-1"], "how": "mail"}
    )
    assert [each.contact for each in Invitation.objects.all()] == [anne]
    coordinator.post(f"{DESK}invitations/inviter/", {"contact": bruno.pk, "how": "hand"})
    assert [each.to for each in posted(letter="events.invitation")] == ["anne@example.org"]
    made = Invitation.objects.get(contact=anne)
    coordinator.post(f"{DESK}invitations/{made.pk}/", {"status": "declined"})
    coordinator.post(f"{DESK}invitations/{made.pk}/", {"status": "nonsense"})
    made.refresh_from_db()
    assert made.status == "declined"
    Consent.objects.create(
        contact=bruno, purpose="events", granted=False, wording_version="x", method="link", source="x"
    )
    page = coordinator.get(f"{DESK}invitations/").content.decode()
    assert "Bruno" not in page and "1 personne invitée ne veut plus l’être" in page


@pytest.mark.parametrize("form", ["csv", "csv-fr", "xlsx", "ods", "vcf"])
def test_a_mail_merge_file_is_read_back_and_logged(
    found: Gathering, coordinator: Client, form: str, tmp_path: Any
) -> None:
    [fournil] = listed(found, "Le Fournil")
    contact(fournil, "=Anne Durand", email="anne@example.org")
    told = {"who": ["to-invite"], "form": form, "purpose": "Lettre de juin"}
    answer = coordinator.post(f"{DESK}publipostage/", told)
    assert answer["Content-Disposition"].startswith("attachment"), answer.content.decode()
    assert PersonalExport.objects.get().grouping == found.network
    path = tmp_path / f"file.{form}"
    path.write_bytes(answer.content)
    if form in ("csv", "csv-fr"):
        between = ";" if form == "csv-fr" else ","
        row = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=between))[1]
        assert row[0] != "=Anne Durand" and row[0].endswith("=Anne Durand")  # no formula
        assert "anne@example.org" in row
    elif form == "xlsx":
        sheet = load_workbook(path).worksheets[0]
        assert sheet["A2"].value.endswith("=Anne Durand") and sheet["A2"].data_type == "s"
    elif form == "ods":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        assert any("anne@example.org" in row for row in rows)
    else:
        assert "EMAIL;TYPE=INTERNET:anne@example.org" in answer.content.decode()


def test_no_file_without_a_reason_nor_for_who_coordinates_no_network(
    found: Gathering, coordinator: Client
) -> None:
    for wrong in ({"purpose": ""}, {"form": "exe"}, {"who": ["nobody"]}, {"who": []}):
        told: dict[str, Any] = {"who": ["to-invite"], "form": "csv", "purpose": "Lettre"} | wrong
        assert "Content-Disposition" not in coordinator.post(f"{DESK}publipostage/", told)
    fournil = make_initiative("Le Fournil")
    found.event.organisers.create(initiative=fournil)
    owner = Client()
    owner.force_login(make_person("responsable", "owner", fournil))
    assert "Prendre le fichier" not in owner.get(f"{DESK}publipostage/").content.decode()
    told = {"who": ["to-invite"], "form": "csv", "purpose": "Lettre"}
    assert owner.post(f"{DESK}publipostage/", told).status_code == 403
    assert not PersonalExport.objects.exists()


def test_somebody_is_entered_corrected_and_cancelled_by_hand(found: Gathering, coordinator: Client) -> None:
    fournil = make_initiative("Le Fournil", slug="le-fournil")
    told = {
        "name": "Bruno",
        "public": "team",
        "initiative": "https://maillage.example/initiatives/le-fournil/",
    }
    assert coordinator.post(f"{DESK}inscrits/ajouter/", told).status_code == 302
    row = Registration.objects.get()
    assert (row.initiative, row.public, row.email) == (fournil, "team", "")
    wrong = coordinator.post(f"{DESK}inscrits/{row.pk}/", told | {"initiative": "rien"})
    assert "initiative" in wrong.context["form"].errors
    coordinator.post(f"{DESK}inscrits/{row.pk}/", told | {"name": "Bruno P."})
    coordinator.post(f"{DESK}inscrits/{row.pk}/etat/", {"what": "cancel"})
    row.refresh_from_db()
    assert (row.name, row.state) == ("Bruno P.", "cancelled")
    assert coordinator.get(f"{DESK}inscrits/999999/").status_code == 404


def test_workshops_are_made_up_and_changed_from_the_page(found: Gathering, coordinator: Client) -> None:
    row = found.register("Anne", found.wish(0))
    coordinator.post(f"{DESK}ateliers/", {"what": "anew"})
    assert Seat.objects.filter(registration=row, session=found.morning[0]).exists()
    coordinator.post(f"{DESK}ateliers/{row.pk}/", {"session": found.morning[1].pk})
    assert Seat.objects.get(registration=row, session__in=found.morning).by_hand
    for wrong in ("", "x", "9" * 30, "0"):
        assert coordinator.post(f"{DESK}ateliers/{row.pk}/", {"session": wrong}).status_code == 302
    coordinator.post(f"{DESK}ateliers/{row.pk}/", {"session": found.morning[1].pk, "what": "free"})
    assert not Seat.objects.filter(registration=row, session__in=found.morning).exists()
    assert "Anne" in coordinator.get(f"{DESK}ateliers/").content.decode()
    text = coordinator.get(f"{DESK}ateliers/ateliers.csv").content.decode("utf-8-sig")
    assert "Anne" in text and "anne@example.org" not in text


@pytest.mark.parametrize(
    "what", ["badges", "emargement", "emargement-demi-journees", "programme", "participants"]
)
def test_papers_are_printed_for_nobody_and_for_names_of_every_kind(
    found: Gathering, coordinator: Client, what: str
) -> None:
    empty = coordinator.get(f"{DESK}papiers/{what}.pdf")
    assert empty.content.startswith(b"%PDF")
    for n, name in enumerate(("x" * 300, "עברית العربية", "👩🏽‍🌾" * 40)):
        found.register(name, email=f"n{n}@example.org", listed=True)
    workshops.make_up(found.event, found.coordinator)
    assert coordinator.get(f"{DESK}papiers/{what}.pdf").content.startswith(b"%PDF")
    assert coordinator.get(f"{DESK}papiers/rien.pdf").status_code == 404


def test_presences_are_seen_then_written_and_a_forged_page_writes_nothing(
    found: Gathering, coordinator: Client
) -> None:
    row = found.register("Anne Durand")
    early = coordinator.post(f"{DESK}presences/", {"row": row.pk, "came": row.pk}, follow=True)
    assert "pas commencé" in early.content.decode()
    lasting(found.event, timedelta(hours=-1))
    file = SimpleUploadedFile("p.csv", "Nom;Présent\nDurand Anne;oui\n".encode())
    seen = coordinator.post(f"{DESK}presences/fichier/", {"file": file})
    row.refresh_from_db()
    assert row.came is None and seen.context["came"] == 1
    coordinator.post(f"{DESK}presences/fichier/", {"lines": seen.context["signed"] + "x"})
    row.refresh_from_db()
    assert row.came is None
    coordinator.post(f"{DESK}presences/fichier/", {"lines": seen.context["signed"]})
    row.refresh_from_db()
    assert row.came is True
    coordinator.post(f"{DESK}presences/", {"row": row.pk})  # unticked
    row.refresh_from_db()
    assert row.came is False


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("p.csv", b""),
        SimpleUploadedFile("p.xlsx", b"PK\x03\x04 no archive"),
        SimpleUploadedFile("p.csv", b"Age;Ville\n12;Felletin\n"),
        SimpleUploadedFile("p.csv", b"<html><body>no</body></html>"),
    ],
)
def test_a_file_that_says_nothing_of_who_came_is_refused(
    found: Gathering, coordinator: Client, file: SimpleUploadedFile
) -> None:
    lasting(found.event, timedelta(hours=-1))
    file.seek(0)
    answer = coordinator.post(f"{DESK}presences/fichier/", {"file": file})
    assert answer.status_code == 200 and answer.context["form"].errors["file"]


def test_a_note_is_written_and_printed_with_the_figures(found: Gathering, coordinator: Client) -> None:
    found.register("Anne", structure="=Atelier Inconnu")
    coordinator.post(f"{DESK}bilan/", {"note": "# Suites\nUne plateforme.\n\nÀ suivre."})
    page = coordinator.get(f"{DESK}bilan/")
    assert "Une plateforme." in page.content.decode()
    assert coordinator.get(f"{DESK}bilan/bilan.pdf").content.startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(
        coordinator.get(f"{DESK}bilan/a-creer.csv").content.decode("utf-8-sig")), delimiter=";"))  # fmt: skip
    assert rows[1][0].endswith("=Atelier Inconnu") and not rows[1][0].startswith("=")
    refused = coordinator.post(f"{DESK}bilan/", {"until": "2027-13-45", "reason": "x"})
    assert "until" in refused.context["keep"].errors
    coordinator.post(f"{DESK}bilan/", {"note": "x" * 30_000})
    assert "Une plateforme." in coordinator.get(f"{DESK}bilan/").content.decode()


def test_sheets_by_half_day_are_offered_where_there_are_two(found: Gathering, coordinator: Client) -> None:
    link = "emargement-demi-journees.pdf"
    assert link in coordinator.get(f"{DESK}papiers/").content.decode()
    found.register("Anne")
    sheets = read(coordinator.get(f"{DESK}papiers/{link}").content)
    assert [each.title for each in sheets.outline] == ["Matin", "Après-midi"]
    assert all("Anne" in page.extract_text() for page in sheets.pages)
    found.event.end = found.event.start + timedelta(hours=3)  # at noon
    found.event.save()
    assert link not in coordinator.get(f"{DESK}papiers/").content.decode()
