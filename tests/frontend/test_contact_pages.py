"""The pages of contacts, reports and exports under /compte/: who enters, what is shown, what is written."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.core.signing import TimestampSigner
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.consent import wording
from accounts.models import User
from directory import contacts, exports, publishing
from directory.models import Consent, Contact, ExportedContact, Initiative, PersonalExport, Role
from formats.workbook import defused
from frontend.contact_forms import LinkForm
from tests.factories import join, make_commune, make_grouping, make_initiative, make_territory
from tests.frontend.reading import text_of
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

LIST = "/compte/initiatives/l-atelier/contacts/"
ADD = f"{LIST}inscrire/"
HERS = {
    "name": "Zoé Tamaris",
    "role": "présidente",
    "email": "zoe@tamaris.example.org",
    "phone": "0555000001",
}


@pytest.fixture(autouse=True)
def _fresh_count() -> Iterator[None]:
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier")


def holder(kind: str, target: Any, name: str = "") -> User:
    person = User.objects.create_user(f"{name or kind}@example.org", name="Une Responsable")
    key = {"owner": "initiative", "coordinator": "grouping"}.get(kind, "territory")
    held = {"granted": True, "decided_at": timezone.now(), "reason": "Test.", key: target}
    Role.objects.create(person=person, kind=kind, **held)
    return person


@pytest.fixture
def office(client: Client, atelier: Initiative) -> Client:
    """Who answers for the initiative, signed in."""
    client.force_login(holder("owner", atelier))
    return client


def form(**fields: str) -> dict[str, str]:
    return HERS | {"language": "fr", "method": ""} | fields


# -- Who answers for the initiative ------------------------------------------------------------------


def test_three_switches_off_under_the_very_words(office: Client) -> None:
    html = text_of(office, ADD)
    for purpose in ("public", "networks", "events"):
        [box] = re.findall(rf'<input type="checkbox" name="{purpose}"[^>]*>', html)
        assert "checked" not in box
        assert wording(purpose) in html


def test_entered_she_is_listed_as_waiting_and_told(office: Client, client: Client) -> None:
    response = office.post(ADD, form(public="on", method="spoken"))
    assert (response.status_code, response["Location"]) == (302, LIST)
    html = text_of(office, LIST)
    assert "Zoé Tamaris" in html
    assert "attend sa réponse" in html
    assert "no-store" in office.get(LIST)["Cache-Control"]
    assert "Tamaris" not in text_of(client, "/initiatives/l-atelier/")
    assert last(to=HERS["email"]).letter == "directory.contact_entered"
    contacts.answer_consent(Contact.objects.get(), "public", True)
    page = text_of(client, "/initiatives/l-atelier/")
    assert "Zoé Tamaris" in page
    assert HERS["email"] not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"name": "nul\x00"},
        {"email": "pas une adresse"},
        {"phone": "12"},
        {"language": "de"},
        {"method": "telepathy"},
        {"public": "on", "method": ""},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(office: Client, fields: dict[str, str]) -> None:
    response = office.post(ADD, form(**fields))
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert not Contact.objects.exists()
    assert not posted()


def test_changed_then_erased(office: Client) -> None:
    office.post(ADD, form())
    made = Contact.objects.get()
    office.post(f"{LIST}{made.pk}/", form(role="trésorière"))
    made.refresh_from_db()
    assert made.role == "trésorière"
    assert "pour de bon" in text_of(office, f"{LIST}{made.pk}/effacer/")
    assert Contact.objects.exists()
    office.post(f"{LIST}{made.pk}/effacer/")
    assert not Contact.objects.exists()


def test_nobody_else_enters(client: Client, atelier: Initiative) -> None:
    made = Contact.objects.create(initiative=atelier, name="Zoé Tamaris")
    other = make_initiative("La Grange", slug="la-grange")
    addresses = [LIST, ADD, f"{LIST}{made.pk}/", f"{LIST}{made.pk}/effacer/"]
    for address in addresses:
        assert client.get(address).status_code == 302, "sign in first"
    client.force_login(holder("owner", other, "neighbour"))
    for address in addresses:
        assert client.get(address).status_code == 403
        assert client.post(address, form()).status_code in (403, 405)
    mine = "/compte/initiatives/la-grange/contacts/"
    assert client.get(f"{mine}{made.pk}/").status_code == 404, "a contact of another initiative"
    assert client.post(f"{mine}{made.pk}/effacer/").status_code == 404
    assert Contact.objects.get() == made


def test_the_hub_lists_what_is_one_s_own(office: Client, atelier: Initiative) -> None:
    Contact.objects.create(initiative=make_initiative("La Grange"), name="Moi", email="owner@example.org")
    html = text_of(office, "/compte/contacts/")
    assert f'href="{LIST}"' in html
    assert "La Grange" in html
    address = re.findall(r'href="(/compte/coordonnees/[^"]+)"', html)
    assert "Comme contact de La Grange" in text_of(office, address[0])


# -- The person herself ------------------------------------------------------------------------------


@pytest.fixture
def her(atelier: Initiative) -> Contact:
    return Contact.objects.create(initiative=atelier, **HERS)


def page_of(contact: Contact) -> str:
    return f"/compte/coordonnees/{contacts.token_of(contact)}/"


def test_a_get_shows_and_a_post_changes(client: Client, her: Contact) -> None:
    response = client.get(page_of(her))
    html = response.content.decode()
    assert "Vos coordonnées sur Maillage" in html
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in html
    assert not Consent.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    sent = {"name": "Zoé T.", "role": "", "phone": "", "public": "on"}
    assert strict.post(page_of(her), sent).status_code == 303
    her.refresh_from_db()
    assert (her.name, her.role, her.phone, her.email) == ("Zoé T.", "", "", HERS["email"])
    given = {row.purpose: (row.granted, row.method) for row in Consent.objects.all()}
    assert given == {"public": (True, "link"), "networks": (False, "link"), "events": (False, "link")}
    assert "Zoé T." in text_of(client, "/initiatives/l-atelier/")
    assert wording("public") in text_of(client, page_of(her))


def test_a_box_that_others_ticked_is_empty_for_her(client: Client, her: Contact) -> None:
    contacts.declare(her, "public", True, User.objects.create_superuser("admin@example.org"), "spoken")
    [box] = re.findall(r'<input type="checkbox" name="public"[^>]*>', text_of(client, page_of(her)))
    assert "checked" not in box
    contacts.answer_consent(her, "public", True)
    [box] = re.findall(r'<input type="checkbox" name="public"[^>]*>', text_of(client, page_of(her)))
    assert "checked" in box


def test_she_changes_her_mind(client: Client, her: Contact) -> None:
    details = {"name": her.name, "role": her.role, "phone": her.phone}
    client.post(page_of(her), details | {"public": "on"})
    client.post(page_of(her), details)
    assert "Zoé" not in text_of(client, "/initiatives/l-atelier/")
    assert Consent.objects.filter(purpose="public").count() == 2


def test_she_erases_herself(client: Client, her: Contact) -> None:
    address = f"{page_of(her)}effacer/"
    client.get(address)
    assert Contact.objects.exists()
    assert "C’est fait" in client.post(address).content.decode()
    assert not Contact.objects.exists()
    assert client.get(page_of(her)).status_code == 404


@pytest.mark.parametrize("forged", ["x", "%00", "WzEsIiJd:1abc:forged", "x" * 3_000])
def test_a_forged_link_shows_and_changes_nothing(client: Client, her: Contact, forged: str) -> None:
    for end in ("", "effacer/"):
        address = f"/compte/coordonnees/{forged}/{end}"
        refused = client.get(address)
        assert refused.status_code == 404 and "Recevoir un lien" in refused.content.decode()
        assert client.post(address, {"name": "x"}).status_code == 404
    assert Contact.objects.get().name == HERS["name"]


def test_asking_for_the_link_says_the_same_of_every_address(
    client: Client, her: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now - 20)
        stamp = TimestampSigner(salt=LinkForm.SALT).sign("coordonnees")
    said = [
        client.post("/compte/coordonnees/", {"email": email, "stamp": stamp}).content
        for email in (HERS["email"], "nobody@example.org")
    ]
    assert said[0] == said[1]
    assert [message.to for message in posted()] == [HERS["email"]]
    assert client.get(links(last())[0].partition("testserver")[2] or page_of(her)).status_code == 200
    for _time in range(3):
        client.post("/compte/coordonnees/", {"email": HERS["email"], "stamp": stamp})
    assert client.post("/compte/coordonnees/", {"email": HERS["email"], "stamp": stamp}).status_code == 429


# -- Exports -----------------------------------------------------------------------------------------


@pytest.fixture
def network(atelier: Initiative, her: Contact) -> dict[str, Any]:
    """A network of the workshop, and around it all who must not be in its file."""
    made = make_grouping("le-reseau", kind="network", members=(atelier,))
    contacts.answer_consent(her, "networks", True)

    def somebody(name: str, initiative: Initiative, purpose: str = "networks", method: str = "link") -> None:
        each = Contact.objects.create(initiative=initiative, name=name, email=f"{name}@example.org")
        Consent.objects.create(
            contact=each, purpose=purpose, granted=True, method=method, source="t", wording_version="1"
        )

    somebody("public-seulement", atelier, "public")
    somebody("declare-pour-elle", atelier, method="spoken")
    somebody("non-membre", make_initiative())
    half = make_initiative()
    join(made, half, member_agreed_at=None)
    somebody("a-demi", half)
    past = make_initiative()
    join(made, past, until=timezone.localdate())
    somebody("ancien", past)
    hidden = make_initiative(publication="hidden")
    join(made, hidden)
    somebody("masque", hidden)
    withdrawn = Contact.objects.create(initiative=atelier, name="repentie", email="r@example.org")
    contacts.answer_consent(withdrawn, "networks", True)
    contacts.answer_consent(withdrawn, "networks", False)
    return {"grouping": made, "page": "/compte/groupements/network/le-reseau/contacts/"}


def test_the_coordinator_takes_who_agreed_and_the_log_knows(
    client: Client, network: dict[str, Any], her: Contact
) -> None:
    coordinator = holder("coordinator", network["grouping"])
    client.force_login(coordinator)
    html = text_of(client, network["page"])
    assert "1 personne a accepté" in html
    assert HERS["email"] not in html, "the file holds it, not the page"
    assert not PersonalExport.objects.exists()
    response = client.post(network["page"], {"purpose": "Inviter à l’assemblée"})
    assert response["Content-Disposition"].startswith('attachment; filename="contacts-le-reseau-')
    assert "no-store" in response["Cache-Control"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1:] == [["L’Atelier", "Zoé Tamaris", "présidente", HERS["email"], "05 55 00 00 01"]]
    made = PersonalExport.objects.get()
    assert (made.person, made.rows, made.purpose, made.grouping) == (
        coordinator, 1, "Inviter à l’assemblée", network["grouping"]
    )  # fmt: skip
    assert made.fields == list(exports.FIELDS)
    assert ExportedContact.objects.get().contact == her
    mine = text_of(client, page_of(her))
    assert "Inviter à l’assemblée" in mine
    assert "Le-reseau" in mine


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 501, "\x00"])
def test_without_a_reason_nothing_is_given(client: Client, network: dict[str, Any], purpose: str) -> None:
    client.force_login(holder("coordinator", network["grouping"]))
    response = client.post(network["page"], {"purpose": purpose})
    assert response["Content-Type"].startswith("text/html")
    assert HERS["email"] not in response.content.decode()
    assert not PersonalExport.objects.exists()


@pytest.mark.parametrize(
    ("selection", "held"),
    [
        ("http://testserver/?sector=alimentation", True),
        ("/en/?sector=culture", False),
        ("", True),
        ("http://testserver/?near=x", None),
        ("nonsense", None),
        ("http://[", None),
    ],
)
def test_the_members_of_a_selection_alone(
    client: Client, network: dict[str, Any], selection: str, held: bool | None
) -> None:
    client.force_login(holder("coordinator", network["grouping"]))
    page = f"{network['page']}?{urlencode({'selection': selection})}"
    html = client.get(page).content.decode()
    response = client.post(page, {"purpose": "Inviter", "form": "vcf"})
    if held is None:  # what cannot be read is not everybody
        assert "n’est pas celle d’une sélection" in html
        assert response["Content-Type"].startswith("text/html") and not PersonalExport.objects.exists()
        return
    assert (HERS["name"] in html) is held
    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert (HERS["email"] in response.content.decode()) is held
    made = PersonalExport.objects.get()
    assert made.rows == int(held) and made.criteria.get("selection", {}) == (
        {"sector": selection.partition("sector=")[2]} if selection else {}
    )


def test_nobody_else_exports(client: Client, network: dict[str, Any]) -> None:
    others = [
        holder("coordinator", make_grouping("un-autre", kind="network"), "other"),
        holder("owner", Initiative.objects.get(slug="l-atelier"), "member"),
        User.objects.create_superuser("admin@example.org"),
    ]
    for person in others:
        client.force_login(person)
        assert client.get(network["page"]).status_code == 403
        assert client.post(network["page"], {"purpose": "x"}).status_code == 403
    assert not PersonalExport.objects.exists()


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert defused("Zoé = moi") == "Zoé = moi"


def by_hand(sql: str) -> None:
    with transaction.atomic():
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.check_constraints()


def test_the_log_is_only_added_to_and_outlives_the_account(
    client: Client, network: dict[str, Any], her: Contact
) -> None:
    coordinator = holder("coordinator", network["grouping"])
    exports.export_members(network["grouping"], coordinator, "Test")
    other = User.objects.create_superuser("admin@example.org")
    for sql in (
        "UPDATE directory_personalexport SET purpose = 'autre'",
        "UPDATE directory_personalexport SET rows = 0",
        f"UPDATE directory_personalexport SET person_id = {other.pk}",
        "DELETE FROM directory_personalexport",
        "DELETE FROM directory_exportedcontact",
        "TRUNCATE directory_personalexport CASCADE",
    ):
        with pytest.raises(DatabaseError, match=r"only added|Cannot (update|delete)"):
            by_hand(sql)
    coordinator.delete()
    network["grouping"].memberships.all().delete()
    network["grouping"].delete()
    connection.check_constraints()
    made = PersonalExport.objects.get()
    assert (made.person, made.grouping, made.purpose) == (None, None, "Test")
    her.delete()
    connection.check_constraints()
    assert not ExportedContact.objects.exists()
    client.force_login(other)
    assert "un compte effacé" in text_of(client, "/compte/exports/")


def test_the_log_is_for_administrators(client: Client, atelier: Initiative) -> None:
    client.force_login(holder("owner", atelier))
    assert client.get("/compte/exports/").status_code == 403


# -- Reports -----------------------------------------------------------------------------------------


@pytest.fixture
def places(atelier: Initiative) -> dict[str, Any]:
    country = make_territory("country", "FR", "France")
    region = make_territory("region", "75", "Région", country=country)
    creuse = make_territory("departement", "23", "Creuse", region=region, country=country)
    other = make_territory("departement", "87", "Haute-Vienne", region=region, country=country)
    above = {"region": region, "country": country}
    Initiative.objects.filter(pk=atelier.pk).update(commune=make_commune(departement=creuse, **above))
    away = make_initiative("La Grange", commune=make_commune(departement=other, **above))
    atelier.refresh_from_db()
    return {"creuse": creuse, "other": other, "region": region, "here": atelier, "away": away}


def test_a_moderator_sees_and_answers_those_of_the_territory_alone(client: Client, places: Any) -> None:
    inside = publishing.report(places["here"], "wrong", "Le numéro a changé.", "r@example.org", "en")
    outside = publishing.report(places["away"], "wrong", "Ailleurs.")
    moderator = holder("moderator", places["creuse"])
    client.force_login(moderator)
    html = text_of(client, "/compte/signalements/")
    assert inside.reference in html
    assert outside.reference not in html
    page = text_of(client, f"/compte/signalements/{inside.reference}/")
    assert "Le numéro a changé." in page
    assert f'href="{LIST}"' in page
    assert client.get(f"/compte/signalements/{outside.reference}/").status_code == 403
    refused = client.post(f"/compte/signalements/{outside.reference}/", {"answer": "x", "hide": "1"})
    assert refused.status_code == 403
    response = client.post(f"/compte/signalements/{inside.reference}/", {"answer": "Merci, c’est corrigé."})
    assert response.status_code == 302
    inside.refresh_from_db()
    assert (inside.handled_by, inside.answer) == (moderator, "Merci, c’est corrigé.")
    letter = last(to="r@example.org", letter="directory.report_answered")
    assert letter.language == "en"
    assert "> Merci, c’est corrigé." in letter.text
    places["away"].refresh_from_db()
    assert places["away"].publication == "published"


def test_a_moderator_above_sees_both(client: Client, places: Any) -> None:
    made = [publishing.report(places[name], "wrong", "x") for name in ("here", "away")]
    client.force_login(holder("moderator", places["region"]))
    html = text_of(client, "/compte/signalements/")
    assert all(each.reference in html for each in made)


def test_hiding_is_a_button_of_the_moderator_and_is_undone(client: Client, places: Any) -> None:
    told = publishing.report(places["here"], "withdrawal", "C’est chez moi.", "r@example.org")
    moderator = holder("moderator", places["creuse"])
    client.force_login(moderator)
    address = f"/compte/signalements/{told.reference}/"
    client.post(address, {"hide": "1"})
    places["here"].refresh_from_db()
    assert places["here"].publication == "hidden"
    assert "Masquer l’initiative" not in text_of(client, address)
    assert publishing.publish(places["here"], f"account {moderator.pk}", "erreur")


def test_who_reported_is_told_and_a_withdrawal_is_told_to_who_sees_to_it(places: Any) -> None:
    moderator = holder("moderator", places["creuse"])
    holder("moderator", places["other"], "elsewhere")
    admin = User.objects.create_superuser("admin@example.org")
    publishing.report(places["here"], "wrong", "x")
    assert not posted(), "no address left, and nothing urgent"
    told = publishing.report(places["here"], "withdrawal", "Retirez-la.", "r@example.org", "en")
    [received] = posted(letter="directory.report_received")
    assert (received.to, received.language) == ("r@example.org", "en")
    assert "Retirez-la." not in received.text, "nobody is sent words by another's hand"
    assert {message.to for message in posted(letter="directory.withdrawal_asked")} == {
        moderator.email, admin.email
    }  # fmt: skip
    assert "> Retirez-la." in last(to=admin.email).text
    assert "r@example.org" not in last(to=admin.email).text
    for _time in range(2):
        publishing.handle(told, admin, "Fait.")
    assert len(posted(letter="directory.report_answered")) == 1, "once for one answer"


@pytest.mark.parametrize("reference", ["NOTHERE", "%00", "x" * 3_000])
def test_a_report_that_is_not_there(client: Client, reference: str) -> None:
    client.force_login(User.objects.create_superuser("admin@example.org"))
    assert client.get(f"/compte/signalements/{reference}/").status_code == 404
